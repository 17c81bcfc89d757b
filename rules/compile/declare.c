/* What the statements of a policy define: names of lists, tables, lets and rules, each once; and
 * which of two definitions counts when one is a `default`. */
#include "language/parse.h"
#include "mail/domain.h"
#include "policy/table_driver.h"
#include "resolve_inside.h"
#include "values/list.h"

static bool
has_name(const struct statement *statement)
{
    return statement->kind == STATEMENT_LIST || statement->kind == STATEMENT_TABLE ||
           statement->kind == STATEMENT_LET;
}

static struct slice
statement_name(const struct statement *statement)
{
    switch (statement->kind) {
    case STATEMENT_LIST:
        return statement->list.name;
    case STATEMENT_TABLE:
        return statement->table.name;
    case STATEMENT_LET:
        return statement->let.name;
    case STATEMENT_RULE:
        return statement->rule.name;
    case STATEMENT_SET:
    case STATEMENT_DISABLE:
    case STATEMENT_AUDIT:
    case STATEMENT_TEST:
        break;
    }
    return SLICE("");
}

static const char *
kind_of(const struct statement *statement)
{
    switch (statement->kind) {
    case STATEMENT_LIST:
        return "list";
    case STATEMENT_TABLE:
        return "table";
    case STATEMENT_LET:
        return "let";
    case STATEMENT_RULE:
    case STATEMENT_SET:
    case STATEMENT_DISABLE:
    case STATEMENT_AUDIT:
    case STATEMENT_TEST:
        break;
    }
    return "statement";
}

/* A name that a fact has, or that stands before the dot of one, can't be defined. */
static bool
belongs_to_facts(struct slice name)
{
    const struct fact *fact;

    for (size_t i = 0; (fact = fact_at(i)); i++) {
        struct slice known = slice_of(fact->name);

        if (slice_equal(slice_first(known, slice_find(known, '.')), name))
            return true;
    }
    return slice_equal(name, SLICE("count"));
}

static void
override(struct statement *by_default, struct statement *earlier)
{
    by_default->overridden = true;
    if (earlier->kind == STATEMENT_LIST)
        earlier->list.in_default = true;
    if (earlier->kind == STATEMENT_TABLE && earlier->table.inherited == NULL)
        earlier->table.inherited = by_default->table.options;
}

static void
define(struct resolver *resolver, struct statement *statement)
{
    struct slice name = statement_name(statement);
    struct statement *earlier = map_find(resolver->policy->names, name);

    if (slice_find(name, '.') < name.len)
        diagnostics_error(resolver->diagnostics, statement->place,
                          "the name \"%.*s\" has a dot, which only facts and their parts have",
                          (int)name.len, name.at);
    else if (belongs_to_facts(name))
        diagnostics_error(resolver->diagnostics, statement->place,
                          "\"%.*s\" is a word of the language; give the %s another name",
                          (int)name.len, name.at, kind_of(statement));
    else if (earlier == NULL)
        map_add(resolver->policy->names, name, statement);
    else if (earlier->kind != statement->kind || !statement->is_default)
        diagnostics_error(resolver->diagnostics, statement->place,
                          "\"%.*s\" is defined already, as a %s at %s", (int)name.len, name.at,
                          kind_of(earlier),
                          diagnostics_place_text(resolver->policy->arena, earlier->place));
    else
        override(statement, earlier);
}

static void
build_list(struct resolver *resolver, struct list_statement *list)
{
    struct policy *policy = resolver->policy;

    list->list = list_build(policy->arena, list->items, list->from_file,
                            settings_local_case(&policy->settings), resolver->diagnostics);
}

static void
read_list_file(struct resolver *resolver, struct statement *statement)
{
    struct policy *policy = resolver->policy;
    struct list_statement *list = &statement->list;
    const char *path =
        diagnostics_source_relative(policy->arena, list->file_place.source, list->file);

    list->items = parse_list_file(policy->arena, path, resolver->diagnostics, list->file_place,
                                  &list->file_text);
}

static void
open_place(struct resolver *resolver, struct table *table, const struct table_source *source,
           struct table_place *place)
{
    struct arena *arena = resolver->policy->arena;
    const char *reason;

    if (table_place_open(arena, source->text, source->place, &table->options, place, &reason))
        return;
    if (place->driver)
        reason = arena_printf(arena, "table \"%.*s\": %s", (int)table->name.len, table->name.at,
                              reason);
    diagnostics_error(resolver->diagnostics, source->place, "%s", reason);
}

