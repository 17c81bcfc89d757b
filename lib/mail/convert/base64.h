/* Base64 (RFC 2045 section 6.8), as a stream: lines of 76, the last one without line end. */
#ifndef POSTERN_LIB_MAIL_CONVERT_BASE64_H
#define POSTERN_LIB_MAIL_CONVERT_BASE64_H

#include "outlet.h"

/* Begins zeroed. */
struct base64 {
    char kept[3]; /* octets that are no group yet */
    size_t keeps;
    size_t column;
};

/* last: nothing follows, and the state is as at the beginning. */
void base64_encode(struct base64 *state, struct slice piece, bool last, struct outlet *to);

#endif
