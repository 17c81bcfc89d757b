/* What a run of octets holds, counted many at a time. */
#ifndef POSTERN_LIB_MAIL_OCTETS_H
#define POSTERN_LIB_MAIL_OCTETS_H

#include "base/slice.h"

struct octets {
    uint64_t high; /* above 127 */
    uint64_t cr;
    uint64_t nul;
};

struct octets octets_count(struct slice s);

#endif
