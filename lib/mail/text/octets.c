/* Looks at octets in vectors, of which a lane holds -1 for each hit. Where hits are counted, lanes
 * are summed before they overflow. */
#include "octets.h"

enum { LANES = 16, ROUNDS = 127 };

typedef signed char lanes __attribute__((vector_size(LANES)));

static lanes
load_lanes(const char *at)
{
    lanes some;

    memcpy(&some, at, LANES);
    return some;
}

static uint64_t
sum(lanes hits)
{
    int64_t total = 0;

    for (size_t i = 0; i < LANES; i++)
        total -= hits[i];
    return (uint64_t)total;
}

static bool
is_any(lanes hits)
{
    uint64_t half[2];

    memcpy(half, &hits, sizeof half);
    return (half[0] | half[1]) != 0;
}

/* At most ROUNDS vectors, behind which an octet stands. */
static struct octets
count_vectors(const char *at, size_t vectors)
{
    lanes high = {0}, stray = {0}, nul = {0};

    for (size_t i = 0; i < vectors; i++, at += LANES) {
        lanes some = load_lanes(at);

        high += some < 0;
        stray |= (some == '\r') ^ (load_lanes(at + 1) == '\n');
        nul |= some == '\0';
    }
    return (struct octets){sum(high), is_any(nul), is_any(stray)};
}

static struct octets
count_first(struct slice s)
{
    return (struct octets){s.at[0] & 0x80 ? 1 : 0, s.at[0] == '\0',
                           s.len > 1 && (s.at[0] == '\r') != (s.at[1] == '\n')};
}

static void
add_counts(struct octets *to, struct octets more)
{
    to->high += more.high;
    to->nul = to->nul || more.nul;
    to->stray = to->stray || more.stray;
}

struct octets
octets_count(struct slice s)
{
    struct octets all = {0};

    while (s.len > LANES) {
        size_t vectors = (s.len - 1) / LANES < ROUNDS ? (s.len - 1) / LANES : ROUNDS;

        add_counts(&all, count_vectors(s.at, vectors));
        s = slice_from(s, vectors * LANES);
    }
    for (; s.len > 0; s = slice_from(s, 1))
        add_counts(&all, count_first(s));
    return all;
}

/* -1 where it is of the alphabet. In ASCII a bit makes small letters of capitals, and none of what
 * is no letter. */
static lanes
find_base64(const char *at)
{
    lanes some = load_lanes(at), small = some | 0x20;

    return ((small > '`') & (small < '{')) | ((some > '.') & (some < ':')) | (some == '+');
}

/* The last vector overlaps the one before it. */
static bool
is_base64_line(const char *at, size_t len)
{
    lanes all = find_base64(at + len - LANES);

    for (size_t i = 0; i + LANES < len; i += LANES)
        all &= find_base64(at + i);
    return !is_any(~all);
}

size_t
octets_count_base64(struct slice s, size_t line)
{
    size_t at = 0;

    if (line < LANES)
        return 0;
    while (s.len - at > line + 1 && s.at[at + line] == '\r' && s.at[at + line + 1] == '\n' &&
           is_base64_line(s.at + at, line))
        at += line + 2;
    return at;
}

static bool
is_text_octet(char c)
{
    return c >= ' ' && c <= '~' && c != '=';
}

size_t
octets_count_text(struct slice s)
{
    size_t len = 0;

    while (s.len - len >= LANES) {
        lanes some = load_lanes(s.at + len);

        if (is_any((some < ' ') | (some > '~') | (some == '=')))
            break;
        len += LANES;
    }
    while (len < s.len && is_text_octet(s.at[len]))
        len++;
    return len;
}
