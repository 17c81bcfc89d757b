/* Statements in their normal form: what belongs together stands together, rules and tests apart. */
#include "policy/table_driver.h"
#include "print_inside.h"

/* What goes before a relative file name: how it is found from the policy's first file. */
static struct slice
directory_from(const struct tree *tree, const struct source *source)
{
    struct slice base = slice_of(tree->source ? tree->source->directory : "");
    struct slice directory = slice_of(source ? source->directory : "");

    if (slice_equal(slice_first(directory, base.len), base))
        return slice_from(directory, base.len);
    return directory;
}

static bool
is_relative(struct slice name)
{
    return name.len > 0 && name.at[0] != '/';
}

/* Without its quotes. */
static void
print_file_name(struct buffer *to, struct slice name, struct slice directory)
{
    if (is_relative(name))
        print_escaped(to, directory);
    print_escaped(to, name);
}

static void
print_set(struct buffer *to, const struct set_statement *set)
{
    buffer_printf(to, "set %.*s ", (int)set->name.len, set->name.at);
    print_operand(to, set->value);
    buffer_octet(to, '\n');
}

static void
print_filled_item(struct buffer *to, const struct item *item, bool new_line)
{
    buffer_octet(to, new_line ? '\n' : ' ');
    print_indent(to, new_line ? PRINT_INDENT : 0);
    print_item(to, item);
    buffer_text(to, item->next ? "," : "");
}

/* As many items on a line as fit. */
static void
print_filled(struct buffer *to, const struct item *items)
{
    buffer_octet(to, '{');
    for (const struct item *item = items; item; item = item->next) {
        size_t mark = to->len;

        print_filled_item(to, item, item == items);
        if (item == items || print_fits(to, mark))
            continue;
        to->len = mark;
        print_filled_item(to, item, true);
    }
    buffer_text(to, "\n}");
}

static void
print_braces(struct buffer *to, const struct item *items)
{
    size_t mark = to->len;

    print_items(to, items);
    if (print_fits(to, mark))
        return;
    to->len = mark;
    print_filled(to, items);
}

static void
print_list(struct buffer *to, const struct tree *tree, const struct list_statement *list)
{
    buffer_printf(to, "list %.*s ", (int)list->name.len, list->name.at);
    if (list->from_file) {
        buffer_text(to, "from ");
        buffer_octet(to, '"');
        print_file_name(to, list->file, directory_from(tree, list->file_place.source));
        buffer_octet(to, '"');
    } else {
        buffer_text(to, "= ");
        print_braces(to, list->items);
    }
}

static void
print_source(struct buffer *to, const struct tree *tree, const struct table_source *source)
{
    struct slice rest = source->text;

    buffer_octet(to, '"');
    for (const struct table_file_name *file = source->files; file; file = file->next) {
        size_t before = (size_t)(file->name.at - rest.at);

        print_escaped(to, slice_first(rest, before));
        print_file_name(to, file->name, directory_from(tree, source->place.source));
        rest = slice_from(rest, before + file->name.len);
    }
    print_escaped(to, rest);
    buffer_octet(to, '"');
}

static void
print_table(struct buffer *to, const struct tree *tree, const struct table_statement *table)
{
    buffer_printf(to, "table %.*s = ", (int)table->name.len, table->name.at);
    for (const struct table_source *source = table->sources; source; source = source->next) {
        print_source(to, tree, source);
        buffer_text(to, source->next ? ", " : "");
    }
    for (const struct table_option *option = table->options; option; option = option->next) {
        buffer_printf(to, " %.*s", (int)option->name.len, option->name.at);
        if (option->value == NULL)
            continue;
        buffer_octet(to, ' ');
        print_operand(to, option->value);
    }
}

/* The end of a list or table. */
static void
print_needed(struct buffer *to, struct slice needed)
{
    if (needed.at) {
        buffer_text(to, " needed ");
        print_string(to, needed);
    }
    buffer_octet(to, '\n');
}

static void
print_let(struct buffer *to, const struct let_statement *let)
{
    buffer_printf(to, "let %.*s = ", (int)let->name.len, let->name.at);
    print_expr_wrapped(to, let->expr, PRINT_INDENT);
    buffer_octet(to, '\n');
}

