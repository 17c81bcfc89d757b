/* Tables of type sqlite: what their files may say, and what may happen to a database. */
#include <pthread.h>

#include "table_kit.h"
#include "tap.h"

static const char data[] =
    "CREATE TABLE o (k TEXT, v TEXT, n INTEGER);\n"
    "INSERT INTO o VALUES ('alice@example.com', 'alice', 1), ('alice@example.com', 'team', 2),\n"
    "('o''neil@example.com', 'neil', 3), ('100%', 'percent', 4), ('bare', 'local', 5);\n";

static bool
make_database(const char *name, const char *sql)
{
    write_file("sql", slice_of(sql));
    unlink(path_of(name));
    return RUN("sql", "sqlite3", path_of(name)) == 0;
}

static struct table_place *
place_with(const char *settings, const char **reason_r)
{
    const char *text = arena_printf(arena, "dbpath = %s\n%s", path_of("database"), settings);

    return place_of("sqlite", write_file("cf", slice_of(text)), reason_r);
}

/* Behind dbpath, or all of it; what is said of it behind the name of the file. */
static const struct {
    const char *settings, *said;
} mistakes[] = {
    {"query = SELECT v FROM o\nhosts = db1\n",
     "line 3: \"hosts\" is not known here; known are dbpath, query, result_format, "
     "expansion_limit and domain"},
    {"table = o\n", "line 2: \"table\" is not known here; known are dbpath, query, result_format, "
                    "expansion_limit and domain"},
    {"query SELECT v\n", "line 2: a line is NAME = VALUE"},
    {"result_format = %s\n",
     "it has no query, as in: query = SELECT login FROM owners WHERE address = '%s'"},
    {"query = SELECT '%x'\n", "behind \"%\" its query has another than s u d S U D 1 to 9 and %"},
    {"query = SELECT '%s' %", "behind \"%\" its query has another than s u d S U D 1 to 9 and %"},
    {"query = SELECT v FROM o\nresult_format = %0\n",
     "behind \"%\" its result_format has another than s u d S U D 1 to 9 and %"},
    {"query = SELECT v FROM o WHERE k = '%s\n",
     "its query has a text that isn't closed by a \"'\""},
    {"query = SELECT v FROM o WHERE k = \"%s\"\n",
     "its query has double quotes; a text stands in single quotes, as in '%s'"},
    {"query = SELECT v FROM o\nexpansion_limit = some\n",
     "line 3: its expansion_limit is no number"},
    {"query = SELECT v FROM o\ndomain = hash:/etc/domains\n",
     "its domain has another than names of domains"},
    {"query = DELETE FROM o\n", "its query is no SELECT"},
    {"query = SELECT v FROM o; SELECT 1\n", "something stands behind its query"},
    {"query = SELECT v FROM o\ndbpath = relative\n", "its dbpath doesn't begin with \"/\""},
};

static void
test_mistakes(void)
{
    for (size_t i = 0; i < COUNT(mistakes); i++) {
        const char *reason = "";
        const struct table_place *place = place_with(mistakes[i].settings, &reason);
        const char *path = path_of("cf");

        tap_check(place == NULL && strncmp(reason, path, strlen(path)) == 0 &&
                      strcmp(reason + strlen(path) + 2, mistakes[i].said) == 0,
                  "%s", place ? mistakes[i].settings : reason);
    }
}

/* What SQLite says itself, and what is asked for and found. */
static void
test_database(void)
{
    const char *reason = "";

    tap_check(place_with("query = SELECT w FROM o\n", &reason) == NULL &&
                  strstr(reason, "/database: no such column: w"),
              "%s", reason);
    tap_check(place_with("query = SELECT v FROM o\ndbpath = /nowhere\n", &reason) == NULL &&
                  strstr(reason, "/nowhere: No such file or directory"),
              "%s", reason);
    write_file("text", SLICE("no database, but a text that is long enough to be none of them\n"));
    tap_check(place_with(arena_printf(arena, "query = SELECT 1\ndbpath = %s\n", path_of("text")),
                         &reason),
              "a query that reads no table asks no file: %s", reason);
    tap_check(place_with(arena_printf(arena, "query = SELECT v FROM o\ndbpath = %s\n",
                                      path_of("text")),
                         &reason) == NULL &&
                  strstr(reason, "file is not a database"),
              "%s", reason);
}

