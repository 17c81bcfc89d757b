/* Fields with parameters: values that aren't ASCII become those of RFC 2231 section 4, in sections
 * (section 3) where they are long. */
#include "base/buffer.h"
#include "convert_field_inside.h"
#include "header/tokens.h"
#include "mail/header.h"
#include "mail/mime_value.h"
#include "mail/utf8.h"
#include "mime/parameter_text.h"

enum { LINE_GOOD = 76, ROOM_MIN = 12, SECTIONS_MAX = 400 };

struct conversion {
    struct header_writer *writer;
    struct mime_value value; /* the whole field as it is read */
    struct slice trailing;   /* white space behind what is written */
};

/* RFC 2231 section 7, attribute-char. */
static bool
is_plain(char c)
{
    return parameter_is_token(c) && c != '*' && c != '\'' && c != '%';
}

static struct buffer *
new_buffer(struct arena *arena)
{
    struct buffer *buffer = ARENA_NEW(arena, struct buffer);

    buffer_init(buffer, arena, SIZE_MAX);
    return buffer;
}

static void
put_percent(struct buffer *to, char c)
{
    buffer_printf(to, "%%%02X", (unsigned char)c);
}

static const char *
charset_of(struct slice value)
{
    return utf8_is_valid(value) ? "utf-8" : "unknown-8bit";
}

/* As much of the value as fits into `room`, at least one character. */
static void
put_fitting(struct buffer *to, struct slice *value, size_t room)
{
    bool utf8 = utf8_is_valid(*value);
    size_t used = 0;

    while (value->len > 0) {
        struct slice rest = *value;
        size_t len = 0, cost = 0;

        if (utf8)
            utf8_next(&rest);
        else
            rest = slice_from(rest, 1);
        len = value->len - rest.len;
        cost = len == 1 && is_plain(value->at[0]) ? 1 : 3 * len;
        if (used > 0 && used + cost > room)
            return;
        for (size_t i = 0; i < len; i++)
            if (cost == 1)
                buffer_octet(to, value->at[i]);
            else
                put_percent(to, value->at[i]);
        used += cost;
        *value = rest;
    }
}

static size_t
room_behind(size_t used)
{
    return used + ROOM_MIN < LINE_GOOD ? LINE_GOOD - used : ROOM_MIN;
}

/* Sections of two parameters of one name would be joined. */
static bool
is_repeated(const struct conversion *conversion, struct slice name)
{
    size_t count = 0;

    for (const struct mime_parameter *p = conversion->value.first; p; p = p->next)
        count += slice_equal_nocase(p->name, name);
    return count > 1;
}

/* One parameter, whole where that fits into a line, else section by section. */
static enum header_downgrade
write_value(struct conversion *conversion, struct slice gap, struct slice name, struct slice value)
{
    struct header_writer *writer = conversion->writer;
    struct buffer *whole = new_buffer(writer->arena);
    struct slice rest = value;

    buffer_add(whole, name);
    buffer_printf(whole, "*=%s''", charset_of(value));
    put_fitting(whole, &rest, SIZE_MAX);
    if (whole->len + gap.len + 1 <= LINE_GOOD) {
        header_writer_raw(writer, gap, buffer_slice(whole));
        return HEADER_CONVERTED;
    }
    if (is_repeated(conversion, name))
        return HEADER_UNDECIDABLE;
    rest = value;
    for (unsigned i = 0; rest.len > 0; i++) {
        struct buffer *part = new_buffer(writer->arena);

        if (i == SECTIONS_MAX)
            return HEADER_UNDECIDABLE;
        buffer_add(part, name);
        buffer_printf(part, "*%u*=%s", i, i ? "" : charset_of(value));
        buffer_text(part, i ? "" : "''");
        put_fitting(part, &rest, room_behind(part->len + 2));
        if (rest.len > 0)
            buffer_octet(part, ';');
        header_writer_raw(writer, gap, buffer_slice(part));
        gap = SLICE(" ");
    }
    return HEADER_CONVERTED;
}

/* A part of what RFC 2231 takes apart or encodes already. */
static void
write_section(struct conversion *conversion, struct slice gap,
              const struct parameter_text *parameter, struct slice value)
{
    const struct mime_parameter *joined = mime_value_find(&conversion->value, parameter->name);
    struct buffer *to = new_buffer(conversion->writer->arena);

    buffer_add(to, parameter->name);
    if (parameter->has_section)
        buffer_printf(to, "*%u", parameter->section);
    buffer_text(to, "*=");
    if (!parameter->extended && parameter->section == 0)
        buffer_printf(to, "%s''", charset_of(joined ? joined->value : value));
    for (size_t i = 0; i < value.len; i++) {
        bool written = parameter->extended && (unsigned char)value.at[i] < 128;

        if (written || is_plain(value.at[i]))
            buffer_octet(to, value.at[i]);
        else
            put_percent(to, value.at[i]);
    }
    header_writer_raw(conversion->writer, gap, buffer_slice(to));
}

