/* Files of Berkeley DB, versions 8 to 10 of hash and btree, as libdb 4 to 6 write them in either
 * byte order: pages of one size, of which the first describes the rest. No octet is believed: what
 * reads a file ends, whatever is in it, since no page is read twice. */
#ifndef POSTERN_RULES_TABLES_BERKELEY_H
#define POSTERN_RULES_TABLES_BERKELEY_H

#include "pairs.h"

enum berkeley_page_type {
    PAGE_FREE = 0,
    PAGE_HASH_UNSORTED = 2,
    PAGE_BTREE = 3,
    PAGE_RECNO = 4,
    PAGE_BTREE_LEAF = 5,
    PAGE_RECNO_LEAF = 6,
    PAGE_OVERFLOW = 7,
    PAGE_HASH_META = 8,
    PAGE_BTREE_META = 9,
    PAGE_VALUES_LEAF = 12,
    PAGE_HASH = 13,
};

enum { LARGEST_PAGE = 65536 };

struct berkeley {
    struct slice text;
    size_t page_size;
    uint32_t pages;
    uint32_t flags; /* of the table: what it holds */
    bool swapped;   /* not in our byte order */
    unsigned char *seen;
    struct pairs *pairs;
    uint32_t keys;
    bool has_nuls; /* behind keys and values, as of the first */
    const char *reason;
};

struct berkeley_page {
    struct slice octets;
    uint32_t number, prev, next;
    unsigned entries, lowest; /* how many items, and where the lowest of them begins */
    unsigned level, type;
};

struct berkeley_form {
    uint32_t magic;
    enum berkeley_page_type meta;
    const char *other; /* what is said of another kind of file */
    /* Adds all pairs; work: for what is needed meanwhile. */
    bool (*read)(struct berkeley *file, struct arena *work);
};

/* The pairs of a file, or NULL and a reason. What gives false means that the file is damaged,
 * unless it says another reason. */
struct pairs *berkeley_build(struct arena *arena, struct slice text,
                             const struct berkeley_form *form, const char **reason_r);

/* Numbers in the file's byte order; the octets must be there. */
uint32_t berkeley_number(const struct berkeley *file, struct slice from, size_t at);
unsigned berkeley_half(const struct berkeley *file, struct slice from, size_t at);

/* What a page says that it is, and PAGE_FREE of one that isn't there. */
unsigned berkeley_type(const struct berkeley *file, uint32_t number);

/* Reads a page for the first and only time. */
bool berkeley_read(struct berkeley *file, uint32_t number, struct berkeley_page *page_r);

/* Does it say that nothing is on it, and nothing was? */
bool berkeley_is_bare(const struct berkeley_page *page);

/* Where item `index` of the page begins; false when that is no place for an item. */
bool berkeley_place(const struct berkeley *file, const struct berkeley_page *page, unsigned index,
                    unsigned *at_r);

/* An item that stands on pages of its own, its number and length beginning at `at`. */
bool berkeley_overflow(struct berkeley *file, struct arena *work, struct slice from, size_t at,
                       struct slice *item_r);

/* The same, of a branch of a tree, which may share its pages with the item that it was copied
 * from, and which nobody reads. */
bool berkeley_mark_overflow(struct berkeley *file, struct slice from, size_t at);

/* Adds what a key means. */
bool berkeley_add(struct berkeley *file, struct slice key, struct slice value);

/* The first of the values that one key has in a tree of their own; in btree.c. */
bool btree_first_value(struct berkeley *file, struct arena *work, uint32_t root,
                       struct slice *value_r);

#endif
