/* Databases of IP addresses in MaxMind's format, version 2.0: countries, continents, autonomous
 * systems. Read by ourselves, since libmaxminddb 1.7 ends the process where what a database holds
 * nests deeply. A file is looked through when it is read, so that a damaged one is told at once. */
#include "base/buffer.h"
#include "file.h"
#include "mail/ip.h"
#include "table_inside.h"
#include "values/bits.h"

enum {
    SEPARATOR = 16,
    MOST_METADATA = 128 << 10,
    MOST_RECORD = 64 << 10,
    LONGEST_WORD = 16,
    BITS6 = 128,
    BITS4 = 32,
};

static const char mmdb_damaged[] = "is damaged";

enum mmdb_type {
    MMDB_POINTER = 1,
    MMDB_TEXT = 2,
    MMDB_DOUBLE = 3,
    MMDB_UINT16 = 5,
    MMDB_UINT32 = 6,
    MMDB_MAP = 7,
    MMDB_UINT64 = 9,
    MMDB_ARRAY = 11,
    MMDB_CONTAINER = 12,
    MMDB_END = 13,
    MMDB_BOOLEAN = 14,
    MMDB_FLOAT = 15,
    MMDB_TYPES = 16,
};

/* A value of the data or the metadata: what stands behind its head, or the first of its parts. */
struct mmdb_item {
    enum mmdb_type type;
    size_t size; /* octets; of a map its pairs, of an array its items */
    size_t at;   /* in the section */
};

struct mmdb {
    struct slice tree, data;
    size_t nodes;
    unsigned record_bits;  /* 24, 28 or 32 */
    unsigned address_bits; /* of the tree: 32 or 128 */
    size_t first4;         /* the record at which IPv4 begins */
};

/* A number whose octets are there. */
static size_t
mmdb_octets(struct slice section, size_t at, size_t octets)
{
    size_t number = 0;

    for (size_t i = 0; i < octets; i++)
        number = number << 8 | (unsigned char)section.at[at + i];
    return number;
}

static bool
mmdb_take(struct slice section, size_t *at, size_t octets, size_t *number_r)
{
    if (octets > section.len || *at > section.len - octets)
        return false;
    *number_r = mmdb_octets(section, *at, octets);
    *at += octets;
    return true;
}

/* The size that a head says: from 29 on, octets of their own say the rest. */
static bool
mmdb_take_size(struct slice section, size_t *at, size_t *size)
{
    static const size_t base[] = {29, 285, 65821};
    size_t octets = *size < 29 ? 0 : *size - 28, more;

    if (octets == 0)
        return true;
    if (!mmdb_take(section, at, octets, &more))
        return false;
    *size = base[octets - 1] + more;
    return true;
}

static bool
mmdb_take_pointer(struct slice section, size_t *at, size_t first, size_t *to_r)
{
    static const size_t base[] = {0, 2048, 526336, 0};
    size_t form = first >> 3 & 3, low;

    if (!mmdb_take(section, at, form + 1, &low))
        return false;
    *to_r = base[form] + (form < 3 ? (first & 7) << (8 * (form + 1)) : 0) + low;
    return true;
}

/* What stands at *at, which moves behind the head. A pointer's size is where it leads. */
static bool
mmdb_take_item(struct slice section, size_t *at, struct mmdb_item *item_r)
{
    size_t first, type;

    if (!mmdb_take(section, at, 1, &first))
        return false;
    type = first >> 5;
    item_r->type = MMDB_POINTER;
    if (type == MMDB_POINTER)
        return mmdb_take_pointer(section, at, first, &item_r->size);
    if (type == 0) {
        if (!mmdb_take(section, at, 1, &type))
            return false;
        type += 7;
    }
    item_r->type = (enum mmdb_type)type;
    item_r->size = first & 31;
    if (type >= MMDB_TYPES || type < MMDB_TEXT || type == MMDB_CONTAINER || type == MMDB_END)
        return false;
    if (!mmdb_take_size(section, at, &item_r->size))
        return false;
    item_r->at = *at;
    return true;
}

static bool
mmdb_has_parts(const struct mmdb_item *item)
{
    return item->type == MMDB_MAP || item->type == MMDB_ARRAY;
}

