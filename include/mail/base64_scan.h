/* Whether a body is base64 (RFC 2045 section 6.8) once octets above 127 are taken out of it, told
 * in one pass over pieces of any size. */
#ifndef POSTERN_MAIL_BASE64_SCAN_H
#define POSTERN_MAIL_BASE64_SCAN_H

#include "base/slice.h"

struct base64_scan {
    uint64_t size;  /* octets of groups, padding included */
    uint64_t first; /* such octets of the first line that has any */
    uint64_t line;  /* of the line under way */
    unsigned pads;
    char last;    /* of the alphabet */
    bool gap;     /* white space on the line under way */
    bool ended;   /* a shorter line ended: it was the last one */
    bool refuted; /* it isn't base64, whatever follows */
};

/* Begin with a zeroed struct. */
void base64_scan_add(struct base64_scan *scan, struct slice piece);

/* After the last piece. True where all is of one make: whole groups, padded as they must be, in
 * lines of one length, the last one shorter. A word of text might be that too: so what is so short
 * that it could be one counts where it is padded. */
bool base64_scan_end(struct base64_scan *scan);

#endif
