/* Writes what the living MTA told of a test that is played through it, for `test --through` to
 * compare. */
#include "count/recall.h"
#include "filter/negotiate.h"
#include "remember_inside.h"

enum { PLAYED_MEMORY = 4 << 20 };

static bool
was_sent(const struct remembering *r, enum stage stage, struct slice name)
{
    const struct transaction *transaction = r->dialogue->transaction;
    struct slice value;

    if (macros_find(&r->dialogue->session.macros, name, &value) ||
        macros_find(&transaction->macros, name, &value))
        return true;
    for (const struct recipient *in = transaction->recipients; in && stage == STAGE_RCPT;
         in = in->next)
        if (macros_find(&in->macros, name, &value))
            return true;
    return false;
}

/* Macros that rules read, and the MTA has not sent where they belong. Those of recipients are told
 * once there is one. */
static void
write_unsent(struct remembering *r)
{
    for (int stage = STAGE_CONNECT; stage <= (int)r->stage && stage <= STAGE_BODY; stage++) {
        const char *const *name = r->dialogue->needs->macros[stage];

        if (stage == STAGE_RCPT && r->dialogue->transaction->recipients == NULL)
            continue;
        for (; name && *name; name++)
            if (!was_sent(r, (enum stage)stage, slice_of(*name)))
                buffer_printf(&r->text, "# not sent at %s: %s\n", stage_name((enum stage)stage),
                              *name);
    }
}

/* The first line of a reply tells it from others. */
static void
write_answer(struct remembering *r)
{
    const struct reply *reply = r->answer->reply;

    if (reply)
        buffer_printf(&r->text, "# said: %s %s %s\n", reply->code, reply->enhanced, reply->line[0]);
}

/* Guarded. */
static void
write_played(void *of)
{
    struct remembering *r = of;

    buffer_init(&r->text, r->arena, RECALL_LONGEST);
    remember_told(r);
    write_unsent(r);
    write_answer(r);
    if (r->cut)
        buffer_text(&r->text, "# cut\n");
    if (r->other_octets)
        buffer_text(&r->text, "# other octets\n");
    if (!r->text.over)
        recall_keep(RECALL_PLAYS, slice_of(r->dialogue->transaction->id), buffer_slice(&r->text));
}

void
remember_played(const struct dialogue *dialogue, enum stage stage, const struct answer *answer)
{
    struct remembering remembering = {.dialogue = dialogue, .stage = stage, .answer = answer};

    if (!dialogue->open || !recall_is_made(RECALL_PLAYS))
        return;
    remembering.arena = arena_try_new(PLAYED_MEMORY);
    if (remembering.arena)
        arena_guard(remembering.arena, write_played, &remembering);
    arena_free(&remembering.arena);
}
