/* The form of LMDB's files, version 1, as far as lookups in the main database go: two meta pages,
 * of which the newer counts, branch and leaf pages with their nodes, and overflow pages. */
#include "lmdb_check.h"

enum { PAGE_BRANCH = 1, PAGE_LEAF = 2, PAGE_OVERFLOW = 4, PAGE_META = 8 };
enum { NODE_OVERFLOW = 1, MAP_AT_ADDRESS = 1, MOST_DEPTH = 32 };
enum { LEAST_PAGE = 512, LARGEST_PAGE = 32768 };

struct page {
    size_t number;
    uint16_t pad, flags, lower, upper;
};

struct lmdb_tree {
    uint32_t pad; /* of the first tree: size of a page */
    uint16_t flags, depth;
    size_t branch_pages, leaf_pages, overflow_pages, entries, root;
};

struct meta {
    uint32_t magic, version;
    uintptr_t address;
    size_t map_size;
    struct lmdb_tree unused, main;
    size_t last_page, transaction;
};

struct node {
    uint16_t low, high, flags, key_len;
};

struct check {
    struct slice text;
    size_t page_size, pages;
    size_t visited, entries;
    struct slice last;  /* key of the leaf before */
    struct slice floor; /* separator that the next key of a leaf mayn't be below */
    bool has_last, has_floor;
    bool has_nuls; /* behind keys and values: all of them or none, as of the first */
};

static const char damaged[] = "is damaged";
static const char foreign[] = "is no file of LMDB, or damaged";

static void
take_octets(struct slice text, size_t at, void *of, size_t size)
{
    memcpy(of, text.at + at, size);
}

static bool
read_meta(struct slice text, size_t number, size_t at, struct meta *meta_r)
{
    struct page page;

    if (text.len < at + sizeof page + sizeof *meta_r)
        return false;
    take_octets(text, at, &page, sizeof page);
    take_octets(text, at + sizeof page, meta_r, sizeof *meta_r);
    return page.number == number && page.flags == PAGE_META && meta_r->magic == 0xBEEFC0DE &&
           meta_r->version == 1 && (meta_r->unused.flags & MAP_AT_ADDRESS) == 0;
}

/* A page's octets, when it is there and is what it is taken for. */
static bool
read_page(const struct check *check, size_t number, unsigned flags, struct slice *octets_r,
          struct page *page_r)
{
    if (number >= check->pages)
        return false;
    *octets_r = slice_first(slice_from(check->text, number * check->page_size), check->page_size);
    take_octets(*octets_r, 0, page_r, sizeof *page_r);
    return page_r->number == number && page_r->flags == flags;
}

/* Transactions are written to the two in turn; a new file has none. */
static bool
are_in_turn(const struct meta *even, const struct meta *odd)
{
    if (even->transaction == 0 && odd->transaction == 0)
        return true;
    return even->transaction % 2 == 0 &&
           (even->transaction + 1 == odd->transaction || odd->transaction + 1 == even->transaction);
}

static bool
is_ordered(const struct slice *before, struct slice after)
{
    size_t least = before->len < after.len ? before->len : after.len;
    int order = memcmp(before->at, after.at, least);

    return order < 0 || (order == 0 && before->len < after.len);
}

/* Does it have the NUL behind it that it should have, and no other? */
static bool
is_sound_text(const struct check *check, struct slice s)
{
    return slice_find(s, '\0') + check->has_nuls == s.len;
}

/* A value that stands in pages of its own. */
static bool
read_overflow(struct check *check, size_t number, size_t len, struct slice *value_r)
{
    struct page page;
    struct slice octets;
    uint32_t count;

    if (!read_page(check, number, PAGE_OVERFLOW, &octets, &page))
        return false;
    take_octets(octets, offsetof(struct page, lower), &count, sizeof count);
    check->visited += count;
    if (count > check->pages - number || len > count * check->page_size - sizeof page)
        return false;
    *value_r = slice_first(slice_from(check->text, number * check->page_size + sizeof page), len);
    return true;
}

