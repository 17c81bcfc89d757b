/* The language of tests: lines become the steps of a transaction. */
#include "policy/scenario.h"

#include <stdio.h>

#include "mail/ip.h"
#include "parse.h"
#include "scenario_inside.h"
#include "source.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

enum { LARGEST_TEXT = 64 << 20 };

struct builder {
    struct arena *arena;
    struct diagnostics *diagnostics;
    const struct test_line *line; /* the next one to be read */
    struct place place;           /* of the one under way */
    unsigned indent;
    struct scenario_words words;
    bool answered; /* the command above gets an answer */
    struct step *first;
    struct step **end;
};

static bool
wrong(struct builder *builder, const struct scenario_word *word, const char *text)
{
    diagnostics_error(builder->diagnostics, word->place, "\"%.*s\" is no %s", (int)word->text.len,
                      word->text.at, text);
    return false;
}

static struct buffer *
scenario_buffer(struct arena *arena)
{
    struct buffer *buffer = ARENA_NEW(arena, struct buffer);

    buffer_init(buffer, arena, LARGEST_TEXT);
    return buffer;
}

static bool
read_connect(struct builder *builder, struct step *step)
{
    struct ip ip;

    (void)step;
    if (!ip_parse(builder->words.item[1].text, &ip))
        return wrong(builder, &builder->words.item[1], "IP address");
    return true;
}

static bool
read_tls(struct builder *builder, struct step *step)
{
    const struct scenario_word *word = &builder->words.item[1];

    (void)step;
    if (slice_starts_nocase(word->text, SLICE("TLSv")) ||
        slice_starts_nocase(word->text, SLICE("SSLv")))
        return true;
    return wrong(builder, word, "version of TLS: TLSv1.3 is one");
}

/* Bare addresses may be played: clients say them, too. */
static bool
read_path(struct builder *builder, struct step *step)
{
    const struct scenario_word *word = &builder->words.item[1];

    (void)step;
    if (slice_starts_nocase(word->text, SLICE("to:")) ||
        slice_starts_nocase(word->text, SLICE("from:")))
        return wrong(builder, word, "path: what stands behind the colon is expected");
    return true;
}

static bool
read_step_line(struct builder *builder, struct step *step)
{
    step->text = builder->words.rest;
    return true;
}

/* All macros but those of one letter stand in braces. */
static bool
read_macro(struct builder *builder, struct step *step)
{
    const struct scenario_word *word = &builder->words.item[1];
    struct slice name = word->text;

    (void)step;
    if (name.len == 1 || (name.len > 2 && name.at[0] == '{' && name.at[name.len - 1] == '}'))
        return true;
    return wrong(builder, word, "macro: one letter, or a name in braces, is expected");
}

static bool
read_table(struct builder *builder, struct step *step)
{
    const struct scenario_words *words = &builder->words;
    struct buffer *value = scenario_buffer(builder->arena);

    step->fails = words->count == 4 && !words->item[3].quoted &&
                  slice_equal(words->item[3].text, SLICE("error"));
    for (size_t i = 3; i < words->count && !step->fails; i++) {
        if (i > 3)
            buffer_octet(value, ' ');
        buffer_add(value, words->item[i].text);
    }
    step->text = arena_copy(builder->arena, buffer_slice(value));
    return true;
}

/* "Z" or an offset such as "+01:00", in seconds. */
static bool
read_zone(const char *zone, long *seconds_r)
{
    unsigned hours, minutes;
    char sign;
    int used = 0;

    *seconds_r = 0;
    if (strcmp(zone, "Z") == 0 || strcmp(zone, "z") == 0)
        return true;
    if (sscanf(zone, "%c%2u:%2u%n", &sign, &hours, &minutes, &used) != 3 || zone[used] != '\0')
        return false;
    *seconds_r = ((long)hours * 60 + (long)minutes) * 60 * (sign == '-' ? -1 : 1);
    return (sign == '+' || sign == '-') && hours < 24 && minutes < 60;
}

/* RFC 3339 section 5.6, without fractions of a second. */
static bool
read_time(struct builder *builder, struct step *step)
{
    const char *text = arena_string(builder->arena, builder->words.item[1].text);
    struct tm tm = {0};
    const char *zone = strptime(text, "%Y-%m-%dT%H:%M:%S", &tm);
    long seconds;

    if (zone == NULL || !read_zone(zone, &seconds))
        return wrong(builder, &builder->words.item[1], "time: 2026-03-01T09:30:00Z is one");
    step->time = timegm(&tm) - seconds;
    return true;
}

