/* What a lookup costs among many logins: lmdb and texthash through the ladder of keys, beside bare
 * gets of the same keys through liblmdb, in turns. Arguments: how many logins (1000000), rounds. */
#include <fcntl.h>
#include <lmdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "policy/table.h"

enum { LOOKUPS = 100000, MOST_ROUNDS = 101 };

static struct arena *arena;
static char directory[] = "/tmp/bench_table.XXXXXX";
static unsigned logins = 1000000, rounds = 7;

static void
give_up(const char *what)
{
    fprintf(stderr, "bench_table: %s\n", what);
    exit(1);
}

static double
seconds(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* In MB: what of this process is in memory, files in memory that it mapped included. */
static double
memory(void)
{
    FILE *file = fopen("/proc/self/statm", "r");
    char line[256] = "", *behind;

    if (file == NULL || fgets(line, sizeof line, file) == NULL)
        give_up("no /proc/self/statm");
    fclose(file);
    strtol(line, &behind, 10);
    return (double)strtol(behind, NULL, 10) * (double)sysconf(_SC_PAGESIZE) / 1e6;
}

static int
print_login(char *text, size_t size, unsigned i)
{
    return snprintf(text, size, "user%u@example%u.com", i, i % 1000);
}

static const char *
path_of(const char *name)
{
    return arena_printf(arena, "%s/%s", directory, name);
}

static MDB_env *
open_env(unsigned flags, MDB_txn **txn_r, MDB_dbi *dbi_r)
{
    MDB_env *env;

    if (mdb_env_create(&env) != 0 || mdb_env_set_mapsize(env, (size_t)4 << 30) != 0 ||
        mdb_env_open(env, path_of("logins.lmdb"), MDB_NOSUBDIR | MDB_NOLOCK | flags, 0600) != 0 ||
        mdb_txn_begin(env, NULL, flags & MDB_RDONLY, txn_r) != 0 ||
        mdb_dbi_open(*txn_r, NULL, 0, dbi_r) != 0)
        give_up("lmdb can't be opened");
    return env;
}

/* As postmap(1) does it: NULs behind keys and values, and keys in no order. */
static void
write_files(void)
{
    FILE *file = fopen(path_of("logins"), "w");
    MDB_txn *txn;
    MDB_dbi dbi;
    MDB_env *env = open_env(MDB_NOSYNC, &txn, &dbi);

    for (unsigned n = 0; n < logins; n++) {
        unsigned i = (unsigned)((uint64_t)n * 7919 % logins);
        char key[64], value[64];
        int key_len = print_login(key, sizeof key, i);
        int value_len = snprintf(value, sizeof value, "login%u", i);
        MDB_val k = {(size_t)key_len + 1, key}, v = {(size_t)value_len + 1, value};

        if (mdb_put(txn, dbi, &k, &v, 0) != 0)
            give_up("lmdb can't be written");
        fprintf(file, "%s %s\n", key, value);
    }
    if (mdb_txn_commit(txn) != 0 || fclose(file) != 0)
        give_up("the files can't be written");
    mdb_env_close(env);
}

static struct table *
open_table(const char *type)
{
    double begun = seconds(), before = memory(), took, copy;
    struct table *table = ARENA_NEW(arena, struct table);
    const char *reason = "";
    struct stat st;

    table->delimiters = "+";
    table->options.timeout_ms = TABLE_TIMEOUT_MS;
    table->places = ARENA_NEW(arena, struct table_place);
    if (!table_place_open(arena, slice_of(arena_printf(arena, "%s:%s", type, path_of("logins"))),
                          (struct place){0}, &table->options, table->places, &reason))
        give_up(table->places->driver ? reason : "built without lmdb");
    took = seconds() - begun;
    if (stat(path_of(strcmp(type, "lmdb") ? "logins" : "logins.lmdb"), &st) != 0)
        give_up("the file is gone");
    /* The driver's copy of an lmdb file is in memory whole, though it isn't resident here. */
    copy = strcmp(type, "lmdb") == 0 ? (double)st.st_size / 1e6 : 0;
    printf("%-8s  %u logins, a file of %.1f MB: open in %.3f s, %.1f MB of memory\n", type, logins,
           (double)st.st_size / 1e6, took, memory() - before + copy);
    return table;
}

/* One question: the address, and the keys that the ladder asks for it until one is found. */
struct question {
    struct value value;
    struct slice key[3];
    unsigned keys;
};

static const char *const kinds[] = {"found as it is", "found without its detail", "not found"};

static struct question *
make_questions(unsigned kind)
{
    struct question *all = ARENA_ARRAY(arena, LOOKUPS, struct question);
    unsigned state = 1;

    for (unsigned n = 0; n < LOOKUPS; n++) {
        struct question *question = &all[n];
        unsigned i = (state = state * 1664525u + 1013904223u) % logins;
        struct slice address =
            slice_of(arena_printf(arena, "user%u%s@example%u.%s", i, kind == 1 ? "+tag" : "",
                                  i % 1000, kind == 2 ? "org" : "com"));

        if (!value_read(arena, TYPE_ADDRESS, address, LOCAL_CASE_IGNORE, &question->value))
            give_up("no address");
        question->key[question->keys++] = address;
        if (kind == 1)
            question->key[question->keys++] =
                slice_of(arena_printf(arena, "user%u@example%u.com", i, i % 1000));
        if (kind == 2)
            question->key[question->keys++] =
                slice_of(arena_printf(arena, "@example%u.org", i % 1000));
    }
    return all;
}

static double
time_table(const struct table *table, const struct question *question, bool expected)
{
    struct arena *own = arena_new(1 << 20);
    double begun = seconds();

    for (unsigned n = 0; n < LOOKUPS; n++) {
        struct table_answer answer = table_lookup(table, own, &question[n].value, NULL);

        if ((answer.result == TABLE_FOUND) != expected)
            give_up("a wrong answer");
        arena_reset(own);
    }
    begun = seconds() - begun;
    arena_free(&own);
    return begun / LOOKUPS * 1e6;
}

static double
time_bare(MDB_txn *txn, MDB_dbi dbi, const struct question *question, bool expected)
{
    double begun = seconds();

    for (unsigned n = 0; n < LOOKUPS; n++) {
        int error = MDB_NOTFOUND;

        for (unsigned k = 0; k < question[n].keys; k++) {
            MDB_val key = {question[n].key[k].len + 1, (void *)question[n].key[k].at}, value;

            error = mdb_get(txn, dbi, &key, &value);
        }
        if ((error == 0) != expected)
            give_up("a wrong bare answer");
    }
    return (seconds() - begun) / LOOKUPS * 1e6;
}

/* Of the rounds the quickest, which nothing else on this machine slowed down. */
static double
least(const double *values)
{
    double found = values[0];

    for (unsigned i = 1; i < rounds; i++)
        found = values[i] < found ? values[i] : found;
    return found;
}

static void
print_times(const char *kind, unsigned keys, double bare, double lmdb, double texthash)
{
    printf("%s, %u keys asked: bare lmdb get %.2f us, lmdb %.2f us (ratio %.2f), "
           "texthash %.2f us (ratio %.2f)\n",
           kind, keys, bare, lmdb, lmdb / bare, texthash, texthash / bare);
}

int
main(int argc, char **argv)
{
    struct table *lmdb, *texthash;
    MDB_txn *txn;
    MDB_dbi dbi;
    MDB_env *env;

    if (argc > 1)
        logins = (unsigned)strtoul(argv[1], NULL, 10);
    if (argc > 2)
        rounds = (unsigned)strtoul(argv[2], NULL, 10);
    arena = arena_new(SIZE_MAX);
    if (logins == 0 || rounds == 0 || rounds > MOST_ROUNDS || mkdtemp(directory) == NULL)
        give_up("usage: bench_table [LOGINS [ROUNDS]]");
    write_files();
    lmdb = open_table("lmdb");
    texthash = open_table("texthash");
    env = open_env(MDB_RDONLY, &txn, &dbi);
    for (unsigned kind = 0; kind < sizeof kinds / sizeof kinds[0]; kind++) {
        struct question *questions = make_questions(kind);
        double bare[MOST_ROUNDS] = {0}, ours[MOST_ROUNDS] = {0}, text[MOST_ROUNDS] = {0};

        for (unsigned i = 0; i < rounds; i++) {
            bare[i] = time_bare(txn, dbi, questions, kind != 2);
            ours[i] = time_table(lmdb, questions, kind != 2);
            text[i] = time_table(texthash, questions, kind != 2);
        }
        print_times(kinds[kind], questions[0].keys, least(bare), least(ours), least(text));
    }
    mdb_txn_abort(txn);
    mdb_env_close(env);
    unlink(path_of("logins"));
    unlink(path_of("logins.lmdb"));
    rmdir(directory);
    arena_free(&arena);
    return 0;
}
