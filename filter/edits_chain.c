/* Edits and notes in the order of their making. */
#include "edits_inside.h"

struct edit *
edits_new(struct maker *maker, enum edit_kind kind, const struct change *change, const char *value)
{
    struct edit *edit = ARENA_NEW(maker->arena, struct edit);

    edit->kind = kind;
    edit->rule = change->rule;
    edit->value = value;
    return edit;
}

void
edits_append(struct chain *chain, struct edit *edit)
{
    *chain->end = edit;
    chain->end = &edit->next;
}

struct edit_note *
edits_note(struct maker *maker, const struct change *change, const char *text)
{
    struct edit_note *made = ARENA_NEW(maker->arena, struct edit_note);

    made->change = change;
    made->text = text;
    *maker->note_end = made;
    maker->note_end = &made->next;
    return made;
}