/* The file is read when it is played. */
static bool
read_message_file(struct builder *builder, struct step *step)
{
    const char *path =
        diagnostics_source_relative(builder->arena, step->place.source, step->word[0]);

    step->word[0] = slice_of(path);
    return true;
}

static void
add_message_line(struct buffer *text, const struct test_line *line, unsigned base)
{
    for (unsigned column = base; line->text.len > 0 && column < line->indent; column++)
        buffer_octet(text, ' ');
    buffer_add(text, line->text);
    buffer_text(text, "\r\n");
}

/* The lines that are indented deeper than `message`; empty ones at the end belong to nobody. */
static bool
read_message(struct builder *builder, struct step *step)
{
    const struct test_line *first = builder->line, *behind = first;
    struct buffer *text;

    if (step->words > 0)
        return read_message_file(builder, step);
    for (const struct test_line *line = first; line; line = line->next) {
        if (line->text.len > 0 && line->indent <= builder->indent)
            break;
        if (line->text.len > 0)
            behind = line->next;
    }
    text = scenario_buffer(builder->arena);
    while (first != behind && first->text.len == 0)
        first = first->next;
    for (const struct test_line *line = first; line != behind; line = line->next)
        add_message_line(text, line, first->indent);
    step->text = buffer_slice(text);
    builder->line = behind;
    return true;
}

static bool
read_expect(struct builder *builder, struct step *step)
{
    if (!builder->answered) {
        diagnostics_error(
            builder->diagnostics, builder->place,
            "`expect` checks the answer to the line above, and there is none that gets one");
        return false;
    }
    builder->words.next = 1;
    scenario_read_expect(builder->arena, &builder->words, builder->place, builder->diagnostics,
                         &step->expect);
    return true;
}

static const struct row {
    const char *name;
    enum step_kind kind;
    unsigned least, most; /* words that follow */
    bool answered;
    const char *usage;
    bool (*read)(struct builder *builder, struct step *step);
} rows[] = {
    {"connect", STEP_CONNECT, 1, 2, true, "ADDRESS [NAME]", read_connect},
    {"local", STEP_LOCAL, 0, 0, true, "nothing", NULL},
    {"helo", STEP_HELO, 1, 1, true, "ARGUMENT", NULL},
    {"starttls", STEP_STARTTLS, 0, 0, false, "nothing", NULL},
    {"tls", STEP_TLS, 1, 3, false, "VERSION [CIPHER [BITS]]", read_tls},
    {"auth", STEP_AUTH, 1, 2, false, "LOGIN [MECHANISM]", NULL},
    {"mail", STEP_MAIL, 1, 100, true, "<ADDRESS> [PARAMETER ...]", read_path},
    {"rcpt", STEP_RCPT, 1, 100, true, "<ADDRESS> [PARAMETER ...]", read_path},
    {"data", STEP_DATA, 0, 0, true, "nothing", NULL},
    {"message", STEP_MESSAGE, 0, 1, true,
     "a file, or the message in lines that are indented deeper", read_message},
    {"rset", STEP_RSET, 0, 0, false, "nothing", NULL},
    {"command", STEP_COMMAND, 1, 100, true, "the command's line", read_step_line},
    {"macro", STEP_MACRO, 2, 2, false, "{NAME} VALUE", read_macro},
    {"table", STEP_TABLE, 3, 1000, false, "NAME KEY VALUE, or NAME KEY error", read_table},
    {"time", STEP_TIME, 1, 1, false, "a time such as 2026-03-01T09:30:00Z", read_time},
    {"expect", STEP_EXPECT, 0, 1000, true, "what is expected", read_expect},
};

static const struct row *
find_row(struct builder *builder)
{
    const char *names[COUNT(rows)];

    for (size_t i = 0; i < COUNT(rows); i++) {
        names[i] = rows[i].name;
        if (slice_equal(builder->words.item[0].text, slice_of(rows[i].name)))
            return &rows[i];
    }
    scenario_unknown(builder->diagnostics, &builder->words.item[0], "a line of a test", names,
                     COUNT(rows));
    return NULL;
}

/* Behind a line that can't be read, lines indented deeper would only be called unknown too. */
static void
skip_deeper(struct builder *builder)
{
    while (builder->line &&
           (builder->line->text.len == 0 || builder->line->indent > builder->indent))
        builder->line = builder->line->next;
}