/* Behind the item and all of its parts, however deep they nest: each takes an octet at least. */
static bool
mmdb_skip(struct slice section, size_t *at)
{
    size_t start = *at;
    uint64_t pending = 1;
    struct mmdb_item item;

    for (; pending > 0 && *at - start <= MOST_RECORD; pending--) {
        if (!mmdb_take_item(section, at, &item))
            return false;
        if (mmdb_has_parts(&item)) {
            pending += item.type == MMDB_MAP ? 2 * (uint64_t)item.size : item.size;
        } else if (item.type != MMDB_POINTER && item.type != MMDB_BOOLEAN) {
            if (item.size > section.len - *at)
                return false;
            *at += item.size;
        }
    }
    return pending == 0;
}

/* The item at *at, or the one that a pointer there leads to; *at moves behind it, parts and all. */
static bool
mmdb_read(struct slice section, size_t *at, struct mmdb_item *item_r)
{
    size_t there = *at, end;

    if (!mmdb_take_item(section, &there, item_r) || !mmdb_skip(section, at))
        return false;
    if (item_r->type != MMDB_POINTER)
        return true;
    there = end = item_r->size;
    return end < section.len && mmdb_take_item(section, &there, item_r) &&
           item_r->type != MMDB_POINTER && mmdb_skip(section, &end);
}

static struct slice
mmdb_text(struct slice section, const struct mmdb_item *item)
{
    return (struct slice){section.at + item->at, item->size};
}

/* What a map has under a key; its type is 0 where it has nothing. False: it is damaged. */
static bool
mmdb_find_key(struct slice section, const struct mmdb_item *map, const char *key,
              struct mmdb_item *item_r)
{
    size_t at = map->at;
    struct mmdb_item name, value;

    *item_r = (struct mmdb_item){0};
    for (size_t i = 0; i < map->size; i++) {
        if (!mmdb_read(section, &at, &name) || name.type != MMDB_TEXT ||
            !mmdb_read(section, &at, &value))
            return false;
        if (slice_equal(mmdb_text(section, &name), slice_of(key)))
            *item_r = value;
    }
    return true;
}

static bool
mmdb_number(struct slice section, const struct mmdb_item *item, size_t *number_r)
{
    size_t at = item->at;

    return (item->type == MMDB_UINT16 || item->type == MMDB_UINT32 || item->type == MMDB_UINT64) &&
           item->size <= sizeof *number_r && mmdb_take(section, &at, item->size, number_r);
}

/* Where a word stands: in a map of its own, or flat, as some makers have it. */
static const struct {
    const char *outer, *inner;
} mmdb_paths[] = {
    {"country", "iso_code"},
    {"country_code", NULL},
    {"continent", "code"},
    {"continent_code", NULL},
    {"autonomous_system_number", NULL},
    {"asn", NULL},
};

/* A word is letters and digits, whatever the file says. */
static void
mmdb_add_text(struct buffer *answer, struct slice text)
{
    for (size_t i = 0; i < text.len; i++)
        if (!ascii_is_alnum(text.at[i]))
            return;
    if (text.len == 0 || text.len > LONGEST_WORD)
        return;
    buffer_text(answer, buffer_slice(answer).len > 0 ? " " : "");
    buffer_add(answer, text);
}

static void
mmdb_add_word(struct buffer *answer, struct arena *arena, struct slice section,
              const struct mmdb_item *item)
{
    size_t number;

    if (item->type == MMDB_TEXT)
        mmdb_add_text(answer, mmdb_text(section, item));
    else if (mmdb_number(section, item, &number))
        mmdb_add_text(answer, slice_of(arena_printf(arena, "AS%zu", number)));
}

/* What stands at the end of a path; its type is 0 where there is nothing. False: it is damaged. */
static bool
mmdb_follow(struct slice section, const struct mmdb_item *record, size_t path,
            struct mmdb_item *item_r)
{
    struct mmdb_item outer;

    if (!mmdb_find_key(section, record, mmdb_paths[path].outer, &outer))
        return false;
    *item_r = outer;
    return outer.type != MMDB_MAP || mmdb_paths[path].inner == NULL ||
           mmdb_find_key(section, &outer, mmdb_paths[path].inner, item_r);
}

