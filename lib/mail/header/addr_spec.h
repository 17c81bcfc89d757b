/* One address of a header field as it is written (RFC 5322 section 3.4.1, with what section 4.4
 * still allows: white space, comments and quoted words between its dots). */
#ifndef POSTERN_LIB_MAIL_HEADER_ADDR_SPEC_H
#define POSTERN_LIB_MAIL_HEADER_ADDR_SPEC_H

#include "mail/address.h"

/* Always fills address_r, in the form that an envelope would have. Returns what is wrong with the
 * writing, or NULL. */
const char *addr_spec_parse(struct arena *arena, struct slice text, struct address *address_r);

#endif