static struct step *
new_step(struct builder *builder, const struct row *row)
{
    struct step *step = ARENA_NEW(builder->arena, struct step);

    step->kind = row->kind;
    step->place = builder->place;
    step->words = builder->words.count - 1;
    step->word = ARENA_ARRAY(builder->arena, step->words + 1, struct slice);
    for (size_t i = 0; i < step->words; i++)
        step->word[i] = builder->words.item[i + 1].text;
    return step;
}

static void
read_step(struct builder *builder, const struct row *row)
{
    size_t words = builder->words.count - 1;
    struct step *step = new_step(builder, row);

    if (words < row->least || words > row->most) {
        diagnostics_error(builder->diagnostics, builder->place, "behind `%s` stands %s", row->name,
                          row->usage);
        skip_deeper(builder);
        return;
    }
    if (row->read && !row->read(builder, step))
        return;
    builder->answered = row->answered || (builder->answered && row->kind == STEP_EXPECT);
    *builder->end = step;
    builder->end = &step->next;
}

static void
read_steps(struct builder *builder)
{
    while (builder->line) {
        const struct test_line *line = builder->line;
        const struct row *row;

        builder->line = line->next;
        builder->place = line->place;
        builder->indent = line->indent;
        if (!scenario_cut(builder->arena, line->place, line->text, builder->diagnostics,
                          &builder->words) ||
            builder->words.count == 0)
            continue;
        row = find_row(builder);
        if (row)
            read_step(builder, row);
        else
            skip_deeper(builder);
    }
}

static const struct step *
build_steps(struct arena *arena, const struct test_line *lines, struct diagnostics *diagnostics)
{
    struct builder builder = {.arena = arena, .diagnostics = diagnostics, .line = lines};

    builder.end = &builder.first;
    read_steps(&builder);
    return builder.first;
}

const struct test *
scenario_tests(struct arena *arena, const struct tree *tree, struct diagnostics *diagnostics)
{
    struct test *first = NULL, **end = &first;

    for (const struct statement *statement = tree->first; statement; statement = statement->next) {
        struct test *test;

        if (statement->kind != STATEMENT_TEST)
            continue;
        test = ARENA_NEW(arena, struct test);
        test->name = statement->test.name;
        test->place = statement->test.name_place;
        test->steps = build_steps(arena, statement->test.lines, diagnostics);
        *end = test;
        end = &test->next;
    }
    return first;
}

static struct test_line *
new_line(struct arena *arena, const struct source *source, struct slice line)
{
    struct test_line *made = ARENA_NEW(arena, struct test_line);
    size_t indent = 0;

    while (indent < line.len && (line.at[indent] == ' ' || line.at[indent] == '\t'))
        indent++;
    made->indent = (unsigned)indent;
    made->text = slice_from(line, indent);
    while (made->text.len > 0 && ascii_is_space(made->text.at[made->text.len - 1]))
        made->text.len--;
    made->place = (struct place){source, (size_t)(made->text.at - source->text.at), made->text.len};
    return made;
}

static const struct step *
steps_of(struct arena *arena, const struct source *source, struct diagnostics *diagnostics)
{
    struct test_line *first = NULL, **end = &first;
    struct slice rest = source->text;

    while (rest.len > 0) {
        size_t len = slice_find(rest, '\n');

        *end = new_line(arena, source, slice_first(rest, len));
        end = &(*end)->next;
        rest = slice_from(rest, len + 1);
    }
    return build_steps(arena, first, diagnostics);
}

const struct step *
scenario_load(struct arena *arena, const char *path, struct diagnostics *diagnostics)
{
    const struct source_file *file = source_read(arena, path, (struct place){0}, diagnostics);

    return file ? steps_of(arena, &file->source, diagnostics) : NULL;
}

const struct step *
scenario_line(struct arena *arena, const char *name, const char *rest,
              struct diagnostics *diagnostics)
{
    struct slice line = slice_of(arena_printf(arena, "%s %s", name, rest));

    return steps_of(arena, &source_of_text(arena, "command line", "", line)->source, diagnostics);
}

const struct step *
scenario_text(struct arena *arena, const char *name, struct slice text,
              struct diagnostics *diagnostics)
{
    return steps_of(arena, &source_of_text(arena, name, "", text)->source, diagnostics);
}
