/* Files of Berkeley DB against libdb itself, which makes them: each key is found with the value
 * that libdb finds first, and no other is there. */
#include "tap.h"

#ifndef HAVE_DB

int
main(void)
{
    tap_skip("Berkeley DB wasn't found");
    return tap_done();
}

#else

#include <db.h>

#include "table_kit.h"

enum { LITTLE = 1234, BIG = 4321 };

struct shape {
    const char *type;
    unsigned page_size, order, keys;
    unsigned flags; /* DB_DUP, DB_DUPSORT */
    bool has_nuls;
    unsigned expected; /* number of keys that the maker foresees, as postmap(1) does */
};

static unsigned seed = 1;

/* Numbers that look random and are the same each time. */
static unsigned
draw(unsigned below)
{
    seed = seed * 1664525u + 1013904223u;
    return (unsigned)(((uint64_t)seed * below) >> 32);
}

static bool
is_hash(const struct shape *shape)
{
    return strcmp(shape->type, "hash") == 0;
}

static void
drop_error(const DB_ENV *env, const char *prefix, const char *text)
{
    (void)env;
    (void)prefix;
    (void)text;
}

static DB *
open_db(const struct shape *shape, const char *path, uint32_t flags)
{
    DB *db;

    if (db_create(&db, NULL, 0) != 0)
        abort();
    db->set_errcall(db, drop_error);
    if (flags & DB_CREATE) {
        db->set_pagesize(db, shape->page_size);
        db->set_lorder(db, (int)shape->order);
        db->set_flags(db, shape->flags);
        if (is_hash(shape) && shape->expected > 0)
            db->set_h_nelem(db, shape->expected);
    }
    if (db->open(db, NULL, path, NULL, is_hash(shape) ? DB_HASH : DB_BTREE, flags, 0600) != 0) {
        db->close(db, 0);
        return NULL;
    }
    return db;
}

/* One in 40 is longer than a page may hold, and one in 100 than several pages. */
static struct slice
draw_text(struct arena *own, const char *start, unsigned page_size)
{
    unsigned kind = draw(200), more = kind < 2   ? draw(4 * page_size)
                                      : kind < 5 ? page_size / 4 + draw(page_size)
                                                 : draw(20);

    return slice_of(arena_printf(own, "%s%0*u", start, (int)more, draw(1000)));
}

/* libdb 5.3 reads beyond its own pages when it splits a bucket of long keys after deletions: hash
 * files with duplicates have none. */
static struct slice
key_of(struct arena *own, const struct shape *shape, unsigned i)
{
    unsigned before = seed;
    struct slice key;

    seed = i * 2654435761u;
    key = draw_text(own, arena_printf(own, "user%u@", i), shape->page_size);
    seed = before;
    return arena_copy(own, slice_first(key, is_hash(shape) && shape->flags ? 40 : key.len));
}

static DBT
dbt_of(const struct shape *shape, struct slice s)
{
    return (DBT){.data = (void *)s.at, .size = (uint32_t)(s.len + shape->has_nuls)};
}

/* The first value alone, by a cursor, which may still stand there when the file is closed. */
static void
take_one(DB *db, DBT *key)
{
    DBT value = {0};
    DBC *cursor;

    if (db->cursor(db, NULL, &cursor, 0) != 0)
        abort();
    if (cursor->get(cursor, key, &value, DB_SET) == 0)
        cursor->del(cursor, 0);
    if (draw(10) > 0)
        cursor->close(cursor);
}

/* Puts and takes: a third goes again, some are replaced, and some keys have many values. */
static void
fill(const struct shape *shape, DB *db)
{
    struct arena *own = arena_new(SIZE_MAX);

    for (unsigned n = 0; n < shape->keys * 2; n++) {
        unsigned i = draw(shape->keys), times = 1;
        DBT key = dbt_of(shape, key_of(own, shape, i));

        if (n >= shape->keys && draw(3) == 0) {
            if (draw(2))
                db->del(db, NULL, &key, 0);
            else
                take_one(db, &key);
            continue;
        }
        if (shape->flags && draw(8) == 0)
            times = draw(draw(10) ? 6 : 300);
        for (unsigned k = 0; k < times; k++) {
            struct slice text = draw_text(own, arena_printf(own, "login%u,", n), shape->page_size);
            DBT value = dbt_of(shape, text);

            db->put(db, NULL, &key, &value, 0);
        }
        arena_reset(own);
    }
    arena_free(&own);
}

static const char *
make(const struct shape *shape)
{
    const char *path = path_of("made.db");
    DB *db;

    unlink(path);
    db = open_db(shape, path, DB_CREATE);
    if (db == NULL)
        return path;
    fill(shape, db);
    db->close(db, 0);
    return path;
}

struct tally {
    unsigned keys, missing, other, values;
};

static bool
count_value(void *context, struct slice value, unsigned line)
{
    (void)line;
    (void)value;
    ++*(unsigned *)context;
    return false;
}