/* What stands before an action's texts. */
static void
print_head(struct buffer *to, const struct action *action)
{
    buffer_text(to, action_name(action->kind));
    if (action->kind == ACTION_DOWNGRADE)
        buffer_text(to, action->downgrade_utf8 ? " utf8" : " 8bit");
    if (action->code > 0 || action->code_place.length > 0)
        buffer_printf(to, " %lld", (long long)action->code);
    if (action->enhanced.len > 0)
        buffer_printf(to, " %.*s", (int)action->enhanced.len, action->enhanced.at);
}

static void
print_tail(struct buffer *to, const struct action *action)
{
    if (action->value) {
        buffer_octet(to, ' ');
        print_text(to, action->value);
    }
    if (action->forged)
        buffer_text(to, " forged");
    if (action->has_pattern) {
        buffer_text(to, " ~ ");
        print_pattern(to, &action->pattern);
    }
}

void
print_action(struct buffer *to, const struct action *action)
{
    print_head(to, action);
    for (const struct text *text = action->text; text; text = text->next) {
        buffer_octet(to, ' ');
        print_text(to, text);
    }
    print_tail(to, action);
}

/* Each line of a reply of several lines on a line of its own. */
static void
print_action_line(struct buffer *to, const struct action *action)
{
    print_indent(to, PRINT_INDENT);
    if (action->text == NULL || action->text->next == NULL) {
        print_action(to, action);
        buffer_octet(to, '\n');
        return;
    }
    print_head(to, action);
    for (const struct text *text = action->text; text; text = text->next) {
        buffer_octet(to, '\n');
        print_indent(to, 2 * PRINT_INDENT);
        print_text(to, text);
    }
    buffer_octet(to, '\n');
}

static void
print_rule(struct buffer *to, const struct rule *rule)
{
    buffer_printf(to, "rule %.*s%s", (int)rule->name.len, rule->name.at,
                  rule->written_audit ? " audit" : "");
    if (rule->has_at)
        buffer_printf(to, " at %s", stage_name(rule->at));
    buffer_octet(to, '\n');
    if (rule->condition) {
        print_indent(to, PRINT_INDENT);
        buffer_text(to, "if ");
        print_expr_wrapped(to, rule->condition, 2 * PRINT_INDENT);
        buffer_octet(to, '\n');
    }
    for (const struct action *action = rule->actions; action; action = action->next)
        print_action_line(to, action);
}

static void
print_names(struct buffer *to, const char *word, const struct names_statement *names)
{
    buffer_text(to, word);
    for (const struct item *name = names->names; name; name = name->next)
        buffer_printf(to, "%s%.*s", name == names->names ? " " : ", ", (int)name->text.len,
                      name->text.at);
    buffer_octet(to, '\n');
}

static void
print_statement(struct buffer *to, const struct tree *tree, const struct statement *statement)
{
    buffer_text(to, statement->is_default ? "default " : "");
    switch (statement->kind) {
    case STATEMENT_SET:
        print_set(to, &statement->set);
        break;
    case STATEMENT_LIST:
        print_list(to, tree, &statement->list);
        print_needed(to, statement->needed);
        break;
    case STATEMENT_TABLE:
        print_table(to, tree, &statement->table);
        print_needed(to, statement->needed);
        break;
    case STATEMENT_LET:
        print_let(to, &statement->let);
        break;
    case STATEMENT_RULE:
        print_rule(to, &statement->rule);
        break;
    case STATEMENT_DISABLE:
        print_names(to, "disable", &statement->names);
        break;
    case STATEMENT_AUDIT:
        print_names(to, "audit", &statement->names);
        break;
    case STATEMENT_TEST:
        print_test(to, &statement->test, directory_from(tree, statement->place.source));
        break;
    }
}

static bool
stand_together(const struct statement *a, const struct statement *b)
{
    return a->kind == b->kind && a->kind != STATEMENT_RULE && a->kind != STATEMENT_TEST;
}

void
print_tree(struct buffer *to, const struct tree *tree)
{
    for (const struct statement *statement = tree->first; statement; statement = statement->next) {
        print_statement(to, tree, statement);
        if (statement->next && !stand_together(statement, statement->next))
            buffer_octet(to, '\n');
    }
}
