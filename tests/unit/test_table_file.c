/* Files of tables that are replaced, vanish and are cut off while they are asked; large ones. An
 * argument says how many keys the large one has. */
#include <pthread.h>
#include <stdatomic.h>

#include "table_kit.h"
#include "tap.h"

static void
wait_for_look(void)
{
    nanosleep(&(struct timespec){.tv_sec = 1, .tv_nsec = 50000000}, NULL);
}

static void
test_changes(void)
{
    const char *reason, *path = write_file("changing", SLICE("a one\n"));
    const char *blocks_path = write_file("blocks", SLICE("192.0.2.0/24 one\n"));
    struct table table = table_of(place_of("texthash", path, &reason));
    struct table cidr = table_of(place_of("cidr", blocks_path, &reason));
    struct table_answer answer;
    int log;

    tap_check(finds(&table, "a", "one") && finds(&cidr, "192.0.2.1", "one"), "before");
    write_file("changing", SLICE("a two\nb three\n"));
    write_file("blocks", SLICE("192.0.2.1/24 two\n"));
    wait_for_look();
    tap_check(finds(&table, "a", "two") && finds(&table, "b", "three"), "replaced");
    log = log_to_file();
    answer = ask(&cidr, "192.0.2.1");
    tap_check(answer.result == TABLE_COULD_NOT_ASK && strstr(answer.reason, "blocks: line 1:"),
              "replaced by one with a mistake: %s", answer.reason);
    ask(&cidr, "192.0.2.1");
    tap_check(log_lines(log, blocks_path) == 1, "logged once");
    unlink(path);
    write_file("blocks", SLICE("192.0.2.0/24 three\n"));
    wait_for_look();
    log = log_to_file();
    answer = ask(&table, "a");
    ask(&table, "a");
    tap_check(log_lines(log, path) == 1, "logged once");
    tap_check(answer.result == TABLE_COULD_NOT_ASK &&
                  strstr(answer.reason, "changing: No such file or directory"),
              "vanished: %s", answer.reason);
    tap_check(finds(&cidr, "192.0.2.1", "three"), "mended");
    mkdir(path, 0700);
    wait_for_look();
    answer = ask(&table, "a");
    tap_check(answer.result == TABLE_COULD_NOT_ASK && strstr(answer.reason, "it is a directory"),
              "unreadable: %s", answer.reason);
    rmdir(path);
    write_file("changing", SLICE("a back\n"));
    wait_for_look();
    tap_check(finds(&table, "a", "back"), "back again");
}

/* Written in place: while it is being written, the old contents answer. */
static void
test_truncation(void)
{
    const char *reason, *path = write_file("inplace", SLICE("a one\nb two\n"));
    struct table table = table_of(place_of("texthash", path, &reason));
    FILE *file;

    wait_for_look();
    file = fopen(path, "w");
    tap_check(finds(&table, "b", "two"), "cut off, and not yet written");
    fputs("a new\nb new\n", file);
    fclose(file);
    wait_for_look();
    wait_for_look();
    tap_check(finds(&table, "a", "new") && finds(&table, "b", "new"), "written");
}

static bool
is_opened(const char *text, const char **reason_r)
{
    *reason_r = "";
    return place_of("texthash", write_file("start", slice_of(text)), reason_r) != NULL;
}

static void
test_start(void)
{
    static const char *const formless[] = {"a\n", "# a one\nalice@example.com,alice\nb\n",
                                           "\"open one\n"};
    static const char *const empty[] = {"", "\n", "# nobody yet\n", "\n  # a one\n\n"};
    const char *reason;

    for (size_t i = 0; i < COUNT(formless); i++) {
        bool opened = is_opened(formless[i], &reason);

        tap_check(!opened && strstr(reason, "start: no line"), "no line has its form, %zu: %s", i,
                  reason);
    }
    for (size_t i = 0; i < COUNT(empty); i++) {
        struct table_place *place;

        is_opened(empty[i], &reason);
        place = place_of("texthash", path_of("start"), &reason);
        tap_check(place && table_is_empty(place), "it is empty, %zu", i);
    }
    tap_check(is_opened("a\nb two\n", &reason), "one line has its form");
}

