/* The statements, each behind its first word. */
#include "parse_inside.h"

static const char *const defined_words[] = {"list", "table", "let", NULL};
static const char *const option_words[] = {"cache",  "timeout", "on-error", "patterns",
                                           "nested", "as",      NULL};
static const char *const outcome_words[] = {"tempfail", "not-found", NULL};
static const char *const type_words[] = {"size", "number", "time", "truth", NULL};

/* Any word is a value here, the language's own too: `set mode audit`. */
static struct operand *
parse_setting(struct parser *parser)
{
    static const char what[] = "the value of the setting";
    struct operand *value;

    if (parser_at_line_start(parser)) {
        parser_unexpected(parser, what, NULL);
        return NULL;
    }
    if (!parser_at(parser, TOKEN_NAME) || parser_at_word(parser, "yes") ||
        parser_at_word(parser, "no"))
        return parse_operand(parser, what);
    value = ARENA_NEW(parser->arena, struct operand);
    value->kind = OPERAND_NAME;
    value->place = parser->token.place;
    value->name = parser_take(parser).text;
    return value;
}

static bool
parse_set(struct parser *parser, struct statement *statement)
{
    struct set_statement *set = &statement->set;
    const struct token *token = parser_peek(parser);

    statement->kind = STATEMENT_SET;
    statement->place = token->place;
    set->name = token->text;
    if (!parser_expect(parser, TOKEN_NAME, "the name of a setting"))
        return false;
    set->value_place = parser_peek(parser)->place;
    set->value = parse_setting(parser);
    return set->value != NULL;
}

/* Behind a list or table that is a default, or nothing. */
static bool
parse_needed(struct parser *parser, struct statement *statement)
{
    struct token token = *parser_peek(parser);

    if (!parser_accept_word(parser, "needed"))
        return true;
    if (!statement->is_default) {
        parser_error(parser, token.place,
                     "\"needed\" belongs to a default, which somebody else is to replace");
        return false;
    }
    if (!parser_expect_string(parser, "what is needed, in quotes,", &token))
        return false;
    statement->needed = token.text;
    if (parser->file->included_by)
        statement->included_at = parser->file->named_at;
    return true;
}

static bool
parse_list(struct parser *parser, struct statement *statement)
{
    struct list_statement *list = &statement->list;
    struct token name, file;

    statement->kind = STATEMENT_LIST;
    if (!parser_name(parser, "the name of a list", &name))
        return false;
    list->name = name.text;
    statement->place = name.place;
    if (parser_accept(parser, TOKEN_ASSIGN))
        return parser_expect(parser, TOKEN_OPEN_BRACE, "\"{\"") &&
               parse_items(parser, &list->items) && parse_needed(parser, statement);
    if (!parser_accept_word(parser, "from")) {
        parser_unexpected(parser, "\"= {\" or \"from\"", NULL);
        return false;
    }
    list->from_file = true;
    if (!parser_expect_string(parser, "the name of a file in quotes", &file))
        return false;
    list->file = file.text;
    list->file_place = file.place;
    return parse_needed(parser, statement);
}

static bool
parse_sources(struct parser *parser, struct table_statement *table)
{
    struct table_source **last = &table->sources;
    struct token token;

    do {
        if (!parser_expect_string(parser, "\"TYPE:PLACE\" in quotes", &token))
            return false;
        *last = ARENA_NEW(parser->arena, struct table_source);
        (*last)->text = token.text;
        (*last)->place = token.place;
        last = &(*last)->next;
    } while (parser_accept(parser, TOKEN_COMMA));
    return true;
}

static bool
parse_option_word(struct parser *parser, struct table_option *option, const char *const *words,
                  const char *what)
{
    if (!parser_at_one_of(parser, words)) {
        parser_unexpected(parser, what, words);
        return false;
    }
    option->value = ARENA_NEW(parser->arena, struct operand);
    option->value->kind = OPERAND_NAME;
    option->value->place = parser->token.place;
    option->value->name = parser_take(parser).text;
    return true;
}

static bool
parse_option_value(struct parser *parser, struct table_option *option)
{
    const struct token *token = parser_peek(parser);

    if (slice_equal(option->name, SLICE("on-error")))
        return parse_option_word(parser, option, outcome_words, "\"tempfail\" or \"not-found\"");
    if (slice_equal(option->name, SLICE("as")))
        return parse_option_word(parser, option, type_words,
                                 "\"size\", \"number\", \"time\" or \"truth\"");
    if (token->kind == TOKEN_TIME && token->number >= 0)
        option->value = parse_operand(parser, "a time");
    else
        parser_unexpected(parser, "a time, such as 30s,", NULL);
    return option->value != NULL;
}

