/* One pass over text, in pieces of any size, that notes what plain octets tell. */
#ifndef POSTERN_MAIL_BODY_SCAN_H
#define POSTERN_MAIL_BODY_SCAN_H

#include "base/slice.h"

struct body_scan {
    uint64_t size;         /* octets */
    uint64_t eightbit;     /* octets above 127 */
    uint64_t longest_line; /* octets without line end */
    bool nul;
    bool bare_newline; /* LF without CR before it, or CR without LF behind it (RFC 5321
                          section 2.3.8) */
    uint64_t line;     /* octets of the line under way */
    bool after_cr;
};

/* Begin with a zeroed struct. */
void body_scan_add(struct body_scan *scan, struct slice piece);

/* After the last piece: a CR or a line without end is judged. */
void body_scan_end(struct body_scan *scan);

#endif
