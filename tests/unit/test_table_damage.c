/* Files of tables that were cut off or hold flipped bits: an error with the file's name or the
 * right answer, and never a crash. Then tables that postmap(1) writes afresh while threads ask. */
#include <pthread.h>
#include <stdatomic.h>

#include "table_kit.h"
#include "tap.h"

enum { KEYS = 400, PAGE = 4096 };

static const struct kind {
    const char *type, *suffix;
} kinds[] = {{"hash", ".db"}, {"btree", ".db"}, {"lmdb", ".lmdb"}, {"cdb", ".cdb"}};

static const char *
key_text(unsigned i)
{
    return arena_printf(arena, "user%u@example%u.com", i, i % 7);
}

/* One value is larger than a page. */
static const char *
value_text_of(unsigned i)
{
    return arena_printf(arena, i == 16 ? "login%u %09000u" : "login%u,%u", i, i * 3);
}

static bool
make_map(const struct kind *kind, const char *name, unsigned keys, const char *extra)
{
    struct buffer *text = ARENA_NEW(arena, struct buffer);

    buffer_init(text, arena, SIZE_MAX / 4);
    buffer_text(text, extra);
    for (unsigned i = 0; i < keys; i++)
        buffer_printf(text, "%s %s\n", key_text(i), value_text_of(i));
    write_file(name, buffer_slice(text));
    return postmap(kind->type, name);
}

static bool
is_here(const struct kind *kind)
{
    if (table_driver_find(slice_of(kind->type)) == NULL)
        tap_skip("this Postern is built without %s", kind->type);
    else if (!postfix_has(kind->type))
        tap_skip("Postfix's table type %s isn't installed", kind->type);
    else
        return true;
    return false;
}

/* A bit of a key or a value that is flipped makes another table of it, which nobody can tell. */
static bool *
mark_texts(struct slice file)
{
    bool *marks = arena_alloc(arena, file.len);

    for (unsigned i = 0; i < 2 * KEYS; i++) {
        struct slice text = slice_of(i % 2 ? key_text(i / 2) : value_text_of(i / 2));
        const char *at = file.at;

        while ((at = memmem(at, (size_t)(file.at + file.len - at), text.at, text.len)) != NULL) {
            memset(marks + (at - file.at), true, text.len);
            at++;
        }
    }
    /* The large value stands in several pages. */
    for (size_t at = 0; at + 16 <= file.len; at++)
        if (memcmp(file.at + at, "login16 00000000", 16) == 0 ||
            memcmp(file.at + at, "0000000000000000", 16) == 0)
            memset(marks + at, true, 16);
    return marks;
}

enum outcome { REFUSED, RIGHT, WRONG, NAMELESS };

static enum outcome
ask_damaged(const struct kind *kind, const char *name, struct slice text)
{
    struct arena *own = arena_new(SIZE_MAX);
    const char *path = write_file(arena_printf(own, "%s%s", name, kind->suffix), text);
    const char *reason = "";
    struct table_place place;
    enum outcome outcome = RIGHT;

    if (!open_place(own, kind->type, path_of(name), &place, &reason))
        outcome = strstr(reason, path) ? REFUSED : NAMELESS;
    for (unsigned i = 0; place.state && i < KEYS; i++) {
        struct table_answer answer = find_in(&place, own, slice_of(key_text(i)));

        if (answer.result == TABLE_COULD_NOT_ASK)
            outcome = strstr(answer.reason, path) ? REFUSED : NAMELESS;
        else if (answer.result != TABLE_FOUND ||
                 !slice_equal(answer.value, slice_of(value_text_of(i))))
            outcome = WRONG;
    }
    arena_free(&own);
    return outcome;
}

struct damage_tally {
    unsigned of[4];
};

static struct damage_tally
cut_off(const struct kind *kind, struct slice file)
{
    struct damage_tally tally = {{0}};

    for (size_t len = 0; len < file.len; len += 100) {
        struct arena *outer = arena;

        arena = arena_new(SIZE_MAX);
        tally.of[ask_damaged(kind, "damaged", slice_first(file, len))]++;
        arena_free(&arena);
        arena = outer;
    }
    return tally;
}

