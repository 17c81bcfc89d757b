/* Counters in shared memory: series and what they say, many at once that add, no room left, and a
 * process that is killed in the middle. */
#include "count/counters.h"

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tap.h"

enum { PROCESSES = 4, THREADS = 4, EACH = 20000, NAMES = 50, KILLS = 20 };

/* The labels of a series of its metric, with its first number behind them; "" where there is none
 * that starts so. */
static const char *
shown(struct arena *arena, enum metric metric, const char *begin)
{
    size_t count;
    const struct counters_series *series = counters_all(arena, &count);

    for (size_t i = 0; i < count; i++)
        if (series[i].metric == metric &&
            slice_equal(slice_first(series[i].labels, strlen(begin)), slice_of(begin)))
            return arena_printf(arena, "%.*s %llu", (int)series[i].labels.len, series[i].labels.at,
                                (unsigned long long)series[i].cells->value);
    return "";
}

static void
check_shown(enum metric metric, const char *begin, const char *wanted, const char *text)
{
    struct arena *arena = arena_new(SIZE_MAX);
    const char *seen = shown(arena, metric, begin);

    tap_check(strcmp(seen, wanted) == 0, "%s: %s", text, seen);
    arena_free(&arena);
}

static void
counts_nothing_where_there_is_no_memory(void)
{
    struct arena *arena = arena_new(SIZE_MAX);
    size_t count = 1;

    counters_count(METRIC_MESSAGES, NULL);
    counters_sessions_add(1);
    tap_check(counters_find(METRIC_MESSAGES, NULL) == NULL, "without memory there is no series");
    tap_check(counters_all(arena, &count) == NULL && count == 0, "and none to show");
    arena_free(&arena);
}

static void
finds_series_by_their_labels(void)
{
    const struct slice one[] = {SLICE("a"), SLICE("rcpt"), SLICE("reject")};
    const struct slice other[] = {SLICE("a"), SLICE("rcpt"), SLICE("tempfail")};
    const struct slice odd[] = {SLICE("a\"b\\c\nd"), SLICE("x"), SLICE("y")};

    counters_count(METRIC_VERDICTS, one);
    counters_count(METRIC_VERDICTS, one);
    counters_count(METRIC_VERDICTS, other);
    counters_count(METRIC_AUDIT_VERDICTS, one);
    counters_count(METRIC_VERDICTS, odd);
    tap_check(counters_find(METRIC_VERDICTS, one) == counters_find(METRIC_VERDICTS, one),
              "the same labels are the same series");
    check_shown(METRIC_VERDICTS, "rule=\"a\",stage=\"rcpt\",verdict=\"r",
                "rule=\"a\",stage=\"rcpt\",verdict=\"reject\" 2", "two of one kind");
    check_shown(METRIC_VERDICTS, "rule=\"a\",stage=\"rcpt\",verdict=\"t",
                "rule=\"a\",stage=\"rcpt\",verdict=\"tempfail\" 1", "one of another");
    check_shown(METRIC_AUDIT_VERDICTS, "rule=", "rule=\"a\",stage=\"rcpt\",verdict=\"reject\" 1",
                "the same labels under another name");
    check_shown(METRIC_VERDICTS, "rule=\"a\\",
                "rule=\"a\\\"b\\\\c\\nd\",stage=\"x\",verdict=\"y\" 1", "marks are escaped");
}

static void
sorts_durations(void)
{
    struct slice stage = SLICE("mail");
    struct counter_cell *cells = counters_find(METRIC_STAGE_DURATION, &stage);
    bool beyond;

    counters_observe(cells, 1);
    counters_observe(cells, metric_bound_ns[0]);
    counters_observe(cells, metric_bound_ns[0] + 1);
    counters_observe(cells, metric_bound_ns[METRIC_BOUNDS - 1] + 1);
    beyond = cells[METRIC_BOUNDS].value == 1;
    tap_check(cells[0].value == 2 && cells[1].value == 1 && beyond,
              "a duration stands with the least bound that it doesn't pass");
    tap_check(cells[METRIC_BOUNDS + 1].value ==
                  2ULL * (unsigned long long)metric_bound_ns[0] + 3 +
                      (unsigned long long)metric_bound_ns[METRIC_BOUNDS - 1],
              "and in the sum: %llu", (unsigned long long)cells[METRIC_BOUNDS + 1].value);
}

static void
takes_sessions_off_with_their_generation(void)
{
    counters_begin_generation(3);
    counters_sessions_add(5);
    counters_begin_generation(4);
    counters_sessions_add(3);
    counters_sessions_add(-1);
    check_shown(METRIC_SESSIONS, "", " 7", "sessions of both");
    counters_end_generation(3);
    check_shown(METRIC_SESSIONS, "", " 2", "those of one that died are gone");
    counters_end_generation(4);
}