static const struct {
    const char *key, *value; /* NULL: not found */
} lookups[] = {
    {"alice@example.com", "alice,team"},
    {"ALICE@example.com", "alice,team"},
    {"o'neil@example.com", "neil"},
    {"100%", "percent"},
    {"bare", "local"},
    {"' OR 1=1 --", NULL},
    {"%", NULL},
    {"", NULL},
};

static void
test_lookups(void)
{
    const char *reason = "";
    struct table table =
        table_of(place_with("query = SELECT v FROM o WHERE k = '%s' ORDER BY n\n", &reason));

    for (size_t i = 0; table.places && i < COUNT(lookups); i++) {
        const char *value = lookups[i].value;

        tap_check(value ? finds(&table, lookups[i].key, value)
                        : ask(&table, lookups[i].key).result == TABLE_NOT_FOUND,
                  "\"%s\"", lookups[i].key);
    }
    table = table_of(place_with("query = SELECT v FROM o WHERE k = '%s'\nexpansion_limit = 1\n",
                                &reason));
    tap_check(table.places && ask(&table, "alice@example.com").result == TABLE_COULD_NOT_ASK &&
                  finds(&table, "bare", "local"),
              "more than expansion_limit can't be asked");
    table = table_of(place_with("query = SELECT v FROM o WHERE n = %s\n", &reason));
    tap_check(table.places && finds(&table, "4", "percent") &&
                  ask(&table, "4 OR 1=1").result == TABLE_NOT_FOUND,
              "a number without quotes is bound too");
}

/* A database is seen as it changes, and another that takes its place. */
static void
test_changes(void)
{
    const char *reason = "";
    struct table table = table_of(place_with("query = SELECT v FROM o WHERE k = '%s'\n", &reason));
    struct table_answer answer;

    tap_check(table.places && finds(&table, "bare", "local"), "as it was %s", reason);
    write_file("sql", SLICE("UPDATE o SET v = 'changed' WHERE k = 'bare';\n"));
    tap_check(RUN("sql", "sqlite3", path_of("database")) == 0 && finds(&table, "bare", "changed"),
              "as it was changed");
    tap_check(make_database("other",
                            "CREATE TABLE o (k, v); INSERT INTO o VALUES ('bare', 'new');") &&
                  rename(path_of("other"), path_of("database")) == 0 &&
                  finds(&table, "bare", "new"),
              "as it was replaced");
    unlink(path_of("database"));
    answer = ask(&table, "bare");
    tap_check(answer.result == TABLE_COULD_NOT_ASK && strstr(answer.reason, "/cf: unable to open"),
              "gone: %s", answer.reason ? answer.reason : "");
    tap_check(make_database("database", data) && finds(&table, "bare", "local"), "back again");
}

static struct table
table_with_cache(int64_t cache_ms)
{
    struct table_options options = {.timeout_ms = TABLE_TIMEOUT_MS, .cache_ms = cache_ms};
    const char *cf = arena_printf(arena, "dbpath = %s\nquery = SELECT v FROM o WHERE k = '%%s'\n",
                                  path_of("database"));
    struct table_place *place = ARENA_NEW(arena, struct table_place);
    const char *reason;

    cf = arena_printf(arena, "unionmap:{sqlite:%s}", write_file("cf", slice_of(cf)));
    if (!table_place_open(arena, slice_of(cf), (struct place){0}, &options, place, &reason))
        abort();
    return table_of(place);
}

static bool
isnt_found(const struct table *table, const char *key)
{
    return ask(table, key).result == TABLE_NOT_FOUND;
}

static bool
change_database(const char *sql)
{
    write_file("sql", slice_of(sql));
    return RUN("sql", "sqlite3", path_of("database")) == 0;
}

/* Found and not found are kept, and that it could not be asked isn't. */
static void
test_cache(void)
{
    struct table table = table_with_cache(60000), brief = table_with_cache(300);
    const char *const long_key = arena_printf(arena, "%0600d", 0);

    tap_check(finds(&table, "bare", "local") && isnt_found(&table, "new") &&
                  isnt_found(&table, long_key) && finds(&brief, "bare", "local") &&
                  isnt_found(&brief, "new"),
              "as it was");
    change_database(arena_printf(arena,
                                 "UPDATE o SET v = 'changed' WHERE k = 'bare';\n"
                                 "INSERT INTO o VALUES ('new', 'one', 6), ('%s', 'long', 7);\n",
                                 long_key));
    tap_check(finds(&table, "bare", "local") && isnt_found(&table, "new"), "as it is kept");
    tap_check(finds(&table, long_key, "long"), "too long to be kept");
    usleep(400 * 1000);
    tap_check(finds(&brief, "bare", "changed") && finds(&brief, "new", "one"), "after its time");
    unlink(path_of("database"));
    tap_check(finds(&table, "bare", "local"), "kept when it can't be asked");
    tap_check(ask(&table, "100%").result == TABLE_COULD_NOT_ASK, "what isn't kept, can't be asked");
    tap_check(make_database("database", data) && finds(&table, "100%", "percent"),
              "and that isn't kept either");
}

