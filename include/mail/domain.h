/* Domain names as mail uses them. */
#ifndef POSTERN_MAIL_DOMAIN_H
#define POSTERN_MAIL_DOMAIN_H

#include "base/arena.h"
#include "mail/ip.h"

/* The form by which domains are compared and looked up: lower case, U-labels as A-labels
 * (RFC 5891 section 5, through libidn2, non-transitional), without a trailing dot. A label that
 * can't be converted only gets its ASCII letters lowered: it then equals nothing but itself. An
 * ordinary lower-case ASCII domain is returned as it is; A-labels in it stay as they are. An
 * address literal gets one spelling. */
struct slice domain_key(struct arena *arena, struct slice domain);

/* The form for people: A-labels as U-labels where that works, else as given. */
struct slice domain_unicode(struct arena *arena, struct slice domain);

/* RFC 5321 section 4.1.2 Domain: labels of letters, digits and inner hyphens, of 1 to 63 octets,
 * no trailing dot, at most 255 octets; with octets above 127 allowed where utf8 says so (RFC 6531
 * section 3.3). */
bool domain_is_valid(struct slice domain, bool utf8);

/* RFC 5321 section 4.1.3: "[192.0.2.1]" or "[IPv6:2001:db8::1]". No other tag is registered. */
bool domain_literal_parse(struct slice domain, struct ip *ip_r);

/* Cuts the leftmost label and its dot off; false when no dot is left. */
bool domain_parent(struct slice *domain);

#endif
