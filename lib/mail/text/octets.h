/* What a run of octets holds, looked at many at a time. */
#ifndef POSTERN_LIB_MAIL_TEXT_OCTETS_H
#define POSTERN_LIB_MAIL_TEXT_OCTETS_H

#include "base/slice.h"

struct octets {
    uint64_t high; /* above 127 */
    bool nul;
    bool stray; /* CR without LF behind it, or LF without CR before it; neither is known of the
                   last octet and of the first */
};

struct octets octets_count(struct slice s);

/* How many octets at the beginning are printable ASCII or space, but not "=". */
size_t octets_count_text(struct slice s);

/* How many octets at the beginning are lines of `line` octets of the alphabet of base64 (RFC 2045
 * section 6.8), each with its CR LF. Nothing is found of shorter lines than vectors are. */
size_t octets_count_base64(struct slice s, size_t line);

#endif
