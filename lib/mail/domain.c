/* Domain names: their syntax, their parents, and U-labels and A-labels through libidn2, one label
 * at a time, so that only U+002E separates. */
#include "mail/domain.h"

#include <idn2.h>

#include "mail/utf8.h"

/* The form for people of a domain that fits into DOMAIN_MAX may be this long. */
enum { LABEL_MAX = 63, DOMAIN_MAX = 255, UNICODE_MAX = 4 * DOMAIN_MAX };

/* Makes the next label of `rest`, without its dot, the label; false behind the last one. */
static bool
next_label(struct slice *rest, struct slice *label_r)
{
    size_t dot;

    if (rest->at == NULL)
        return false;
    dot = slice_find(*rest, '.');
    *label_r = slice_first(*rest, dot);
    *rest = dot < rest->len ? slice_from(*rest, dot + 1) : (struct slice){NULL, 0};
    return true;
}

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
    while (next_label(&domain, &label))
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

/* "::" stands for two groups or more here, so that at most six are written. */
static bool
literal_six_is_valid(struct slice s)
{
    size_t groups = 1;
    bool gap = false;

    if (slice_find(s, ':') == s.len)
        return false;
    for (size_t i = 0; i < s.len; i++) {
        bool twice = s.at[i] == ':' && i + 1 < s.len && s.at[i + 1] == ':';

        gap = gap || twice;
        groups += s.at[i] == ':' && i > 0 && !twice && i + 1 < s.len;
    }
    if (slice_find(s, '.') < s.len)
        groups++;
    if (slice_starts_nocase(s, SLICE("::")))
        groups--;
    return !gap || groups <= 6;
}

bool
domain_literal_parse(struct slice domain, struct ip *ip_r)
{
    struct slice tag = SLICE("IPv6:");
    struct slice inner;

    if (domain.len < 2 || domain.at[0] != '[' || domain.at[domain.len - 1] != ']')
        return false;
    inner = (struct slice){domain.at + 1, domain.len - 2};
    if (!slice_starts_nocase(inner, tag))
        return slice_find(inner, ':') == inner.len && ip_parse(inner, ip_r);
    inner = slice_from(inner, tag.len);
    return literal_six_is_valid(inner) && ip_parse(inner, ip_r);
}

static struct slice
literal_key(struct arena *arena, struct slice domain, const struct ip *ip)
{
    bool six = slice_find(domain, ':') < domain.len;
    struct ip written = *ip;
    char text[IP_TEXT_SIZE];

    /* An IPv4-mapped address was written as IPv6, and stays that: it names another literal. */
    if (six && ip->family == 4) {
        written = (struct ip){.family = 6, .octet = {[10] = 0xFF, [11] = 0xFF}};
        memcpy(written.octet + 12, ip->octet, 4);
    }
    return slice_of(arena_printf(arena, "[%s%s]", six ? "ipv6:" : "", ip_text(&written, text)));
}

static struct slice
lower(struct arena *arena, struct slice domain)
{
    bool upper = false;
    char *to;

    for (size_t i = 0; i < domain.len; i++)
        upper = upper || ascii_lower(domain.at[i]) != domain.at[i];
    if (!upper)
        return domain;
    to = arena_alloc(arena, domain.len + 1);
    for (size_t i = 0; i < domain.len; i++)
        to[i] = ascii_lower(domain.at[i]);
    return (struct slice){to, domain.len};
}

/* Takes over what libidn2 allocated; false where it found nothing. */
static bool
keep(struct arena *arena, int status, void *found, struct slice *label_r)
{
    if (status != IDN2_OK)
        return false;
    *label_r = arena_copy(arena, slice_of(found));
    idn2_free(found);
    return true;
}

static bool
decode_label(struct arena *arena, struct slice label, struct slice *unicode_r)
{
    char *found = NULL;
    int status = idn2_to_unicode_8z8z(arena_string(arena, label), &found, 0);

    return keep(arena, status, found, unicode_r);
}

/* Upper case and other spellings by UTS 46, but only where the mapping changes no more than case
 * and normal form: deleted or compatibility characters would make two domains one. */
static bool
map_label(struct arena *arena, struct slice label, struct slice *ascii_r)
{
    uint8_t *found = NULL;
    int status =
        idn2_lookup_u8((const uint8_t *)label.at, &found, IDN2_NFC_INPUT | IDN2_NONTRANSITIONAL);
    struct slice ascii, unicode;

    if (!keep(arena, status, found, &ascii) || !slice_starts_nocase(ascii, SLICE("xn--")) ||
        !decode_label(arena, ascii, &unicode) ||
        !slice_equal(utf8_fold_case(arena, unicode), utf8_fold_case(arena, label)))
        return false;
    *ascii_r = ascii;
    return true;
}

/* RFC 5891 section 5 for one label that isn't ASCII; untouched where that can't be done. Its ASCII
 * part libidn2 would let pass unseen. */
static bool
encode_label(struct arena *arena, struct slice label, struct slice *ascii_r)
{
    uint8_t *found = NULL;
    int status;

    if (!label_is_valid(label))
        return false;
    label = arena_copy(arena, label);
    status = idn2_lookup_u8((const uint8_t *)label.at, &found, IDN2_NFC_INPUT | IDN2_NO_TR46);
    return keep(arena, status, found, ascii_r) || map_label(arena, label, ascii_r);
}

/* Appends a label, and a dot before it unless it is the first, below DOMAIN_MAX octets. */
static bool
append(char *text, size_t room, size_t *len, struct slice label)
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
encode(struct arena *arena, struct slice domain, struct slice *key_r)
{
    char text[DOMAIN_MAX];
    size_t len = 0;
    struct slice label;

    if (domain.len > UNICODE_MAX || !utf8_is_valid(domain))
        return false;
    while (next_label(&domain, &label)) {
        label = lower(arena, label);
        if (!slice_is_ascii(label))
            encode_label(arena, label, &label);
        if (label.len == 0 || !append(text, sizeof text, &len, label))
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
    if (!slice_is_ascii(domain) && encode(arena, domain, &key))
        return key;
    return lower(arena, domain);
}

/* The U-label of an A-label that is one: it must lead back (RFC 5890 section 2.3.2.1). */
static struct slice
label_unicode(struct arena *arena, struct slice label)
{
    struct slice unicode, back;

    if (label.len > LABEL_MAX || !slice_starts_nocase(label, SLICE("xn--")) ||
        !slice_is_ascii(label))
        return label;
    if (slice_find(label, '\0') < label.len || !decode_label(arena, lower(arena, label), &unicode))
        return label;
    if (!encode_label(arena, unicode, &back) || !slice_equal_nocase(label, back))
        return label;
    return unicode;
}

struct slice
domain_unicode(struct arena *arena, struct slice domain)
{
    struct slice rest = domain;
    struct slice label;
    char *text;
    size_t len = 0;

    if (!domain_is_valid(domain, true))
        return domain;
    text = arena_alloc(arena, UNICODE_MAX + 1);
    while (next_label(&rest, &label))
        if (!append(text, UNICODE_MAX, &len, label_unicode(arena, label)))
            return domain;
    return slice_equal((struct slice){text, len}, domain) ? domain : (struct slice){text, len};
}