static enum value_type
option_type(struct slice word)
{
    static const enum value_type types[] = {TYPE_SIZE, TYPE_NUMBER, TYPE_TIME, TYPE_TRUTH};
    static const char *const words[] = {"size", "number", "time", "truth"};

    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
        if (slice_equal(word, slice_of(words[i])))
            return types[i];
    return TYPE_ABSENT;
}

/* What a default says of its answers, its readers rely on, whichever table takes its place. */
static struct table_options
inherited_options(const struct table_option *option)
{
    struct table_options options = {.timeout_ms = TABLE_TIMEOUT_MS};

    for (; option; option = option->next)
        if (slice_equal(option->name, SLICE("as")))
            options.as = option_type(option->value->name);
        else if (slice_equal(option->name, SLICE("nested")))
            options.nested = true;
    return options;
}

static struct table_options
read_options(const struct table_statement *statement)
{
    struct table_options options = inherited_options(statement->inherited);

    for (const struct table_option *option = statement->options; option; option = option->next)
        if (slice_equal(option->name, SLICE("patterns")))
            options.patterns = true;
        else if (slice_equal(option->name, SLICE("nested")))
            options.nested = true;
        else if (slice_equal(option->name, SLICE("on-error")))
            options.not_found_on_error = slice_equal(option->value->name, SLICE("not-found"));
        else if (slice_equal(option->name, SLICE("cache")))
            options.cache_ms = option->value->number;
        else if (slice_equal(option->name, SLICE("timeout")))
            options.timeout_ms = option->value->number;
        else if (slice_equal(option->name, SLICE("as")))
            options.as = option_type(option->value->name);
    return options;
}

static bool
may_be_slow(const struct table_place *place)
{
    for (; place; place = place->next)
        if ((place->driver && place->driver->may_be_slow) || may_be_slow(place->inner))
            return true;
    return false;
}

static void
judge_option(struct resolver *resolver, const struct table *table,
             const struct table_option *option)
{
    bool timeout = slice_equal(option->name, SLICE("timeout"));

    if (timeout && table->options.timeout_ms > TABLE_TIMEOUT_MOST_MS)
        diagnostics_error(resolver->diagnostics, option->place,
                          "timeout is at most 20s: an MTA waits no longer than 30s for an answer");
    else if ((timeout || slice_equal(option->name, SLICE("cache"))) && !may_be_slow(table->places))
        diagnostics_warning(resolver->diagnostics, option->place,
                            "%.*s is for tables that may be slow, such as sqlite, and does nothing "
                            "for this one",
                            (int)option->name.len, option->name.at);
}

static void
judge_answers(struct resolver *resolver, const struct table *table,
              const struct table_option *option)
{
    while (option && !slice_equal(option->name, SLICE("as")) &&
           !slice_equal(option->name, SLICE("nested")))
        option = option->next;
    if (option && table->options.as && table->options.nested)
        diagnostics_error(resolver->diagnostics, option->place,
                          "with nested an answer may have many words, and with as it has one; "
                          "leave one of them out");
}

/* The words of local-domains, as keys have them. */
static struct slice
local_domains(struct arena *arena, struct slice words)
{
    struct buffer *keys = ARENA_NEW(arena, struct buffer);
    struct slice word;

    buffer_init(keys, arena, SIZE_MAX);
    while (slice_word(&words, ", \t\r\n", &word)) {
        buffer_add(keys, domain_key(arena, word));
        buffer_octet(keys, ' ');
    }
    return buffer_slice(keys);
}

static void
open_table(struct resolver *resolver, struct table_statement *statement)
{
    struct policy *policy = resolver->policy;
    struct table *table = ARENA_NEW(policy->arena, struct table);
    struct table_place **last = &table->places;

    table->name = statement->name;
    table->options = read_options(statement);
    table->delimiters =
        arena_string(policy->arena, policy->settings.value[SET_RECIPIENT_DELIMITER].text);
    table->local_domains =
        local_domains(policy->arena, policy->settings.value[SET_LOCAL_DOMAINS].text);
    for (const struct table_source *source = statement->sources; source; source = source->next) {
        *last = ARENA_NEW(policy->arena, struct table_place);
        open_place(resolver, table, source, *last);
        last = &(*last)->next;
    }
    for (const struct table_option *option = statement->options; option; option = option->next)
        judge_option(resolver, table, option);
    judge_answers(resolver, table, statement->options);
    statement->table = table;
}

