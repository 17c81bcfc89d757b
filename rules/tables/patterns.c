/* Lines of a pattern and a value each, in their order: the first that matches counts. "!" before a
 * pattern means every other key, if ... endif encloses lines that are only asked for some, and $1
 * in a value is what the pattern's first group matched. */
#include "patterns.h"

#include "lines.h"

/* A piece of a value: text, and then a group. */
struct piece {
    struct slice text;
    unsigned group; /* 0: none */
    struct piece *next;
};

struct line {
    const void *pattern;
    bool negated;
    bool is_if;
    unsigned number; /* in the file */
    unsigned groups; /* of the pattern */
    size_t end;      /* of an `if`: index of the line behind its `endif` */
    struct piece *value;
};

struct patterns {
    const struct pattern_engine *engine;
    struct line *line;
    size_t lines;
};

enum { MOST_NESTED = 100 };

struct reader {
    struct arena *arena;
    struct patterns *patterns;
    struct table_lines lines;
    size_t open[MOST_NESTED]; /* the `if` lines around this one */
    size_t depth;
    const char *reason;
};

__attribute__((format(printf, 3, 4))) static bool
patterns_fail(struct reader *reader, unsigned number, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    reader->reason = arena_printf(reader->arena, "line %u: %s", number,
                                  arena_vprintf(reader->arena, format, args));
    va_end(args);
    return false;
}

/* Up to the delimiter that ends the pattern; a backslash takes what follows it along. */
static size_t
find_end(struct slice text, char delimiter)
{
    size_t at = 0;

    while (at < text.len && text.at[at] != delimiter)
        at += text.at[at] == '\\' ? 2 : 1;
    return at < text.len ? at : text.len;
}

/* [!]/PATTERN/FLAGS and what follows it. */
static bool
read_pattern(struct reader *reader, struct slice text, struct line *line_r, struct slice *rest_r)
{
    const struct pattern_engine *engine = reader->patterns->engine;
    const char *reason = "";
    struct slice flags;
    size_t end;

    *line_r = (struct line){.number = reader->lines.number};
    for (; text.len > 0 && text.at[0] == '!'; text = table_trim(slice_from(text, 1)))
        line_r->negated = !line_r->negated;
    end = 1 + find_end(slice_from(text, 1), text.len ? text.at[0] : '/');
    if (end >= text.len)
        return patterns_fail(reader, reader->lines.number, "the pattern isn't closed");
    flags = slice_from(text, end + 1);
    for (*rest_r = flags; rest_r->len > 0 && !table_is_space(rest_r->at[0]);)
        *rest_r = slice_from(*rest_r, 1);
    flags.len -= rest_r->len;
    *rest_r = table_trim(*rest_r);
    line_r->pattern = engine->compile(reader->arena, slice_first(slice_from(text, 1), end - 1),
                                      flags, &line_r->groups, &reason);
    return line_r->pattern || patterns_fail(reader, reader->lines.number, "%s", reason);
}

/* What follows a dollar sign: another, N, {N} or (N). The octets of it; 0 for anything else. */
static size_t
read_dollar(struct slice text, unsigned *group_r)
{
    char open = text.len ? text.at[0] : '\0';
    char close = open == '{' ? '}' : ')';
    size_t begin = open == '{' || open == '(', end = begin;
    int64_t number;

    *group_r = 0;
    if (open == '$')
        return 1;
    while (end < text.len && (ascii_is_alnum(text.at[end]) || text.at[end] == '_'))
        end++;
    if (!slice_number(slice_first(slice_from(text, begin), end - begin), &number) || number < 1 ||
        number > MOST_GROUPS || (begin && (end == text.len || text.at[end] != close)))
        return 0;
    *group_r = (unsigned)number;
    return end + begin;
}

static bool
check_group(struct reader *reader, const struct line *line, unsigned group)
{
    if (group > 0 && line->negated)
        return patterns_fail(reader, line->number, "\"$%u\" with a pattern that mustn't match",
                             group);
    if (group > line->groups)
        return patterns_fail(reader, line->number, "\"$%u\", but the pattern has %u groups", group,
                             line->groups);
    return true;
}

static bool
read_value(struct reader *reader, struct slice text, struct line *line)
{
    struct piece **last = &line->value;

    while (text.len > 0) {
        struct piece *piece = ARENA_NEW(reader->arena, struct piece);
        size_t dollar = slice_find(text, '$'), len;
        struct slice behind = slice_from(text, dollar + 1);

        *last = piece;
        last = &piece->next;
        len = dollar < text.len ? read_dollar(behind, &piece->group) : 0;
        if (dollar < text.len && len == 0)
            return patterns_fail(reader, line->number,
                                 "behind \"$\" stands a number, as in $1 or ${1}, or \"$\"");
        if (!check_group(reader, line, piece->group))
            return false;
        /* Of two dollar signs the first is text. */
        if (piece->group == 0)
            dollar++;
        piece->text = arena_copy(reader->arena, slice_first(text, dollar));
        text = slice_from(behind, len);
    }
    return true;
}

static bool
read_if(struct reader *reader, struct slice condition)
{
    struct slice rest;
    struct line line;

    if (!read_pattern(reader, condition, &line, &rest))
        return false;
    if (rest.len > 0)
        return patterns_fail(reader, line.number, "behind the pattern of an \"if\" stands nothing");
    if (reader->depth == MOST_NESTED)
        return patterns_fail(reader, line.number, "\"if\" nests deeper than %d", MOST_NESTED);
    line.is_if = true;
    reader->open[reader->depth++] = reader->patterns->lines;
    reader->patterns->line[reader->patterns->lines++] = line;
    return true;
}

