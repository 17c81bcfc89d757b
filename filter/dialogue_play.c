/* What `test` and `explain` ask of a dialogue that an MTA doesn't: to look inside, to set the
 * clock, to answer lookups. */
#include "dialogue_inside.h"

struct walk *
dialogue_walk(const struct dialogue *dialogue)
{
    return dialogue->last_walk;
}

const struct transaction *
dialogue_transaction(const struct dialogue *dialogue)
{
    return dialogue->open ? dialogue->transaction : NULL;
}

const struct recipient *
dialogue_recipient(const struct dialogue *dialogue)
{
    return dialogue->last_recipient;
}

const struct event *
dialogue_events(const struct dialogue *dialogue)
{
    return dialogue->events;
}

void
dialogue_set_time(struct dialogue *dialogue, time_t time)
{
    dialogue->has_time = true;
    dialogue->time = dialogue->session.time = time;
}

void
dialogue_enforce(struct dialogue *dialogue)
{
    dialogue->mode = MODE_ENFORCE;
}

void
dialogue_replace_table(struct dialogue *dialogue, const struct table *table, const struct table *by)
{
    struct replacement *replacement = ARENA_NEW(dialogue->own, struct replacement);

    *replacement = (struct replacement){table, by, dialogue->replacements};
    dialogue->replacements = replacement;
}
