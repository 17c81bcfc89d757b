/* A row of slots in shared memory. */
#include "witness.h"

#include <sys/mman.h>

#include "base/clock.h"

static struct witness *witness_own;

struct witness *
witness_new(void)
{
    void *memory = mmap(NULL, sizeof(struct witness), PROT_READ | PROT_WRITE,
                        MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

    return memory == MAP_FAILED ? NULL : memory;
}

void
witness_free(struct witness **witness)
{
    if (*witness)
        munmap(*witness, sizeof **witness);
    *witness = NULL;
}

void
witness_use(struct witness *witness)
{
    witness_own = witness;
}

struct witness_session *
witness_begin(void)
{
    struct witness *witness = witness_own;
    size_t first;

    if (witness == NULL || atomic_load(&witness->open) >= WITNESS_SESSIONS)
        return NULL;
    first = atomic_fetch_add(&witness->next, 1);
    for (size_t i = 0; i < WITNESS_SESSIONS; i++) {
        struct witness_session *session = &witness->session[(first + i) % WITNESS_SESSIONS];

        if (atomic_exchange(&session->taken, true))
            continue;
        atomic_fetch_add(&witness->open, 1);
        atomic_fetch_add(&witness->total, 1);
        session->stage = STAGE_CONNECT;
        session->host[0] = session->address[0] = '\0';
        return session;
    }
    return NULL;
}

void
witness_end(struct witness_session *session)
{
    if (session == NULL)
        return;
    witness_message(session, false);
    session->served = false;
    atomic_fetch_sub(&witness_own->open, 1);
    session->taken = false;
}

void
witness_peer(struct witness_session *session, struct slice host, const struct ip *ip)
{
    if (session == NULL)
        return;
    host = slice_first(host, WITNESS_HOST - 1);
    memcpy(session->host, host.at, host.len);
    session->host[host.len] = '\0';
    if (ip)
        ip_text(ip, session->address);
}

void
witness_enter(struct witness_session *session, enum stage stage)
{
    if (session == NULL)
        return;
    atomic_store_explicit(&session->stage, (int)stage, memory_order_relaxed);
    atomic_store_explicit(&session->served, true, memory_order_relaxed);
}

void
witness_message(struct witness_session *session, bool within)
{
    if (session == NULL || atomic_exchange(&session->within, within) == within)
        return;
    if (within) {
        atomic_fetch_add(&witness_own->within, 1);
    } else {
        witness_own->within_ms = clock_ms();
        atomic_fetch_sub(&witness_own->within, 1);
    }
}

/* RCPT may be refused, and the message goes on. */
static bool
stage_ends_message(enum stage stage, bool goes_on)
{
    if (stage == STAGE_CONNECT || stage == STAGE_HELO)
        return true;
    return !goes_on && stage != STAGE_RCPT && stage != STAGE_UNKNOWN;
}

void
witness_answered(struct witness_session *session, enum stage stage, bool goes_on)
{
    if (session == NULL)
        return;
    if (stage_ends_message(stage, goes_on))
        witness_message(session, false);
    atomic_store_explicit(&session->served, false, memory_order_relaxed);
}

bool
witness_is_quiet(int64_t for_ms)
{
    return witness_own == NULL ||
           (witness_own->within == 0 && clock_ms() - witness_own->within_ms >= for_ms);
}
