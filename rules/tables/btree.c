/* Btree files of Berkeley DB, and the trees in which many values of one key stand, in hash files
 * too. A page begins with the offsets of its items, which fill its end without a gap. A leaf holds
 * keys and values in turn, or values alone; a branch holds the number of a page in each item. */
#include "berkeley.h"
#include "file.h"
#include "table_inside.h"

enum { ITEM_DATA = 1, ITEM_VALUES = 2, ITEM_OVERFLOW = 3 };
enum { DATA_HEAD = 3, BRANCH_HEAD = 12, POINTER_SIZE = 12, RECNO_SIZE = 8, ALIGNMENT = 4 };
enum { ROOT_AT = 88, LEAF_LEVEL = 1 };

/* Numbered records, several tables in a file, compressed. */
enum { FLAG_RECNO = 2, FLAG_SEVERAL = 0x20, FLAG_COMPRESSED = 0x80 };

struct btree {
    struct berkeley *file;
    struct arena *work; /* of items on pages of their own */
    unsigned branch, leaf;
    struct slice last; /* the key, or the first value of one key; at is NULL before */
};

static unsigned
type_of(const struct berkeley_page *page, unsigned at)
{
    return (unsigned char)page->octets.at[at + 2];
}

/* 0: this is no item. */
static size_t
item_size(const struct btree *tree, const struct berkeley_page *page, unsigned at)
{
    size_t room = page->octets.len - at, len, size;

    if (page->type == PAGE_RECNO)
        return room < RECNO_SIZE ? 0 : RECNO_SIZE;
    len = berkeley_half(tree->file, page->octets, at);
    if (page->type == PAGE_BTREE) {
        if (type_of(page, at) == ITEM_OVERFLOW ? len != POINTER_SIZE
                                               : type_of(page, at) != ITEM_DATA)
            return 0;
        size = BRANCH_HEAD + len;
    } else if (type_of(page, at) == ITEM_DATA) {
        size = DATA_HEAD + len;
    } else {
        size = type_of(page, at) == ITEM_OVERFLOW || type_of(page, at) == ITEM_VALUES ? POINTER_SIZE
                                                                                      : 0;
    }
    size = (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    return size <= room ? size : 0;
}

/* Do the items fill the page from the lowest on? Only then is none left out; values of one key
 * share its item. */
static bool
is_full(const struct btree *tree, const struct berkeley_page *page)
{
    bool begins[LARGEST_PAGE / ALIGNMENT] = {false};
    unsigned at = page->lowest, begun = 0;

    if (at % ALIGNMENT != 0)
        return false;
    for (unsigned i = 0; i < page->entries; i++) {
        unsigned place;

        if (!berkeley_place(tree->file, page, i, &place) || place % ALIGNMENT != 0)
            return false;
        begun += !begins[place / ALIGNMENT];
        begins[place / ALIGNMENT] = true;
    }
    for (; begun > 0 && at < page->octets.len && begins[at / ALIGNMENT]; begun--) {
        size_t size = item_size(tree, page, at);

        if (size == 0)
            return false;
        at += (unsigned)size;
    }
    return begun == 0 && at == page->octets.len;
}

static unsigned
item_place(const struct btree *tree, const struct berkeley_page *page, unsigned index)
{
    unsigned at = 0;

    berkeley_place(tree->file, page, index, &at);
    return at;
}

static bool
btree_read_item(struct btree *tree, const struct berkeley_page *page, unsigned at,
                struct slice *item_r)
{
    size_t len = berkeley_half(tree->file, page->octets, at);

    switch (type_of(page, at)) {
    case ITEM_DATA:
        *item_r = slice_first(slice_from(page->octets, at + DATA_HEAD), len);
        return true;
    case ITEM_OVERFLOW:
        return berkeley_overflow(tree->file, tree->work, page->octets, at + 4, item_r);
    }
    return false;
}

static bool
btree_read_value(struct btree *tree, const struct berkeley_page *page, unsigned at,
                 struct slice *value_r)
{
    if (type_of(page, at) != ITEM_VALUES)
        return btree_read_item(tree, page, at, value_r);
    return btree_first_value(tree->file, tree->work,
                             berkeley_number(tree->file, page->octets, at + 4), value_r);
}

static bool
is_above(struct slice key, struct slice last)
{
    return last.at == NULL || slice_compare(last, key) < 0;
}

static bool
read_pairs(struct btree *tree, const struct berkeley_page *page)
{
    if (page->entries % 2 != 0)
        return false;
    for (unsigned i = 0; i < page->entries; i += 2) {
        unsigned at = item_place(tree, page, i);
        struct slice key = tree->last, value;

        if (i == 0 || at != item_place(tree, page, i - 2))
            if (!btree_read_item(tree, page, at, &key) || !is_above(key, tree->last))
                return false;
        if (!btree_read_value(tree, page, item_place(tree, page, i + 1), &value) ||
            !berkeley_add(tree->file, key, value))
            return false;
        tree->last = key;
    }
    return true;
}

static bool
read_values(struct btree *tree, const struct berkeley_page *page)
{
    for (unsigned i = 0; i < page->entries; i++) {
        struct slice value;

        if (!btree_read_item(tree, page, item_place(tree, page, i), &value))
            return false;
        if (tree->last.at == NULL)
            tree->last = value;
    }
    return true;
}

static bool walk(struct btree *tree, uint32_t number, unsigned level);

static bool
walk_branch(struct btree *tree, const struct berkeley_page *page)
{
    bool is_recno = page->type == PAGE_RECNO;

    for (unsigned i = 0; i < page->entries; i++) {
        unsigned at = item_place(tree, page, i);

        if (!is_recno && type_of(page, at) == ITEM_OVERFLOW &&
            !berkeley_mark_overflow(tree->file, page->octets, at + BRANCH_HEAD + 4))
            return false;
        if (!walk(tree, berkeley_number(tree->file, page->octets, is_recno ? at : at + 4),
                  page->level - 1))
            return false;
    }
    return page->entries > 0;
}

/* level: counted from the leaves; 0 for a root, which says it itself. */
static bool
walk(struct btree *tree, uint32_t number, unsigned level)
{
    struct berkeley_page page;

    if (!berkeley_read(tree->file, number, &page) || (level != 0 && page.level != level) ||
        page.level < LEAF_LEVEL ||
        page.type != (page.level == LEAF_LEVEL ? tree->leaf : tree->branch))
        return false;
    if (!berkeley_is_bare(&page) && !is_full(tree, &page))
        return false;
    if (page.level > LEAF_LEVEL)
        return walk_branch(tree, &page);
    return page.type == PAGE_BTREE_LEAF ? read_pairs(tree, &page) : read_values(tree, &page);
}

bool
btree_first_value(struct berkeley *file, struct arena *work, uint32_t root, struct slice *value_r)
{
    unsigned type = berkeley_type(file, root);
    bool sorted = type == PAGE_BTREE || type == PAGE_VALUES_LEAF;
    struct btree tree = {
        .file = file,
        .work = work,
        .branch = sorted ? PAGE_BTREE : PAGE_RECNO,
        .leaf = sorted ? PAGE_VALUES_LEAF : PAGE_RECNO_LEAF,
    };

    if (!walk(&tree, root, 0) || tree.last.at == NULL)
        return false;
    *value_r = tree.last;
    return true;
}

static bool
read_tree(struct berkeley *file, struct arena *work)
{
    struct btree tree = {.file = file, .work = work, .branch = PAGE_BTREE, .leaf = PAGE_BTREE_LEAF};

    if (file->flags & (FLAG_RECNO | FLAG_SEVERAL | FLAG_COMPRESSED)) {
        file->reason = "has numbered records, several tables or compressed ones, as postmap(1) "
                       "makes none";
        return false;
    }
    return walk(&tree, berkeley_number(file, file->text, ROOT_AT), 0);
}

static const void *
btree_build(struct arena *arena, struct slice text, const char **reason_r)
{
    static const struct berkeley_form form = {
        0x053162, PAGE_BTREE_META, "is no btree file, but another of Berkeley DB", read_tree};

    return berkeley_build(arena, text, &form, reason_r);
}

static void *
btree_open(struct arena *arena, const struct table_opening *opening, const char **reason_r)
{
    static const struct table_file_form form = {
        .build = btree_build, .find = pairs_answer, .walk = pairs_each, .old_stays = true};

    return table_file_open(arena, opening, &form, reason_r);
}

const struct table_driver table_btree = {
    .type = "btree",
    .file_suffix = ".db",
    .open = btree_open,
    .find = table_file_answer,
    .each = table_file_each,
};
