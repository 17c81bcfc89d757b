/* Blocks in one map; an address is asked once for each prefix length that there is. */
#include "blocks.h"

#include "base/map.h"

enum { LENGTHS = 129 };

/* A key is the octets of its block, of which none is padding. */
struct numbered_block {
    struct ip_block block;
    size_t number;
};

struct blocks {
    struct arena *arena;
    struct map *numbered;
    bool has4[LENGTHS], has6[LENGTHS];
};

_Static_assert(sizeof(struct ip_block) == sizeof(struct ip) + 1, "a key has no padding");

struct blocks *
blocks_new(struct arena *arena)
{
    struct blocks *blocks = ARENA_NEW(arena, struct blocks);

    blocks->arena = arena;
    blocks->numbered = map_new(arena);
    return blocks;
}

static struct slice
blocks_key(const struct ip_block *block)
{
    return (struct slice){(const char *)block, sizeof *block};
}

void
blocks_add(struct blocks *blocks, const struct ip_block *block, size_t number)
{
    struct numbered_block *numbered = ARENA_NEW(blocks->arena, struct numbered_block);

    *numbered = (struct numbered_block){*block, number};
    map_add(blocks->numbered, blocks_key(&numbered->block), numbered);
    (block->base.family == 4 ? blocks->has4 : blocks->has6)[block->bits] = true;
}

bool
blocks_find(const struct blocks *blocks, const struct ip *ip, size_t *number_r)
{
    const bool *has = ip->family == 4 ? blocks->has4 : blocks->has6;
    unsigned most = ip->family == 4 ? 32 : 128;
    bool found = false;

    for (unsigned bits = 0; bits <= most; bits++) {
        const struct numbered_block *numbered;
        struct ip_block block;

        if (!has[bits])
            continue;
        block = (struct ip_block){ip_network(ip, bits), (uint8_t)bits};
        numbered = map_find(blocks->numbered, blocks_key(&block));
        if (numbered == NULL || (found && numbered->number > *number_r))
            continue;
        *number_r = numbered->number;
        found = true;
    }
    return found;
}
