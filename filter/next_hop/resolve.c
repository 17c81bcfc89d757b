/* Knows how to leave a resolver that doesn't answer. */
#include "resolve.h"

#include <time.h>

#include "base/arena.h"
#include "base/clock.h"

/* All that a thread of the C library goes on to read and write. */
struct resolving {
    struct addrinfo hints;
    struct gaicb request;
};

static int
wait_until(struct gaicb *request, int64_t end)
{
    const struct gaicb *one[] = {request};
    int64_t left;

    while (gai_error(request) == EAI_INPROGRESS && (left = end - clock_ms()) > 0) {
        struct timespec most = {left / 1000, left % 1000 * 1000000};

        gai_suspend(one, 1, &most);
    }
    return gai_error(request);
}

const char *
resolve_host(const char *host, const char *port, int64_t end, struct addrinfo **found_r)
{
    struct arena *arena = arena_new(SIZE_MAX);
    struct resolving *resolving = ARENA_NEW(arena, struct resolving);
    struct gaicb *request = &resolving->request;
    int failure;

    resolving->hints = (struct addrinfo){.ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICSERV};
    request->ar_name = arena_string(arena, slice_of(host));
    request->ar_service = arena_string(arena, slice_of(port));
    request->ar_request = &resolving->hints;
    failure = getaddrinfo_a(GAI_NOWAIT, &request, 1, NULL);
    if (failure == 0)
        failure = wait_until(request, end);
    *found_r = request->ar_result;
    /* What is still under way keeps its memory: there is no taking it back. */
    if (failure == EAI_INPROGRESS && gai_cancel(request) == EAI_NOTCANCELED)
        return "its addresses were not found in time";
    arena_free(&arena);
    if (failure == EAI_INPROGRESS)
        return "its addresses were not found in time";
    return failure == 0 ? NULL : gai_strerror(failure);
}