static struct damage_tally
flip_bits(const struct kind *kind, struct slice file, size_t step)
{
    bool *marks = mark_texts(file);
    char *octets = arena_string(arena, file);
    struct damage_tally tally = {{0}};

    for (size_t at = 0; at < file.len; at += at < 256 ? 1 : step) {
        struct arena *outer = arena;
        enum outcome outcome;

        arena = arena_new(SIZE_MAX);
        octets[at] = (char)(octets[at] ^ 1 << at % 8);
        outcome = ask_damaged(kind, "damaged", (struct slice){octets, file.len});
        if (outcome == WRONG && marks[at])
            outcome = RIGHT;
        else if (outcome == WRONG)
            printf("# %s: octet %zu of %zu\n", kind->type, at, file.len);
        tally.of[outcome]++;
        octets[at] = file.at[at];
        arena_free(&arena);
        arena = outer;
    }
    return tally;
}

static void
test_damage(const struct kind *kind, size_t step)
{
    struct damage_tally tally;
    struct slice file;

    if (!make_map(kind, "sound", KEYS, ""))
        printf("# postmap failed\n");
    file = read_file(arena_printf(arena, "%s%s", path_of("sound"), kind->suffix));
    tap_check(ask_damaged(kind, "damaged", file) == RIGHT, "%s: %zu octets, undamaged", kind->type,
              file.len);
    tally = cut_off(kind, file);
    tap_check(tally.of[WRONG] + tally.of[NAMELESS] == 0 && tally.of[REFUSED] > 0,
              "%s cut off: %u refused, %u right, %u wrong", kind->type, tally.of[REFUSED],
              tally.of[RIGHT], tally.of[WRONG]);
    tally = flip_bits(kind, file, step);
    tap_check(tally.of[WRONG] + tally.of[NAMELESS] == 0 && tally.of[REFUSED] > 0,
              "%s with a flipped bit: %u refused, %u right, %u wrong", kind->type,
              tally.of[REFUSED], tally.of[RIGHT], tally.of[WRONG]);
}

static unsigned seed = 1;

/* Numbers that look random and are the same each time. */
static unsigned
draw(size_t below)
{
    seed = seed * 1664525u + 1013904223u;
    return (unsigned)(((uint64_t)seed * below) >> 32);
}

static void
scribble(char *at, size_t len)
{
    while (len-- > 0)
        *at++ = (char)draw(256);
}

/* Wrong numbers above all, since those lead elsewhere. Gives the new length. */
static size_t
damage_somehow(char *octets, size_t len)
{
    size_t at = draw(len - 64), page = at / PAGE * PAGE, other = draw(len / PAGE) * PAGE;

    switch (draw(10)) {
    case 0:
        octets[at] = (char)(octets[at] ^ 1 << draw(8));
        break;
    case 1:
        scribble(octets + at, 1);
        break;
    case 2:
        scribble(octets + at / 2 * 2, 2);
        break;
    case 3:
        scribble(octets + at / 4 * 4, 4);
        break;
    case 4:
        memcpy(octets + at / 4 * 4, &(uint32_t){draw(len / PAGE + 2)}, 4);
        break;
    case 5:
        memcpy(octets + page + draw(24), &(uint32_t){draw(len / PAGE + 2)}, 4);
        break;
    case 6:
        scribble(octets + page + draw(400), 1 + draw(3));
        break;
    case 7:
        scribble(octets + at, 64);
        break;
    case 8:
        memset(octets + page, 0, len - page < PAGE ? len - page : PAGE);
        break;
    default:
        memmove(octets + page, octets + other, len - page < PAGE ? len - page : PAGE);
        return draw(4) ? len : at;
    }
    return len;
}

static bool
hits_texts(struct slice file, const char *octets, const bool *marks)
{
    for (size_t i = 0; i < file.len; i++)
        if (marks[i] && octets[i] != file.at[i])
            return true;
    return false;
}

static void
test_random_damage(const struct kind *kind, unsigned times)
{
    struct slice file = read_file(arena_printf(arena, "%s%s", path_of("sound"), kind->suffix));
    const bool *marks = mark_texts(file);
    struct damage_tally tally = {{0}};

    for (unsigned i = 0; i < times; i++) {
        struct arena *outer = arena;
        unsigned before = seed;
        enum outcome outcome;
        struct slice damaged;
        char *octets;

        arena = arena_new(SIZE_MAX);
        octets = arena_string(arena, file);
        damaged = (struct slice){octets, damage_somehow(octets, file.len)};
        outcome = ask_damaged(kind, "damaged", damaged);
        if (outcome == WRONG && hits_texts(file, octets, marks))
            outcome = RIGHT;
        else if (outcome == WRONG)
            printf("# %s: damage %u, from seed %u\n", kind->type, i, before);
        tally.of[outcome]++;
        arena_free(&arena);
        arena = outer;
    }
    tap_check(tally.of[WRONG] + tally.of[NAMELESS] == 0 && tally.of[REFUSED] > times / 4,
              "%s damaged at random: %u refused, %u right, %u wrong", kind->type, tally.of[REFUSED],
              tally.of[RIGHT], tally.of[WRONG]);
}

