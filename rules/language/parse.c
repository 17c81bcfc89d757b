/* Statement after statement, file after file: includes, and how parsing goes on after an error. */
#include "parse_inside.h"

#include <stdio.h>

static void parse_file(const struct parser *from, struct source_file *file);

static void
append_statement(struct parser *parser, const struct statement *statement)
{
    struct statement *kept = ARENA_NEW(parser->arena, struct statement);

    *kept = *statement;
    **parser->last = kept;
    *parser->last = &kept->next;
}

/* "a.conf" includes "b.rules" includes "a.conf" */
static const char *
describe_circle(struct arena *arena, const struct source_file *again, const struct source_file *by)
{
    const char *chain = arena_printf(arena, "\"%s\"", again->source.name);

    for (const struct source_file *file = by; file; file = file->included_by) {
        chain = arena_printf(arena, "\"%s\" includes %s", file->source.name, chain);
        if (source_same_file(file, again))
            break;
    }
    return chain;
}

/* False, and an error, where the file was read before. */
static bool
is_new(struct parser *parser, const struct source_file *file)
{
    unsigned depth = 0;

    for (const struct source_file *by = parser->file; by; by = by->included_by, depth++)
        if (source_same_file(by, file)) {
            parser_error(parser, file->named_at, "includes go in a circle: %s",
                         describe_circle(parser->arena, file, parser->file));
            return false;
        }
    for (const struct source_file *old = *parser->files; old; old = old->next)
        if (source_same_file(old, file)) {
            parser_error(parser, file->named_at,
                         "\"%s\" is included twice, first at %s; it would define its names twice",
                         file->source.name, diagnostics_place_text(parser->arena, old->named_at));
            return false;
        }
    if (depth < PARSE_MAX_DEPTH)
        return true;
    parser_error(parser, file->named_at, "includes nest deeper than %d", PARSE_MAX_DEPTH);
    return false;
}

static void
include_file(struct parser *parser, const char *path, struct place named_at)
{
    struct source_file *file = source_read(parser->arena, path, named_at, parser->diagnostics);

    if (file == NULL || !is_new(parser, file))
        return;
    file->included_by = parser->file;
    parse_file(parser, file);
}

static bool
parse_include(struct parser *parser)
{
    struct token name;
    const char **paths;
    size_t count;

    if (!parser_expect_string(parser, "the name of a file in quotes", &name))
        return false;
    if (source_find(parser->arena, &parser->file->source, name.text, name.place,
                    parser->diagnostics, &paths, &count))
        for (size_t i = 0; i < count; i++)
            include_file(parser, paths[i], name.place);
    return true;
}

static bool
parse_one(struct parser *parser)
{
    struct statement statement = {0};

    if (parser->tests_only && !parser_at_word(parser, "test")) {
        parser_unexpected(parser, "a test", NULL);
        parser_take(parser);
        return false;
    }
    if (parser_accept_word(parser, "include"))
        return parse_include(parser);
    if (!parse_statement(parser, &statement))
        return false;
    append_statement(parser, &statement);
    return true;
}

static bool
begins_with_word(struct slice line, const char *word)
{
    size_t len = strlen(word);

    if (!slice_equal(slice_first(line, len), slice_of(word)))
        return false;
    return len == line.len || ascii_is_space(line.at[len]) || line.at[len] == '#' ||
           line.at[len] == '"';
}

static bool
begins_statement(struct slice line)
{
    for (size_t i = 0; statement_words[i]; i++)
        if (begins_with_word(line, statement_words[i]))
            return true;
    return false;
}

/* Goes on at the next line that begins with a statement's first word. */
static void
recover(struct parser *parser)
{
    struct slice text = parser->file->source.text;
    size_t at = parser->peeked ? parser->token.place.offset : parser->lexer.at;

    parser->peeked = false;
    parser->depth = 0;
    while (at < text.len && ((at > 0 && text.at[at - 1] != '\n') ||
                             !begins_statement(slice_from(text, at))))
        at++;
    parser->lexer.at = at;
}

static void
parse_statements(struct parser *parser)
{
    if (!source_check(&parser->file->source, parser->diagnostics))
        return;
    while (!parser_at(parser, TOKEN_END))
        if (!parse_one(parser))
            recover(parser);
}

static void
parse_file(const struct parser *from, struct source_file *file)
{
    struct parser parser = *from;

    file->next = *parser.files;
    *parser.files = file;
    parser.file = file;
    parser.peeked = false;
    parser.depth = 0;
    parser.lexer = lex_begin(parser.arena, &file->source, parser.diagnostics);
    parse_statements(&parser);
}

static void
parse_first(struct arena *arena, struct source_file *file, bool tests_only,
            struct diagnostics *diagnostics, struct tree *tree_r)
{
    struct source_file *files = NULL;
    struct statement **last = &tree_r->first;
    struct parser parser = {.arena = arena,
                            .diagnostics = diagnostics,
                            .files = &files,
                            .last = &last,
                            .tests_only = tests_only};

    *tree_r = (struct tree){.arena = arena};
    if (file == NULL)
        return;
    tree_r->source = &file->source;
    parse_file(&parser, file);
    tree_r->files = files;
}

void
parse_policy(struct arena *arena, const char *path, struct diagnostics *diagnostics,
             struct tree *tree_r)
{
    parse_first(arena, source_read(arena, path, (struct place){0}, diagnostics), false, diagnostics,
                tree_r);
}

void
parse_text(struct arena *arena, const char *name, const char *directory, struct slice text,
           struct diagnostics *diagnostics, struct tree *tree_r)
{
    parse_first(arena, source_of_text(arena, name, directory, text), false, diagnostics, tree_r);
}

void
parse_tests(struct arena *arena, const char *path, struct diagnostics *diagnostics,
            struct tree *tree_r)
{
    parse_first(arena, source_read(arena, path, (struct place){0}, diagnostics), true, diagnostics,
                tree_r);
}
