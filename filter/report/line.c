/* Finds our lines among those of others, and reads their fields. */
#include "line.h"

#include <stdio.h>

static bool
starts_with(struct slice s, const char *text)
{
    return slice_equal(slice_first(s, strlen(text)), slice_of(text));
}

static bool
take(struct slice *rest, const char *text)
{
    if (!starts_with(*rest, text))
        return false;
    *rest = slice_from(*rest, strlen(text));
    return true;
}

static size_t
find_text(struct slice s, const char *text)
{
    const char *at = s.len > 0 ? memmem(s.at, s.len, text, strlen(text)) : NULL;

    return at ? (size_t)(at - s.at) : s.len;
}

static bool
scratch_add(struct line_reader *reader, char octet)
{
    if (reader->used == LINE_SCRATCH)
        return false;
    reader->scratch[reader->used++] = octet;
    return true;
}

/* A line of ours has no others than of quotes and backslashes. */
static bool
json_escape_read(struct line_reader *reader, struct slice *rest)
{
    char letter = rest->len > 0 ? rest->at[0] : '\0';

    *rest = slice_from(*rest, letter == 'u' ? 5 : 1);
    return scratch_add(reader, ascii_is_alpha(letter) ? '?' : letter);
}

/* Behind its first quote. */
static bool
json_string_read(struct line_reader *reader, struct slice *rest, struct slice *string_r)
{
    size_t plain = 0, begin = reader->used;

    while (plain < rest->len && rest->at[plain] != '"' && rest->at[plain] != '\\')
        plain++;
    if (plain < rest->len && rest->at[plain] == '"') {
        *string_r = slice_first(*rest, plain);
        *rest = slice_from(*rest, plain + 1);
        return true;
    }
    while (rest->len > 0 && rest->at[0] != '"') {
        char octet = rest->at[0];

        *rest = slice_from(*rest, 1);
        if (octet == '\\' ? !json_escape_read(reader, rest) : !scratch_add(reader, octet))
            return false;
    }
    *string_r = (struct slice){reader->scratch + begin, reader->used - begin};
    return take(rest, "\"");
}

/* A number, null, or a list, of which nothing is wanted but its end. */
static bool
json_other_read(struct slice *rest, struct slice *value_r)
{
    size_t end = 0;

    if (starts_with(*rest, "[")) {
        end = slice_find(*rest, ']');
        *value_r = (struct slice){0};
        *rest = slice_from(*rest, end + 1);
        return true;
    }
    while (end < rest->len && rest->at[end] != ',' && rest->at[end] != '}')
        end++;
    *value_r = slice_trim(slice_first(*rest, end));
    *rest = slice_from(*rest, end);
    return true;
}

/* The next member of an object of which the brace is taken; false behind the last. */
static bool
json_member(struct line_reader *reader, struct slice *rest, struct slice *name_r,
            struct slice *value_r)
{
    while (take(rest, ",") || take(rest, " "))
        ;
    if (!take(rest, "\"") || !json_string_read(reader, rest, name_r))
        return false;
    while (take(rest, " ") || take(rest, ":"))
        ;
    return take(rest, "\"") ? json_string_read(reader, rest, value_r)
                            : json_other_read(rest, value_r);
}

/* A verdict as an object: behind its level the queue id is first. */
static bool
read_object(struct line_reader *reader, struct slice rest, struct line *line)
{
    struct slice name, value;

    take(&rest, "{");
    while (json_member(reader, &rest, &name, &value))
        for (int field = 0; field < AUDIT_FIELDS; field++)
            if (slice_equal(name, slice_of(audit_form((enum audit_field)field)->name)))
                line->value[field] = value;
    return line->value[AUDIT_VERB].at && line->value[AUDIT_RULE].at && line->value[AUDIT_ID].at;
}

/* "\x{20}" of a text, which JSON has as it is; other escapes stay. */
static struct slice
without_marks(struct line_reader *reader, struct slice s)
{
    size_t begin = reader->used;

    if (s.at == NULL || slice_find(s, '\\') == s.len)
        return s;
    while (s.len > 0) {
        bool is_mark = s.len >= 6 && starts_with(s, "\\x{") && s.at[5] == '}';
        int octet = is_mark ? ascii_hex(s.at[3]) * 16 + ascii_hex(s.at[4]) : 0;
        bool is_seen = octet >= ' ' && octet <= '~';

        if (starts_with(s, "\\\\")) {
            scratch_add(reader, '\\');
            s = slice_from(s, 1);
        }
        if (!scratch_add(reader, is_seen ? (char)octet : s.at[0]))
            break;
        s = slice_from(s, is_seen ? 6 : 1);
    }
    return (struct slice){reader->scratch + begin, reader->used - begin};
}