struct asker {
    const struct table *table;
    atomic_bool stop;
    unsigned asked, failed;
    pthread_t thread;
};

static void *
keep_asking(void *of)
{
    struct asker *asker = of;
    struct arena *own = arena_new(1 << 20);

    for (; !asker->stop; asker->asked++) {
        struct value key = value_text(SLICE("user5@example5.com"));
        struct table_answer answer = table_lookup(asker->table, own, &key, NULL);

        asker->failed +=
            answer.result != TABLE_FOUND || !slice_equal(answer.value, SLICE("login5,15"));
        arena_reset(own);
    }
    arena_free(&own);
    return NULL;
}

static void
pause_for(unsigned ms)
{
    nanosleep(&(struct timespec){ms / 1000, ms % 1000 * 1000000L}, NULL);
}

/* postmap rewrites hash, btree and lmdb in place, and renames a new cdb over the old. */
static void
test_rewriting(const struct kind *kind)
{
    enum { THREADS = 3 };
    const char *reason = "";
    struct asker asker[THREADS];
    struct table table;
    bool fine = make_map(kind, "live", KEYS, "which one\n");

    table = table_of(place_of(kind->type, path_of("live"), &reason));
    tap_check(fine && table.places && finds(&table, "which", "one"), "%s: before", kind->type);
    if (table.places == NULL)
        return;
    for (unsigned i = 0; i < THREADS; i++) {
        asker[i] = (struct asker){.table = &table};
        pthread_create(&asker[i].thread, NULL, keep_asking, &asker[i]);
    }
    for (unsigned i = 0; i < 3; i++)
        fine = make_map(kind, "live", KEYS * (3 - i), "which two\n") && fine;
    pause_for(2300);
    tap_check(fine && finds(&table, "which", "two"), "%s: rewritten by postmap", kind->type);
    for (unsigned i = 0; i < THREADS; i++) {
        asker[i].stop = true;
        pthread_join(asker[i].thread, NULL);
        tap_check(asker[i].failed == 0 && asker[i].asked > 0,
                  "%s: thread %u, %u lookups, %u failed", kind->type, i, asker[i].asked,
                  asker[i].failed);
    }
}

static void
test_becoming_damaged(const struct kind *kind)
{
    const char *reason = "", *name = arena_printf(arena, "live%s", kind->suffix);
    bool fine = make_map(kind, "live", KEYS, "which one\n");
    struct slice file = read_file(path_of(name));
    struct table table;
    int log = log_to_file();

    write_file(name, file);
    table = table_of(place_of(kind->type, path_of("live"), &reason));
    write_file(name, slice_first(file, PAGE + 100));
    for (unsigned i = 0; i < 2; i++) {
        pause_for(1050);
        tap_check(fine && finds(&table, "which", "one"), "%s: damaged, look %u: the old contents",
                  kind->type, i);
    }
    tap_check(log_lines(log, path_of(name)) == 1, "%s: damaged: one line is logged", kind->type);
    write_file(name, file);
    fine = make_map(kind, "live", KEYS, "which two\n");
    pause_for(2100);
    tap_check(fine && finds(&table, "which", "two"), "%s: mended", kind->type);
}

/* An argument says how far apart flipped octets are; in the long form fewer are left out. */
int
main(int argc, char **argv)
{
    static const char *const files[] = {
        "sound",   "sound.db",  "sound.lmdb",  "sound.cdb", "damaged.db", "damaged.lmdb", "live",
        "live.db", "live.lmdb", "damaged.cdb", "live.cdb",  "out",        "__db.live.db", NULL};

    arena = arena_new(SIZE_MAX);
    if (mkdtemp(directory) == NULL)
        return 1;
    for (size_t i = 0; i < COUNT(kinds); i++) {
        if (!is_here(&kinds[i]))
            continue;
        unlink(path_of("sound.db"));
        unlink(path_of("live.db"));
        test_damage(&kinds[i], argc > 1 ? strtoul(argv[1], NULL, 10) : tap_times(97, 7));
        test_random_damage(&kinds[i], tap_times(200, 2000));
        test_rewriting(&kinds[i]);
        test_becoming_damaged(&kinds[i]);
    }
    remove_files(files);
    arena_free(&arena);
    return tap_done();
}
