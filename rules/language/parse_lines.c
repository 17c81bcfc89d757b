/* What goes by lines: the tests beside rules, and the files of lists. */
#include "parse_inside.h"

enum { TAB_WIDTH = 8 };

static struct slice
line_at(struct slice text, size_t at)
{
    struct slice rest = slice_from(text, at);
    struct slice line = slice_first(rest, slice_find(rest, '\n'));

    if (line.len > 0 && line.at[line.len - 1] == '\r')
        line.len--;
    return line;
}

static size_t
behind_line(struct slice text, size_t at)
{
    size_t end = at + slice_find(slice_from(text, at), '\n');

    return end < text.len ? end + 1 : text.len;
}

/* Octets of white space that the line begins with, and the columns they take. */
static size_t
measure_indent(struct slice line, unsigned *columns_r)
{
    size_t i = 0;

    *columns_r = 0;
    for (; i < line.len && (line.at[i] == ' ' || line.at[i] == '\t'); i++)
        *columns_r += line.at[i] == ' ' ? 1 : TAB_WIDTH - *columns_r % TAB_WIDTH;
    return i;
}

static struct test_line *
test_line_new(struct parser *parser, size_t at)
{
    struct test_line *line = ARENA_NEW(parser->arena, struct test_line);
    struct slice text = line_at(parser->lexer.source->text, at);
    size_t blank = measure_indent(text, &line->indent);

    line->text = slice_from(text, blank);
    line->place = (struct place){parser->lexer.source, at + blank, line->text.len};
    if (line->text.len == 0)
        line->indent = 0;
    return line;
}

/* Lines up to the next one of text that isn't indented; blank ones at either end are left out, and
 * so is what was commented out at the start of a line. */
static void
read_lines(struct parser *parser, struct test_line **last)
{
    struct slice text = parser->lexer.source->text;
    struct test_line *pending = NULL, **end = &pending;
    bool begun = false;

    for (size_t at = parser->lexer.at; at < text.len; at = behind_line(text, at)) {
        struct test_line *line = test_line_new(parser, at);

        if (line->text.len > 0 && line->indent == 0 && line->text.at[0] == '#')
            continue;
        if (line->text.len > 0 && line->indent == 0)
            return;
        begun |= line->text.len > 0;
        if (!begun)
            continue;
        *end = line;
        end = &line->next;
        if (line->text.len == 0)
            continue;
        *last = pending;
        last = end;
        pending = NULL;
        end = &pending;
        parser->lexer.at = behind_line(text, at);
    }
}

bool
parse_test(struct parser *parser, struct statement *statement)
{
    struct slice text = parser->lexer.source->text;
    struct token name;
    struct slice rest;

    statement->kind = STATEMENT_TEST;
    if (!parser_expect_string(parser, "the name of the test in quotes", &name))
        return false;
    statement->test.name = name.text;
    statement->test.name_place = name.place;
    rest = slice_trim(line_at(text, parser->lexer.at));
    if (rest.len > 0 && rest.at[0] != '#') {
        parser_unexpected(parser, "the end of the line", NULL);
        return false;
    }
    parser->lexer.at = behind_line(text, parser->lexer.at);
    read_lines(parser, &statement->test.lines);
    return true;
}

/* A # begins a comment at the start of a line, or behind white space. */
static struct slice
without_comment(struct slice line)
{
    for (size_t i = 0; i < line.len; i++)
        if (line.at[i] == '#' && (i == 0 || ascii_is_space(line.at[i - 1])))
            return slice_trim(slice_first(line, i));
    return slice_trim(line);
}

/* Octets of the quoted text that the line begins with, quotes included; 0 where it doesn't. */
static size_t
quoted_length(struct slice line)
{
    if (line.len == 0 || line.at[0] != '"')
        return 0;
    for (size_t i = 1; i < line.len; i++) {
        if (line.at[i] == '"')
            return i + 1;
        i += line.at[i] == '\\';
    }
    return 0;
}

/* "a text" and nothing else but a comment; a quoted local part goes on behind its quotes. */
static bool
is_quoted(struct slice line, size_t *length_r)
{
    struct slice rest;

    *length_r = quoted_length(line);
    rest = slice_from(line, *length_r);
    return *length_r > 0 &&
           (rest.len == 0 || (ascii_is_space(rest.at[0]) && without_comment(rest).len == 0));
}

static struct item *
read_list_item(struct arena *arena, const struct source *source, size_t at,
               struct diagnostics *diagnostics)
{
    struct item *item = ARENA_NEW(arena, struct item);
    struct slice line = slice_trim(line_at(source->text, at));
    size_t start = (size_t)(line.at - source->text.at), length, wrong;

    item->quoted = is_quoted(line, &length);
    item->text = item->quoted ? slice_first(line, length) : without_comment(line);
    item->place = (struct place){source, start, item->text.len};
    if (!item->quoted)
        return item->text.len > 0 ? item : NULL;
    line = slice_first(slice_from(line, 1), length - 2);
    if (lex_unescape(arena, line, &item->text, &wrong))
        return item;
    item->place = (struct place){source, start + 1 + wrong, 2};
    diagnostics_error(diagnostics, item->place,
                      "no such escape; in a text \\\", \\\\ and \\n can be written");
    return NULL;
}

struct item *
parse_list_file(struct arena *arena, const char *path, struct diagnostics *diagnostics,
                struct place named_at, struct slice *text_r)
{
    const struct source_file *file = source_read(arena, path, named_at, diagnostics);
    struct item *first = NULL, **last = &first;

    *text_r = file ? file->source.text : SLICE("");
    if (file == NULL || !source_check(&file->source, diagnostics))
        return NULL;
    for (size_t at = 0; at < file->source.text.len; at = behind_line(file->source.text, at)) {
        *last = read_list_item(arena, &file->source, at, diagnostics);
        if (*last)
            last = &(*last)->next;
    }
    return first;
}
