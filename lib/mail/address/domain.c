/* Domain names: their syntax, their parents, their keys and the form for people. */
#include "mail/domain.h"

#include "idna.h"
#include "labels.h"
#include "literal.h"
#include "mail/utf8.h"

/* The form for people of a domain that fits into DOMAIN_MAX may be this long. */
enum { UNICODE_MAX = 4 * DOMAIN_MAX };

static bool
label_is_valid(struct slice label)
{
    size_t characters = 0;

    if (label.len == 0 || label.at[0] == '-' || label.at[label.len - 1] == '-')
        return false;
    while (label.len > 0) {
        uint32_t c = utf8_next(&label);

        if (c < 0x80 && !ascii_is_alnum((char)c) && c != '-')
            return false;
        characters++;
    }
    return characters <= LABEL_MAX;
}

bool
domain_is_valid(struct slice domain, bool utf8)
{
    struct slice label;

    if (domain.len == 0 || domain.len > DOMAIN_MAX)
        return false;
    if (!slice_is_ascii(domain) && (!utf8 || !utf8_is_valid(domain)))
        return false;
    while (labels_next(&domain, &label))
        if (!label_is_valid(label))
            return false;
    return true;
}

bool
domain_parent(struct slice *domain)
{
    size_t dot = slice_find(*domain, '.');

    if (dot == domain->len)
        return false;
    *domain = slice_from(*domain, dot + 1);
    return true;
}

/* Appends a label, and a dot before it unless it is the first, below DOMAIN_MAX octets. */
static bool
append_label(char *text, size_t room, size_t *len, struct slice label)
{
    size_t dot = *len > 0;

    if (*len + dot + label.len > room)
        return false;
    if (dot)
        text[*len] = '.';
    memcpy(text + *len + dot, label.at, label.len);
    *len += dot + label.len;
    return true;
}

static bool
encode_key(struct arena *arena, struct slice domain, struct slice *key_r)
{
    char text[DOMAIN_MAX];
    size_t len = 0;
    struct slice label;

    if (domain.len > UNICODE_MAX || !utf8_is_valid(domain))
        return false;
    while (labels_next(&domain, &label)) {
        label = labels_lower(arena, label);
        if (!slice_is_ascii(label) && label_is_valid(label))
            idna_lookup(arena, label, &label);
        if (label.len == 0 || !append_label(text, sizeof text, &len, label))
            return false;
    }
    *key_r = arena_copy(arena, (struct slice){text, len});
    return true;
}

/* MTAs take "example.com." for "example.com", though RFC 5321 section 4.1.2 has no trailing dot. */
static struct slice
without_root(struct slice domain)
{
    bool root =
        domain.len > 1 && domain.at[domain.len - 1] == '.' && domain.at[domain.len - 2] != '.';

    return slice_first(domain, domain.len - root);
}

struct slice
domain_key(struct arena *arena, struct slice domain)
{
    struct slice key;
    struct ip ip;

    domain = without_root(domain);
    if (domain_literal_parse(domain, &ip))
        return literal_key(arena, domain, &ip);
    if (!slice_is_ascii(domain) && encode_key(arena, domain, &key))
        return key;
    return labels_lower(arena, domain);
}

/* The U-label of an A-label, and of what maps to one; any other label as it is. */
static struct slice
label_unicode(struct arena *arena, struct slice label)
{
    struct slice ascii = labels_lower(arena, label);
    struct slice unicode;

    if (!slice_is_ascii(label) && (!label_is_valid(label) || !idna_lookup(arena, ascii, &ascii)))
        return label;
    if (!slice_starts_nocase(ascii, SLICE("xn--")) || !idna_decode(arena, ascii, &unicode))
        return label;
    return unicode;
}

/* May one of its labels have another form for people? */
static bool
has_unicode(struct slice domain)
{
    struct slice label;

    if (!slice_is_ascii(domain))
        return true;
    while (labels_next(&domain, &label))
        if (slice_starts_nocase(label, SLICE("xn--")))
            return true;
    return false;
}

struct slice
domain_unicode(struct arena *arena, struct slice domain)
{
    struct slice rest = domain;
    struct slice label;
    char *text;
    size_t len = 0;

    if (!has_unicode(domain) || !domain_is_valid(domain, true))
        return domain;
    text = arena_alloc(arena, UNICODE_MAX + 1);
    while (labels_next(&rest, &label))
        if (!append_label(text, UNICODE_MAX, &len, label_unicode(arena, label)))
            return domain;
    return slice_equal((struct slice){text, len}, domain) ? domain : (struct slice){text, len};
}
