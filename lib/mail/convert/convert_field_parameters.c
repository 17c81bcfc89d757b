/* Fields with parameters: values that aren't ASCII become those of RFC 2231 section 4, in sections
 * (section 3) where they are long. */
#include "base/buffer.h"
#include "convert_field_inside.h"
#include "convert_field_segments.h"
#include "header/tokens.h"
#include "mail/utf8.h"

enum { LINE_GOOD = 76, LINE_LONG = 990, ROOM_MIN = 12 };

struct conversion {
    struct header_writer *writer;
    struct segments segments;
    size_t room;           /* for more parameters than there are */
    struct slice trailing; /* white space behind what is written */
};

/* RFC 2231 section 7, attribute-char. */
static bool
is_attribute_char(char c)
{
    return parameter_is_token(c) && c != '*' && c != '\'' && c != '%';
}

static struct buffer *
section_buffer(struct arena *arena)
{
    struct buffer *buffer = ARENA_NEW(arena, struct buffer);

    buffer_init(buffer, arena, SIZE_MAX);
    return buffer;
}

static void
put_octet(struct buffer *to, char c)
{
    if (is_attribute_char(c))
        buffer_octet(to, c);
    else
        buffer_printf(to, "%%%02X", (unsigned char)c);
}

/* As much of the value as fits into `room` when it is encoded, at least one character. */
static struct slice
take_fitting(struct slice *value, bool utf8, size_t room)
{
    struct slice all = *value;
    size_t used = 0;

    while (value->len > 0) {
        struct slice rest = *value;
        size_t len, cost;

        if (utf8)
            utf8_next(&rest);
        else
            rest = slice_from(rest, 1);
        len = value->len - rest.len;
        cost = len == 1 && is_attribute_char(value->at[0]) ? 1 : 3 * len;
        if (used > 0 && used + cost > room)
            break;
        used += cost;
        *value = rest;
    }
    return slice_first(all, all.len - value->len);
}

/* Writes "name*7*=" and what of the value fits into a line. */
static struct slice
next_section(struct arena *arena, struct slice name, unsigned number, struct slice *value,
             const char *charset, size_t line)
{
    struct buffer *to = section_buffer(arena);
    bool utf8 = strcmp(charset, "utf-8") == 0;
    struct slice taken;
    size_t used;

    buffer_add(to, name);
    buffer_printf(to, "*%u*=", number);
    if (number == 0)
        buffer_printf(to, "%s''", charset);
    used = to->len + 2;
    taken = take_fitting(value, utf8, used + ROOM_MIN < line ? line - used : ROOM_MIN);
    for (size_t i = 0; i < taken.len; i++)
        put_octet(to, taken.at[i]);
    if (value->len > 0)
        buffer_octet(to, ';');
    return buffer_slice(to);
}

/* Section by section; in long lines, where there would be more sections than programs read. */
static enum convert_result
write_sections(struct conversion *conversion, struct slice gap, struct slice name,
               struct slice value, size_t line)
{
    struct arena *arena = conversion->writer->arena;
    struct slice *sections = ARENA_ARRAY(arena, PARAMETERS_MAX, struct slice);
    const char *charset = segments_charset(value);
    struct slice rest = value;
    unsigned count = 0;

    for (; rest.len > 0 && count <= conversion->room; count++)
        sections[count] = next_section(arena, name, count, &rest, charset, line);
    if (rest.len > 0)
        return line == LINE_LONG ? HEADER_UNDECIDABLE
                                 : write_sections(conversion, gap, name, value, LINE_LONG);
    conversion->room -= count - 1;
    for (unsigned i = 0; i < count; i++)
        header_writer_raw(conversion->writer, i == 0 ? gap : SLICE(" "), sections[i]);
    return HEADER_CONVERTED;
}

/* One parameter, whole where that fits into a line. */
static enum convert_result
write_parameter_value(struct conversion *conversion, struct slice gap, struct slice name,
                      struct slice value)
{
    struct buffer *whole = section_buffer(conversion->writer->arena);

    buffer_add(whole, name);
    buffer_printf(whole, "*=%s''", segments_charset(value));
    for (size_t i = 0; i < value.len; i++)
        put_octet(whole, value.at[i]);
    if (whole->len + gap.len + 1 > LINE_GOOD)
        return write_sections(conversion, gap, name, value, LINE_GOOD);
    header_writer_raw(conversion->writer, gap, buffer_slice(whole));
    return HEADER_CONVERTED;
}

/* A part of what RFC 2231 takes apart or encodes already. Quotes stand for themselves behind a
 * charset alone. */
static void
write_section(struct conversion *conversion, struct slice gap, size_t at, struct slice value)
{
    const struct segment *segment = &conversion->segments.at[at];
    const struct parameter_text *parameter = &segment->is;
    const char *charset = segments_missing_charset(&conversion->segments, at);
    bool quotes = segment_names_charset(segment);
    struct buffer *to = section_buffer(conversion->writer->arena);

    buffer_add(to, parameter->name);
    if (parameter->has_section)
        buffer_printf(to, "*%u", parameter->section);
    buffer_text(to, "*=");
    if (charset)
        buffer_printf(to, "%s''", charset);
    for (size_t i = 0; i < value.len; i++) {
        if (parameter->extended && parameter_is_token(value.at[i]) &&
            (quotes || value.at[i] != '\''))
            buffer_octet(to, value.at[i]);
        else
            put_octet(to, value.at[i]);
    }
    header_writer_raw(conversion->writer, gap, buffer_slice(to));
}

