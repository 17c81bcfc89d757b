/* Parts of addresses, mailboxes, texts and results: what stands behind a fact's last dot. */
#include "given.h"
#include "mail/header.h"
#include "mail/looks.h"
#include "values/list_looks.h"
#include "values/suffixes.h"

enum { MOST_DELIMITERS = 15 };

static struct value
absent(void)
{
    return (struct value){.type = TYPE_ABSENT, .text = SLICE("")};
}

/* A piece of a local part compares as the whole does: by octets only where case counts. */
static struct value
local_text(const struct moment *moment, struct slice text)
{
    if (settings_local_case(moment->settings) == LOCAL_CASE_EXACT)
        return value_text(text);
    return value_folded(moment->arena, text);
}

static struct value
take_local(const struct moment *moment, const struct value *of)
{
    return local_text(moment, of->address->local);
}

static struct value
take_domain(const struct moment *moment, const struct value *of)
{
    if (of->address->domain.len == 0)
        return absent();
    return value_domain(moment->arena, of->address->domain);
}

static struct value
take_detail(const struct moment *moment, const struct value *of)
{
    struct slice set = moment->settings->value[SET_RECIPIENT_DELIMITER].text;
    char delimiters[MOST_DELIMITERS + 1] = "";
    struct slice base, detail;

    for (size_t i = 0; i < set.len && i < MOST_DELIMITERS; i++)
        delimiters[i] = set.at[i];
    if (!local_part_detail(of->address->local, delimiters, &base, &detail))
        return absent();
    return local_text(moment, detail);
}

static struct value
take_null(const struct moment *moment, const struct value *of)
{
    (void)moment;
    return value_truth(of->address->null);
}

static struct value
take_utf8(const struct moment *moment, const struct value *of)
{
    (void)moment;
    return value_truth(of->address->utf8);
}

static struct value
take_error(const struct moment *moment, const struct value *of)
{
    enum address_defect defect = given_address_defect(moment, of->address);

    return defect == ADDRESS_FINE ? absent() : value_text(slice_of(address_defect_text(defect)));
}

/* Those that are answered as a matter of policy, not of syntax. */
static struct value
take_misleading(const struct moment *moment, const struct value *of)
{
    const char *enhanced;
    int code;

    address_defect_reply(given_address_defect(moment, of->address), false, &code, &enhanced);
    return value_truth(code == 550);
}

static struct value
take_ascii(const struct moment *moment, const struct value *of)
{
    struct slice text;

    return address_ascii(moment->arena, of->address, &text) ? value_text(text) : absent();
}

static struct value
take_unicode(const struct moment *moment, const struct value *of)
{
    return value_text(address_unicode(moment->arena, of->address));
}

static struct value
take_name(const struct moment *moment, const struct value *of)
{
    if (of->mailbox->name.len == 0)
        return absent();
    return value_folded(moment->arena, of->mailbox->name);
}

static struct value
take_group(const struct moment *moment, const struct value *of)
{
    if (!of->mailbox->in_group)
        return absent();
    return value_folded(moment->arena, of->mailbox->group);
}

static struct reading
take_hidden(const struct moment *moment, const struct value *of)
{
    enum local_case local_case = settings_local_case(moment->settings);
    struct address *hidden;
    size_t count = mailbox_hidden(moment->arena, of->mailbox, &hidden);
    struct value *items = ARENA_ARRAY(moment->arena, count, struct value);

    for (size_t i = 0; i < count; i++)
        items[i] = value_address(moment->arena, &hidden[i], local_case);
    return given_items(items, count);
}

static struct value
take_extension(const struct moment *moment, const struct value *of)
{
    struct slice name = slice_trim(of->text);
    size_t dot;

    while (name.len > 0 && (name.at[name.len - 1] == '.' || ascii_is_space(name.at[name.len - 1])))
        name.len--;
    dot = slice_find_last(name, '.');
    if (dot == name.len)
        return (struct value){.type = TYPE_ABSENT};
    return value_word(moment->arena, slice_trim(slice_from(name, dot + 1)));
}

static struct value
take_decoded(const struct moment *moment, const struct value *of)
{
    return value_text(header_decode(moment->arena, of->text));
}

