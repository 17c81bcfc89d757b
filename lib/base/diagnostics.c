/* Collects what is wrong with an administrator's text, and shows where. */
#include "base/diagnostics.h"

enum { OCTETS_A_MARK = 4096 };

void
diagnostics_count_lines(struct arena *arena, struct source *source)
{
    unsigned *lines = ARENA_ARRAY(arena, source->text.len / OCTETS_A_MARK + 1, unsigned);
    unsigned line = 0;

    for (size_t i = 0; i <= source->text.len; i++) {
        if (i % OCTETS_A_MARK == 0)
            lines[i / OCTETS_A_MARK] = line;
        line += i < source->text.len && source->text.at[i] == '\n';
    }
    source->lines = lines;
}

const char *
diagnostics_source_relative(struct arena *arena, const struct source *source, struct slice name)
{
    if (source == NULL || (name.len > 0 && name.at[0] == '/'))
        return arena_string(arena, name);
    return arena_printf(arena, "%s%.*s", source->directory, (int)name.len, name.at);
}

void
diagnostics_init(struct diagnostics *diagnostics, struct arena *arena)
{
    *diagnostics = (struct diagnostics){.arena = arena};
    diagnostics->last = &diagnostics->first;
}

static void
keep_problem(struct diagnostics *diagnostics, enum severity severity, struct place place,
             const char *text)
{
    struct diagnostic *entry = ARENA_NEW(diagnostics->arena, struct diagnostic);

    entry->severity = severity;
    entry->place = place;
    entry->text = text;
    *diagnostics->last = entry;
    diagnostics->last = &entry->next;
}

void
diagnostics_error(struct diagnostics *diagnostics, struct place place, const char *format, ...)
{
    va_list args;

    if (++diagnostics->errors > DIAGNOSTICS_MAX_ERRORS)
        return;
    va_start(args, format);
    keep_problem(diagnostics, SEVERITY_ERROR, place,
                 arena_vprintf(diagnostics->arena, format, args));
    va_end(args);
}

void
diagnostics_warning(struct diagnostics *diagnostics, struct place place, const char *format, ...)
{
    va_list args;

    diagnostics->warnings++;
    va_start(args, format);
    keep_problem(diagnostics, SEVERITY_WARNING, place,
                 arena_vprintf(diagnostics->arena, format, args));
    va_end(args);
}

static size_t
line_start(struct place place)
{
    size_t at = place.offset;

    while (at > 0 && place.source->text.at[at - 1] != '\n')
        at--;
    return at;
}

static bool
continues_character(char octet)
{
    return ((unsigned char)octet & 0xC0) == 0x80;
}

void
diagnostics_position(struct place place, unsigned *line_r, unsigned *column_r)
{
    const char *text = place.source->text.at;
    const unsigned *lines = place.source->lines;
    size_t start = line_start(place);
    size_t mark = lines ? start / OCTETS_A_MARK : 0;

    *line_r = 1 + (lines ? lines[mark] : 0);
    *column_r = 1;
    for (size_t i = mark * OCTETS_A_MARK; i < start; i++)
        *line_r += text[i] == '\n';
    for (size_t i = start; i < place.offset; i++)
        *column_r += !continues_character(text[i]);
}

const char *
diagnostics_place_text(struct arena *arena, struct place place)
{
    unsigned line, column;

    if (place.source == NULL)
        return "policy";
    diagnostics_position(place, &line, &column);
    return arena_printf(arena, "%s:%u", place.source->name, line);
}

/* The line with everything that isn't printable made visible as '?', and a caret line below it. */
static void
print_line(struct place place, FILE *to)
{
    struct slice text = slice_from(place.source->text, line_start(place));
    size_t before = place.offset - line_start(place);
    size_t marks = place.length;

    text = slice_first(text, slice_find(text, '\n'));
    fputs("    ", to);
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.at[i];

        putc(c == '\t' ? ' ' : c < 32 || c == 127 ? '?' : c, to);
    }
    fputs("\n    ", to);
    for (size_t i = 0; i < before && i < text.len; i++)
        if (!continues_character(text.at[i]))
            putc(' ', to);
    putc('^', to);
    for (size_t i = before + 1; i < text.len && marks > 1; i++, marks--)
        if (!continues_character(text.at[i]))
            putc('~', to);
    putc('\n', to);
}

static void
print_one(const struct diagnostic *entry, FILE *to)
{
    const char *severity = entry->severity == SEVERITY_ERROR ? "error" : "warning";
    unsigned line, column;

    if (entry->place.source == NULL) {
        fprintf(to, "%s: %s\n", severity, entry->text);
        return;
    }
    diagnostics_position(entry->place, &line, &column);
    fprintf(to, "%s:%u:%u: %s: %s\n", entry->place.source->name, line, column, severity,
            entry->text);
    print_line(entry->place, to);
}

void
diagnostics_print(const struct diagnostics *diagnostics, FILE *to)
{
    for (const struct diagnostic *entry = diagnostics->first; entry; entry = entry->next)
        print_one(entry, to);
    if (diagnostics->errors > DIAGNOSTICS_MAX_ERRORS)
        fprintf(to, "and %u more errors\n", diagnostics->errors - DIAGNOSTICS_MAX_ERRORS);
}
