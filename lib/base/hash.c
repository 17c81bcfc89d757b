/* SipHash-2-4 under a key of this process: whoever doesn't know the key can't choose texts that
 * fall into one bucket. See https://www.aumasson.jp/siphash/siphash.pdf. */
#include <endian.h>
#include <pthread.h>
#include <sys/random.h>
#include <time.h>

#include "base/slice.h"

static struct hash_key own_key;
static pthread_once_t own_key_once = PTHREAD_ONCE_INIT;

struct state {
    uint64_t v[4];
};

static uint64_t
rotate(uint64_t word, unsigned bits)
{
    return word << bits | word >> (64 - bits);
}

static void
mix(struct state *s, unsigned rounds)
{
    for (; rounds > 0; rounds--) {
        s->v[0] += s->v[1];
        s->v[2] += s->v[3];
        s->v[1] = rotate(s->v[1], 13) ^ s->v[0];
        s->v[3] = rotate(s->v[3], 16) ^ s->v[2];
        s->v[0] = rotate(s->v[0], 32);
        s->v[2] += s->v[1];
        s->v[0] += s->v[3];
        s->v[1] = rotate(s->v[1], 17) ^ s->v[2];
        s->v[3] = rotate(s->v[3], 21) ^ s->v[0];
        s->v[2] = rotate(s->v[2], 32);
    }
}

static void
add_word(struct state *s, uint64_t word)
{
    s->v[3] ^= word;
    mix(s, 2);
    s->v[0] ^= word;
}

/* Eight octets, the first one lowest. */
static uint64_t
whole_word(const char *at)
{
    uint64_t word;

    memcpy(&word, at, sizeof word);
    return le64toh(word);
}

/* Fewer than eight. */
static uint64_t
part_word(struct slice s)
{
    uint64_t word = 0;

    for (size_t i = 0; i < s.len; i++)
        word |= (uint64_t)(unsigned char)s.at[i] << 8 * i;
    return word;
}

/* Each octet from A to Z in lower case, all eight at once: the top bit of an octet says whether it
 * is at least A, or more than Z, and none carries over into the next. */
static uint64_t
word_lower(uint64_t word)
{
    const uint64_t each = 0x0101010101010101u;
    uint64_t low = word & 0x7F * each;
    uint64_t from_a = low + (0x80 - 'A') * each, above_z = low + (0x80 - 'Z' - 1) * each;

    return word | ((from_a & ~above_z & ~word & 0x80 * each) >> 2);
}

static uint64_t
hash_octets(const struct hash_key *key, struct slice s, bool nocase)
{
    struct state state = {{key->word[0] ^ 0x736f6d6570736575u, key->word[1] ^ 0x646f72616e646f6du,
                           key->word[0] ^ 0x6c7967656e657261u, key->word[1] ^ 0x7465646279746573u}};
    uint64_t length = (uint64_t)s.len << 56;

    for (; s.len >= 8; s = slice_from(s, 8))
        add_word(&state, nocase ? word_lower(whole_word(s.at)) : whole_word(s.at));
    add_word(&state, (nocase ? word_lower(part_word(s)) : part_word(s)) | length);
    state.v[2] ^= 0xFF;
    mix(&state, 4);
    return state.v[0] ^ state.v[1] ^ state.v[2] ^ state.v[3];
}

/* Without randomness the time, at least, isn't the same everywhere. */
static void
make_key(void)
{
    struct timespec now;

    if (getrandom(&own_key, sizeof own_key, 0) == (ssize_t)sizeof own_key)
        return;
    clock_gettime(CLOCK_REALTIME, &now);
    own_key.word[0] = (uint64_t)now.tv_sec;
    own_key.word[1] = (uint64_t)now.tv_nsec;
}

uint64_t
slice_hash_under(const struct hash_key *key, struct slice s)
{
    return hash_octets(key, s, false);
}

uint64_t
slice_hash(struct slice s)
{
    pthread_once(&own_key_once, make_key);
    return hash_octets(&own_key, s, false);
}

uint64_t
slice_hash_nocase(struct slice s)
{
    pthread_once(&own_key_once, make_key);
    return hash_octets(&own_key, s, true);
}
