/* Hash files of Berkeley DB: pages in chains, one chain for each bucket. A page begins with the
 * offsets of its items, keys and values in turn, which fill it from its end, each down to where the
 * one before begins. */
#include "berkeley.h"
#include "file.h"
#include "table_inside.h"

enum { ITEM_DATA = 1, ITEM_VALUES = 2, ITEM_OVERFLOW = 3, ITEM_TREE = 4 };
enum { OVERFLOW_SIZE = 12, TREE_SIZE = 8 };

/* Places in the first page. */
enum { LAST_BUCKET = 72, HIGH_MASK = 76, LOW_MASK = 80, COUNT = 88, TELLING = 92, SPARES = 96 };
enum { MOST_SPARES = 32 };

/* postmap(1) and makemap(8) say that they foresee so many keys, and libdb counts from there. */
enum { FORESEEN = 4096 };

enum { FLAG_SEVERAL = 2 };

struct hash_reader {
    struct berkeley *file;
    struct arena *work; /* of items on pages of their own */
    uint32_t last_bucket, high_mask, low_mask;
};

static uint32_t
key_hash(struct slice key)
{
    uint32_t hash = 0;

    for (size_t i = 0; i < key.len; i++)
        hash = hash * 16777619u ^ (unsigned char)key.at[i];
    return hash;
}

static uint32_t
bucket_of(const struct hash_reader *reader, struct slice key)
{
    uint32_t bucket = key_hash(key) & reader->high_mask;

    return bucket > reader->last_bucket ? bucket & reader->low_mask : bucket;
}

/* How often 1 is doubled until it is no less than this. */
static unsigned
doublings(uint32_t number)
{
    return number <= 1 ? 0 : 32 - (unsigned)__builtin_clz(number - 1);
}

static bool
reader_begin(struct hash_reader *reader)
{
    /* With the NUL: libdb stores what its hash function makes of this. */
    static const char telling[] = "%$sniglet^&";
    struct berkeley *file = reader->file;
    unsigned power;

    if (file->flags & FLAG_SEVERAL) {
        file->reason = "has several tables, as postmap(1) makes none";
        return false;
    }
    if (berkeley_number(file, file->text, TELLING) !=
        key_hash((struct slice){telling, sizeof telling})) {
        file->reason = "has a hash function of its own, or is damaged";
        return false;
    }
    reader->last_bucket = berkeley_number(file, file->text, LAST_BUCKET);
    reader->high_mask = berkeley_number(file, file->text, HIGH_MASK);
    reader->low_mask = berkeley_number(file, file->text, LOW_MASK);
    if (reader->last_bucket >= file->pages)
        return false;
    power = doublings(reader->last_bucket + 1);
    return reader->high_mask == (UINT32_C(1) << power) - 1 &&
           reader->low_mask == reader->high_mask >> 1;
}

/* Values of one key on one page, each with its length before and behind it. */
static bool
first_of_values(const struct berkeley *file, struct slice all, struct slice *first_r)
{
    for (size_t at = 0; at < all.len;) {
        size_t room = all.len - at, len = room < 4 ? room : berkeley_half(file, all, at);

        if (len > room - 4 || room < 4 || berkeley_half(file, all, at + 2 + len) != len)
            return false;
        if (at == 0)
            *first_r = slice_first(slice_from(all, 2), len);
        at += 4 + len;
    }
    return all.len > 0;
}

/* An item with the octet that says what it is. */
static bool
hash_read_item(struct hash_reader *reader, struct slice item, bool is_value, struct slice *text_r)
{
    unsigned type = (unsigned char)item.at[0];

    if (type == ITEM_DATA) {
        *text_r = slice_from(item, 1);
        return true;
    }
    if (type == ITEM_OVERFLOW)
        return item.len == OVERFLOW_SIZE &&
               berkeley_overflow(reader->file, reader->work, item, 4, text_r);
    if (is_value && type == ITEM_VALUES)
        return first_of_values(reader->file, slice_from(item, 1), text_r);
    return is_value && type == ITEM_TREE && item.len == TREE_SIZE &&
           btree_first_value(reader->file, reader->work, berkeley_number(reader->file, item, 4),
                             text_r);
}

static bool
cut_item(const struct hash_reader *reader, const struct berkeley_page *page, unsigned index,
         unsigned *end, struct slice *item_r)
{
    unsigned at;

    if (!berkeley_place(reader->file, page, index, &at) || at >= *end)
        return false;
    *item_r = slice_first(slice_from(page->octets, at), *end - at);
    *end = at;
    return true;
}

static bool
hash_read_page(struct hash_reader *reader, const struct berkeley_page *page, uint32_t bucket)
{
    unsigned end = (unsigned)page->octets.len;

    if (page->type == PAGE_FREE)
        return true;
    if (page->entries % 2 != 0)
        return false;
    for (unsigned i = 0; i < page->entries; i += 2) {
        struct slice key, value;

        if (!cut_item(reader, page, i, &end, &key) || !cut_item(reader, page, i + 1, &end, &value))
            return false;
        if (!hash_read_item(reader, key, false, &key) || bucket_of(reader, key) != bucket ||
            !hash_read_item(reader, value, true, &value) || !berkeley_add(reader->file, key, value))
            return false;
    }
    return berkeley_is_bare(page) || (page->entries > 0 && end == page->lowest);
}

/* A page that was never written, since nothing came into its bucket, is all zeros. */
static bool
is_of_hash(const struct berkeley_page *page)
{
    return page->type == PAGE_HASH || page->type == PAGE_HASH_UNSORTED ||
           (page->type == PAGE_FREE && page->entries == 0 && page->next == 0);
}

static bool
read_bucket(struct hash_reader *reader, uint32_t bucket)
{
    unsigned spare = doublings(bucket + 1);
    uint32_t number, before = 0;
    struct berkeley_page page;

    if (spare >= MOST_SPARES)
        return false;
    number = bucket + berkeley_number(reader->file, reader->file->text, SPARES + 4 * spare);
    do {
        if (!berkeley_read(reader->file, number, &page) || !is_of_hash(&page) ||
            page.prev != before || !hash_read_page(reader, &page, bucket))
            return false;
        before = number;
        number = page.next;
    } while (number != 0);
    return true;
}

static bool
read_buckets(struct berkeley *file, struct arena *work)
{
    struct hash_reader reader = {.file = file, .work = work};
    uint32_t count = berkeley_number(file, file->text, COUNT);

    if (!reader_begin(&reader))
        return false;
    for (uint32_t bucket = 0; bucket <= reader.last_bucket; bucket++)
        if (!read_bucket(&reader, bucket))
            return false;
    return count == file->keys || count == file->keys + FORESEEN;
}

static const void *
hash_build(struct arena *arena, struct slice text, const char **reason_r)
{
    static const struct berkeley_form form = {
        0x061561, PAGE_HASH_META, "is no hash file, but another of Berkeley DB", read_buckets};

    return berkeley_build(arena, text, &form, reason_r);
}

static void *
hash_open(struct arena *arena, const struct table_opening *opening, const char **reason_r)
{
    static const struct table_file_form form = {
        .build = hash_build, .find = pairs_answer, .walk = pairs_each, .old_stays = true};

    return table_file_open(arena, opening, &form, reason_r);
}

const struct table_driver table_hash = {
    .type = "hash",
    .file_suffix = ".db",
    .open = hash_open,
    .find = table_file_answer,
    .each = table_file_each,
};