/* A file that is gone, and comes back empty, isn't empty for that. */
static void
test_coming_back_empty(void)
{
    const char *reason, *path = write_file("losing", SLICE("a one\n"));
    struct table table = table_of(place_of("texthash", path, &reason));
    int log = log_to_file();

    unlink(path);
    wait_for_look();
    ask(&table, "a");
    write_file("losing", SLICE(""));
    wait_for_look();
    tap_check(ask(&table, "a").result == TABLE_COULD_NOT_ASK, "gone, and empty when it is back");
    tap_check(log_lines(log, path) == 2, "each is logged once");
    write_file("losing", SLICE("a two\n"));
    wait_for_look();
    tap_check(finds(&table, "a", "two"), "and with entries");
}

/* What an empty file, or one of which no line has its form, is when it is read again. */
static void
test_losing_all(void)
{
    static const char *const texts[] = {"", "# nobody\n", "a:one\nb:two\n"};

    for (size_t i = 0; i < COUNT(texts); i++) {
        const char *reason, *path = write_file("losing", SLICE("a one\n"));
        struct table table = table_of(place_of("texthash", path, &reason));

        int log = log_to_file();

        write_file("losing", slice_of(texts[i]));
        wait_for_look();
        tap_check(finds(&table, "a", "one") && ask(&table, "b").result == TABLE_NOT_FOUND,
                  "no entries any more, %zu: the old ones stay", i);
        wait_for_look();
        tap_check(finds(&table, "a", "one") && log_lines(log, path) == 1,
                  "no entries any more, %zu: one line is logged", i);
        write_file("losing", SLICE("b two\n"));
        wait_for_look();
        tap_check(finds(&table, "b", "two") && ask(&table, "a").result == TABLE_NOT_FOUND,
                  "entries again, %zu", i);
    }
}

/* A value that isn't of the type that the policy says is told with its line, and harms no other. */
static void
test_types(void)
{
    static const struct table_options options = {.timeout_ms = TABLE_TIMEOUT_MS, .as = TYPE_SIZE};
    const char *path = write_file("sizes", SLICE("a 5MB\n")), *reason;
    struct table_place *place = ARENA_NEW(arena, struct table_place);
    struct slice text = slice_of(arena_printf(arena, "texthash:%s", path));
    int log = log_to_file();
    struct table_unreadable unreadable;
    struct table table;

    if (!table_place_open(arena, text, (struct place){0}, &options, place, &reason))
        abort();
    table = table_of(place);
    tap_check(!table_find_unreadable(place, arena, TYPE_SIZE, &unreadable), "a size");
    write_file("sizes", SLICE("# sizes\na 6MB\nb 7,\nc\n  many\nd 1 2\n"));
    wait_for_look();
    tap_check(finds(&table, "a", "6MB") && finds(&table, "c", "many"),
              "the file is read all the same");
    tap_check(log_lines(log, arena_printf(arena, "%s: line 4: \"many\" is not a size", path)) == 1,
              "the first that is no size is logged, with its line");
    tap_check(table_find_unreadable(place, arena, TYPE_SIZE, &unreadable) && unreadable.line == 4 &&
                  strcmp(unreadable.path, path) == 0,
              "and found by whoever asks");
    log = log_to_file();
    write_file("sizes", SLICE("a 8MB\n"));
    wait_for_look();
    tap_check(finds(&table, "a", "8MB") && log_lines(log, path) == 0, "nothing is logged of sizes");
}

struct race {
    const struct table *table;
    atomic_bool stop;
    bool ok;
    size_t asked;
};

