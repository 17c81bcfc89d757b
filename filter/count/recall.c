/* Slots that are filled in turn. A slot says which turn it was filled in, and a sum over what is in
 * it: a reader who finds another turn behind his copy, or another sum, has caught a writer. Pages
 * of a slot that were never written take no memory. */
#include "recall.h"

#include <stdatomic.h>
#include <stdint.h>
#include <sys/mman.h>

#include "base/buffer.h"

enum {
    WORDS = RECALL_LONGEST / sizeof(uint64_t),
    MOST_FOUND = 16,
    LONGEST_ID = 12,
    BASE = 36,
};

struct recall_slot {
    atomic_ullong turn; /* 0: empty; odd: it is being written */
    atomic_ullong id, len, sum;
    atomic_ullong word[WORDS];
};

struct recall_region {
    atomic_ullong turns;
    size_t slots;
    struct recall_slot slot[];
};

_Static_assert(RECALL_LONGEST % sizeof(uint64_t) == 0, "a text is whole words");

static struct recall_region *recall_regions[RECALL_KINDS];

bool
recall_make(enum recall_of of, size_t texts)
{
    struct recall_region *region;
    size_t size = sizeof *region + texts * sizeof region->slot[0];
    void *at =
        mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

    if (at == MAP_FAILED)
        return false;
    region = at;
    region->slots = texts;
    recall_regions[of] = region;
    return true;
}

bool
recall_is_made(enum recall_of of)
{
    return recall_regions[of] != NULL;
}

static bool
recall_number(struct slice id, unsigned long long *number_r)
{
    *number_r = 0;
    for (size_t i = 0; i < id.len; i++) {
        char octet = ascii_lower(id.at[i]);
        bool is_letter = octet >= 'a' && octet <= 'z';

        if (!is_letter && !ascii_is_digit(octet))
            return false;
        *number_r = *number_r * BASE + (unsigned)(is_letter ? octet - 'a' + 10 : octet - '0');
    }
    return id.len > 0 && id.len <= LONGEST_ID;
}

/* FNV-1a by words: it tells writers apart, not strangers. */
static unsigned long long
sum_add(unsigned long long sum, unsigned long long word)
{
    return ((sum ^ word) * 1099511628211u) ^ (sum >> 29);
}

static void
slot_write(struct recall_slot *slot, unsigned long long id, struct slice text)
{
    unsigned long long sum = sum_add(id, text.len);

    atomic_store_explicit(&slot->id, id, memory_order_relaxed);
    atomic_store_explicit(&slot->len, text.len, memory_order_relaxed);
    for (size_t at = 0, i = 0; at < text.len; at += sizeof(uint64_t), i++) {
        uint64_t word = 0;
        struct slice piece = slice_first(slice_from(text, at), sizeof word);

        memcpy(&word, piece.at, piece.len);
        sum = sum_add(sum, word);
        atomic_store_explicit(&slot->word[i], word, memory_order_relaxed);
    }
    atomic_store_explicit(&slot->sum, sum, memory_order_relaxed);
}

void
recall_keep(enum recall_of of, struct slice id, struct slice text)
{
    struct recall_region *region = recall_regions[of];
    struct recall_slot *slot;
    unsigned long long number, turn;

    if (region == NULL || text.len > RECALL_LONGEST || !recall_number(id, &number))
        return;
    turn = atomic_fetch_add_explicit(&region->turns, 1, memory_order_relaxed);
    slot = &region->slot[turn % region->slots];
    atomic_store_explicit(&slot->turn, 2 * turn + 1, memory_order_relaxed);
    atomic_thread_fence(memory_order_release);
    slot_write(slot, number, text);
    atomic_store_explicit(&slot->turn, 2 * turn + 2, memory_order_release);
}

/* The text, if it is there and whole. */
static bool
slot_read(const struct recall_slot *slot, unsigned long long id, struct arena *arena,
          struct slice *text_r)
{
    unsigned long long turn = atomic_load_explicit(&slot->turn, memory_order_acquire);
    size_t len = atomic_load_explicit(&slot->len, memory_order_relaxed);
    unsigned long long sum = sum_add(id, len);
    size_t words = (len + sizeof(uint64_t) - 1) / sizeof(uint64_t);
    uint64_t *copy;

    if (turn == 0 || turn % 2 == 1 || len > RECALL_LONGEST ||
        atomic_load_explicit(&slot->id, memory_order_relaxed) != id)
        return false;
    copy = ARENA_ARRAY(arena, words + 1, uint64_t);
    for (size_t i = 0; i < words; i++) {
        copy[i] = atomic_load_explicit(&slot->word[i], memory_order_relaxed);
        sum = sum_add(sum, copy[i]);
    }
    atomic_thread_fence(memory_order_acquire);
    *text_r = (struct slice){(const char *)copy, len};
    return atomic_load_explicit(&slot->sum, memory_order_relaxed) == sum &&
           atomic_load_explicit(&slot->turn, memory_order_relaxed) == turn;
}

struct slice
recall_find(struct arena *arena, enum recall_of of, struct slice id)
{
    struct recall_region *region = recall_regions[of];
    struct slice found[MOST_FOUND];
    struct buffer *all = ARENA_NEW(arena, struct buffer);
    unsigned long long number, turns;
    size_t count = 0;

    buffer_init(all, arena, SIZE_MAX);
    if (region == NULL || !recall_number(id, &number))
        return buffer_slice(all);
    turns = atomic_load_explicit(&region->turns, memory_order_acquire);
    for (size_t i = 1; i <= region->slots && i <= turns && count < MOST_FOUND; i++)
        count +=
            slot_read(&region->slot[(turns - i) % region->slots], number, arena, &found[count]);
    while (count > 0) {
        buffer_add(all, found[--count]);
        buffer_text(all, RECALL_END);
    }
    return buffer_slice(all);
}
