/* What a nonce makes of a transaction. */
#include "played.h"

#include <stdio.h>

#include "base/clock.h"
#include "count/recall.h"

enum { LINES_MEMORY = 1 << 20 };

/* Without brackets and domain, and behind the last "+". */
static struct slice
nonce_part(struct slice path)
{
    struct slice local;

    if (path.len > 0 && path.at[0] == '<')
        path = slice_from(path, 1);
    local = slice_first(path, slice_find_last(path, '@'));
    if (slice_find_last(local, '+') < local.len)
        local = slice_from(local, slice_find_last(local, '+') + 1);
    return local;
}

enum nonce_kind
played_nonce(const struct slice *argument, size_t count, struct nonce *nonce_r)
{
    return count > 0 ? nonces_find(clock_ms(), nonce_part(argument[0]), nonce_r) : NONCE_NONE;
}

static struct answer
played_answer(struct played *played)
{
    played->reply = (struct reply){.code = "550", .enhanced = "5.7.1", .lines = 1};
    played->reply.line[0] = played->text;
    return (struct answer){.verdict = VERDICT_REJECT, .reply = &played->reply};
}

bool
played_is_on(const struct played *played)
{
    return played && played->is_on;
}

bool
played_is_by(const struct played *played, const struct nonce *nonce)
{
    return played_is_on(played) && strcmp(played->answer, nonce->answer) == 0;
}

struct beginning {
    struct arena *arena;
    struct dialogue *dialogue;
    struct played **played;
    const struct nonce *nonce;
    bool begun;
};

/* Guarded. */
static void
played_make(void *of)
{
    struct beginning *beginning = of;

    if (*beginning->played == NULL)
        *beginning->played = ARENA_NEW(dialogue_arena(beginning->dialogue), struct played);
}

/* Guarded. What is kept for the nonce are the lines of a test. */
static void
played_tell(void *of)
{
    struct beginning *beginning = of;
    struct slice lines =
        recall_find(beginning->arena, RECALL_PLAYS, slice_of(beginning->nonce->id));

    if (lines.len > strlen(RECALL_END))
        lines.len -= strlen(RECALL_END);
    beginning->begun = dialogue_played(beginning->dialogue, lines);
}

bool
played_begin(struct played **played, struct dialogue *dialogue, const struct nonce *nonce,
             struct answer *answer_r)
{
    struct beginning beginning = {.dialogue = dialogue, .played = played, .nonce = nonce};

    if (!arena_guard(dialogue_arena(dialogue), played_make, &beginning))
        return false;
    beginning.arena = arena_try_new(LINES_MEMORY);
    if (beginning.arena)
        arena_guard(beginning.arena, played_tell, &beginning);
    arena_free(&beginning.arena);
    if (!beginning.begun)
        return false;
    (*played)->is_on = true;
    memcpy((*played)->answer, nonce->answer, sizeof nonce->answer);
    snprintf((*played)->text, sizeof(*played)->text, "postern test %s %s", nonce->answer,
             dialogue_transaction(dialogue)->id);
    *answer_r = played_answer(*played);
    log_write(LOG_LEVEL_INFO,
              "id=%s: a test is played through the MTA; whatever comes of it, it is refused",
              dialogue_transaction(dialogue)->id);
    return true;
}

void
played_end(struct played *played)
{
    if (played)
        played->is_on = false;
}

static bool
is_quarantined(const struct edit *edits)
{
    while (edits && edits->kind != EDIT_QUARANTINE)
        edits = edits->next;
    return edits != NULL;
}

struct answer
played_refuse(struct played *played, const struct answer *answer, const struct edit *edits)
{
    const char *what = answer->verdict == VERDICT_DISCARD ? "discard"
                       : is_quarantined(edits)            ? "quarantine"
                                                          : "accept";

    if (answer->verdict == VERDICT_REJECT || answer->verdict == VERDICT_TEMPFAIL)
        return *answer;
    snprintf(played->text, sizeof played->text, "postern test %s: %s", played->answer, what);
    return played_answer(played);
}
