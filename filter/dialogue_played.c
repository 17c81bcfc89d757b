/* A test that `test --through` plays through a living MTA. */
#include "dialogue_steps_inside.h"
#include "modes.h"
#include "stand_ins.h"

static void
play_without_tables(struct dialogue *dialogue, const struct step *steps)
{
    struct arena *arena = dialogue->transaction->arena;

    for (const struct step *step = steps; step; step = step->next) {
        const struct table *table =
            stand_ins_begin(steps, step) ? policy_table(dialogue->policy, step->word[0]) : NULL;
        struct replacement *replacement;

        if (step->kind == STEP_TIME)
            dialogue->transaction->time = step->time;
        if (table == NULL)
            continue;
        replacement = ARENA_NEW(arena, struct replacement);
        *replacement = (struct replacement){table, stand_ins_table(arena, table, step),
                                            dialogue->replacements};
        dialogue->replacements = replacement;
    }
}

/* MAIL was walked before anybody knew, and in the policy's own mode: that is as if it had not been.
 * The macros that came with the recipient who said so are his. */
void
dialogue_step_played(struct dialogue *dialogue, struct slice lines)
{
    struct diagnostics diagnostics;
    const struct step *steps;

    dialogue_begin_call(dialogue);
    dialogue->pending = (struct macros){0};
    dialogue->settled = (struct answer){0};
    dialogue->decided = dialogue->accept_logged = dialogue->discard_logged = false;
    dialogue->played = true;
    dialogue->mode = MODE_ENFORCE;
    diagnostics_init(&diagnostics, dialogue->transaction->arena);
    steps = scenario_text(dialogue->transaction->arena, "test", lines, &diagnostics);
    play_without_tables(dialogue, steps);
    dialogue->walk = dialogue_begin_walk(dialogue, dialogue->transaction);
    dialogue_walk_message(dialogue, STAGE_MAIL);
}
