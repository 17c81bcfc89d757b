/* LMDB files as postmap(1) writes them: a NUL behind keys and values, one file, and no lock. */
#ifdef HAVE_LMDB

#include <lmdb.h>
#include <pthread.h>

#include "copy.h"
#include "file.h"
#include "lmdb_check.h"
#include "table_inside.h"

/* A transaction is for one thread at a time, and costs more to begin than a lookup. */
enum { MOST_IDLE = 64 };

struct lmdb {
    MDB_env *env;
    MDB_dbi dbi;
    bool has_nuls;         /* behind keys: postmap(1) can be told to write none */
    pthread_mutex_t mutex; /* guards all below */
    MDB_txn *idle[MOST_IDLE];
    size_t idles;
};

static void
lmdb_close(void *of)
{
    struct lmdb *lmdb = of;

    while (lmdb->idles > 0)
        mdb_txn_abort(lmdb->idle[--lmdb->idles]);
    mdb_env_close(lmdb->env);
    pthread_mutex_destroy(&lmdb->mutex);
}

static int
take_transaction(struct lmdb *lmdb, MDB_txn **txn_r)
{
    *txn_r = NULL;
    pthread_mutex_lock(&lmdb->mutex);
    if (lmdb->idles > 0)
        *txn_r = lmdb->idle[--lmdb->idles];
    pthread_mutex_unlock(&lmdb->mutex);
    return *txn_r ? 0 : mdb_txn_begin(lmdb->env, NULL, MDB_RDONLY, txn_r);
}

static void
give_back(struct lmdb *lmdb, MDB_txn *txn)
{
    pthread_mutex_lock(&lmdb->mutex);
    if (lmdb->idles < MOST_IDLE) {
        lmdb->idle[lmdb->idles++] = txn;
        txn = NULL;
    }
    pthread_mutex_unlock(&lmdb->mutex);
    mdb_txn_abort(txn);
}

/* One key tells of all. */
static int
look_for_nuls(struct lmdb *lmdb, MDB_txn *txn)
{
    MDB_cursor *cursor;
    MDB_val key, value;
    int error = mdb_cursor_open(txn, lmdb->dbi, &cursor);

    if (error != 0)
        return error;
    error = mdb_cursor_get(cursor, &key, &value, MDB_FIRST);
    lmdb->has_nuls =
        error == 0 && key.mv_size > 0 && ((const char *)key.mv_data)[key.mv_size - 1] == '\0';
    mdb_cursor_close(cursor);
    return error == MDB_NOTFOUND ? 0 : error;
}

static int
open_main(struct lmdb *lmdb)
{
    MDB_txn *txn;
    int error = take_transaction(lmdb, &txn);

    if (error != 0)
        return error;
    error = mdb_dbi_open(txn, NULL, 0, &lmdb->dbi);
    if (error == 0)
        error = look_for_nuls(lmdb, txn);
    give_back(lmdb, txn);
    return error;
}

static int
open_copy(struct lmdb *lmdb, const char *path, size_t size)
{
    enum { FLAGS = MDB_NOSUBDIR | MDB_RDONLY | MDB_NOLOCK };
    int error = mdb_env_set_mapsize(lmdb->env, size);

    if (error == 0)
        error = mdb_env_open(lmdb->env, path, FLAGS, 0600);
    return error ? error : open_main(lmdb);
}

static const void *
lmdb_build(struct arena *arena, struct slice text, const char **reason_r)
{
    struct lmdb *lmdb = ARENA_NEW(arena, struct lmdb);
    struct arena *work = arena_new_child(arena, SIZE_MAX);
    struct table_copy copy;
    bool fine;

    *reason_r = lmdb_check(text);
    fine = *reason_r == NULL && table_copy(work, text, &copy, reason_r);
    if (fine) {
        int error = mdb_env_create(&lmdb->env);

        fine = error == 0;
        if (fine) {
            pthread_mutex_init(&lmdb->mutex, NULL);
            arena_on_end(arena, lmdb_close, lmdb);
            error = open_copy(lmdb, copy.path, text.len);
        }
        fine = error == 0;
        if (!fine)
            *reason_r = mdb_strerror(error);
    }
    arena_free(&work);
    return fine ? lmdb : NULL;
}

/* The file never changes, so that a value stays where it is when the transaction has ended: nothing
 * is held while memory is taken. */
static struct table_answer
lmdb_look_up(const void *contents, struct arena *arena, struct slice key)
{
    struct lmdb *lmdb = (struct lmdb *)contents;
    MDB_val asked = {key.len + lmdb->has_nuls, arena_string(arena, key)}, value;
    struct table_answer answer = {.result = TABLE_FOUND};
    MDB_txn *txn;
    int error;

    if (key.len == 0 || asked.mv_size > (size_t)mdb_env_get_maxkeysize(lmdb->env))
        return (struct table_answer){.result = TABLE_NOT_FOUND};
    error = take_transaction(lmdb, &txn);
    if (error == 0) {
        error = mdb_get(txn, lmdb->dbi, &asked, &value);
        give_back(lmdb, txn);
    }
    if (error == 0) {
        struct slice text = {value.mv_data, value.mv_size};

        answer.value = arena_copy(arena, slice_first(text, slice_find(text, '\0')));
    }
    if (error == MDB_NOTFOUND)
        answer.result = TABLE_NOT_FOUND;
    else if (error != 0)
        answer =
            (struct table_answer){.result = TABLE_COULD_NOT_ASK, .reason = mdb_strerror(error)};
    return answer;
}

static void
lmdb_each_value(const void *contents, table_visitor *see, void *context)
{
    struct lmdb *lmdb = (struct lmdb *)contents;
    MDB_cursor *cursor;
    MDB_val key, value;
    MDB_txn *txn;

    if (take_transaction(lmdb, &txn) != 0)
        return;
    if (mdb_cursor_open(txn, lmdb->dbi, &cursor) == 0) {
        while (mdb_cursor_get(cursor, &key, &value, MDB_NEXT) == 0) {
            struct slice text = {value.mv_data, value.mv_size};

            if (see(context, slice_first(text, slice_find(text, '\0')), 0))
                break;
        }
        mdb_cursor_close(cursor);
    }
    give_back(lmdb, txn);
}

static void *
lmdb_open(struct arena *arena, const struct table_opening *opening, const char **reason_r)
{
    static const struct table_file_form form = {
        .build = lmdb_build, .find = lmdb_look_up, .walk = lmdb_each_value, .old_stays = true};

    return table_file_open(arena, opening, &form, reason_r);
}

const struct table_driver table_lmdb = {
    .type = "lmdb",
    .file_suffix = ".lmdb",
    .open = lmdb_open,
    .find = table_file_answer,
    .each = table_file_each,
};

#endif
