/* Counts octets in vectors: a lane holds -1 for each hit, so lanes are summed before they
 * overflow. */
#include "octets.h"

enum { LANES = 16, ROUNDS = 127 };

typedef signed char lanes __attribute__((vector_size(LANES)));

static uint64_t
sum(lanes hits)
{
    int64_t total = 0;

    for (size_t i = 0; i < LANES; i++)
        total -= hits[i];
    return (uint64_t)total;
}

/* At most ROUNDS vectors. */
static struct octets
count_vectors(const char *at, size_t vectors)
{
    lanes high = {0}, cr = {0}, nul = {0};

    for (size_t i = 0; i < vectors; i++) {
        lanes some;

        memcpy(&some, at + i * LANES, LANES);
        high += some < 0;
        cr += some == '\r';
        nul += some == '\0';
    }
    return (struct octets){sum(high), sum(cr), sum(nul)};
}

static void
add(struct octets *to, struct octets more)
{
    to->high += more.high;
    to->cr += more.cr;
    to->nul += more.nul;
}

struct octets
octets_count(struct slice s)
{
    struct octets all = {0};

    while (s.len >= LANES) {
        size_t vectors = s.len / LANES < ROUNDS ? s.len / LANES : ROUNDS;

        add(&all, count_vectors(s.at, vectors));
        s = slice_from(s, vectors * LANES);
    }
    for (size_t i = 0; i < s.len; i++)
        add(&all, (struct octets){s.at[i] & 0x80 ? 1 : 0, s.at[i] == '\r', s.at[i] == '\0'});
    return all;
}
