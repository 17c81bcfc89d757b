/* Blocks in one hash table; an address is asked once for each prefix length that there is. */
#include "blocks.h"

enum { LENGTHS = 129 };

struct slot {
    struct ip_block block; /* family 0: free */
    size_t number;
};

struct blocks {
    struct slot *slot;
    size_t slots; /* a power of two */
    bool has4[LENGTHS], has6[LENGTHS];
};

struct blocks *
blocks_new(struct arena *arena, size_t most)
{
    struct blocks *blocks = ARENA_NEW(arena, struct blocks);

    for (blocks->slots = 4; blocks->slots < most + most / 2;)
        blocks->slots *= 2;
    blocks->slot = ARENA_ARRAY(arena, blocks->slots, struct slot);
    return blocks;
}

/* The octets are mixed once more, since those of neighbours differ in few bits. */
static size_t
hash(const struct ip *base, unsigned bits)
{
    uint64_t mixed = slice_hash((struct slice){(const char *)base->octet, sizeof base->octet});

    mixed = (mixed ^ bits ^ ((uint64_t)base->family << 8)) * 0x9E3779B97F4A7C15u;
    return (size_t)(mixed >> 32);
}

/* The slot of this block, or the free one where it belongs. */
static struct slot *
find_slot(const struct blocks *blocks, const struct ip *base, unsigned bits)
{
    size_t at = hash(base, bits) & (blocks->slots - 1);
    struct slot *slot = &blocks->slot[at];

    while (slot->block.base.family != 0 &&
           (slot->block.bits != bits || !ip_equal(&slot->block.base, base))) {
        at = (at + 1) & (blocks->slots - 1);
        slot = &blocks->slot[at];
    }
    return slot;
}

void
blocks_add(struct blocks *blocks, const struct ip_block *block, size_t number)
{
    struct slot *slot = find_slot(blocks, &block->base, block->bits);

    if (slot->block.base.family != 0)
        return;
    slot->block = *block;
    slot->number = number;
    (block->base.family == 4 ? blocks->has4 : blocks->has6)[block->bits] = true;
}

bool
blocks_find(const struct blocks *blocks, const struct ip *ip, size_t *number_r)
{
    const bool *has = ip->family == 4 ? blocks->has4 : blocks->has6;
    unsigned most = ip->family == 4 ? 32 : 128;
    bool found = false;

    for (unsigned bits = 0; bits <= most; bits++) {
        struct ip base;
        const struct slot *slot;

        if (!has[bits])
            continue;
        base = ip_network(ip, bits);
        slot = find_slot(blocks, &base, bits);
        if (slot->block.base.family == 0 || (found && slot->number > *number_r))
            continue;
        *number_r = slot->number;
        found = true;
    }
    return found;
}