/* Those of a default that isn't opened too, since it is printed. */
static void
find_files(struct arena *arena, struct table_statement *table)
{
    for (struct table_source *source = table->sources; source; source = source->next)
        source->files = table_file_names(arena, source->text);
}

static void
make(struct resolver *resolver, struct statement *statement)
{
    if (statement->kind == STATEMENT_TABLE)
        find_files(resolver->policy->arena, &statement->table);
    if (statement->overridden)
        return;
    if (statement->kind == STATEMENT_LIST && statement->list.from_file)
        read_list_file(resolver, statement);
    if (statement->kind == STATEMENT_LIST)
        build_list(resolver, &statement->list);
    if (statement->kind == STATEMENT_TABLE)
        open_table(resolver, &statement->table);
}

static void
define_rules(struct resolver *resolver)
{
    struct policy *policy = resolver->policy;
    struct map *rules = map_new(policy->arena);
    unsigned number = 0;

    for (struct statement *s = policy->tree.first; s; s = s->next) {
        const struct statement *earlier;

        if (s->kind != STATEMENT_RULE)
            continue;
        s->rule.number = number++;
        s->rule.audit = s->rule.written_audit;
        if (map_add(rules, s->rule.name, s))
            continue;
        earlier = map_find(rules, s->rule.name);
        diagnostics_error(resolver->diagnostics, s->place,
                          "there is a rule \"%.*s\" already, at %s", (int)s->rule.name.len,
                          s->rule.name.at, diagnostics_place_text(policy->arena, earlier->place));
    }
}

void
declare_names(struct resolver *resolver)
{
    struct statement *first = resolver->policy->tree.first;

    for (struct statement *s = first; s; s = s->next)
        if (has_name(s) && !s->is_default)
            define(resolver, s);
    for (struct statement *s = first; s; s = s->next)
        if (has_name(s) && s->is_default)
            define(resolver, s);
    for (struct statement *s = first; s; s = s->next)
        make(resolver, s);
    define_rules(resolver);
}

void
declare_offer_names(const struct resolver *resolver, struct suggestion *suggestion)
{
    for (const struct statement *s = resolver->policy->tree.first; s; s = s->next)
        if (has_name(s) && map_find(resolver->policy->names, statement_name(s)))
            suggest_offer(suggestion, statement_name(s));
}

/* NAME, or NAME* for all rules whose names begin so. */
static bool
pattern_fits(struct slice pattern, struct slice name)
{
    if (pattern.len > 0 && pattern.at[pattern.len - 1] == '*')
        return name.len >= pattern.len - 1 && memcmp(name.at, pattern.at, pattern.len - 1) == 0;
    return slice_equal(pattern, name);
}

static const char *
suggestion_for(struct resolver *resolver, struct slice name)
{
    struct suggestion suggestion = suggest_for(name);

    for (struct statement *s = resolver->policy->tree.first; s; s = s->next)
        if (s->kind == STATEMENT_RULE)
            suggest_offer(&suggestion, s->rule.name);
    return suggest_text(resolver->policy->arena, &suggestion);
}

static void
apply_pattern(struct resolver *resolver, enum statement_kind kind, const struct item *pattern)
{
    bool found = false;

    for (struct statement *s = resolver->policy->tree.first; s; s = s->next) {
        if (s->kind != STATEMENT_RULE || !pattern_fits(pattern->text, s->rule.name))
            continue;
        found = true;
        if (kind == STATEMENT_DISABLE)
            s->rule.disabled = true;
        else
            s->rule.audit = true;
    }
    if (!found)
        diagnostics_error(resolver->diagnostics, pattern->place, "no rule is named \"%.*s\"%s",
                          (int)pattern->text.len, pattern->text.at,
                          suggestion_for(resolver, pattern->text));
}

void
declare_names_statements(struct resolver *resolver)
{
    for (struct statement *s = resolver->policy->tree.first; s; s = s->next)
        if (s->kind == STATEMENT_DISABLE || s->kind == STATEMENT_AUDIT)
            for (const struct item *item = s->names.names; item; item = item->next)
                apply_pattern(resolver, s->kind, item);
}
