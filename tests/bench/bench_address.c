/* What an address costs: parsing its path and making its key, in nanoseconds and instructions,
 * beside a plain copy of the same octets, in turns within one run. Of each the fastest turn counts.
 */
#include <linux/perf_event.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "mail/address.h"

enum { TURNS = 50, ROUNDS = 2000, ADDRESSES = 4 };

/* What is measured of one kind of work. */
struct cost {
    double nanoseconds;
    double instructions;
};

struct set {
    const char *name;
    struct slice address[ADDRESSES];
};

static const struct set sets[] = {
    {"ASCII",
     {SLICE("<user@example.com>"), SLICE("<first.last+tag@mail.example.org>"),
      SLICE("<bounces-1234567@lists.example.net>"), SLICE("<a@b.example>")}},
    {"UTF-8",
     {SLICE("<jörg@example.com>"), SLICE("<δοκιμή@παράδειγμα.example>"), SLICE("<用户@例子.广告>"),
      SLICE("<user@bücher.example>")}},
};

/* Keeps the compiler from leaving the work out. */
static volatile size_t sink;

static void
copy(struct arena *arena, struct slice text)
{
    char to[256];

    (void)arena;
    memcpy(to, text.at, text.len);
    __asm__ volatile("" : : "r"(to) : "memory");
    sink += text.len;
}

static void
parse(struct arena *arena, struct slice text)
{
    struct address address;

    address_parse_forward_path(arena, text, &address);
    sink += address.local.len;
    arena_reset(arena);
}

static void
parse_and_key(struct arena *arena, struct slice text)
{
    struct address address;

    address_parse_forward_path(arena, text, &address);
    sink += address_key(arena, &address, LOCAL_CASE_IGNORE).len;
    arena_reset(arena);
}

static const struct {
    const char *name;
    void (*run)(struct arena *arena, struct slice text);
} works[] = {
    {"copy", copy},
    {"parse", parse},
    {"parse and key", parse_and_key},
};

enum { SETS = sizeof sets / sizeof sets[0], WORKS = sizeof works / sizeof works[0] };

/* The counter of this thread's instructions, or -1 where the system gives none. */
static int
open_counter(void)
{
    struct perf_event_attr wanted = {
        .type = PERF_TYPE_HARDWARE,
        .size = sizeof wanted,
        .config = PERF_COUNT_HW_INSTRUCTIONS,
        .exclude_kernel = 1,
        .exclude_hv = 1,
    };

    return (int)syscall(SYS_perf_event_open, &wanted, 0, -1, -1, 0);
}

static uint64_t
read_counter(int counter)
{
    uint64_t count = 0;

    if (counter >= 0 && read(counter, &count, sizeof count) != sizeof count)
        return 0;
    return count;
}

static double
now(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec * 1e9 + (double)time.tv_nsec;
}

static void
take_turn(struct arena *arena, size_t work, const struct set *set, int counter, struct cost *best)
{
    double each = (double)ROUNDS * ADDRESSES;
    uint64_t counted = read_counter(counter);
    double begun = now();
    double spent;

    for (int i = 0; i < ROUNDS; i++)
        for (int j = 0; j < ADDRESSES; j++)
            works[work].run(arena, set->address[j]);
    spent = (now() - begun) / each;
    if (best->nanoseconds > 0 && spent >= best->nanoseconds)
        return;
    best->nanoseconds = spent;
    best->instructions = (double)(read_counter(counter) - counted) / each;
}

int
main(void)
{
    struct cost best[SETS][WORKS] = {0};
    struct arena *arena = arena_new(SIZE_MAX);
    int counter = open_counter();

    for (int turn = 0; turn < TURNS; turn++)
        for (size_t set = 0; set < SETS; set++)
            for (size_t work = 0; work < WORKS; work++)
                take_turn(arena, work, &sets[set], counter, &best[set][work]);
    printf("%-8s %-15s %12s %14s\n", "address", "work", "nanoseconds", "instructions");
    for (size_t set = 0; set < SETS; set++)
        for (size_t work = 0; work < WORKS; work++) {
            printf("%-8s %-15s %12.1f", sets[set].name, works[work].name,
                   best[set][work].nanoseconds);
            if (counter >= 0)
                printf(" %14.1f", best[set][work].instructions);
            putchar('\n');
        }
    if (counter < 0)
        puts("This system lets nobody count instructions.");
    arena_free(&arena);
    return 0;
}
