/* A list as it is kept: a map for each kind of key by which items can be found, each item under all
 * keys of its forms; blocks of IP addresses in a set of their own. */
#ifndef POSTERN_RULES_VALUES_LIST_INSIDE_H
#define POSTERN_RULES_VALUES_LIST_INSIDE_H

#include "base/map.h"
#include "blocks.h"
#include "list.h"

/* What a key is. */
enum key_kind {
    KEY_WRITTEN, /* the item as written, folded */
    KEY_DOMAIN,
    KEY_BELOW,   /* of .example.com: example.com */
    KEY_ADDRESS,
    KEY_LOGIN,   /* an address without regard to case: a login may be one */
    KEY_AT,      /* of @example.com: example.com */
    KEY_LOCAL,   /* of user@: user */
    KEY_NUMBER,
    KEY_TIME,
    KEY_KINDS,
};

/* An item as it is written; what a key of KEY_WRITTEN stands for. */
struct written_item {
    struct slice text;
    struct written_item *next; /* with the same key */
};

struct list {
    const struct item *items;
    unsigned forms;
    enum local_case local_case;
    struct blocks *blocks;
    struct map *keys[KEY_KINDS];
    size_t longest; /* octets of the longest key */
};

#endif
