/* What reading an operand gives: none, one or many values, and how to go through them. */
#include "policy/value.h"

struct reading
reading_absent(void)
{
    return (struct reading){.state = READ_KNOWN};
}

struct reading
reading_one(struct arena *arena, struct value value)
{
    struct value *item = ARENA_NEW(arena, struct value);

    *item = value;
    return (struct reading){.state = READ_KNOWN, .item = item, .count = 1};
}

struct reading
reading_error(const char *reason)
{
    return (struct reading){.state = READ_ERROR, .reason = reason};
}

/* The line that begins at *cursor, without its CRLF or LF; the cursor goes behind it. */
static struct slice
next_line(struct slice lines, size_t *cursor)
{
    struct slice line = slice_from(lines, *cursor);

    line = slice_first(line, slice_find(line, '\n'));
    *cursor += line.len + 1;
    if (line.len > 0 && line.at[line.len - 1] == '\r' && *cursor <= lines.len)
        line.len--;
    return line;
}

bool
reading_next(const struct reading *reading, size_t *cursor, struct value *item_r)
{
    if (reading->state != READ_KNOWN)
        return false;
    if (reading->is_lines) {
        if (*cursor >= reading->lines.len)
            return false;
        *item_r = value_text(next_line(reading->lines, cursor));
        return true;
    }
    if (*cursor >= reading->count)
        return false;
    *item_r = reading->item[(*cursor)++];
    return true;
}
