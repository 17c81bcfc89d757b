/* The line format that postmap(1) and cidr_table(5) share. */
#include "lines.h"

bool
table_is_space(char octet)
{
    return octet == ' ' || (octet >= '\t' && octet <= '\r');
}

struct slice
table_trim(struct slice s)
{
    while (s.len > 0 && table_is_space(s.at[0]))
        s = slice_from(s, 1);
    while (s.len > 0 && table_is_space(s.at[s.len - 1]))
        s.len--;
    return s;
}

void
table_lines_begin(struct table_lines *lines, struct arena *arena, struct slice text)
{
    *lines = (struct table_lines){.rest = text, .next = 1};
    buffer_init(&lines->joined, arena, text.len);
}

static struct slice
cut_line(struct table_lines *lines)
{
    size_t end = slice_find(lines->rest, '\n');
    struct slice line = slice_first(lines->rest, end);

    lines->rest = slice_from(lines->rest, end + 1);
    lines->next++;
    if (line.len > 0 && line.at[line.len - 1] == '\r')
        line.len--;
    return line;
}

static bool
says_nothing(struct slice line)
{
    size_t at = 0;

    while (at < line.len && table_is_space(line.at[at]))
        at++;
    return at == line.len || line.at[at] == '#';
}

/* Is the next line that says something a continuation? Those before it that don't are taken off. */
static bool
continues(struct table_lines *lines)
{
    while (lines->rest.len > 0) {
        struct slice line = slice_first(lines->rest, slice_find(lines->rest, '\n'));

        if (!says_nothing(line))
            return table_is_space(line.at[0]);
        cut_line(lines);
    }
    return false;
}

bool
table_lines_next(struct table_lines *lines, struct slice *line_r)
{
    do {
        if (lines->rest.len == 0)
            return false;
        lines->number = lines->next;
        *line_r = cut_line(lines);
    } while (says_nothing(*line_r));
    if (!continues(lines))
        return true;
    buffer_clear(&lines->joined);
    buffer_add(&lines->joined, *line_r);
    do
        buffer_add(&lines->joined, cut_line(lines));
    while (continues(lines));
    *line_r = buffer_slice(&lines->joined);
    return true;
}