static void *
keep_asking(void *of)
{
    struct race *race = of;
    struct arena *own = arena_new(1 << 20);
    struct value key = value_text(SLICE("a"));

    race->ok = true;
    for (; !race->stop; race->asked++) {
        struct table_answer answer = table_lookup(race->table, own, &key, NULL);

        race->ok = race->ok && answer.result == TABLE_FOUND && answer.value.len == 3;
        arena_reset(own);
    }
    arena_free(&own);
    return NULL;
}

static void
test_threads(void)
{
    enum { THREADS = 4 };
    const char *reason, *path = write_file("shared", SLICE("a one\n"));
    struct table table = table_of(place_of("texthash", path, &reason));
    struct race race[THREADS];
    pthread_t thread[THREADS];

    for (int i = 0; i < THREADS; i++) {
        race[i] = (struct race){.table = &table};
        pthread_create(&thread[i], NULL, keep_asking, &race[i]);
    }
    write_file("shared", SLICE("a two\n"));
    wait_for_look();
    write_file("shared", SLICE("a six\n"));
    wait_for_look();
    for (int i = 0; i < THREADS; i++) {
        race[i].stop = true;
        pthread_join(thread[i], NULL);
        tap_check(race[i].ok && race[i].asked > 0, "thread %d, %zu lookups", i, race[i].asked);
    }
    tap_check(finds(&table, "a", "six"), "the newest contents at the end");
}

static double
seconds(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void
test_large(size_t count)
{
    struct buffer *text = ARENA_NEW(arena, struct buffer);
    const char *reason, *path;
    struct table table;
    double begun;
    size_t found = 0;

    buffer_init(text, arena, SIZE_MAX / 4);
    for (size_t i = 0; i < count; i++)
        buffer_printf(text, "user%zu@example%zu.com login%zu\n", i, i % 1000, i);
    path = write_file("large", buffer_slice(text));
    begun = seconds();
    table = table_of(place_of("texthash", path, &reason));
    printf("# %zu keys in %.3f s\n", count, seconds() - begun);
    begun = seconds();
    for (size_t i = 0; i < count; i += 7)
        found += finds(&table, arena_printf(arena, "user%zu@EXAMPLE%zu.com", i, i % 1000),
                       arena_printf(arena, "login%zu", i));
    printf("# %zu lookups in %.3f s\n", found, seconds() - begun);
    tap_check(found == (count + 6) / 7, "%zu keys", count);
}

static void
test_large_cidr(void)
{
    enum { BLOCKS = 100000 };
    struct buffer *text = ARENA_NEW(arena, struct buffer);
    const char *reason;
    struct table table;
    double begun = seconds();
    size_t found = 0;

    buffer_init(text, arena, SIZE_MAX / 4);
    for (int i = 0; i < BLOCKS; i++)
        buffer_printf(text, "10.%d.%d.%d/31 n%d\n", i >> 15, i >> 7 & 255, i << 1 & 255, i);
    table = table_of(place_of("cidr", write_file("many", buffer_slice(text)), &reason));
    for (int i = 0; i < BLOCKS; i++)
        found += ask(&table,
                     arena_printf(arena, "10.%d.%d.%d", i >> 15, i >> 7 & 255, (i << 1 & 255) + 1))
                     .result == TABLE_FOUND;
    printf("# %d blocks read and asked in %.3f s\n", BLOCKS, seconds() - begun);
    tap_check(found == BLOCKS, "%d blocks", BLOCKS);
}

int
main(int argc, char **argv)
{
    static const char *const files[] = {"changing", "blocks", "inplace", "shared", "large",
                                        "many",     "start",  "losing",  "log",    NULL};

    arena = arena_new(SIZE_MAX);
    if (mkdtemp(directory) == NULL)
        return 1;
    test_changes();
    test_start();
    test_losing_all();
    test_types();
    test_coming_back_empty();
    test_truncation();
    test_threads();
    test_large(argc > 1 ? strtoul(argv[1], NULL, 10) : 100000);
    test_large_cidr();
    remove_files(files);
    arena_free(&arena);
    return tap_done();
}
