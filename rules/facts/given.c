/* From what the records hold to what reading a fact gives. */
#include "given.h"

bool
given_find_macro(const struct moment *moment, struct slice name, struct slice *value_r)
{
    const struct macros *newest_first[] = {
        moment->recipient ? &moment->recipient->macros : NULL,
        moment->transaction ? &moment->transaction->macros : NULL,
        &moment->session->macros,
    };

    for (size_t i = 0; i < sizeof newest_first / sizeof newest_first[0]; i++)
        if (newest_first[i] && macros_find(newest_first[i], name, value_r))
            return true;
    return false;
}

struct slice
given_macro(const struct moment *moment, const char *name)
{
    struct slice value;

    return given_find_macro(moment, slice_of(name), &value) ? value : SLICE("");
}

struct reading
given_text(const struct moment *moment, struct slice text)
{
    return text.len > 0 ? reading_one(moment->arena, value_text(text)) : reading_absent();
}

struct reading
given_word(const struct moment *moment, struct slice word)
{
    return word.len > 0 ? reading_one(moment->arena, value_word(moment->arena, word))
                        : reading_absent();
}

struct reading
given_domain(const struct moment *moment, struct slice domain)
{
    return domain.len > 0 ? reading_one(moment->arena, value_domain(moment->arena, domain))
                          : reading_absent();
}

struct reading
given_number(const struct moment *moment, struct slice digits)
{
    int64_t number;

    if (!slice_number(digits, &number))
        return reading_absent();
    return reading_one(moment->arena, value_number(TYPE_NUMBER, number));
}

static struct reading
given_tls(const struct moment *moment, struct slice version)
{
    return version.len > 0 ? reading_one(moment->arena, value_tls(version)) : reading_absent();
}

struct reading
given_typed(const struct moment *moment, enum value_type type, struct slice text)
{
    if (type == TYPE_WORD)
        return given_word(moment, text);
    if (type == TYPE_NUMBER)
        return given_number(moment, text);
    if (type == TYPE_DOMAIN)
        return given_domain(moment, text);
    if (type == TYPE_TLS)
        return given_tls(moment, text);
    return given_text(moment, text);
}

struct reading
given_ip(const struct moment *moment, const struct ip *ip)
{
    return reading_one(moment->arena, value_ip(moment->arena, ip));
}

struct reading
given_address(const struct moment *moment, const struct address *address)
{
    struct value value =
        value_address(moment->arena, address, settings_local_case(moment->settings));

    return reading_one(moment->arena, value);
}

/* The two truths are the same for everybody, so that reading one takes no memory. */
struct reading
given_truth(bool truth)
{
    static const struct value truths[] = {
        {.type = TYPE_TRUTH, .text = {"", 0}, .number = 0},
        {.type = TYPE_TRUTH, .text = {"", 0}, .number = 1},
    };

    return given_items(&truths[truth], 1);
}

struct reading
given_items(const struct value *items, size_t count)
{
    return (struct reading){.state = READ_KNOWN, .item = items, .count = count};
}

/* What is handed in on the MTA's own machine never has brackets, and that is no fault. */
enum address_defect
given_address_defect(const struct moment *moment, const struct address *address)
{
    bool strict = moment->settings->value[SET_STRICT_IDNA].number;
    enum address_defect defect = address_defect_of(address, strict);

    if (defect == ADDRESS_NO_BRACKETS && moment->session->local)
        return ADDRESS_FINE;
    return defect;
}
