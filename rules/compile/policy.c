/* The front door of the compiler: from a file to a policy that runs. */
#include "policy/watch.h"

#include "language/parse.h"
#include "language/print.h"
#include "language/scenario_inside.h"
#include "plan.h"
#include "values/regex.h"

static struct policy *
policy_new(void)
{
    struct arena *arena = arena_new(SIZE_MAX);
    struct policy *policy = ARENA_NEW(arena, struct policy);

    policy->arena = arena;
    atomic_init(&policy->references, 1);
    settings_init(&policy->settings);
    return policy;
}

static void
policy_release(void *of)
{
    struct policy *policy = of;

    policy_unref(&policy);
}

static void
check(struct policy *policy, struct diagnostics *diagnostics)
{
    settings_load(policy, diagnostics);
    resolve_policy(policy, diagnostics);
    check_names(policy, diagnostics);
    plan_rules(policy);
    check_conditions(policy, diagnostics);
    check_actions(policy, diagnostics);
    check_needed(policy, diagnostics);
    policy->tests = scenario_tests(policy->arena, &policy->tree, diagnostics);
}

/* Each step reports all it finds, but a statement that couldn't be parsed would be missed
 * everywhere. Diagnostics point into the text of the policy, so one that failed lives as long as
 * they do. */
static struct policy *
policy_compile(struct policy *policy, struct diagnostics *diagnostics)
{
    if (diagnostics->errors == 0)
        check(policy, diagnostics);
    if (diagnostics->errors > 0) {
        arena_on_end(diagnostics->arena, policy_release, policy);
        return NULL;
    }
    check_warnings(policy, diagnostics);
    check_costs(policy, diagnostics);
    plan_needs(policy);
    plan_parts(policy);
    return policy;
}

struct policy *
policy_load(const char *path, struct diagnostics *diagnostics)
{
    struct policy *policy = policy_new();

    parse_policy(policy->arena, path, diagnostics, &policy->tree);
    return policy_compile(policy, diagnostics);
}

struct policy *
policy_load_text(const char *name, struct slice text, struct diagnostics *diagnostics)
{
    struct policy *policy = policy_new();
    size_t slash = slice_find_last(slice_of(name), '/');
    bool in_folder = name[slash] == '/';
    struct slice folder = slice_first(slice_of(name), in_folder ? slash + 1 : 0);

    parse_text(policy->arena, name, arena_string(policy->arena, folder), text, diagnostics,
               &policy->tree);
    return policy_compile(policy, diagnostics);
}

/* Names of files are written as seen from the directory of the file. */
struct policy *
policy_load_printed(const char *path, struct slice text, struct diagnostics *diagnostics)
{
    struct policy *policy = policy_new();
    struct slice name = slice_of(path);
    size_t slash = slice_find_last(name, '/');
    const char *directory =
        slash == name.len ? "" : arena_string(policy->arena, slice_first(name, slash + 1));

    parse_text(policy->arena, arena_printf(policy->arena, "%s, as it was served", path), directory,
               text, diagnostics, &policy->tree);
    return policy_compile(policy, diagnostics);
}

bool
policy_read_settings(const char *path, struct diagnostics *diagnostics, struct settings *settings_r)
{
    struct policy *policy = policy_new();

    arena_on_end(diagnostics->arena, policy_release, policy);
    parse_policy(policy->arena, path, diagnostics, &policy->tree);
    if (diagnostics->errors == 0)
        settings_load(policy, diagnostics);
    *settings_r = policy->settings;
    return diagnostics->errors == 0;
}

bool
policy_patterns_are_slow(void)
{
    return regex_jit_is_refused();
}

struct policy *
policy_ref(struct policy *policy)
{
    atomic_fetch_add(&policy->references, 1);
    return policy;
}

void
policy_unref(struct policy **policy)
{
    struct policy *mine = *policy;
    struct arena *arena;

    *policy = NULL;
    if (mine == NULL || atomic_fetch_sub(&mine->references, 1) != 1)
        return;
    arena = mine->arena;
    arena_free(&arena);
}

const struct settings *
policy_settings(const struct policy *policy)
{
    return &policy->settings;
}

const struct needs *
policy_needs(const struct policy *policy)
{
    return &policy->needs;
}

enum rule_state
policy_rule_state(const struct policy *policy, struct slice name)
{
    for (const struct statement *s = policy->tree.first; s; s = s->next) {
        if (s->kind != STATEMENT_RULE || !slice_equal(s->rule.name, name))
            continue;
        if (plan_rule_is_off(&s->rule))
            return RULE_OFF;
        return s->rule.audit ? RULE_WATCHED : RULE_ACTS;
    }
    return RULE_UNKNOWN;
}

const struct table *
policy_table(const struct policy *policy, struct slice name)
{
    for (const struct statement *s = policy->tree.first; s; s = s->next)
        if (s->kind == STATEMENT_TABLE && !s->overridden && slice_equal(s->table.name, name))
            return s->table.table;
    return NULL;
}

static const struct list *
policy_list(const struct policy *policy, struct slice name)
{
    for (const struct statement *s = policy->tree.first; s; s = s->next)
        if (s->kind == STATEMENT_LIST && !s->overridden && slice_equal(s->list.name, name))
            return s->list.list;
    return NULL;
}

bool
policy_has_list(const struct policy *policy, struct slice name)
{
    return policy_list(policy, name) != NULL;
}

bool
policy_list_has(const struct policy *policy, struct arena *arena, struct slice name,
                const struct value *value)
{
    const struct list *list = policy_list(policy, name);

    return list && list_contains(list, arena, value);
}

const struct table *
policy_table_at(const struct policy *policy, size_t number)
{
    for (const struct statement *s = policy->tree.first; s; s = s->next)
        if (s->kind == STATEMENT_TABLE && !s->overridden && number-- == 0)
            return s->table.table;
    return NULL;
}

void
policy_set_watch(struct policy *policy, const struct policy_watch *watch)
{
    policy->watch = watch;
}

void
policy_print(const struct policy *policy, FILE *to)
{
    struct arena *arena = arena_new(SIZE_MAX);
    struct buffer text;
    struct slice printed;

    buffer_init(&text, arena, SIZE_MAX);
    print_tree(&text, &policy->tree);
    printed = buffer_slice(&text);
    fwrite(printed.at, 1, printed.len, to);
    arena_free(&arena);
}

const struct test *
policy_tests(const struct policy *policy)
{
    return policy->tests;
}

const struct test *
policy_tests_load(struct arena *arena, const char *path, struct diagnostics *diagnostics)
{
    unsigned before = diagnostics->errors;
    struct tree tree;
    const struct test *tests;

    parse_tests(arena, path, diagnostics, &tree);
    tests = scenario_tests(arena, &tree, diagnostics);
    return diagnostics->errors > before ? NULL : tests;
}
