/* What a run of octets holds, looked at many at a time. */
#ifndef POSTERN_LIB_MAIL_OCTETS_H
#define POSTERN_LIB_MAIL_OCTETS_H

#include "base/slice.h"

struct octets {
    uint64_t high; /* above 127 */
    uint64_t cr;
    uint64_t nul;
};

struct octets octets_count(struct slice s);

/* How many octets at the beginning are printable ASCII or space, but not "=". */
size_t octets_count_text(struct slice s);

#endif
