/* CDB files as postmap(1) writes them, without NULs. */
#ifdef HAVE_CDB

#include <cdb.h>

#include "copy.h"
#include "file.h"
#include "table_inside.h"

/* The file begins with place and length of 256 hash tables, which stand behind the records. */
enum { HEAD = 2048, TABLES = 256, SLOT = 8 };

struct hash_table {
    size_t at, slots;
};

static uint32_t
number_at(struct slice text, size_t at)
{
    return cdb_unpack((const unsigned char *)text.at + at);
}

static struct hash_table
hash_table(struct slice text, uint32_t hash)
{
    size_t row = hash % TABLES * SLOT;

    return (struct hash_table){number_at(text, row), number_at(text, row + 4)};
}

/* Would a lookup of this key come to its record? */
static bool
leads_to(struct slice text, struct slice key, size_t record)
{
    uint32_t hash = cdb_hash(key.at, (unsigned)key.len);
    struct hash_table table = hash_table(text, hash);
    size_t slot = table.slots ? (hash >> 8) % table.slots : 0;

    for (size_t i = 0; i < table.slots; i++, slot = (slot + 1) % table.slots) {
        size_t at = table.at + slot * SLOT;

        if (number_at(text, at + 4) == record)
            return number_at(text, at) == hash;
        if (number_at(text, at + 4) == 0)
            return false;
    }
    return false;
}

static bool
count_slots(struct slice text, size_t end, size_t *used_r)
{
    *used_r = 0;
    for (uint32_t i = 0; i < TABLES; i++) {
        struct hash_table table = hash_table(text, i);

        if (table.at < end || table.at > text.len || table.slots > (text.len - table.at) / SLOT)
            return false;
        for (size_t slot = 0; slot < table.slots; slot++)
            *used_r += number_at(text, table.at + slot * SLOT + 4) != 0;
    }
    return true;
}

/* Every record is found under its key, and nothing else is. The library stays within the file, but
 * would call a damaged key not found. */
static bool
is_sound(struct slice text)
{
    size_t end = text.len < HEAD ? 0 : number_at(text, 0), at = HEAD, used;

    if (end < HEAD || end > text.len || !count_slots(text, end, &used))
        return false;
    for (; at < end; used--) {
        size_t key = end - at < SLOT ? SIZE_MAX : number_at(text, at);
        size_t value = key == SIZE_MAX ? 0 : number_at(text, at + 4);

        if (key > end - at - SLOT || value > end - at - SLOT - key || used == 0 ||
            !leads_to(text, slice_first(slice_from(text, at + SLOT), key), at))
            return false;
        at += SLOT + key + value;
    }
    return used == 0;
}

static void
cdb_unmap(void *of)
{
    cdb_free(of);
}

static const void *
cdb_build(struct arena *arena, struct slice text, const char **reason_r)
{
    struct cdb *cdb = ARENA_NEW(arena, struct cdb);
    struct arena *work = arena_new_child(arena, SIZE_MAX);
    struct table_copy copy;
    bool fine = is_sound(text);

    *reason_r = "is no file of CDB, or damaged";
    if (fine)
        fine = table_copy(work, text, &copy, reason_r);
    if (fine && cdb_init(cdb, copy.fd) != 0) {
        *reason_r = "can't be mapped";
        fine = false;
    }
    if (fine)
        arena_on_end(arena, cdb_unmap, cdb);
    arena_free(&work);
    return fine ? cdb : NULL;
}

/* The library writes what it found into its struct: each lookup has one of its own. */
static struct table_answer
cdb_look_up(const void *contents, struct arena *arena, struct slice key)
{
    struct cdb cdb = *(const struct cdb *)contents;
    struct slice value;
    int found;

    if (key.len == 0 || key.len >= UINT32_MAX / 2)
        return (struct table_answer){.result = TABLE_NOT_FOUND};
    found = cdb_find(&cdb, key.at, (unsigned)key.len);
    if (found == 0)
        found = cdb_find(&cdb, arena_string(arena, key), (unsigned)key.len + 1);
    if (found == 0)
        return (struct table_answer){.result = TABLE_NOT_FOUND};
    value = (struct slice){found > 0 ? cdb_getdata(&cdb) : NULL, cdb_datalen(&cdb)};
    if (value.at == NULL)
        return (struct table_answer){.result = TABLE_COULD_NOT_ASK, .reason = "is damaged"};
    value = slice_first(value, slice_find(value, '\0'));
    return (struct table_answer){.result = TABLE_FOUND, .value = arena_copy(arena, value)};
}

static void
cdb_each_value(const void *contents, table_visitor *see, void *context)
{
    struct cdb cdb = *(const struct cdb *)contents;
    unsigned at;

    for (cdb_seqinit(&at, &cdb); cdb_seqnext(&at, &cdb) > 0;) {
        struct slice value = {cdb_getdata(&cdb), cdb_datalen(&cdb)};

        if (value.at && see(context, slice_first(value, slice_find(value, '\0')), 0))
            return;
    }
}

static void *
cdb_open(struct arena *arena, const struct table_opening *opening, const char **reason_r)
{
    static const struct table_file_form form = {
        .build = cdb_build, .find = cdb_look_up, .walk = cdb_each_value, .old_stays = true};

    return table_file_open(arena, opening, &form, reason_r);
}

const struct table_driver table_cdb = {
    .type = "cdb",
    .file_suffix = ".cdb",
    .open = cdb_open,
    .find = table_file_answer,
    .each = table_file_each,
};

#endif