/* True where a later section needs the charset that only an extended first one can name. */
static bool
must_extend(const struct conversion *conversion, const struct parameter_text *parameter)
{
    const struct mime_parameter *joined;

    if (!parameter->has_section || parameter->section > 0 || parameter->extended)
        return false;
    joined = mime_value_find(&conversion->value, parameter->name);
    return joined && !slice_is_ascii(joined->value);
}

static bool
is_open(const struct parameter_text *parameter)
{
    bool closed = true;

    if (parameter->quoted)
        token_enclosed_length(parameter->value, '"', &closed);
    return !closed;
}

static enum header_downgrade
write_tokens(struct conversion *conversion, struct slice text)
{
    struct downgrade_tokens tokens;

    downgrade_tokens_read(conversion->writer->arena, text, &tokens);
    conversion->trailing = tokens.trailing;
    return downgrade_write(conversion->writer, &tokens);
}

/* Between the name and the value. */
static enum header_downgrade
write_comments(struct header_writer *writer, struct slice text)
{
    struct downgrade_tokens tokens;

    downgrade_tokens_read(writer->arena, text, &tokens);
    for (size_t i = 0; i < tokens.count; i++)
        if (tokens.at[i].is.kind != TOKEN_COMMENT)
            tokens.at[i].role = ROLE_ELSEWHERE;
    return downgrade_write(writer, &tokens);
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

static enum header_downgrade
write_parameter(struct conversion *conversion, struct slice text,
                const struct parameter_text *parameter)
{
    struct header_writer *writer = conversion->writer;
    struct slice value = parameter->value;
    struct slice before = {text.at, (size_t)(parameter->name.at - text.at)};
    const char *name_end = parameter->name.at + parameter->name.len;
    struct slice between = {name_end, (size_t)(value.at - name_end)};
    struct slice behind = slice_from(text, (size_t)(value.at + value.len - text.at));
    struct slice gap = slice_from(before, slice_trim(before).len > 0
                                              ? (size_t)(slice_trim(before).at - before.at) +
                                                    slice_trim(before).len
                                              : 0);
    enum header_downgrade result;

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
        write_section(conversion, gap, parameter, value);
    else if (result == HEADER_CONVERTED)
        result = write_value(conversion, gap, parameter->name, value);
    if (result == HEADER_CONVERTED)
        result = write_comments(writer, between);
    return result == HEADER_CONVERTED ? write_tokens(conversion, behind) : result;
}

/* A charset or a boundary that isn't ASCII names nothing. */
static bool
has_no_ascii_form(const struct parameter_text *parameter)
{
    return parameter->name.len == 0 || is_open(parameter) ||
           slice_equal_nocase(parameter->name, SLICE("charset")) ||
           slice_equal_nocase(parameter->name, SLICE("boundary"));
}

static enum header_downgrade
write_segment(struct conversion *conversion, struct slice text)
{
    struct parameter_text parameter;

    parameter_text_parse(text, &parameter);
    if (slice_is_ascii(parameter.value) && !must_extend(conversion, &parameter))
        return write_tokens(conversion, text);
    if (has_no_ascii_form(&parameter))
        return HEADER_UNDECIDABLE;
    return write_parameter(conversion, text, &parameter);
}

enum header_downgrade
downgrade_parameters(struct header_writer *writer, struct slice body, struct slice *trailing_r)
{
    struct conversion conversion = {.writer = writer};
    struct slice rest = body;
    size_t end;
    enum header_downgrade result;

    while (rest.len > 0 && ascii_is_space(rest.at[rest.len - 1]))
        rest.len--;
    *trailing_r = slice_from(body, rest.len);
    mime_value_parse(writer->arena, header_unfold(writer->arena, rest), &conversion.value);
    end = token_find(rest, ';');
    result = write_tokens(&conversion, slice_first(rest, end));
    while (result == HEADER_CONVERTED && end < rest.len) {
        header_writer_raw(writer, conversion.trailing, SLICE(";"));
        rest = slice_from(rest, end + 1);
        end = token_find(rest, ';');
        result = write_segment(&conversion, slice_first(rest, end));
    }
    return result;
}
