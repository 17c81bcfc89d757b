/* Reads the memory that a dead generation has left, which nobody writes any more. */
#include "obituary.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

#include "base/log.h"
#include "sandbox.h"

/* Sessions that are named. */
enum { OBITUARY_SESSIONS = 10 };

const char *
obituary_cause(int status, char text[OBITUARY_ROOM])
{
    if (WIFSIGNALED(status))
        snprintf(text, OBITUARY_ROOM, "signal %d (%s)%s", WTERMSIG(status),
                 strsignal(WTERMSIG(status)), WCOREDUMP(status) ? ", with a core" : "");
    else
        snprintf(text, OBITUARY_ROOM, "status %d", WEXITSTATUS(status));
    return text;
}

/* Whoever wrote it may have been out of his mind. */
static const char *
obituary_word(const char *from, char *to, size_t size)
{
    size_t i;

    for (i = 0; i < size - 1 && from[i]; i++)
        to[i] = from[i] > ' ' && from[i] <= '~' ? from[i] : '?';
    to[i] = '\0';
    return i > 0 ? to : "unknown";
}

static void
obituary_name_session(unsigned number, const struct witness_session *session)
{
    int stage = session->stage;
    char host[WITNESS_HOST], address[IP_TEXT_SIZE];

    log_write(LOG_LEVEL_WARNING, "generation %u %s %s[%s] at %s", number,
              session->served   ? "was at work for"
              : session->within ? "was within a message of"
                                : "had a session of",
              obituary_word(session->host, host, sizeof host),
              obituary_word(session->address, address, sizeof address),
              stage >= 0 && stage < STAGES ? stage_log_name((enum stage)stage) : "unknown");
}

static bool
session_is_of_rank(const struct witness_session *session, int rank)
{
    if (!session->taken)
        return false;
    return rank == (session->served ? 0 : session->within ? 1 : 2);
}

/* Those first that a thread was at work on: one of them may have been the reason. */
static void
obituary_name_sessions(unsigned number, const struct witness *witness)
{
    size_t told = 0;

    for (int rank = 0; rank < 3; rank++)
        for (size_t i = 0; i < WITNESS_SESSIONS && told < OBITUARY_SESSIONS; i++)
            if (session_is_of_rank(&witness->session[i], rank)) {
                obituary_name_session(number, &witness->session[i]);
                told++;
            }
}

/* 0: it isn't known. */
static void
obituary_name_call(unsigned number, int call)
{
    struct arena *arena = arena_new(SIZE_MAX);

    log_write(LOG_LEVEL_ERROR,
              "generation %u: the sandbox forbids system call %s; \"set sandbox no\" in the policy "
              "does without the sandbox",
              number, call ? sandbox_syscall_name(arena, call) : "(unknown)");
    arena_free(&arena);
}

void
obituary_write(const struct generation_place *place, int status)
{
    char cause[OBITUARY_ROOM];
    const struct witness *witness = place->witness;

    log_write(LOG_LEVEL_ERROR,
              "generation %u, process %d, has died: %s; sessions cut off: %zu, served before: %zu",
              place->number, (int)place->process, obituary_cause(status, cause), witness->open,
              witness->total - witness->open);
    if (WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS)
        obituary_name_call(place->number, atomic_load(&place->sandbox->syscall));
    obituary_name_sessions(place->number, witness);
}