static bool
read_endif(struct reader *reader, struct slice rest)
{
    struct patterns *patterns = reader->patterns;

    if (rest.len > 0)
        return patterns_fail(reader, reader->lines.number, "behind \"endif\" stands nothing");
    if (reader->depth == 0)
        return patterns_fail(reader, reader->lines.number, "\"endif\" without \"if\"");
    patterns->line[reader->open[--reader->depth]].end = patterns->lines;
    return true;
}

static bool
read_entry(struct reader *reader, struct slice text)
{
    struct slice value;
    struct line line;

    if (!read_pattern(reader, text, &line, &value))
        return false;
    if (value.len == 0)
        return patterns_fail(reader, line.number, "the pattern has no result behind it");
    if (!read_value(reader, value, &line))
        return false;
    reader->patterns->line[reader->patterns->lines++] = line;
    return true;
}

static bool
read_line(struct reader *reader, struct slice text)
{
    struct slice word, rest;
    size_t end = 0;

    text = table_trim(text);
    while (end < text.len && ascii_is_alnum(text.at[end]))
        end++;
    word = slice_first(text, end);
    rest = table_trim(slice_from(text, end));
    if (word.len == 0)
        return read_entry(reader, text);
    if (slice_equal_nocase(word, SLICE("if")))
        return read_if(reader, rest);
    if (slice_equal_nocase(word, SLICE("endif")))
        return read_endif(reader, rest);
    return patterns_fail(
        reader, reader->lines.number,
        "a line begins with a pattern, as in /example/, or is an \"if\" or \"endif\"");
}

static size_t
count_lines(struct slice text)
{
    size_t lines = 1;

    for (; text.len > 0; lines++)
        text = slice_from(text, slice_find(text, '\n') + 1);
    return lines;
}

const void *
patterns_build(struct arena *arena, const struct pattern_engine *engine, struct slice text,
               const char **reason_r)
{
    struct patterns *patterns = ARENA_NEW(arena, struct patterns);
    struct reader *reader = ARENA_NEW(arena, struct reader);
    struct slice line;
    bool fine = true;

    patterns->engine = engine;
    patterns->line = ARENA_ARRAY(arena, count_lines(text), struct line);
    reader->arena = arena;
    reader->patterns = patterns;
    table_lines_begin(&reader->lines, arena, text);
    while (fine && table_lines_next(&reader->lines, &line))
        fine = read_line(reader, line);
    if (fine && reader->depth > 0)
        fine = patterns_fail(reader, patterns->line[reader->open[reader->depth - 1]].number,
                             "\"if\" without \"endif\"");
    *reason_r = reader->reason;
    return fine ? patterns : NULL;
}

/* What a group matched is a stranger's, and one word at most: with its blanks and commas, a quoted
 * local part could write another's login into the answer. */
static void
add_group(struct buffer *value, struct slice group)
{
    for (size_t i = 0; i < group.len; i++)
        if (group.at[i] == ',' || ascii_is_space(group.at[i]))
            buffer_text(value, "\xEF\xBF\xBD");
        else
            buffer_octet(value, group.at[i]);
}

static struct slice
put_together(struct arena *arena, const struct piece *piece, const struct slice *group)
{
    struct buffer *value = ARENA_NEW(arena, struct buffer);

    buffer_init(value, arena, SIZE_MAX);
    for (; piece; piece = piece->next) {
        buffer_add(value, piece->text);
        if (piece->group > 0)
            add_group(value, group[piece->group]);
    }
    return buffer_slice(value);
}

struct table_answer
patterns_answer(const void *of, struct arena *arena, struct slice key)
{
    const struct patterns *patterns = of;
    struct slice group[MOST_GROUPS + 1];
    const char *reason = "";

    if (patterns->engine->needs_nul)
        key = arena_copy(arena, key);
    for (size_t i = 0; i < patterns->lines;) {
        const struct line *line = &patterns->line[i];
        unsigned groups = line->groups < MOST_GROUPS ? line->groups : MOST_GROUPS;
        enum regex_result result =
            patterns->engine->match(line->pattern, key, arena_meter(arena), group, groups, &reason);
        bool matches = (result == REGEX_MATCH) != line->negated;

        if (result == REGEX_LIMIT)
            return (struct table_answer){
                .result = TABLE_COULD_NOT_ASK,
                .reason = arena_printf(arena, "line %u: %s", line->number, reason)};
        if (matches && !line->is_if)
            return (struct table_answer){.result = TABLE_FOUND,
                                         .value = put_together(arena, line->value, group)};
        i = line->is_if && !matches ? line->end : i + 1;
    }
    return (struct table_answer){.result = TABLE_NOT_FOUND};
}

void
patterns_each(const void *of, table_visitor *see, void *context)
{
    const struct patterns *patterns = of;
    struct arena *arena = arena_new(SIZE_MAX);
    struct slice group[MOST_GROUPS + 1];
    bool enough = false;

    for (size_t i = 0; i <= MOST_GROUPS; i++)
        group[i] = slice_of(arena_printf(arena, "$%zu", i));
    for (size_t i = 0; i < patterns->lines && !enough; i++)
        if (!patterns->line[i].is_if)
            enough = see(context, put_together(arena, patterns->line[i].value, group),
                         patterns->line[i].number);
    arena_free(&arena);
}