struct asker {
    const struct table *table;
    unsigned wrong;
};

static void *
ask_often(void *of)
{
    struct asker *asker = of;
    struct arena *own = arena_new(SIZE_MAX);

    for (unsigned i = 0; i < 3000; i++) {
        struct slice key = slice_of(arena_printf(own, "k%u", i % 2999));
        struct value value = value_text(key);
        struct table_answer answer = table_lookup(asker->table, own, &value, NULL);

        asker->wrong += answer.result != TABLE_FOUND || !slice_equal(answer.value, key);
    }
    arena_free(&own);
    return NULL;
}

/* More keys than there is room for, by several threads. */
static void
test_cache_threads(void)
{
    struct table table = table_with_cache(2);
    struct asker askers[4];
    pthread_t threads[COUNT(askers)];
    unsigned wrong = 0;

    change_database("WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 2999)"
                    "INSERT INTO o SELECT 'k' || i, 'k' || i, i FROM n; CREATE INDEX x ON o (k);");
    for (size_t i = 0; i < COUNT(askers); i++) {
        askers[i] = (struct asker){&table, 0};
        pthread_create(&threads[i], NULL, ask_often, &askers[i]);
    }
    for (size_t i = 0; i < COUNT(askers); i++) {
        pthread_join(threads[i], NULL);
        wrong += askers[i].wrong;
    }
    tap_check(wrong == 0, "each gets the answer to its own key; %u wrong", wrong);
}

/* Somebody writes all the time. */
static void
test_busy(void)
{
    const char *reason = "";
    struct table table = table_of(place_with("query = SELECT v FROM o WHERE k = '%s'\n", &reason));
    const char *busy = arena_printf(arena, "BEGIN EXCLUSIVE;\n.shell touch %s\n.shell sleep 4\n",
                                    path_of("locked"));
    pid_t child;
    struct table_answer answer;

    write_file("busy", slice_of(busy));
    child = fork();
    if (child == 0) {
        int status = RUN("busy", "sqlite3", path_of("database"));

        _exit(status);
    }
    for (int i = 0; i < 300 && access(path_of("locked"), F_OK) < 0; i++)
        usleep(10000);
    table.options.timeout_ms = 300;
    answer = ask(&table, "bare");
    tap_check(answer.result == TABLE_COULD_NOT_ASK && strstr(answer.reason, "database is locked"),
              "busy: %s", answer.reason ? answer.reason : "");
    waitpid(child, NULL, 0);
    tap_check(finds(&table, "bare", "local"), "and then it isn't");
}

/* A query that goes on and on ends with the time that the table has. */
static void
test_late(void)
{
    const char *reason = "";
    struct table table = table_of(
        place_with("query = WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) "
                   "SELECT i FROM n WHERE i < 0\n",
                   &reason));
    struct table_answer answer;

    table.options.timeout_ms = 200;
    answer = ask(&table, "bare");
    tap_check(answer.result == TABLE_COULD_NOT_ASK && strstr(answer.reason, "interrupted"),
              "late: %s", answer.reason ? answer.reason : reason);
}

int
main(void)
{
    static const char *const files[] = {"database", "sql",    "cf",    "text", "other",
                                        "busy",     "locked", "aside", "out",  NULL};

    arena = arena_new(SIZE_MAX);
    if (mkdtemp(directory) == NULL)
        return 1;
    if (table_driver_find(SLICE("sqlite")) == NULL || !make_database("database", data)) {
        tap_skip("sqlite isn't built, or the program sqlite3 isn't here");
    } else {
        test_mistakes();
        test_database();
        test_lookups();
        test_changes();
        test_cache();
        test_cache_threads();
        test_busy();
        test_late();
    }
    remove_files(files);
    arena_free(&arena);
    return tap_done();
}
