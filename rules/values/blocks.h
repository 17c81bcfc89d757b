/* A set of IP blocks, asked in time that depends on how many prefix lengths there are, not on how
 * many blocks. */
#ifndef POSTERN_RULES_VALUES_BLOCKS_H
#define POSTERN_RULES_VALUES_BLOCKS_H

#include "base/arena.h"
#include "mail/ip.h"

struct blocks;

struct blocks *blocks_new(struct arena *arena);

/* Of the same block twice the first number stays. */
void blocks_add(struct blocks *blocks, const struct ip_block *block, size_t number);

/* The lowest number of the blocks that the address is in; false when it is in none. */
bool blocks_find(const struct blocks *blocks, const struct ip *ip, size_t *number_r);

#endif
