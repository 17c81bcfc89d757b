/* For whom the rules of a played stage are shown: once, where they go the same way for all. */
#include <stdio.h>

#include "explain.h"

static void
rules_write(struct show *show, FILE *to, const struct played *played,
            const struct recipient *recipient)
{
    if (show->json)
        walk_explain_json(played->walk, recipient, to);
    else
        walk_explain(played->walk, recipient, to);
}

const char *
show_rules(struct show *show, char to[SHOW_LARGEST_RULES], const struct played *played,
           const struct recipient *recipient)
{
    FILE *file = fmemopen(to, SHOW_LARGEST_RULES, "w");

    to[0] = '\0';
    if (file == NULL)
        return to;
    rules_write(show, file, played, recipient);
    fclose(file);
    return to;
}

/* The next one who is left, from this one on; NULL: nobody. */
static const struct recipient *
recipient_left(const struct recipient *recipient)
{
    while (recipient && recipient_is_off(recipient))
        recipient = recipient->next;
    return recipient;
}

static bool
rules_differ(struct show *show, const struct played *played, const struct recipient *first)
{
    struct arena *arena = arena_new(SIZE_MAX);
    char *other = arena_alloc(arena, SHOW_LARGEST_RULES);
    const char *text = show_rules(show, arena_alloc(arena, SHOW_LARGEST_RULES), played, first);
    bool same = true;

    for (const struct recipient *r = recipient_left(first->next); r && same;
         r = recipient_left(r->next))
        same = strcmp(show_rules(show, other, played, r), text) == 0;
    arena_free(&arena);
    return !same;
}

/* Once somebody was taken off, his rules don't count any more. */
void
show_each_recipient(struct show *show, const struct played *played, show_writer *write)
{
    bool alone = played->recipient || played->stage <= STAGE_RCPT || played->stage == STAGE_UNKNOWN;
    const struct recipient *first = alone ? played->recipient : recipient_left(played->recipients);
    bool several =
        !alone && first && recipient_left(first->next) && rules_differ(show, played, first);

    if (!alone && first == NULL)
        first = played->recipients;
    write(show, played, first, several);
    for (const struct recipient *r = several ? recipient_left(first->next) : NULL; r;
         r = recipient_left(r->next))
        write(show, played, r, true);
}
