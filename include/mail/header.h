/* Header fields: unfolding (RFC 5322 section 2.2.3) and encoded words (RFC 2047). */
#ifndef POSTERN_MAIL_HEADER_H
#define POSTERN_MAIL_HEADER_H

#include "base/arena.h"

/* Line ends before white space taken out, surrounding white space trimmed. Text without line end is
 * returned as it is, trimmed. */
struct slice header_unfold(struct arena *arena, struct slice body);

/* Encoded words read, as UTF-8; white space between two of them dropped (RFC 2047 section 6.2).
 * What isn't a well-formed encoded word in a known charset stays as it is. */
struct slice header_decode(struct arena *arena, struct slice unfolded);

/* Field name: printable ASCII without colon (RFC 5322 section 2.2). */
bool header_name_is_valid(struct slice name);

#endif