static struct reading
take_scripts(const struct moment *moment, const struct value *of)
{
    const char **name;
    size_t count = looks_scripts(moment->arena, of->text, &name);
    struct value *items = ARENA_ARRAY(moment->arena, count, struct value);

    for (size_t i = 0; i < count; i++)
        items[i] = value_word(moment->arena, slice_of(name[i]));
    return given_items(items, count);
}

static struct value
take_mixed(const struct moment *moment, const struct value *of)
{
    return value_truth(
        looks_mixed(moment->arena, of->text, settings_script_level(moment->settings)));
}

static struct value
take_pictures(const struct moment *moment, const struct value *of)
{
    return value_truth(domain_has_pictures(moment->arena, of->text));
}

static struct value
take_looks_like(const struct moment *moment, const struct value *of, const struct list_looks *looks)
{
    return value_truth(list_looks_like(looks, moment->arena, of));
}

static struct value
take_near(const struct moment *moment, const struct value *of, const struct list_looks *looks)
{
    return value_truth(list_is_near(looks, moment->arena, of));
}

static struct value
take_registered(const struct moment *moment, const struct value *of)
{
    struct slice registered = suffixes_registered(moment->arena, of->text);

    return registered.len > 0 ? value_domain(moment->arena, registered) : absent();
}

enum {
    ABSENT = PART_MAY_BE_ABSENT,
    MANY = PART_MANY,
    LIST = PART_TAKES_LIST,
    NEAR = PART_TAKES_LIST | PART_NEAR_LIST,
    ICU = PART_NEEDS_ICU,
    PSL = PART_NEEDS_PSL,
    NAMED = PART_NAMED | PART_MAY_BE_ABSENT,
};

#define PROPERTY                                                                                   \
    {                                                                                              \
        .named = auth_results_property                                                             \
    }