static struct slice
text_of(const DBT *dbt)
{
    struct slice s = {dbt->data, dbt->size};

    return slice_first(s, slice_find(s, '\0'));
}

static void
compare_key(struct tally *tally, const struct table_place *place, const DBT *key, const DBT *value)
{
    struct arena *own = arena_new(SIZE_MAX);
    struct table_answer answer = find_in(place, own, text_of(key));

    tally->keys++;
    if (answer.result != TABLE_FOUND)
        tally->missing++;
    else if (!slice_equal(answer.value, text_of(value)))
        tally->other++;
    arena_free(&own);
}

static void
compare_all(const struct shape *shape, const char *path, const char *what)
{
    const char *reason = "";
    struct table_place *place = place_of(shape->type, path_of("made"), &reason);
    struct tally tally = {0};
    DBT key = {0}, value = {0};
    DB *db = open_db(shape, path, DB_RDONLY);
    DBC *cursor;

    if (db && place && db->cursor(db, NULL, &cursor, 0) == 0) {
        while (cursor->get(cursor, &key, &value, DB_NEXT_NODUP) == 0)
            compare_key(&tally, place, &key, &value);
        cursor->close(cursor);
        place->driver->each(place->state, count_value, &tally.values);
    }
    if (db)
        db->close(db, 0);
    tap_check(db && place && tally.missing + tally.other == 0 && tally.values == tally.keys,
              "%s: %u keys, %u missing, %u other, %u values; %s", what, tally.keys, tally.missing,
              tally.other, tally.values, reason);
}

static const char *
describe(const struct shape *shape)
{
    return arena_printf(arena, "%s, pages of %u, %s, %u keys%s%s%s%s", shape->type,
                        shape->page_size, shape->order == BIG ? "big-endian" : "little-endian",
                        shape->keys, shape->flags & DB_DUP ? ", duplicates" : "",
                        shape->flags & DB_DUPSORT ? ", sorted" : "",
                        shape->has_nuls ? ", NULs" : "", shape->expected ? ", foreseen" : "");
}

static void
test_shapes(void)
{
    static const char *const types[] = {"hash", "btree"};
    static const unsigned page_sizes[] = {512, 1024, 4096, 65536};
    static const unsigned orders[] = {LITTLE, BIG};
    static const unsigned flags[] = {0, DB_DUP, DB_DUP | DB_DUPSORT};
    static const unsigned keys[] = {0, 1, 2, 7, 60, 500, 4000};

    for (unsigned n = 0; n < 2 * 4 * 2 * 3 * 7; n++) {
        struct shape shape = {types[n % 2],      page_sizes[n / 2 % 4], orders[n / 8 % 2],
                              keys[n / 48],      flags[n / 16 % 3],     draw(2) == 0,
                              draw(2) ? 4096 : 0};

        if (shape.keys > 60 && n % tap_times(5, 1) != 0)
            continue;
        compare_all(&shape, make(&shape), describe(&shape));
    }
}

/* How many values a file has, or no number that one has: it was refused. */
static unsigned
count_values(const char *type)
{
    const char *reason = "";
    struct table_place *place = place_of(type, path_of("made"), &reason);
    unsigned count = 0;

    if (place == NULL)
        return UINT32_MAX;
    place->driver->each(place->state, count_value, &count);
    return count;
}

/* Up to four octets, or a number of a page in their place. */
static void
damage(char *octets, size_t len, unsigned page_size)
{
    size_t at = draw((unsigned)len / 4) * 4;

    if (draw(3) == 0)
        at = at / page_size * page_size + draw(100) / 4 * 4;
    if (draw(3) == 0)
        memcpy(octets + at, &(uint32_t){draw((unsigned)len / page_size + 2)}, 4);
    else
        for (unsigned i = draw(4); i < 4; i++)
            octets[at + i] = (char)draw(256);
}

/* Whatever is damaged, no value gets lost, and nothing else breaks. */
static void
test_damaged(const struct shape *shape, unsigned times)
{
    struct slice file = read_file(make(shape));
    unsigned count = count_values(shape->type), refused = 0, wrong = 0;

    for (unsigned i = 0; i < times; i++) {
        struct arena *outer = arena;
        unsigned got;
        char *octets;

        arena = arena_new(SIZE_MAX);
        octets = arena_string(arena, file);
        damage(octets, file.len, shape->page_size);
        write_file("made.db", (struct slice){octets, file.len});
        got = count_values(shape->type);
        refused += got == UINT32_MAX;
        wrong += got != UINT32_MAX && got != count;
        arena_free(&arena);
        arena = outer;
    }
    tap_check(count > 0 && wrong == 0 && refused > 0, "%s, damaged: %u refused, %u wrong",
              describe(shape), refused, wrong);
}

static void
test_all_damaged(void)
{
    static const char *const types[] = {"hash", "btree"};
    static const unsigned flags[] = {0, DB_DUP, DB_DUP | DB_DUPSORT};

    for (unsigned n = 0; n < 2 * 3 * 2; n++) {
        struct shape shape = {types[n % 2],
                              n < 6 ? 512 : 1024,
                              n % 4 < 2 ? LITTLE : BIG,
                              300,
                              flags[n / 2 % 3],
                              true,
                              0};

        test_damaged(&shape, tap_times(40, 400));
    }
}

