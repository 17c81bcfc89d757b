/* Slots that are filled in turn. A slot says which turn it was filled in, so that a reader who
 * finds another turn behind his copy has caught a writer. All slots are compared, each with all of
 * its octets: how long that takes tells nothing. */
#include "nonces.h"

#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/random.h>

enum { BASE = 36, DIGITS = 13, ID_DIGITS = 12, HEAD = sizeof NONCE_PROVES - 1 };

_Static_assert(sizeof NONCE_PROVES == sizeof NONCE_FAILS, "both are of one length");
_Static_assert(HEAD + 2 * DIGITS + 1 == NONCE_WORD_SIZE, "a word has room");

struct nonce_slot {
    atomic_ullong turn; /* 0: empty; odd: it is being written */
    atomic_ullong high, low, answer;
    atomic_llong given_ms;
    atomic_bool seen, failed;
};

struct nonce_region {
    atomic_ullong turns;
    struct nonce_slot slot[NONCES];
};

static struct nonce_region *nonce_region;

bool
nonces_make(void)
{
    void *at =
        mmap(NULL, sizeof *nonce_region, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

    nonce_region = at == MAP_FAILED ? NULL : at;
    return nonce_region != NULL;
}

static void
nonce_write_digits(unsigned long long number, size_t digits, char *to)
{
    to[digits] = '\0';
    while (digits-- > 0) {
        to[digits] = "0123456789abcdefghijklmnopqrstuvwxyz"[number % BASE];
        number /= BASE;
    }
}

/* False where these aren't digits. */
static bool
nonce_read_digits(struct slice digits, unsigned long long *number_r)
{
    *number_r = 0;
    for (size_t i = 0; i < digits.len; i++) {
        char octet = ascii_lower(digits.at[i]);

        if (!ascii_is_alnum(octet))
            return false;
        *number_r =
            *number_r * BASE + (unsigned)(ascii_is_digit(octet) ? octet - '0' : octet - 'a' + 10);
    }
    return true;
}

static void
nonce_write(unsigned long long high, unsigned long long low, unsigned long long answer,
            struct nonce *nonce_r)
{
    memcpy(nonce_r->word, NONCE_PROVES, HEAD);
    nonce_write_digits(high, DIGITS, nonce_r->word + HEAD);
    nonce_write_digits(low, DIGITS, nonce_r->word + HEAD + DIGITS);
    nonce_write_digits(answer, DIGITS, nonce_r->answer);
    nonce_write_digits(low, ID_DIGITS, nonce_r->id);
}

bool
nonces_give(int64_t now_ms, struct nonce *nonce_r)
{
    unsigned long long chance[3], turn;
    struct nonce_slot *slot;

    if (nonce_region == NULL || getrandom(chance, sizeof chance, 0) != (ssize_t)sizeof chance)
        return false;
    turn = atomic_fetch_add(&nonce_region->turns, 1);
    slot = &nonce_region->slot[turn % NONCES];
    atomic_store(&slot->turn, 2 * turn + 1);
    atomic_store(&slot->high, chance[0]);
    atomic_store(&slot->low, chance[1]);
    atomic_store(&slot->answer, chance[2]);
    atomic_store(&slot->given_ms, now_ms);
    atomic_store(&slot->seen, false);
    atomic_store(&slot->failed, false);
    atomic_store(&slot->turn, 2 * turn + 2);
    nonce_write(chance[0], chance[1], chance[2], nonce_r);
    return true;
}

/* The slot of the nonce with this number, whole and as old as may be, or NULL. */
static struct nonce_slot *
nonce_slot_of(unsigned long long high, unsigned long long low, int64_t since_ms,
              unsigned long long *answer_r)
{
    struct nonce_slot *found = NULL;

    for (size_t i = 0; i < NONCES; i++) {
        struct nonce_slot *slot = &nonce_region->slot[i];
        unsigned long long turn = atomic_load(&slot->turn);
        unsigned long long differs =
            (atomic_load(&slot->high) ^ high) | (atomic_load(&slot->low) ^ low);
        unsigned long long answer = atomic_load(&slot->answer);
        bool is_young = atomic_load(&slot->given_ms) > since_ms;

        if (differs != 0 || !is_young || turn == 0 || turn % 2 == 1 ||
            atomic_load(&slot->turn) != turn)
            continue;
        *answer_r = answer;
        found = slot;
    }
    return found;
}

static enum nonce_kind
nonce_read(struct slice text, unsigned long long number_r[2])
{
    enum nonce_kind kind = NONCE_NONE;

    if (text.len != HEAD + 2 * DIGITS)
        return NONCE_NONE;
    if (slice_starts_nocase(text, SLICE(NONCE_PROVES)))
        kind = NONCE_PROOF;
    else if (slice_starts_nocase(text, SLICE(NONCE_FAILS)))
        kind = NONCE_FAILURE;
    text = slice_from(text, HEAD);
    if (!nonce_read_digits(slice_first(text, DIGITS), &number_r[0]) ||
        !nonce_read_digits(slice_from(text, DIGITS), &number_r[1]))
        return NONCE_NONE;
    return kind;
}

enum nonce_kind
nonces_find(int64_t now_ms, struct slice text, struct nonce *nonce_r)
{
    unsigned long long number[2], answer;
    enum nonce_kind kind = nonce_read(text, number);
    struct nonce_slot *slot;

    if (nonce_region == NULL || kind == NONCE_NONE)
        return NONCE_NONE;
    slot = nonce_slot_of(number[0], number[1], now_ms - NONCE_VALID_MS, &answer);
    if (slot == NULL || (kind == NONCE_PROOF && atomic_exchange(&slot->seen, true)))
        return NONCE_NONE;
    nonce_write(number[0], number[1], answer, nonce_r);
    return kind;
}

void
nonces_note_failure(const struct nonce *nonce)
{
    unsigned long long number[2], answer;
    struct nonce_slot *slot = NULL;

    if (nonce_read(slice_of(nonce->word), number) != NONCE_NONE)
        slot = nonce_slot_of(number[0], number[1], INT64_MIN, &answer);
    if (slot)
        atomic_store(&slot->failed, true);
}

bool
nonces_was_seen(struct slice text)
{
    unsigned long long number[2], answer;
    enum nonce_kind kind = nonce_read(text, number);
    struct nonce_slot *slot = NULL;

    if (nonce_region && kind != NONCE_NONE)
        slot = nonce_slot_of(number[0], number[1], INT64_MIN, &answer);
    return slot && atomic_load(kind == NONCE_FAILURE ? &slot->failed : &slot->seen);
}