static const struct fact_part parts[] = {
    {"local",
     TYPE_ADDRESS,
     TYPE_TEXT,
     0,
     {.one = take_local},
     "the local part, without quotes; empty for <>; its case counts where local-part-case says so"},
    {"domain",
     TYPE_ADDRESS,
     TYPE_DOMAIN,
     ABSENT,
     {.one = take_domain},
     "the domain; absent for <> and the bare Postmaster"},
    {"detail",
     TYPE_ADDRESS,
     TYPE_TEXT,
     ABSENT,
     {.one = take_detail},
     "what stands behind the recipient delimiter in the local part; its case as in .local"},
    {"null", TYPE_ADDRESS, TYPE_TRUTH, 0, {.one = take_null}, "whether it is the null sender, <>"},
    {"utf8", TYPE_ADDRESS, TYPE_TRUTH, 0, {.one = take_utf8}, "whether it has octets beyond ASCII"},
    {"error",
     TYPE_ADDRESS,
     TYPE_TEXT,
     ABSENT,
     {.one = take_error},
     "what is wrong with it; absent when nothing is"},
    {"misleading",
     TYPE_ADDRESS,
     TYPE_TRUTH,
     0,
     {.one = take_misleading},
     "whether what is wrong with it is allowed by the grammar, but deceives people: an invisible "
     "character in the local part, say"},
    {"ascii",
     TYPE_ADDRESS,
     TYPE_TEXT,
     ABSENT,
     {.one = take_ascii},
     "the whole address in ASCII, its domain in A-labels; absent where it has no such form"},
    {"unicode",
     TYPE_ADDRESS,
     TYPE_TEXT,
     0,
     {.one = take_unicode},
     "the whole address with its domain in U-labels"},
    {"looks-like",
     TYPE_ADDRESS,
     TYPE_TRUTH,
     LIST | ICU,
     {.with = take_looks_like},
     "whether it, or its domain, looks like one of the list and is none (UTS #39 skeletons)"},
    {"near",
     TYPE_ADDRESS,
     TYPE_TRUTH,
     NEAR,
     {.with = take_near},
     "whether its domain, or one above it, is one slip away from a domain of the list, or "
     "begins with the labels of one, and is none: example.co, exemple.com, example.com.evil.net"},
    {"scripts",
     TYPE_DOMAIN,
     TYPE_WORD,
     MANY | ICU,
     {.many = take_scripts},
     "the scripts of its letters, as Latin or Cyrillic"},
    {"mixed",
     TYPE_DOMAIN,
     TYPE_TRUTH,
     ICU,
     {.one = take_mixed},
     "whether a label of it mixes scripts more than the setting script-level allows"},
    {"looks-like",
     TYPE_DOMAIN,
     TYPE_TRUTH,
     LIST | ICU,
     {.with = take_looks_like},
     "whether it, or a domain above it, looks like a domain of the list and is none"},
    {"near",
     TYPE_DOMAIN,
     TYPE_TRUTH,
     NEAR,
     {.with = take_near},
     "whether it, or a domain above it, is one slip away from a domain of the list, or "
     "begins with the labels of one, and is none: example.co, exemple.com, example.com.evil.net"},
    {"registered",
     TYPE_DOMAIN,
     TYPE_DOMAIN,
     ABSENT | PSL,
     {.one = take_registered},
     "the domain that was registered, one label below a public suffix: example.co.uk of "
     "mail.example.co.uk; absent for co.uk itself"},
    {"pictures",
     TYPE_DOMAIN,
     TYPE_TRUTH,
     0,
     {.one = take_pictures},
     "whether nothing is wrong with it but pictures such as emoji, in U-labels or in A-labels, "
     "which "
     "IDNA2003 allowed and IDNA2008 doesn't"},
    {"name",
     TYPE_MAILBOX,
     TYPE_FOLDED,
     ABSENT,
     {.one = take_name},
     "the display name of a header mailbox, its encoded words decoded"},
    {"hidden",
     TYPE_MAILBOX,
     TYPE_ADDRESS,
     MANY,
     {.many = take_hidden},
     "addresses that people read in the name of a header mailbox, in its comments and, of the "
     "first "
     "in a group, in the name of that, behind encoded words too"},
    {"group",
     TYPE_MAILBOX,
     TYPE_FOLDED,
     ABSENT,
     {.one = take_group},
     "the name of the group that a header mailbox stands in"},
    {"decoded",
     TYPE_TEXT,
     TYPE_TEXT,
     0,
     {.one = take_decoded},
     "the text of a header field, its encoded words decoded"},
    {"extension",
     TYPE_TEXT,
     TYPE_WORD,
     PART_MAY_BE_ABSENT | PART_BEHIND_DOT,
     {.one = take_extension},
     "what stands behind the last dot of a name, dots and white space at its end left aside"},
    {"reason",
     TYPE_WORD,
     TYPE_TEXT,
     ABSENT,
     {.one = auth_results_reason},
     "why it is so, where the filter says"},
    {"header.d", TYPE_WORD, TYPE_DOMAIN, NAMED, PROPERTY, "the domain that has signed"},
    {"header.from", TYPE_WORD, TYPE_DOMAIN, NAMED, PROPERTY, "the author's domain"},
    {"header.i", TYPE_WORD, TYPE_ADDRESS, NAMED, PROPERTY,
     "for whom the domain has signed; of @example.com the domain alone is known"},
    {"smtp.mailfrom", TYPE_WORD, TYPE_ADDRESS, NAMED, PROPERTY,
     "the envelope sender, of whom some filters tell the domain alone"},
    {"smtp.helo", TYPE_WORD, TYPE_DOMAIN, NAMED, PROPERTY, "the argument of HELO"},
    {"policy.iprev", TYPE_WORD, TYPE_IP, NAMED, PROPERTY, "the client's address"},
    {"smtp.remote-ip", TYPE_WORD, TYPE_IP, NAMED, PROPERTY, "the same, as arc tells it"},
    {"PTYPE.PROPERTY", TYPE_WORD, TYPE_TEXT, NAMED, PROPERTY,
     "any other property, as header.s, header.b or policy.dmarc"},
};

enum { PARTS = sizeof parts / sizeof parts[0] };

const struct fact_part *
fact_parts_all(size_t *count_r)
{
    *count_r = PARTS;
    return parts;
}

const struct fact_part *
fact_part_find(enum value_type of, struct slice name)
{
    for (size_t i = 0; i < PARTS; i++) {
        bool fits = parts[i].of == of || (parts[i].of == TYPE_ADDRESS && of == TYPE_MAILBOX);

        if (fits && slice_equal(slice_of(parts[i].name), name))
            return &parts[i];
    }
    /* The last row stands for all properties that have none. */
    return of == TYPE_WORD && slice_find(name, '.') < name.len ? &parts[PARTS - 1] : NULL;
}
