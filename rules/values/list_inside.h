/* A list as it is kept: one hash set of all items, each under the key of every form by which it can
 * be found; blocks of IP addresses in a set of their own. */
#ifndef POSTERN_RULES_VALUES_LIST_INSIDE_H
#define POSTERN_RULES_VALUES_LIST_INSIDE_H

#include "blocks.h"
#include "list.h"

/* What a key in the set is. */
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
};

struct entry {
    enum key_kind kind;
    struct slice key;
    struct slice written;
    struct entry *next; /* in the same bucket */
};

struct list {
    const struct item *items;
    unsigned forms;
    enum local_case local_case;
    struct blocks *blocks;
    struct entry **bucket;
    size_t buckets; /* a power of two */
    size_t longest; /* octets of the longest key */
};

size_t list_bucket_of(const struct list *list, enum key_kind kind, struct slice key);

#endif