static bool
option_is_repeated(struct parser *parser, const struct table_option *options)
{
    for (const struct table_option *option = options; option; option = option->next)
        if (slice_equal(option->name, parser_peek(parser)->text)) {
            parser_error(parser, parser->token.place, "%s stands twice; write it once",
                         lex_show(parser->arena, &parser->token));
            return true;
        }
    return false;
}

static bool
parse_option(struct parser *parser, struct table_statement *table, struct table_option ***last)
{
    struct table_option *option = ARENA_NEW(parser->arena, struct table_option);
    struct token token;

    if (option_is_repeated(parser, table->options))
        return false;
    token = parser_take(parser);
    option->name = token.text;
    option->place = token.place;
    if (!slice_equal(option->name, SLICE("patterns")) &&
        !slice_equal(option->name, SLICE("nested")) && !parse_option_value(parser, option))
        return false;
    **last = option;
    *last = &option->next;
    return true;
}

/* Behind what may be the end of a statement: true where the next one may begin, else an error. */
static bool
at_statement_end(struct parser *parser, const char *what, const char *const *near)
{
    if (parser_at(parser, TOKEN_END) || parser_at_one_of(parser, statement_words) ||
        parser_at_line_start(parser))
        return true;
    parser_unexpected(parser, what, near);
    return false;
}

static bool
parse_table(struct parser *parser, struct statement *statement)
{
    struct table_statement *table = &statement->table;
    struct table_option **last = &table->options;
    struct token name;

    statement->kind = STATEMENT_TABLE;
    if (!parser_name(parser, "the name of a table", &name))
        return false;
    table->name = name.text;
    statement->place = name.place;
    if (!parser_expect(parser, TOKEN_ASSIGN, "\"=\"") || !parse_sources(parser, table))
        return false;
    while (parser_at_one_of(parser, option_words))
        if (!parse_option(parser, table, &last))
            return false;
    if (!parse_needed(parser, statement))
        return false;
    return at_statement_end(
        parser, "\",\", cache, timeout, on-error, patterns, nested, as or the next statement",
        option_words);
}

static bool
parse_let(struct parser *parser, struct statement *statement)
{
    struct token name;

    statement->kind = STATEMENT_LET;
    if (!parser_name(parser, "the name of a condition or value", &name))
        return false;
    statement->let.name = name.text;
    statement->place = name.place;
    if (!parser_expect(parser, TOKEN_ASSIGN, "\"=\""))
        return false;
    statement->let.expr = parse_expr(parser);
    return statement->let.expr &&
           at_statement_end(parser, "\"and\", \"or\" or the next statement", NULL);
}

static bool
parse_default(struct parser *parser, struct statement *statement)
{
    statement->is_default = true;
    if (parser_accept_word(parser, "list"))
        return parse_list(parser, statement);
    if (parser_accept_word(parser, "table"))
        return parse_table(parser, statement);
    if (parser_accept_word(parser, "let"))
        return parse_let(parser, statement);
    parser_unexpected(parser, "list, table or let", defined_words);
    return false;
}

static bool
parse_stage(struct parser *parser, struct rule *rule)
{
    const char *names[STAGES + 1] = {NULL};

    for (int stage = 0; stage < STAGES; stage++)
        names[stage] = stage_name(stage);
    if (!parser_at(parser, TOKEN_NAME) || !stage_find(parser->token.text, &rule->at)) {
        parser_unexpected(
            parser, "a stage (connect, helo, mail, rcpt, data, header, body, unknown)", names);
        return false;
    }
    parser_take(parser);
    return true;
}

static bool
at_action(struct parser *parser)
{
    enum action_kind kind;

    return parser_at(parser, TOKEN_NAME) && action_find(parser->token.text, &kind);
}

static void
refuse_action(struct parser *parser, const struct rule *rule)
{
    const char *what = rule->condition ? "\"and\", \"or\" or an action" : "\"if\" or an action";

    if (parser_at_word(parser, "audit") && !parser_at_line_start(parser))
        parser_error(parser, parser->token.place,
                     "\"audit\" stands too late; it belongs directly behind the rule's name");
    else if (parser_at(parser, TOKEN_NAME) &&
             slice_has_word_nocase("KB MB GB ms s min h d", parser->token.text))
        parser_error(parser, parser->token.place,
                     "\"%.*s\" stands alone; a unit stands directly behind its number, as in 10MB",
                     (int)parser->token.text.len, parser->token.text.at);
    else
        parser_unexpected(parser, what, parse_action_words(parser->arena));
}

