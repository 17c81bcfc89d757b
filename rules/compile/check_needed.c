/* Defaults that can't stand in for what a site must say itself. */
#include "plan.h"

static struct slice
name_of(const struct statement *statement)
{
    return statement->kind == STATEMENT_LIST ? statement->list.name : statement->table.name;
}

static bool
is_defined(const struct policy *policy, const struct statement *by_default)
{
    const struct statement *found = map_find(policy->names, name_of(by_default));

    return found && !found->is_default;
}

/* A file that has a default of the name brings tests for itself. */
static bool
has_default(const struct tree *tree, const struct source *source, struct slice name)
{
    for (const struct statement *s = tree->first; s; s = s->next)
        if (s->is_default && s->place.source == source &&
            (s->kind == STATEMENT_LIST || s->kind == STATEMENT_TABLE) &&
            slice_equal(name_of(s), name))
            return true;
    return false;
}

static bool
gives_entries(const struct test_statement *test, struct slice name)
{
    for (const struct test_line *line = test->lines; line; line = line->next) {
        struct slice rest = line->text;
        struct slice word;

        if (slice_word(&rest, " \t", &word) && slice_equal(word, SLICE("table")) &&
            slice_word(&rest, " \t", &word) && slice_equal(word, name))
            return true;
    }
    return false;
}

/* A policy that is made for its tests, as `table NAME KEY VALUE` in them shows. */
static bool
is_given_by_tests(const struct tree *tree, struct slice name)
{
    for (const struct statement *s = tree->first; s; s = s->next)
        if (s->kind == STATEMENT_TEST && gives_entries(&s->test, name) &&
            !has_default(tree, s->place.source, name))
            return true;
    return false;
}

static void
tell(const struct statement *s, struct diagnostics *diagnostics)
{
    struct slice name = name_of(s);
    bool list = s->kind == STATEMENT_LIST;

    if (s->included_at.source)
        diagnostics_error(
            diagnostics, s->included_at,
            "this file needs the %s \"%.*s\" (%.*s), which the policy doesn't define; "
            "write %s %.*s = %s, before or behind",
            list ? "list" : "table", (int)name.len, name.at, (int)s->needed.len, s->needed.at,
            list ? "list" : "table", (int)name.len, name.at, list ? "{ ... }" : "\"TYPE:PLACE\"");
    else
        diagnostics_warning(diagnostics, s->place,
                            "a policy that includes this file must define \"%.*s\" (%.*s)",
                            (int)name.len, name.at, (int)s->needed.len, s->needed.at);
}

void
check_needed(struct policy *policy, struct diagnostics *diagnostics)
{
    for (const struct statement *s = policy->tree.first; s; s = s->next)
        if (s->needed.at && !is_defined(policy, s) && !is_given_by_tests(&policy->tree, name_of(s)))
            tell(s, diagnostics);
}
