/* What the rules that acted change about an accepted message: in file order, each once, whichever
 * recipient asked for it. */
#include "base/map.h"
#include "facts/given.h"
#include "track.h"

struct changes {
    struct walk *walk;
    struct map *added; /* keys of addresses; or NULL */
    struct change *first;
    struct change **end;
};

struct matcher {
    const struct regex *regex;
    struct regex_bounds bounds;
};

static enum match
field_matches(const void *pattern, const struct header_field *field, struct slice unfolded)
{
    static const enum match matches[] = {
        [REGEX_NO_MATCH] = MATCH_NO,
        [REGEX_MATCH] = MATCH_YES,
        [REGEX_LIMIT] = MATCH_UNDECIDED,
    };
    const struct matcher *matcher = pattern;
    const char *reason;

    (void)field;
    return matches[regex_match(matcher->regex, unfolded, matcher->bounds, &reason)];
}

struct forged {
    const struct header_field **field;
    size_t count;
};

static enum match
field_is_forged(const void *pattern, const struct header_field *field, struct slice unfolded)
{
    const struct forged *forged = pattern;

    (void)unfolded;
    for (size_t i = 0; i < forged->count; i++)
        if (forged->field[i] == field)
            return MATCH_YES;
    return MATCH_NO;
}

/* Which fields of its name go, where not all do. */
static void
choose_fields(struct walk *walk, const struct eval *eval, const struct action *action,
              struct change *change)
{
    if (action->has_pattern) {
        struct matcher *matcher = ARENA_NEW(walk->arena, struct matcher);

        matcher->regex = action->pattern.regex;
        matcher->bounds = eval_bounds(eval);
        change->matches = field_matches;
        change->pattern = matcher;
    }
    if (action->forged) {
        struct forged *forged = ARENA_NEW(walk->arena, struct forged);

        forged->count = auth_results_forged(&eval->moment, &forged->field);
        change->matches = field_is_forged;
        change->pattern = forged;
    }
}

/* name: of the field, the address or the reason. */
static struct change *
add_named_change(struct changes *changes, const struct track *track, const struct rule *rule,
                 const struct action *action, struct slice name)
{
    struct walk *walk = changes->walk;
    struct change *change = ARENA_NEW(walk->arena, struct change);
    struct eval eval = track_eval_texts(walk, track, rule);

    change->kind = action->kind;
    change->rule = rule->label;
    change->name = arena_copy(walk->arena, name);
    if (action->value)
        change->value = arena_copy(walk->arena, eval_text(&eval, rule, action->value));
    change->utf8 = action->downgrade_utf8;
    choose_fields(walk, &eval, action, change);
    *changes->end = change;
    changes->end = &change->next;
    return change;
}

static struct change *
add_change(struct changes *changes, const struct track *track, const struct rule *rule,
           const struct action *action)
{
    struct eval eval = track_eval_texts(changes->walk, track, rule);

    return add_named_change(changes, track, rule, action, eval_action_text(&eval, rule, action));
}

/* Somebody whom `discard` took off asks for nothing. */
static bool
has_a_voice(const struct track *track)
{
    return track->ending != ENDING_DISCARD && track->ending != ENDING_REJECT &&
           track->ending != ENDING_TEMPFAIL;
}

static void
take_recipient_off(struct changes *changes, const struct recipient *recipient,
                   const struct track *track, const struct rule *rule, const struct action *action)
{
    struct change *change = ARENA_NEW(changes->walk->arena, struct change);

    if (!track->off || track->rule != rule)
        return;
    change->kind = action->kind;
    change->rule = rule->label;
    change->recipient = recipient;
    *changes->end = change;
    changes->end = &change->next;
}

static struct slice
key_of_added(struct changes *changes, const struct change *added)
{
    struct walk *walk = changes->walk;
    struct address address;

    address_parse_forward_path(walk->arena, added->name, &address);
    return address_key(walk->arena, &address, settings_local_case(&walk->policy->settings));
}

static void
add_recipient(struct changes *changes, const struct track *track, const struct rule *rule,
              const struct action *action, struct slice name)
{
    struct change **at = changes->end;
    struct change *added = add_named_change(changes, track, rule, action, name);
    struct slice key = key_of_added(changes, added);

    if (changes->added == NULL)
        changes->added = map_new(changes->walk->arena);
    added->recipient = rule->reads_recipient ? track->recipient : NULL;
    if (map_add(changes->added, key, added))
        return;
    *at = NULL;
    changes->end = at;
}

/* Each word of a lookup that stands alone is one. */
static void
add_recipients(struct changes *changes, const struct track *track, const struct rule *rule,
               const struct action *action)
{
    struct eval eval = track_eval_texts(changes->walk, track, rule);
    struct reading words = eval_action_words(&eval, action);

    if (words.count < 2)
        add_recipient(changes, track, rule, action, eval_action_text(&eval, rule, action));
    for (size_t i = 0; words.count > 1 && i < words.count; i++)
        add_recipient(changes, track, rule, action, words.item[i].text);
}

/* One action of one rule, for a recipient for whom it acted. True where that was for all. */
static bool
apply_action(struct changes *changes, const struct recipient *recipient, const struct rule *rule,
             const struct action *action)
{
    const struct action_row *row = action_row(action->kind);
    const struct track *track = recipient->facts;

    if (row->ending == ENDING_REMOVE || row->ending == ENDING_DISCARD) {
        take_recipient_off(changes, recipient, track, rule, action);
        return false;
    }
    if (!has_a_voice(track))
        return false;
    switch (row->times) {
    case ONCE:
        add_change(changes, track, rule, action);
        return true;
    case ONCE_EACH_ADDRESS:
        add_recipients(changes, track, rule, action);
        return !rule->reads_recipient;
    case ONCE_EACH_RECIPIENT:
        add_change(changes, track, rule, action)->recipient = recipient;
        break;
    }
    return false;
}

static void
apply_all(struct changes *changes, const struct rule *rule, const struct action *action)
{
    bool done = false;

    for (const struct recipient *r = changes->walk->transaction->recipients; r && !done;
         r = r->next) {
        const struct track *track = r->facts;

        if (track && bits_have(track->acted, rule->number))
            done = apply_action(changes, r, rule, action);
    }
}

static void
apply_rule(struct changes *changes, const struct rule *rule)
{
    for (const struct action *action = rule->actions; action; action = action->next) {
        const struct action_row *row = action_row(action->kind);

        if (row->changes || row->ending == ENDING_DISCARD)
            apply_all(changes, rule, action);
    }
    walk_is_spent(changes->walk, rule);
}

/* The rules that acted for somebody. */
static uint64_t *
all_that_acted(const struct walk *walk)
{
    size_t words = bits_words(walk->policy->rule_count);
    uint64_t *acted = bits_new(walk->arena, walk->policy->rule_count);

    for (const struct recipient *r = walk->transaction->recipients; r; r = r->next) {
        const struct track *track = r->facts;

        for (size_t word = 0; track && word < words; word++)
            acted[word] |= track->acted[word];
    }
    return acted;
}

const struct change *
walk_changes(struct walk *walk)
{
    struct changes changes = {.walk = walk};
    const struct policy *policy = walk->policy;
    const uint64_t *acted = all_that_acted(walk);
    size_t count = policy->rule_count;

    changes.end = &changes.first;
    for (size_t i = 0; i < count; i++) {
        i = bits_next_both(acted, policy->sets.changing, i, count);
        if (i < count)
            apply_rule(&changes, policy->rules[i]);
    }
    return changes.first;
}
