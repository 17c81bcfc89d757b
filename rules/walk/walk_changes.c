/* What the rules that acted change about an accepted message: in file order, each once, whichever
 * recipient asked for it. */
#include "pass.h"

struct changes {
    struct walk *walk;
    struct change *first;
    struct change **end;
};

struct matcher {
    const struct regex *regex;
    struct regex_bounds bounds;
};

static enum match
field_matches(const void *pattern, struct slice unfolded)
{
    static const enum match matches[] = {
        [REGEX_NO_MATCH] = MATCH_NO,
        [REGEX_MATCH] = MATCH_YES,
        [REGEX_LIMIT] = MATCH_UNDECIDED,
    };
    const struct matcher *matcher = pattern;
    const char *reason;

    return matches[regex_match(matcher->regex, unfolded, matcher->bounds, &reason)];
}

static struct change *
add(struct changes *changes, const struct track *track, const struct rule *rule,
    const struct action *action)
{
    struct walk *walk = changes->walk;
    struct change *change = ARENA_NEW(walk->arena, struct change);
    struct eval eval = track_eval(walk, track);

    if (rule->condition)
        eval_bind_witnesses(&eval, rule->condition);
    change->kind = action->kind;
    change->rule = arena_string(walk->arena, rule->name);
    change->name = arena_copy(walk->arena, eval_action_text(&eval, rule, action));
    if (action->value)
        change->value = arena_copy(walk->arena, eval_text(&eval, rule, action->value));
    change->utf8 = action->downgrade_utf8;
    if (action->has_pattern) {
        struct matcher *matcher = ARENA_NEW(walk->arena, struct matcher);

        matcher->regex = action->pattern.regex;
        matcher->bounds = eval_bounds(&eval);
        change->matches = field_matches;
        change->pattern = matcher;
    }
    *changes->end = change;
    changes->end = &change->next;
    return change;
}

static bool
has_acted(const struct track *track, const struct rule *rule)
{
    for (const struct acted *acted = track->acted; acted; acted = acted->before)
        if (acted->rule == rule)
            return true;
    return false;
}

static bool
is_change(enum action_kind kind)
{
    return kind >= ACTION_QUARANTINE && kind != ACTION_LOG;
}

/* Somebody whom `discard` took off asks for nothing. */
static bool
has_a_voice(const struct track *track)
{
    return track->verdict != VERDICT_DISCARD && track->verdict != VERDICT_REJECT &&
           track->verdict != VERDICT_TEMPFAIL;
}

static void
take_off(struct changes *changes, const struct recipient *recipient, const struct track *track,
         const struct rule *rule, const struct action *action)
{
    struct change *change = ARENA_NEW(changes->walk->arena, struct change);

    if (!track->off || track->rule != rule)
        return;
    change->kind = action->kind;
    change->rule = arena_string(changes->walk->arena, rule->name);
    change->recipient = recipient;
    *changes->end = change;
    changes->end = &change->next;
}

static bool
is_added_already(struct changes *changes, const struct change *added)
{
    enum local_case exact = settings_local_case(&changes->walk->policy->settings);
    struct arena *arena = changes->walk->arena;
    struct address address, other;

    address_parse_forward_path(arena, added->name, &address);
    for (const struct change *c = changes->first; c != added; c = c->next) {
        if (c->kind != ACTION_ADD_RECIPIENT)
            continue;
        address_parse_forward_path(arena, c->name, &other);
        if (slice_equal(address_key(arena, &address, exact), address_key(arena, &other, exact)))
            return true;
    }
    return false;
}

static void
add_recipient(struct changes *changes, const struct track *track, const struct rule *rule,
              const struct action *action)
{
    struct change **at = changes->end;
    struct change *added = add(changes, track, rule, action);

    added->recipient = rule->reads_recipient ? track->recipient : NULL;
    if (is_added_already(changes, added)) {
        *at = NULL;
        changes->end = at;
    }
}

/* One action of one rule, for all recipients. */
static void
apply(struct changes *changes, const struct rule *rule, const struct action *action)
{
    bool done = false;

    for (const struct recipient *r = changes->walk->transaction->recipients; r; r = r->next) {
        const struct track *track = r->facts;

        if (track == NULL || !has_acted(track, rule))
            continue;
        if (action->kind == ACTION_REMOVE_RECIPIENT || action->kind == ACTION_DISCARD) {
            take_off(changes, r, track, rule, action);
        } else if (!has_a_voice(track)) {
            continue;
        } else if (action->kind == ACTION_ADD_RECIPIENT) {
            add_recipient(changes, track, rule, action);
        } else if (action->kind == ACTION_DOWNGRADE) {
            add(changes, track, rule, action)->recipient = r;
        } else if (!done) {
            add(changes, track, rule, action);
            done = true;
        }
    }
}

const struct change *
walk_changes(struct walk *walk)
{
    struct changes changes = {.walk = walk};

    changes.end = &changes.first;
    for (size_t i = 0; i < walk->policy->rule_count; i++) {
        const struct rule *rule = walk->policy->rules[i];

        if (rule->audit)
            continue;
        for (const struct action *action = rule->actions; action; action = action->next)
            if (is_change(action->kind) || action->kind == ACTION_DISCARD)
                apply(&changes, rule, action);
        walk_is_spent(walk, rule);
    }
    return changes.first;
}