static enum convert_result
write_tokens(struct conversion *conversion, struct slice text)
{
    struct convert_tokens tokens;

    convert_tokens_read(conversion->writer->arena, text, &tokens);
    conversion->trailing = tokens.trailing;
    return convert_write(conversion->writer, &tokens);
}

/* The comments of what is written in another place, if any, between semicolons of their own: behind
 * a value without quotes some readers take them for a part of it. */
static enum convert_result
write_comments(struct conversion *conversion, struct slice text)
{
    struct convert_tokens tokens;
    bool any = false;

    convert_tokens_read(conversion->writer->arena, text, &tokens);
    for (size_t i = 0; i < tokens.count; i++) {
        bool comment = tokens.at[i].is.kind == TOKEN_COMMENT;

        any = any || comment;
        tokens.at[i].role = comment ? ROLE_FIXED : ROLE_ELSEWHERE;
    }
    if (!any)
        return HEADER_CONVERTED;
    header_writer_raw(conversion->writer, conversion->trailing, SLICE(";"));
    conversion->trailing = tokens.trailing;
    return convert_write(conversion->writer, &tokens);
}

/* header_unfold() would trim what a backslash keeps. */
static struct slice
without_folds(struct arena *arena, struct slice s)
{
    char *to = arena_alloc(arena, s.len + 1);
    size_t len = 0;

    for (size_t i = 0; i < s.len; i++)
        if (s.at[i] != '\n' && !(s.at[i] == '\r' && i + 1 < s.len && s.at[i + 1] == '\n'))
            to[len++] = s.at[i];
    return (struct slice){to, len};
}

static enum convert_result
write_parameter(struct conversion *conversion, size_t i)
{
    struct header_writer *writer = conversion->writer;
    const struct parameter_text *parameter = &conversion->segments.at[i].is;
    struct slice text = conversion->segments.at[i].text;
    struct slice value = parameter->value;
    struct slice before = {text.at, (size_t)(parameter->name.at - text.at)};
    const char *name_end = parameter->name.at + parameter->name.len;
    struct slice between = {name_end, (size_t)(value.at - name_end)};
    struct slice behind = slice_from(text, (size_t)(value.at + value.len - text.at));
    struct slice gap = slice_from(before, slice_trim(before).len > 0
                                              ? (size_t)(slice_trim(before).at - before.at) +
                                                    slice_trim(before).len
                                              : 0);
    enum convert_result result;

    if (token_space_length(behind) < behind.len)
        return HEADER_UNDECIDABLE;
    before.len -= gap.len;
    gap = gap.len > 0 ? gap : SLICE(" ");
    if (parameter->quoted)
        value = token_unquote(writer->arena, value);
    else
        value = without_folds(writer->arena, value);
    result = write_tokens(conversion, before);
    if (result == HEADER_CONVERTED && (parameter->has_section || parameter->extended))
        write_section(conversion, gap, i, value);
    else if (result == HEADER_CONVERTED)
        result = write_parameter_value(conversion, gap, parameter->name, value);
    conversion->trailing = SLICE("");
    if (result == HEADER_CONVERTED)
        result = write_comments(conversion, between);
    conversion->trailing = slice_trim(behind).len > 0 ? SLICE("") : behind;
    return result == HEADER_CONVERTED ? write_comments(conversion, behind) : result;
}

static enum convert_result
write_segment(struct conversion *conversion, size_t i)
{
    struct slice text = conversion->segments.at[i].text;
    enum segment_fate fate = segments_fate(&conversion->segments, i);

    if (fate == SEGMENT_UNCLEAR)
        return HEADER_UNDECIDABLE;
    if (fate == SEGMENT_REPEATS)
        return write_comments(conversion, text);
    header_writer_raw(conversion->writer, conversion->trailing, SLICE(";"));
    conversion->trailing = SLICE("");
    return fate == SEGMENT_STAYS ? write_tokens(conversion, text)
                                 : write_parameter(conversion, i);
}

enum convert_result
convert_parameters(struct header_writer *writer, struct slice body, struct slice *trailing_r)
{
    struct conversion conversion = {.writer = writer};
    struct slice rest = body;
    size_t end;
    enum convert_result result;

    while (rest.len > 0 && ascii_is_space(rest.at[rest.len - 1]))
        rest.len--;
    *trailing_r = slice_from(body, rest.len);
    end = token_find(rest, ';');
    if (!segments_read(writer->arena, rest, end, &conversion.segments))
        return HEADER_UNDECIDABLE;
    conversion.room = PARAMETERS_MAX - conversion.segments.count;
    result = write_tokens(&conversion, slice_first(rest, end));
    for (size_t i = 0; i < conversion.segments.count && result == HEADER_CONVERTED; i++)
        result = write_segment(&conversion, i);
    return result;
}
