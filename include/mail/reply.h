/* SMTP replies, valid by construction (RFC 5321 section 4.2, RFC 2034 section 4, RFC 3463). */
#ifndef POSTERN_MAIL_REPLY_H
#define POSTERN_MAIL_REPLY_H

#include "base/arena.h"

/* libmilter takes no more than these. */
enum { REPLY_MAX_LINES = 32, REPLY_MAX_LINE = 512 };

struct reply {
    char code[4];                      /* "550" */
    char enhanced[12];                 /* "5.7.1" */
    const char *line[REPLY_MAX_LINES]; /* text alone: printable ASCII, not yet doubled for printf */
    size_t lines;                      /* at least 1 */
};

/* True for 400 to 599 but 421, which would close the connection. */
bool reply_code_is_valid(int64_t code);

/* class "." subject "." detail of RFC 3463 section 2, class 4 or 5, numbers of at most 3 digits. */
bool reply_enhanced_is_valid(struct slice enhanced);

/* Builds a reply from texts, each a line of its own. Octets that are control or not ASCII are
 * written \x{HH}; a text too long for one line is wrapped at a space where there is one, so that
 * code, enhanced code, text and CRLF fit into 512 octets; what doesn't fit into 32 lines is cut,
 * and the last line ends in "...". The enhanced code's class must be that of the code. */
void reply_build(struct arena *arena, int code, const char *enhanced, const struct slice *texts,
                 size_t count, struct reply *reply_r);

/* The same for now: 4yz for 5yz in the code and the class of the enhanced code, as Postfix's
 * soft_bounce has it. Only 521 becomes 451, since 421 would close the connection. A reply of 4yz is
 * returned itself. */
const struct reply *reply_soften(struct arena *arena, const struct reply *reply);

/* The reply as the client sees it: lines "550-5.7.1 text" up to "550 5.7.1 text", joined by "\n".
 */
const char *reply_text(struct arena *arena, const struct reply *reply);

#endif
