/* Files of Berkeley DB, as postmap(1) writes them (a NUL behind keys and values) and makemap(8)
 * does (without). They are checked and read whole, so that no lookup ever meets a damaged page. */
#ifdef HAVE_DB

#include <db.h>

#include "tables/copy.h"
#include "tables/drivers.h"
#include "tables/file.h"
#include "tables/pairs.h"

/* The library would write what it finds wrong to stderr and stdout; the reason is our own. */
static void
drop_error(const DB_ENV *env, const char *prefix, const char *text)
{
    (void)env;
    (void)prefix;
    (void)text;
}

static void
drop_message(const DB_ENV *env, const char *text)
{
    (void)env;
    (void)text;
}

static DB *
create(void)
{
    DB *db = NULL;

    if (db_create(&db, NULL, 0) != 0)
        return NULL;
    db->set_errcall(db, drop_error);
    db->set_msgcall(db, drop_message);
    return db;
}

/* Every page, and that every key is where it would be looked for. */
static bool
is_sound(const char *path)
{
    DB *db = create();

    return db && db->verify(db, path, NULL, NULL, 0) == 0;
}

/* A text ends at its first NUL. */
static struct slice
text_of(const DBT *data)
{
    struct slice text = {data->data, data->size};

    return slice_first(text, slice_find(text, '\0'));
}

struct reader {
    struct pairs *pairs;
    bool begun, has_nuls;
    const char *reason;
};

/* Either all keys and values have a NUL behind them or none, and there is no other: no program
 * mixes them. */
static bool
take_pair(struct reader *reader, const DBT *key, const DBT *value)
{
    if (!reader->begun)
        reader->has_nuls = text_of(key).len < key->size;
    reader->begun = true;
    if (text_of(key).len + reader->has_nuls != key->size ||
        text_of(value).len + reader->has_nuls != value->size) {
        reader->reason = "is damaged";
        return false;
    }
    reader->reason = "is larger than 4 GB";
    return pairs_add(reader->pairs, text_of(key), text_of(value));
}

static bool
read_pairs(DB *db, struct pairs *pairs, const char **reason_r)
{
    struct reader reader = {.pairs = pairs};
    DBT key = {0}, value = {0};
    DBC *cursor;
    bool fine = true;
    int error = db->cursor(db, NULL, &cursor, 0);

    if (error == 0) {
        while (fine && (error = cursor->get(cursor, &key, &value, DB_NEXT)) == 0)
            fine = take_pair(&reader, &key, &value);
        cursor->close(cursor);
    }
    *reason_r = fine ? "can't be read through Berkeley DB" : reader.reason;
    return error == DB_NOTFOUND;
}

static const void *
build(struct arena *arena, struct slice text, DBTYPE type, const char **reason_r)
{
    struct arena *work = arena_new(SIZE_MAX);
    struct pairs *pairs = pairs_new(arena);
    struct table_copy copy;
    DB *db = create();
    bool fine = db && table_copy(work, text, &copy, reason_r);

    if (fine && !is_sound(copy.path)) {
        *reason_r = "is no file of Berkeley DB, or damaged";
        fine = false;
    } else if (fine && db->open(db, NULL, copy.path, NULL, type, DB_RDONLY, 0) != 0) {
        *reason_r = type == DB_HASH ? "is no hash file, but another of Berkeley DB"
                                    : "is no btree file, but another of Berkeley DB";
        fine = false;
    }
    fine = fine && read_pairs(db, pairs, reason_r);
    if (db)
        db->close(db, 0);
    else
        *reason_r = "Berkeley DB can't be used";
    arena_free(&work);
    return fine ? pairs : NULL;
}

static const void *
build_hash(struct arena *arena, struct slice text, const char **reason_r)
{
    return build(arena, text, DB_HASH, reason_r);
}

static const void *
build_btree(struct arena *arena, struct slice text, const char **reason_r)
{
    return build(arena, text, DB_BTREE, reason_r);
}

static void *
hash_open(struct arena *arena, const char *place, const char **reason_r)
{
    return table_file_open(arena, arena_printf(arena, "%s.db", place), build_hash, reason_r);
}

static void *
btree_open(struct arena *arena, const char *place, const char **reason_r)
{
    return table_file_open(arena, arena_printf(arena, "%s.db", place), build_btree, reason_r);
}

static struct table_answer
hash_find(void *state, struct arena *arena, struct slice key)
{
    return table_file_answer(state, pairs_answer, arena, key);
}

static void
hash_each(void *state, table_visitor *see, void *context)
{
    table_file_each(state, pairs_each, see, context);
}

const struct table_driver table_hash = {"hash", hash_open, hash_find, false, hash_each};
const struct table_driver table_btree = {"btree", btree_open, hash_find, false, hash_each};

#endif