/* Each name in its turn, so that all begin with series that aren't there. */
static void *
add_to_all(void *unused)
{
    char name[16];

    for (int i = 0; i < EACH; i++) {
        struct slice value = {name, (size_t)snprintf(name, sizeof name, "many-%d", i % NAMES)};

        counters_count(METRIC_BOUNDS_REACHED, &value);
    }
    return unused;
}

static void
add_from_threads(void)
{
    pthread_t thread[THREADS];

    for (size_t i = 0; i < THREADS; i++)
        pthread_create(&thread[i], NULL, add_to_all, NULL);
    for (size_t i = 0; i < THREADS; i++)
        pthread_join(thread[i], NULL);
}

static void
loses_nothing_that_many_add_at_once(void)
{
    char begin[32], wanted[64];
    bool all = true;

    for (int i = 0; i < PROCESSES; i++)
        if (fork() == 0) {
            add_from_threads();
            _exit(0);
        }
    while (wait(NULL) > 0)
        continue;
    for (int i = 0; i < NAMES; i++) {
        struct arena *arena = arena_new(SIZE_MAX);

        snprintf(begin, sizeof begin, "bound=\"many-%d\"", i);
        snprintf(wanted, sizeof wanted, "%s %d", begin, PROCESSES * THREADS * EACH / NAMES);
        all = all && strcmp(shown(arena, METRIC_BOUNDS_REACHED, begin), wanted) == 0;
        arena_free(&arena);
    }
    tap_check(all, "%d processes with %d threads each add to the same series", PROCESSES, THREADS);
}

static _Noreturn void
make_series_for_ever(int child)
{
    char name[32];

    for (int i = 0;; i++) {
        struct slice value = {name,
                              (size_t)snprintf(name, sizeof name, "killed-%d-%d", child, i % 200)};

        counters_count(METRIC_BOUNDS_REACHED, &value);
    }
}

static void
survives_who_is_killed(void)
{
    struct slice value = SLICE("after all");

    for (int i = 0; i < KILLS; i++) {
        struct timespec nap = {.tv_nsec = i * 7919 % 2000 * 1000};
        pid_t child = fork();

        if (child == 0)
            make_series_for_ever(i);
        nanosleep(&nap, NULL);
        kill(child, SIGKILL);
        waitpid(child, NULL, 0);
    }
    alarm(60);
    counters_count(METRIC_BOUNDS_REACHED, &value);
    add_from_threads();
    alarm(0);
    check_shown(METRIC_BOUNDS_REACHED, "bound=\"after all\"", "bound=\"after all\" 1",
                "where others were killed in the middle, counting goes on");
}

static void
counts_what_has_no_room(void)
{
    enum { TOO_MANY = 100000 };
    const struct slice old[] = {SLICE("a"), SLICE("rcpt"), SLICE("reject")};
    char name[600] = "long";
    struct slice value = {name, sizeof name};
    struct arena *arena = arena_new(SIZE_MAX);
    int lost = 0;

    memset(name, 'x', sizeof name);
    tap_check(counters_find(METRIC_BOUNDS_REACHED, &value) == NULL, "labels that are too long");
    check_shown(METRIC_SERIES_LOST, "", " 1", "are counted as lost");
    for (int i = 0; i < TOO_MANY; i++) {
        value.len = (size_t)snprintf(name, sizeof name, "full-%d", i);
        lost += counters_find(METRIC_BOUNDS_REACHED, &value) == NULL;
    }
    tap_check(lost > 0 && lost < TOO_MANY - 40000, "there is room for 40000 series: lost %d", lost);
    tap_check(strtol(shown(arena, METRIC_SERIES_LOST, ""), NULL, 10) == lost + 1,
              "the others are counted: %s", shown(arena, METRIC_SERIES_LOST, ""));
    counters_count(METRIC_VERDICTS, old);
    check_shown(METRIC_VERDICTS, "rule=\"a\",stage=\"rcpt\",verdict=\"r",
                "rule=\"a\",stage=\"rcpt\",verdict=\"reject\" 3", "those that are there go on");
    arena_free(&arena);
}

int
main(void)
{
    counts_nothing_where_there_is_no_memory();
    tap_check(counters_make(), "the memory is made");
    finds_series_by_their_labels();
    sorts_durations();
    takes_sessions_off_with_their_generation();
    loses_nothing_that_many_add_at_once();
    survives_who_is_killed();
    counts_what_has_no_room();
    return tap_done();
}
