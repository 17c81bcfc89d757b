/* Address literals (RFC 5321 section 4.1.3): what they hold, and the one spelling of each. */
#include "literal.h"

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

/* dcontent: printable, but neither bracket nor backslash; RFC 6531 adds nothing to it. */
static bool
is_dcontent(struct slice s)
{
    for (size_t i = 0; i < s.len; i++)
        if (s.at[i] < 33 || s.at[i] > 126 || (s.at[i] >= '[' && s.at[i] <= ']'))
            return false;
    return s.len > 0;
}

/* Ldh-str: letters, digits and hyphens, of which the last is no hyphen. */
static bool
is_tag(struct slice s)
{
    for (size_t i = 0; i < s.len; i++)
        if (!ascii_is_alnum(s.at[i]) && s.at[i] != '-')
            return false;
    return s.len > 0 && s.at[s.len - 1] != '-';
}

static bool
is_numbers(struct slice s)
{
    for (size_t i = 0; i < s.len; i++)
        if (!ascii_is_digit(s.at[i]) && s.at[i] != '.')
            return false;
    return s.len > 0;
}

static enum domain_defect
judge_untagged(struct slice inner, struct ip *ip_r)
{
    if (!is_numbers(inner))
        return DOMAIN_LITERAL_MALFORMED;
    return ip_parse(inner, ip_r) ? DOMAIN_FINE : DOMAIN_LITERAL_IPV4;
}

enum domain_defect
domain_literal_judge(struct slice domain, struct ip *ip_r)
{
    struct slice six = SLICE("IPv6:");
    struct slice inner;
    size_t colon;

    if (domain.len == 0 || domain.at[0] != '[')
        return DOMAIN_LITERAL_MALFORMED;
    if (slice_find(domain, ']') + 1 != domain.len)
        return DOMAIN_LITERAL_OPEN;
    inner = (struct slice){domain.at + 1, domain.len - 2};
    colon = slice_find(inner, ':');
    if (colon == inner.len)
        return judge_untagged(inner, ip_r);
    if (slice_starts_nocase(inner, six)) {
        inner = slice_from(inner, six.len);
        return literal_six_is_valid(inner) && ip_parse(inner, ip_r) ? DOMAIN_FINE
                                                                    : DOMAIN_LITERAL_IPV6;
    }
    return is_tag(slice_first(inner, colon)) && is_dcontent(slice_from(inner, colon + 1))
               ? DOMAIN_LITERAL_TAG
               : DOMAIN_LITERAL_MALFORMED;
}

bool
domain_literal_parse(struct slice domain, struct ip *ip_r)
{
    return domain_literal_judge(domain, ip_r) == DOMAIN_FINE;
}

struct slice
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
