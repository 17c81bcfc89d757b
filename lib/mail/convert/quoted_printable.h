/* Quoted-printable (RFC 2045 section 6.7), as a stream. */
#ifndef POSTERN_LIB_MAIL_CONVERT_QUOTED_PRINTABLE_H
#define POSTERN_LIB_MAIL_CONVERT_QUOTED_PRINTABLE_H

#include "outlet.h"

/* What must be seen to know what becomes of an octet: "From " at the beginning of a line. */
enum { QUOTED_LOOK = 5 };

/* Begins zeroed. */
struct quoted_printable {
    char kept[QUOTED_LOOK]; /* octets whose neighbours haven't come yet */
    size_t keeps;
    size_t column;
    bool soft; /* the line under way was begun by a soft break */

    /* Of a repair: may lines become too long, octets of the line that came, before its last break,
     * and added since. */
    bool breaks;
    size_t line, broken_at, added;
};

/* Encodes text of which lines end with CRLF; any other CR or LF is an octet. Each line takes as
 * much as fits into 76 octets. No line begins with ".", with "From " (RFC 2049 section 3), or,
 * after a soft break, with "--", which might be a delimiter. last: nothing follows, and the state
 * is as at the beginning. */
void quoted_printable_encode(struct quoted_printable *state, struct slice piece, bool last,
                             struct outlet *to);

/* Text that is quoted-printable but for octets above 127: these alone are encoded (RFC 2045 section
 * 6.7, note 4). Where state->breaks is set, soft breaks before some of them keep lines as short as
 * they were. */
void quoted_printable_repair(struct quoted_printable *state, struct slice piece, bool last,
                             struct outlet *to);

#endif