static bool
check_leaf_key(struct check *check, struct slice key)
{
    if (check->has_last && !is_ordered(&check->last, key))
        return false;
    if (check->has_floor && is_ordered(&key, check->floor))
        return false;
    check->has_floor = false;
    check->has_last = true;
    check->last = key;
    check->entries++;
    return true;
}

/* The node's octets from its header on, and its header. */
static bool
read_node(struct slice octets, const struct page *page, size_t index, struct slice *rest_r,
          struct node *node_r)
{
    uint16_t at;

    take_octets(octets, sizeof *page + index * sizeof at, &at, sizeof at);
    if (at % 2 != 0 || at < page->upper || at + sizeof *node_r > octets.len)
        return false;
    take_octets(octets, at, node_r, sizeof *node_r);
    *rest_r = slice_from(octets, at + sizeof *node_r);
    return node_r->key_len <= rest_r->len;
}

static bool
check_leaf_node(struct check *check, struct slice rest, const struct node *node)
{
    struct slice key = slice_first(rest, node->key_len), data = slice_from(rest, node->key_len);
    size_t len = node->low | (size_t)node->high << 16, number;

    if (node->flags == NODE_OVERFLOW && data.len >= sizeof number) {
        take_octets(data, 0, &number, sizeof number);
        if (!read_overflow(check, number, len, &data))
            return false;
    } else if (node->flags != 0 || len > data.len) {
        return false;
    }
    if (!check->has_last)
        check->has_nuls = slice_find(key, '\0') < key.len;
    return key.len > 0 && is_sound_text(check, key) &&
           is_sound_text(check, slice_first(data, len)) && check_leaf_key(check, key);
}

/* Keys of the leaves before are below it. The first key of a branch page means nothing. */
static bool
check_separator(struct check *check, size_t index, struct slice key)
{
    if (index == 0)
        return true;
    check->floor = key;
    check->has_floor = true;
    return key.len > 0 && check->has_last && is_ordered(&check->last, key);
}

static bool
check_page(struct check *check, size_t number, unsigned depth)
{
    bool is_leaf = depth == 1;
    struct slice octets, rest;
    struct page page;
    struct node node;
    size_t nodes;

    if (++check->visited > check->pages ||
        !read_page(check, number, is_leaf ? PAGE_LEAF : PAGE_BRANCH, &octets, &page))
        return false;
    if (page.lower < sizeof page || page.lower % 2 != 0 || page.lower > page.upper ||
        page.upper > octets.len)
        return false;
    nodes = (page.lower - sizeof page) / sizeof(uint16_t);
    if (nodes < (is_leaf ? 1 : 2))
        return false;
    for (size_t i = 0; i < nodes; i++) {
        if (!read_node(octets, &page, i, &rest, &node))
            return false;
        if (is_leaf
                ? !check_leaf_node(check, rest, &node)
                : !check_separator(check, i, slice_first(rest, node.key_len)) ||
                      !check_page(check,
                                  node.low | (size_t)node.high << 16 | (uint64_t)node.flags << 32,
                                  depth - 1))
            return false;
    }
    return true;
}

static const char *
check_tree(struct check *check, const struct lmdb_tree *tree)
{
    if (tree->flags != 0)
        return "holds another kind of keys than postmap(1) writes";
    if (tree->root == SIZE_MAX)
        return tree->entries == 0 && tree->depth == 0 ? NULL : damaged;
    if (tree->depth < 1 || tree->depth > MOST_DEPTH ||
        !check_page(check, tree->root, tree->depth) || check->entries != tree->entries)
        return damaged;
    return NULL;
}

const char *
lmdb_check(struct slice text)
{
    struct check check = {.text = text};
    struct meta first, second;

    if (!read_meta(text, 0, 0, &first))
        return foreign;
    check.page_size = first.unused.pad;
    if (check.page_size < LEAST_PAGE || check.page_size > LARGEST_PAGE ||
        (check.page_size & (check.page_size - 1)) != 0 ||
        !read_meta(text, 1, check.page_size, &second) || second.unused.pad != check.page_size)
        return foreign;
    if (!are_in_turn(&first, &second))
        return damaged;
    check.pages = text.len / check.page_size;
    if (second.transaction > first.transaction)
        first = second;
    return check_tree(&check, &first.main);
}