/* What stands behind the text: each field where its name is, in the order of the form. */
static void
read_tail(struct slice rest, struct line *line)
{
    for (int field = AUDIT_RULE; field < AUDIT_FIELDS; field++) {
        const struct audit_form *form = audit_form((enum audit_field)field);
        struct slice *value = &line->value[field];

        if (!take(&rest, form->before))
            continue;
        *value = slice_first(rest, slice_find(rest, form->behind[0] ? form->behind[0] : ' '));
        rest = slice_from(rest, value->len + strlen(form->behind));
    }
}

/* "QUEUEID: verb: STAGE from client[ip]: text" */
static bool
read_head(struct slice rest, struct line *line)
{
    static const struct {
        enum audit_field field;
        const char *end;
    } places[] = {{AUDIT_QUEUE_ID, ": "}, {AUDIT_VERB, ": "}, {AUDIT_STAGE, " from "}};
    size_t end;

    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        end = find_text(rest, places[i].end);
        if (end == 0 || end == rest.len)
            return false;
        line->value[places[i].field] = slice_first(rest, end);
        rest = slice_from(rest, end + strlen(places[i].end));
    }
    for (end = 0; end < rest.len && rest.at[end] != '[' && rest.at[end] != ':'; end++)
        ;
    line->value[AUDIT_CLIENT] = slice_first(rest, end);
    rest = slice_from(rest, end);
    if (take(&rest, "[")) {
        line->value[AUDIT_IP] = slice_first(rest, slice_find(rest, ']'));
        rest = slice_from(rest, line->value[AUDIT_IP].len + 1);
    }
    if (take(&rest, ": "))
        line->value[AUDIT_TEXT] = rest;
    return true;
}

static bool
read_text(struct line_reader *reader, struct slice text, struct line *line)
{
    size_t separator = find_text(text, AUDIT_SEPARATOR);

    if (separator == text.len || !read_head(slice_first(text, separator), line))
        return false;
    read_tail(slice_from(text, separator), line);
    for (int field = 0; field < AUDIT_FIELDS; field++)
        line->value[field] = without_marks(reader, line->value[field]);
    return line->value[AUDIT_ID].at != NULL;
}

/* What was logged, without time, host and name. A service manager that logs what `serve -f` says
 * puts a name of its own before ours. */
static bool
read_message(struct line_reader *reader, struct slice message, struct line *line)
{
    if (starts_with(message, reader->name) &&
        starts_with(slice_from(message, strlen(reader->name)), ": "))
        message = slice_from(message, strlen(reader->name) + 2);
    if (!take(&message, "warning: "))
        take(&message, "error: ");
    line->text = message;
    return starts_with(message, "{\"level\":\"") ? read_object(reader, message, line)
                                                 : read_text(reader, message, line);
}

static bool
read_journal(struct line_reader *reader, struct slice rest, struct line *line)
{
    struct slice name, value, message = {0};
    bool ours = false;
    int64_t microseconds = 0;

    take(&rest, "{");
    while (json_member(reader, &rest, &name, &value)) {
        if (slice_equal(name, SLICE("MESSAGE")))
            message = value;
        else if (slice_equal(name, SLICE("SYSLOG_IDENTIFIER")))
            ours = slice_equal(value, slice_of(reader->name));
        else if (slice_equal(name, SLICE("__REALTIME_TIMESTAMP")))
            slice_number(value, &microseconds);
    }
    if (!ours || message.at == NULL)
        return false;
    if (microseconds > 0)
        stamp_at(&reader->stamps, (time_t)(microseconds / 1000000), &line->stamp);
    return read_message(reader, message, line);
}

/* "host name[123]: " */
static bool
take_tag(const struct line_reader *reader, struct slice *rest)
{
    size_t host = slice_find(*rest, ' ');
    struct slice tag = slice_from(*rest, host + 1);

    if (!take(&tag, reader->name))
        return false;
    if (take(&tag, "["))
        while (tag.len > 0 && (ascii_is_digit(tag.at[0]) || tag.at[0] == ']'))
            tag = slice_from(tag, 1);
    *rest = tag;
    return take(rest, ": ");
}

bool
line_read(struct line_reader *reader, struct slice line, struct line *line_r)
{
    *line_r = (struct line){0};
    reader->used = 0;
    if (line.len > 3 && line.at[0] == '<' && ascii_is_digit(line.at[1]) && line.at[2] == '>')
        line = slice_from(line, 3);
    if (line.len > 0 && line.at[line.len - 1] == '\r')
        line.len--;
    if (starts_with(line, "{\"level\":\""))
        return read_message(reader, line, line_r);
    if (find_text(line, reader->name) == line.len)
        return false;
    if (starts_with(line, "{"))
        return read_journal(reader, line, line_r);
    if (!stamp_read(&reader->stamps, &line, &line_r->stamp))
        return starts_with(line, reader->name) && read_message(reader, line, line_r);
    return take_tag(reader, &line) && read_message(reader, line, line_r);
}