/* The words of the record at this place. False: it is damaged. */
static bool
mmdb_answer(const struct mmdb *mmdb, struct arena *arena, size_t at, struct slice *answer_r)
{
    struct buffer *answer = ARENA_NEW(arena, struct buffer);
    struct mmdb_item record, item;

    buffer_init(answer, arena, SIZE_MAX);
    if (!mmdb_read(mmdb->data, &at, &record))
        return false;
    for (size_t i = 0; i < sizeof mmdb_paths / sizeof mmdb_paths[0]; i++) {
        if (record.type != MMDB_MAP)
            break;
        if (!mmdb_follow(mmdb->data, &record, i, &item))
            return false;
        mmdb_add_word(answer, arena, mmdb->data, &item);
    }
    *answer_r = buffer_slice(answer);
    return true;
}

/* The left or the right record of a node: a node, the number of nodes for nothing, or more. */
static size_t
mmdb_record(const struct mmdb *mmdb, size_t node, unsigned side)
{
    size_t octets = mmdb->record_bits / 8, at = node * (mmdb->record_bits / 4), high;

    if (mmdb->record_bits != 28)
        return mmdb_octets(mmdb->tree, side ? at + octets : at, octets);
    high = mmdb_octets(mmdb->tree, at + 3, 1);
    high = side ? high & 15 : high >> 4;
    return high << 24 | mmdb_octets(mmdb->tree, side ? at + 4 : at, 3);
}

/* From a record on, down the bits of an address, until no node is left to go to. */
static size_t
mmdb_descend(const struct mmdb *mmdb, size_t record, const uint8_t *octets, unsigned bits)
{
    for (unsigned i = 0; i < bits && record < mmdb->nodes; i++)
        record = mmdb_record(mmdb, record, octets[i / 8] >> (7 - i % 8) & 1);
    return record;
}

/* Where in the data a record leads; false: nowhere in it. */
static bool
mmdb_place(const struct mmdb *mmdb, size_t record, size_t *at_r)
{
    *at_r = record - mmdb->nodes - SEPARATOR;
    return record >= mmdb->nodes + SEPARATOR && *at_r < mmdb->data.len;
}

/* Every record, whichever address leads to it; what several lead to is looked at once. */
static bool
mmdb_is_whole(const struct mmdb *mmdb, struct arena *work)
{
    uint64_t *seen = bits_new(work, mmdb->data.len);

    for (size_t i = 0; i < 2 * mmdb->nodes; i++) {
        size_t record = mmdb_record(mmdb, i / 2, i % 2), at;
        struct arena *own;
        struct slice answer;
        bool fine;

        if (record <= mmdb->nodes)
            continue;
        if (!mmdb_place(mmdb, record, &at))
            return false;
        if (bits_have(seen, at))
            continue;
        bits_add(seen, at);
        own = arena_new_child(work, SIZE_MAX);
        fine = mmdb_answer(mmdb, own, at, &answer);
        arena_free(&own);
        if (!fine)
            return false;
    }
    return true;
}

/* What stands behind the last marker. */
static bool
mmdb_find_metadata(struct slice text, struct slice *before_r, struct slice *metadata_r)
{
    struct slice marker = SLICE("\xAB\xCD\xEFMaxMind.com");
    size_t least = text.len > MOST_METADATA ? text.len - MOST_METADATA : 0;

    for (size_t at = text.len; at-- > least;)
        if (slice_equal(slice_first(slice_from(text, at), marker.len), marker)) {
            *before_r = slice_first(text, at);
            *metadata_r = slice_from(text, at + marker.len);
            return true;
        }
    return false;
}

static bool
mmdb_read_number(struct slice metadata, const struct mmdb_item *map, const char *key,
                 size_t *number_r)
{
    struct mmdb_item item;

    return mmdb_find_key(metadata, map, key, &item) && mmdb_number(metadata, &item, number_r);
}

