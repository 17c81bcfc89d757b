/* A resolver that answers, one that doesn't, and one that answers when nobody waits any more: this
 * program brings its own getaddrinfo(), and counts what is given back. */
#include "next_hop/resolve.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "tap.h"

enum { SLOW_MS = 100, PATIENCE_MS = 10000 };

static atomic_uint resolver_ended, resolver_given, resolver_taken, resolver_misled;

static void
wait_ms(long ms)
{
    struct timespec most = {ms / 1000, ms % 1000 * 1000000};

    nanosleep(&most, NULL);
}

/* "slow..." answers late, "none" fails; the port is that of SMTP, to the end. */
int
getaddrinfo(const char *host, const char *port, const struct addrinfo *hints,
            struct addrinfo **found_r)
{
    bool is_slow = strncmp(host, "slow", 4) == 0;
    struct addrinfo *found;

    if (is_slow)
        wait_ms(SLOW_MS);
    if (strcmp(port, "25") != 0 || hints->ai_socktype != SOCK_STREAM ||
        (is_slow && strcmp(host, "slow.example") != 0))
        resolver_misled++;
    resolver_ended++;
    if (strcmp(host, "none") == 0)
        return EAI_NONAME;
    found = calloc(1, sizeof *found);
    resolver_given++;
    *found_r = found;
    return 0;
}

void
freeaddrinfo(struct addrinfo *found)
{
    resolver_taken++;
    free(found);
}

static bool
comes_to(atomic_uint *count, unsigned wanted)
{
    int64_t end = clock_ms() + PATIENCE_MS;

    while (*count < wanted && clock_ms() < end)
        wait_ms(5);
    return *count == wanted;
}

static void
test_answers(void)
{
    struct addrinfo *found = NULL;
    const char *reason = resolve_host("a.example", "25", clock_ms() + PATIENCE_MS, &found);

    tap_check(reason == NULL && found != NULL, "an answer is returned");
    freeaddrinfo(found);
    reason = resolve_host("none", "25", clock_ms() + PATIENCE_MS, &found);
    tap_check(reason && strcmp(reason, gai_strerror(EAI_NONAME)) == 0 && found == NULL,
              "where there is none, the reason is");
    reason = resolve_host("slow.example", "25", clock_ms() + PATIENCE_MS, &found);
    tap_check(reason == NULL && found != NULL, "a slow one is waited for");
    freeaddrinfo(found);
}

/* The names of who asked are gone when the thread reads them. */
static void
test_late(void)
{
    enum { ASKED = 20 };
    char host[] = "slow.example", port[] = "25";
    unsigned before = resolver_ended;
    unsigned unanswered = 0;
    int64_t began = clock_ms();

    for (size_t i = 0; i < ASKED; i++) {
        struct addrinfo *found;
        const char *reason;

        memcpy(host, "slow.example", sizeof host);
        memcpy(port, "25", sizeof port);
        reason = resolve_host(host, port, clock_ms() + 1, &found);
        memset(host, 'x', sizeof host - 1);
        memset(port, 'x', sizeof port - 1);
        unanswered += reason && strstr(reason, "in time") && found == NULL;
    }
    tap_check(unanswered == ASKED && clock_ms() - began < (int64_t)SLOW_MS * ASKED / 2,
              "nobody waits for what is late");
    tap_check(comes_to(&resolver_ended, before + ASKED), "each thread comes to its end");
    tap_check(comes_to(&resolver_taken, resolver_given), "and gives back what it found");
    tap_check(resolver_misled == 0, "it reads names of its own, and not those of who asked");
}

/* Who gives up just when the answer comes. */
static void
test_ties(void)
{
    unsigned given = tap_times(20, 300), answered = 0;

    for (unsigned i = 0; i < given; i++) {
        struct addrinfo *found;

        if (resolve_host("slow.example", "25", clock_ms() + SLOW_MS - 1 + i % 3, &found) == NULL) {
            freeaddrinfo(found);
            answered++;
        }
    }
    tap_check(comes_to(&resolver_taken, resolver_given), "%u of %u were answered just in time",
              answered, given);
}

int
main(void)
{
    test_answers();
    test_late();
    test_ties();
    return tap_done();
}