static void
refuse_late_condition(struct parser *parser, const struct rule *rule)
{
    if (rule->condition)
        parser_error(parser, parser->token.place,
                     "\"if\" stands twice; a rule has one condition, whose parts are joined by "
                     "\"and\" or \"or\"");
    else
        parser_error(parser, parser->token.place,
                     "\"if\" stands too late; the condition stands before the actions, as in: "
                     "rule %.*s if ... %s",
                     (int)rule->name.len, rule->name.at, action_name(rule->actions->kind));
}

static bool
parse_actions(struct parser *parser, struct rule *rule)
{
    struct action **last = &rule->actions;

    if (!at_action(parser)) {
        refuse_action(parser, rule);
        return false;
    }
    while (at_action(parser)) {
        *last = parse_action(parser);
        if (*last == NULL)
            return false;
        last = &(*last)->next;
    }
    if (parser_at_word(parser, "if")) {
        refuse_late_condition(parser, rule);
        return false;
    }
    return at_statement_end(parser, "an action or the next statement",
                            parse_action_words(parser->arena));
}

static bool
parse_rule(struct parser *parser, struct statement *statement)
{
    struct rule *rule = &statement->rule;
    struct token name;

    statement->kind = STATEMENT_RULE;
    if (!parser_name(parser, "the name of a rule", &name))
        return false;
    rule->name = name.text;
    rule->place = statement->place = name.place;
    rule->written_audit = rule->audit = parser_accept_word(parser, "audit");
    rule->has_at = parser_accept_word(parser, "at");
    if (rule->has_at && !parse_stage(parser, rule))
        return false;
    if (parser_accept_word(parser, "if")) {
        rule->condition = parse_expr(parser);
        if (rule->condition == NULL)
            return false;
    }
    return parse_actions(parser, rule);
}

static bool
parse_names(struct parser *parser, struct statement *statement, enum statement_kind kind)
{
    struct item **last = &statement->names.names;

    statement->kind = kind;
    do {
        struct token token = *parser_peek(parser);

        if (!parser_accept(parser, TOKEN_STARRED) &&
            !parser_name(parser, "the name of a rule", &token))
            return false;
        *last = ARENA_NEW(parser->arena, struct item);
        (*last)->place = token.place;
        (*last)->text = token.text;
        last = &(*last)->next;
    } while (parser_accept(parser, TOKEN_COMMA));
    return at_statement_end(parser, "\",\" or the next statement", NULL);
}

static void
refuse_statement(struct parser *parser)
{
    const struct token *token = parser_peek(parser);
    struct suggestion suggestion = suggest_for(token->text);

    if (token->kind == TOKEN_BAD)
        return;
    for (size_t i = 0; token->kind == TOKEN_NAME && statement_words[i]; i++)
        suggest_offer(&suggestion, slice_of(statement_words[i]));
    if (suggestion.best.len > 0)
        parser_error(parser, token->place, "%s begins no statement%s",
                     lex_show(parser->arena, token), suggest_text(parser->arena, &suggestion));
    else
        parser_error(parser, token->place,
                     "%s begins no statement; one begins with set, include, "
                     "default, list, table, let, rule, disable, audit or test",
                     lex_show(parser->arena, token));
}

bool
parse_statement(struct parser *parser, struct statement *statement)
{
    statement->place = parser_peek(parser)->place;
    if (parser_accept_word(parser, "set"))
        return parse_set(parser, statement);
    if (parser_accept_word(parser, "default"))
        return parse_default(parser, statement);
    if (parser_accept_word(parser, "list"))
        return parse_list(parser, statement);
    if (parser_accept_word(parser, "table"))
        return parse_table(parser, statement);
    if (parser_accept_word(parser, "let"))
        return parse_let(parser, statement);
    if (parser_accept_word(parser, "rule"))
        return parse_rule(parser, statement);
    if (parser_accept_word(parser, "disable"))
        return parse_names(parser, statement, STATEMENT_DISABLE);
    if (parser_accept_word(parser, "audit"))
        return parse_names(parser, statement, STATEMENT_AUDIT);
    if (parser_accept_word(parser, "test"))
        return parse_test(parser, statement);
    refuse_statement(parser);
    return false;
}