/* One octet of every page of this type; of the number at `at` the last octet in this byte order. */
static void
patch(const struct shape *shape, unsigned at, unsigned char to, int from_page, int to_page)
{
    const char *path = path_of("made.db");
    struct slice file = read_file(path);
    char *octets = arena_string(arena, file);
    FILE *out;

    octets[at + (shape->order == BIG ? 3 : 0)] = (char)to;
    for (size_t page = 0; from_page && page < file.len; page += shape->page_size)
        if (octets[page + 25] == from_page)
            octets[page + 25] = (char)to_page;
    out = fopen(path, "w");
    fwrite(octets, file.len, 1, out);
    fclose(out);
}

/* Pages of version 8 of hash aren't sorted; versions 9 and 10 differ in what no table has. */
static void
test_versions(const char *type, unsigned order)
{
    struct shape shape = {type, 1024, order, 60, 0, true, 0};

    for (unsigned char version = 7; version <= 11; version++) {
        const char *reason = "", *path = make(&shape);
        struct table_place *place;

        patch(&shape, 16, version, version == 8 ? 13 : 0, 2);
        if (version == 8 || version == 9) {
            compare_all(&shape, path, arena_printf(arena, "%s, version %u", type, version));
            continue;
        }
        place = place_of(type, path_of("made"), &reason);
        if (version == 10)
            tap_check(place != NULL, "%s, version 10: %s", type, reason);
        else
            tap_check(place == NULL && strstr(reason, "version"), "%s, version %u: %s", type,
                      version, reason);
    }
}

static void
expect_refusal(const char *type, const char *needle, const char *what)
{
    const char *reason = "";
    bool refused = place_of(type, path_of("made"), &reason) == NULL;

    tap_check(refused && strstr(reason, "made.db: ") && strstr(reason, needle), "%s: %s", what,
              reason);
}

static uint32_t
own_hash(DB *db, const void *octets, uint32_t len)
{
    (void)db;
    return len + *(const unsigned char *)octets;
}

enum oddity { CHECKSUMS, OWN_HASH, COMPRESSED, RECNO, SEVERAL };

static void
make_odd(enum oddity oddity, DBTYPE type)
{
    const char *path = path_of("made.db");
    uint32_t number = 1;
    char letter[] = "a";
    DBT key = {.data = letter, .size = sizeof letter}, value = key;
    DB *db;

    unlink(path);
    if (db_create(&db, NULL, 0) != 0)
        abort();
    if (oddity == CHECKSUMS)
        db->set_flags(db, DB_CHKSUM);
    if (oddity == OWN_HASH)
        db->set_h_hash(db, own_hash);
    if (oddity == COMPRESSED)
        db->set_bt_compress(db, NULL, NULL);
    if (oddity == RECNO)
        key = (DBT){.data = &number, .size = sizeof number};
    if (db->open(db, NULL, path, oddity == SEVERAL ? "one" : NULL, type, DB_CREATE, 0600) != 0 ||
        db->put(db, NULL, &key, &value, 0) != 0)
        printf("# libdb makes no such file\n");
    db->close(db, 0);
}

static void
test_foreign(void)
{
    struct shape hash = {"hash", 4096, LITTLE, 60, 0, true, 0};
    struct shape btree = {"btree", 4096, LITTLE, 60, 0, true, 0};

    make(&hash);
    expect_refusal("btree", "no btree file", "a hash file as btree");
    make(&btree);
    expect_refusal("hash", "no hash file", "a btree file as hash");
    make_odd(CHECKSUMS, DB_HASH);
    expect_refusal("hash", "checksums", "checksums");
    make_odd(CHECKSUMS, DB_BTREE);
    expect_refusal("btree", "checksums", "checksums");
    make_odd(OWN_HASH, DB_HASH);
    expect_refusal("hash", "hash function", "a hash function of its own");
    make_odd(COMPRESSED, DB_BTREE);
    expect_refusal("btree", "", "compressed");
    make_odd(RECNO, DB_RECNO);
    expect_refusal("btree", "", "numbered records");
    make_odd(SEVERAL, DB_BTREE);
    expect_refusal("btree", "several", "several databases in a file");
    write_file("made.db", SLICE(""));
    expect_refusal("hash", "no file of Berkeley DB", "an empty file");
}

int
main(void)
{
    static const char *const files[] = {"made.db", NULL};

    arena = arena_new(SIZE_MAX);
    if (mkdtemp(directory) == NULL)
        return 1;
    test_shapes();
    test_all_damaged();
    test_versions("hash", LITTLE);
    test_versions("hash", BIG);
    test_versions("btree", LITTLE);
    test_versions("btree", BIG);
    test_foreign();
    remove_files(files);
    arena_free(&arena);
    return tap_done();
}

#endif