/* NULL, or why it can't be read. */
static const char *
mmdb_read_metadata(struct mmdb *mmdb, struct slice metadata)
{
    size_t at = 0, format, version, bits;
    struct mmdb_item map;

    if (!mmdb_read(metadata, &at, &map) || map.type != MMDB_MAP ||
        !mmdb_read_number(metadata, &map, "binary_format_major_version", &format) ||
        !mmdb_read_number(metadata, &map, "node_count", &mmdb->nodes) ||
        !mmdb_read_number(metadata, &map, "record_size", &bits) ||
        !mmdb_read_number(metadata, &map, "ip_version", &version))
        return mmdb_damaged;
    if (format != 2 || (bits != 24 && bits != 28 && bits != 32) || (version != 4 && version != 6))
        return "is in a version of its format that is not known";
    mmdb->record_bits = (unsigned)bits;
    mmdb->address_bits = version == 4 ? BITS4 : BITS6;
    return mmdb->nodes > 0 && mmdb->nodes <= UINT32_MAX ? NULL : mmdb_damaged;
}

/* Takes the file apart: the tree, zeros, the data. */
static const char *
mmdb_take_apart(struct mmdb *mmdb, struct slice text)
{
    static const uint8_t zeros[SEPARATOR];
    struct slice before, metadata;
    const char *reason;
    size_t size;

    if (!mmdb_find_metadata(text, &before, &metadata))
        return "is no database in MaxMind's format";
    reason = mmdb_read_metadata(mmdb, metadata);
    if (reason)
        return reason;
    if (mmdb->nodes > before.len / (mmdb->record_bits / 4))
        return mmdb_damaged;
    size = mmdb->nodes * (mmdb->record_bits / 4);
    if (before.len - size < SEPARATOR || memcmp(before.at + size, zeros, SEPARATOR) != 0)
        return mmdb_damaged;
    mmdb->tree = slice_first(before, size);
    mmdb->data = slice_from(before, size + SEPARATOR);
    if (mmdb->address_bits == BITS6)
        mmdb->first4 = mmdb_descend(mmdb, 0, zeros, BITS6 - BITS4);
    return NULL;
}

static const void *
mmdb_build(struct arena *arena, struct slice text, const char **reason_r)
{
    struct mmdb *mmdb = ARENA_NEW(arena, struct mmdb);
    struct arena *work = arena_new_child(arena, SIZE_MAX);

    *reason_r = mmdb_take_apart(mmdb, text);
    if (*reason_r == NULL && !mmdb_is_whole(mmdb, work))
        *reason_r = mmdb_damaged;
    arena_free(&work);
    mmdb->tree = arena_copy(arena, mmdb->tree);
    mmdb->data = arena_copy(arena, mmdb->data);
    return *reason_r ? NULL : mmdb;
}

static struct table_answer
mmdb_look_up(const void *contents, struct arena *arena, struct slice key)
{
    const struct mmdb *mmdb = contents;
    struct table_answer answer = {.result = TABLE_NOT_FOUND};
    size_t record, at;
    struct ip ip;

    if (!ip_parse(key, &ip))
        return (struct table_answer){.result = TABLE_NOT_A_KEY};
    if (ip.family == 6 && mmdb->address_bits == BITS4)
        return answer;
    record = mmdb_descend(mmdb, ip.family == 4 ? mmdb->first4 : 0, ip.octet,
                          ip.family == 4 ? BITS4 : BITS6);
    if (record == mmdb->nodes)
        return answer;
    if (!mmdb_place(mmdb, record, &at) || !mmdb_answer(mmdb, arena, at, &answer.value))
        return (struct table_answer){.result = TABLE_COULD_NOT_ASK, .reason = mmdb_damaged};
    if (answer.value.len > 0)
        answer.result = TABLE_FOUND;
    return answer;
}

static struct table_answer
mmdb_find(void *state, struct arena *arena, struct slice key, int64_t deadline_ms)
{
    struct ip ip;

    if (!ip_parse(key, &ip))
        return (struct table_answer){.result = TABLE_NOT_A_KEY};
    return table_file_answer(state, arena, key, deadline_ms);
}

static void *
mmdb_open(struct arena *arena, const struct table_opening *opening, const char **reason_r)
{
    static const struct table_file_form form = {
        .build = mmdb_build, .find = mmdb_look_up, .old_stays = true};

    return table_file_open(arena, opening, &form, reason_r);
}

const struct table_driver table_mmdb = {
    .type = "mmdb",
    .file_suffix = "",
    .open = mmdb_open,
    .find = mmdb_find,
    .whole_keys_only = true,
    .keys_are_ips = true,
};
