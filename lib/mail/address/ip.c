/* Reads and prints IP addresses and blocks by itself: the C library's functions take octal numbers,
 * zones and shortened forms that mail doesn't know. */
#include "mail/ip.h"

#include <stdio.h>

enum { GROUPS = 8, NO_GAP = GROUPS + 1 };

/* Leading zeros are decimal, never octal (RFC 5321 section 4.1.3). */
static bool
parse_four(struct slice s, uint8_t octet[4])
{
    for (int i = 0; i < 4; i++) {
        struct slice part = i < 3 ? slice_first(s, slice_find(s, '.')) : s;
        int64_t number;

        if (part.len > 3 || !slice_number(part, &number) || number > 255)
            return false;
        if (i < 3 && part.len == s.len)
            return false;
        octet[i] = (uint8_t)number;
        s = slice_from(s, part.len + 1);
    }
    return true;
}

static int
hex_digit(char c)
{
    if (ascii_is_digit(c))
        return c - '0';
    c = ascii_lower(c);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool
parse_group(struct slice s, uint8_t octet[2])
{
    unsigned number = 0;

    if (s.len < 1 || s.len > 4)
        return false;
    for (size_t i = 0; i < s.len; i++) {
        if (hex_digit(s.at[i]) < 0)
            return false;
        number = number * 16 + (unsigned)hex_digit(s.at[i]);
    }
    octet[0] = (uint8_t)(number >> 8);
    octet[1] = (uint8_t)number;
    return true;
}

/* One group, or dotted decimal as the last two, at the front of `rest`; moves behind its colon.
 * Notes where "::" stands. */
static bool
take_hex_group(struct slice *rest, uint8_t octet[16], unsigned *groups, unsigned *gap)
{
    struct slice part = slice_first(*rest, slice_find(*rest, ':'));
    uint8_t *to = octet + 2 * *groups;

    if (slice_find(part, '.') < part.len) {
        bool last = part.len == rest->len && *groups <= GROUPS - 2;

        *rest = slice_from(*rest, part.len);
        *groups += 2;
        return last && parse_four(part, to);
    }
    if (*groups == GROUPS || !parse_group(part, to))
        return false;
    ++*groups;
    if (part.len == rest->len) {
        *rest = slice_from(*rest, part.len);
        return true;
    }
    *rest = slice_from(*rest, part.len + 1);
    if (rest->len == 0)
        return false;
    if (rest->at[0] == ':') {
        *rest = slice_from(*rest, 1);
        if (*gap != NO_GAP)
            return false;
        *gap = *groups;
    }
    return true;
}

static bool
parse_six(struct slice s, uint8_t octet[16])
{
    unsigned groups = 0;
    unsigned gap = NO_GAP;

    if (slice_starts_nocase(s, SLICE("::"))) {
        gap = 0;
        s = slice_from(s, 2);
    }
    while (s.len > 0)
        if (!take_hex_group(&s, octet, &groups, &gap))
            return false;
    if (gap == NO_GAP)
        return groups == GROUPS;
    if (groups >= GROUPS)
        return false;
    memmove(octet + 16 - 2 * (groups - gap), octet + 2 * gap, 2 * (groups - gap));
    memset(octet + 2 * gap, 0, 2 * (GROUPS - groups));
    return true;
}

static bool
is_mapped(const struct ip *ip)
{
    static const uint8_t prefix[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};

    return ip->family == 6 && memcmp(ip->octet, prefix, sizeof prefix) == 0;
}

static struct ip
without_mapping(const struct ip *ip)
{
    struct ip four = {.family = 4};

    memcpy(four.octet, ip->octet + 12, 4);
    return four;
}

bool
ip_parse(struct slice s, struct ip *ip_r)
{
    struct ip ip = {.family = 4};

    if (slice_find(s, ':') == s.len) {
        if (!parse_four(s, ip.octet))
            return false;
    } else {
        ip.family = 6;
        if (!parse_six(s, ip.octet))
            return false;
    }
    *ip_r = is_mapped(&ip) ? without_mapping(&ip) : ip;
    return true;
}

/* The prefix length, for an address written as IPv4-mapped IPv6 too. */
static bool
parse_bits(struct slice s, bool mapped, uint8_t family, uint8_t *bits_r)
{
    int64_t bits;

    if (s.len > 3 || !slice_number(s, &bits))
        return false;
    if (mapped)
        bits -= 96;
    if (bits < 0 || bits > (family == 4 ? 32 : 128))
        return false;
    *bits_r = (uint8_t)bits;
    return true;
}

enum ip_defect
ip_block_parse(struct slice s, struct ip_block *block_r)
{
    size_t slash = slice_find(s, '/');
    struct slice address = slice_first(s, slash);
    bool mapped;
    struct ip ip;

    if (!ip_parse(address, &ip))
        return IP_NOT_ADDRESS;
    mapped = ip.family == 4 && slice_find(address, ':') < address.len;
    block_r->bits = ip.family == 4 ? 32 : 128;
    if (slash < s.len && !parse_bits(slice_from(s, slash + 1), mapped, ip.family, &block_r->bits))
        return IP_BAD_LENGTH;
    block_r->base = ip_network(&ip, block_r->bits);
    return ip_equal(&ip, &block_r->base) ? IP_FINE : IP_HOST_BITS;
}

/* The longest run of two or more zero groups, the first of equal ones (RFC 5952 section 4.2). */
static void
find_zeros(const uint8_t *octet, int *from_r, int *to_r)
{
    *from_r = *to_r = -1;
    for (int i = 0; i < GROUPS;) {
        int end = i;

        while (end < GROUPS && octet[2 * end] == 0 && octet[2 * end + 1] == 0)
            end++;
        if (end - i >= 2 && end - i > *to_r - *from_r) {
            *from_r = i;
            *to_r = end;
        }
        i = end + 1;
    }
}

static char *
put_octet(char *to, uint8_t octet)
{
    if (octet >= 100)
        *to++ = (char)('0' + octet / 100);
    if (octet >= 10)
        *to++ = (char)('0' + octet / 10 % 10);
    *to++ = (char)('0' + octet % 10);
    return to;
}

static void
put_ip4(char *to, const uint8_t *octet)
{
    for (int i = 0; i < 4; i++) {
        to = put_octet(to, octet[i]);
        *to++ = '.';
    }
    to[-1] = '\0';
}

const char *
ip_text(const struct ip *ip, char text[IP_TEXT_SIZE])
{
    const uint8_t *octet = ip->octet;
    int len = 0;
    int from, to;

    if (ip->family == 4) {
        put_ip4(text, octet);
        return text;
    }
    find_zeros(octet, &from, &to);
    for (int i = 0; i < GROUPS; i++) {
        if (i == from) {
            len += snprintf(text + len, (size_t)(IP_TEXT_SIZE - len), "::");
            i = to - 1;
            continue;
        }
        len += snprintf(text + len, (size_t)(IP_TEXT_SIZE - len), "%s%x",
                        i > 0 && i != to ? ":" : "", octet[2 * i] << 8 | octet[2 * i + 1]);
    }
    return text;
}

bool
ip_equal(const struct ip *a, const struct ip *b)
{
    return a->family == b->family && memcmp(a->octet, b->octet, sizeof a->octet) == 0;
}

struct ip
ip_network(const struct ip *ip, unsigned bits)
{
    struct ip network = *ip;

    for (unsigned i = 0; i < sizeof network.octet; i++) {
        if (bits >= 8 * (i + 1))
            continue;
        network.octet[i] &= bits > 8 * i ? (uint8_t)(0xFF << (8 - (bits - 8 * i))) : 0;
    }
    return network;
}

bool
ip_in_block(const struct ip *ip, const struct ip_block *block)
{
    struct ip network = ip_network(ip, block->bits);

    return ip_equal(&network, &block->base);
}
