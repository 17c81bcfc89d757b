/* Writes what a line of the log says, as text or as JSON. What a stranger wrote can neither break a
 * line nor forge a field. */
#include "audit_inside.h"
#include "mail/unicode.h"
#include "mail/utf8.h"

enum { MAX_LINE = 4400, MAX_OBJECT = 8000 };

/* Unicode takes it for another way to write a semicolon. */
enum { GREEK_QUESTION_MARK = 0x37E };

/* What in this place would be read as something else: octets, or how a reply has escaped some. */
struct manner {
    const char *marks;
    bool is_reply;
    bool in_quotes; /* of JSON, where nothing looks like a field */
};

static bool
is_hex(char octet)
{
    return ascii_is_digit(octet) || (octet >= 'A' && octet <= 'F');
}

/* "\x{HH}" */
static bool
begins_escape(struct slice s)
{
    return s.len >= 6 && slice_equal(slice_first(s, 3), SLICE("\\x{")) && is_hex(s.at[3]) &&
           is_hex(s.at[4]) && s.at[5] == '}';
}

static bool
character_is_plain(const struct manner *manner, struct slice s, uint32_t c)
{
    if (c >= 0x80)
        return unicode_is_graphic(c) && c != GREEK_QUESTION_MARK;
    if (c < 32 || c == 127 || strchr(manner->marks, (int)c))
        return false;
    return manner->in_quotes ||
           !slice_equal(slice_first(s, strlen(AUDIT_SEPARATOR)), SLICE(AUDIT_SEPARATOR));
}

/* What is written for the character at the front of `rest`, which moves on. */
static void
write_next(struct buffer *unit, const struct manner *manner, struct slice *rest)
{
    struct slice all = *rest;
    uint32_t c = utf8_next(rest);
    struct slice octets = slice_first(all, all.len - rest->len);
    bool is_broken = octets.len == 1 && c >= 0x80;

    if (c == '\\' && !(manner->is_reply && begins_escape(all)))
        buffer_text(unit, "\\\\");
    else if (!is_broken && character_is_plain(manner, all, c))
        buffer_add(unit, octets);
    else
        for (size_t i = 0; i < octets.len; i++)
            buffer_printf(unit, "\\x{%02X}", (unsigned char)octets.at[i]);
}

/* Characters whole, until what is written has `most` octets. */
static void
add_escaped(struct buffer *line, struct slice s, size_t most, struct manner manner)
{
    size_t begin = line->len, mark = begin;

    while (s.len > 0) {
        write_next(line, &manner, &s);
        if (line->len - begin > most)
            break;
        mark = line->len;
    }
    if (mark == line->len)
        return;
    line->len = mark;
    buffer_text(line, "...");
}

static void
write_text_field(struct buffer *line, const struct audit_line *values, enum audit_field field)
{
    const struct audit_form *form = audit_form(field);
    struct manner manner = {form->marks, field == AUDIT_TEXT && values->is_reply, false};

    buffer_text(line, form->before);
    add_escaped(line, values->value[field], form->most, manner);
    buffer_text(line, form->behind);
}

static const char *
write_text(struct arena *arena, const struct audit_line *values)
{
    struct buffer *line = ARENA_NEW(arena, struct buffer);

    buffer_init(line, arena, MAX_LINE);
    for (int field = 0; field < AUDIT_FIELDS; field++)
        if (values->value[field].at)
            write_text_field(line, values, (enum audit_field)field);
    return buffer_slice(line).at;
}

/* The quotes part the fields here: what is escaped is what is escaped everywhere in a text. */
static void
write_member(struct buffer *object, struct buffer *escaped, const struct audit_line *values,
             enum audit_field field)
{
    const struct audit_form *form = audit_form(field);
    struct manner manner = {"", field == AUDIT_TEXT && values->is_reply, true};
    struct slice text;

    buffer_clear(escaped);
    add_escaped(escaped, values->value[field], form->most, manner);
    text = buffer_slice(escaped);
    buffer_printf(object, "%s\"%s\":", object->len > 1 ? "," : "", form->name);
    if (field == AUDIT_NRCPT) {
        buffer_add(object, text);
        return;
    }
    buffer_octet(object, '"');
    for (size_t i = 0; i < text.len; i++) {
        if (text.at[i] == '"' || text.at[i] == '\\')
            buffer_octet(object, '\\');
        buffer_octet(object, text.at[i]);
    }
    buffer_octet(object, '"');
}

static const char *
write_json(struct arena *arena, const struct audit_line *values)
{
    struct buffer *object = ARENA_NEW(arena, struct buffer);
    struct buffer *escaped = ARENA_NEW(arena, struct buffer);

    buffer_init(object, arena, MAX_OBJECT);
    buffer_init(escaped, arena, MAX_LINE);
    buffer_octet(object, '{');
    for (int field = 0; field < AUDIT_FIELDS; field++)
        if (values->value[field].at)
            write_member(object, escaped, values, (enum audit_field)field);
    buffer_octet(object, '}');
    return buffer_slice(object).at;
}

const char *
audit_write(struct arena *arena, const struct audit_line *values, enum log_format format)
{
    return format == LOG_FORMAT_JSON ? write_json(arena, values) : write_text(arena, values);
}
