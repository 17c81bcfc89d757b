/* IP addresses and blocks of them. */
#ifndef POSTERN_MAIL_IP_H
#define POSTERN_MAIL_IP_H

#include "base/slice.h"

struct ip {
    uint8_t family;    /* 4 or 6 */
    uint8_t octet[16]; /* the first 4 or 16 count, the others are zero */
};

struct ip_block {
    struct ip base;
    uint8_t bits;
};

enum ip_defect { IP_FINE, IP_NOT_ADDRESS, IP_BAD_LENGTH, IP_HOST_BITS };

#define IP_TEXT_SIZE 46

/* Dotted decimal of four numbers, or RFC 4291 section 2.2 text; no brackets, zone or prefix.
 * An IPv4-mapped IPv6 address (::ffff:0:0/96) is the IPv4 address. */
bool ip_parse(struct slice s, struct ip *ip_r);

/* ADDRESS or ADDRESS/BITS. IP_HOST_BITS: something is set behind the prefix; block_r is then what
 * must have been meant. */
enum ip_defect ip_block_parse(struct slice s, struct ip_block *block_r);

/* RFC 5952 text, into `text`, which it returns. */
const char *ip_text(const struct ip *ip, char text[IP_TEXT_SIZE]);

bool ip_equal(const struct ip *a, const struct ip *b);
bool ip_in_block(const struct ip *ip, const struct ip_block *block);

/* The address with all bits behind the first `bits` zero. */
struct ip ip_network(const struct ip *ip, unsigned bits);

#endif
