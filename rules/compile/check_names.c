/* Names that nothing reads: what a site defines under nearly the name of a default does nothing,
 * while the default stays in force. */
#include "base/suggest.h"
#include "plan.h"

enum { SHORTEST = 5, NEAREST_MISS = 2 };

/* The name of a list, table or let that the site defines and nothing reads, or an empty one. */
static struct slice
unread_name(const struct statement *s)
{
    if (s->is_default)
        return SLICE("");
    if (s->kind == STATEMENT_LIST && !s->list.used)
        return s->list.name;
    if (s->kind == STATEMENT_TABLE && !s->table.used)
        return s->table.name;
    if (s->kind == STATEMENT_LET && !s->let.used)
        return s->let.name;
    return SLICE("");
}

/* A default that the site hasn't given a meaning of its own. */
static void
offer_default(struct suggestion *suggestion, const struct statement *s)
{
    if (!s->is_default || s->overridden)
        return;
    if (s->kind == STATEMENT_LIST)
        suggest_offer(suggestion, s->list.name);
    else if (s->kind == STATEMENT_TABLE)
        suggest_offer(suggestion, s->table.name);
    else if (s->kind == STATEMENT_LET)
        suggest_offer(suggestion, s->let.name);
}

static void
check_name(struct policy *policy, struct diagnostics *diagnostics, const struct statement *unread,
           struct slice name)
{
    struct suggestion suggestion = {.word = name, .distance = NEAREST_MISS + 1};

    for (const struct statement *s = policy->tree.first; s; s = s->next)
        offer_default(&suggestion, s);
    if (suggestion.best.len > 0)
        diagnostics_error(diagnostics, unread->place,
                          "nothing reads \"%.*s\"; the name that the rules read is \"%.*s\"",
                          (int)name.len, name.at, (int)suggestion.best.len, suggestion.best.at);
}

void
check_names(struct policy *policy, struct diagnostics *diagnostics)
{
    for (const struct statement *s = policy->tree.first; s; s = s->next) {
        struct slice name = unread_name(s);

        if (name.len >= SHORTEST)
            check_name(policy, diagnostics, s, name);
    }
}
