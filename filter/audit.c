/* Builds the lines of the log. What a stranger wrote can neither break a line nor forge a field. */
#include "audit.h"

#include "mail/unicode.h"
#include "mail/utf8.h"

/* In octets as they are written: together they fit into a line. */
enum { MAX_LINE = 4000, MAX_TEXT = 1200, MAX_FIELD = 400, MAX_NAME = 255, MAX_ID = 64 };

/* Unicode takes it for another way to write a semicolon. */
enum { GREEK_QUESTION_MARK = 0x37E };

static const char separator[] = "; rule=";

/* What in this place would be read as something else: octets, or how a reply has escaped some. */
struct manner {
    const char *marks;
    bool is_reply;
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
    return !slice_equal(slice_first(s, strlen(separator)), SLICE(separator));
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
add_marked(struct buffer *line, struct slice s, size_t most, const char *marks)
{
    add_escaped(line, s, most, (struct manner){.marks = marks});
}

static void
add_bracketed(struct buffer *line, const char *name, struct slice value)
{
    buffer_printf(line, " %s=<", name);
    add_marked(line, value, MAX_FIELD, " <>;");
    buffer_text(line, ">");
}

static void
add_queue_id(struct buffer *line, const struct transaction *transaction)
{
    if (transaction && transaction->queue_id.len > 0)
        add_marked(line, transaction->queue_id, MAX_ID, " :;=<>[]");
    else
        buffer_text(line, "NOQUEUE");
}

/* "mail.example.net[192.0.2.7]"; a host that is only an address has no name. */
static void
add_client(struct buffer *line, const struct session *session)
{
    char text[IP_TEXT_SIZE];

    if (session->host.len == 0 || session->host.at[0] == '[')
        buffer_text(line, "unknown");
    else
        add_marked(line, session->host, MAX_NAME, " :;=<>[]");
    if (session->has_ip)
        buffer_printf(line, "[%s]", ip_text(&session->ip, text));
}

/* Those who get the message, or would: somebody taken off has had his line. NULL: nobody yet. */
static const struct recipient *
first_concerned(const struct transaction *transaction, size_t *count_r)
{
    const struct recipient *first = NULL;

    *count_r = 0;
    for (const struct recipient *r = transaction->recipients; r; r = r->next) {
        if (walk_recipient_is_off(r))
            continue;
        first = first ? first : r;
        ++*count_r;
    }
    if (first)
        return first;
    *count_r = transaction->recipient_count;
    return transaction->recipients;
}

static void
add_recipients(struct buffer *line, const struct transaction *transaction,
               const struct audit_entry *entry)
{
    size_t count;
    const struct recipient *first = first_concerned(transaction, &count);
    const struct recipient *named = entry->recipient ? entry->recipient : first;

    if (named)
        add_bracketed(line, "to", named->address.path);
    if (count > 1 && (entry->recipient == NULL || entry->for_all))
        buffer_printf(line, " nrcpt=%zu", count);
}

static void
add_fields(struct arena *arena, struct buffer *line, const struct session *session,
           const struct transaction *transaction, const struct audit_entry *entry)
{
    struct slice login;

    buffer_printf(line, "%s%s id=%s", separator, entry->rule ? entry->rule : "-",
                  record_id(session, transaction));
    if (entry->after)
        buffer_printf(line, " after=%s", entry->after);
    if (entry->reason && entry->reason[0] != '\0') {
        buffer_text(line, " reason=\"");
        add_marked(line, slice_of(entry->reason), MAX_FIELD, "\";=<>");
        buffer_text(line, "\"");
    }
    if (transaction && transaction->sender_argument.at) {
        add_bracketed(line, "from", transaction->sender.path);
        add_recipients(line, transaction, entry);
    }
    if (session->has_helo)
        add_bracketed(line, "helo", session->helo);
    if (record_login(arena, session, transaction, &login)) {
        buffer_text(line, " sasl_username=");
        add_marked(line, login, MAX_NAME, " ;=<>");
    }
}

const char *
audit_line(struct arena *arena, const struct session *session,
           const struct transaction *transaction, const struct audit_entry *entry)
{
    struct buffer *line = ARENA_NEW(arena, struct buffer);

    buffer_init(line, arena, MAX_LINE);
    add_queue_id(line, transaction);
    buffer_printf(line, ": %s%s%s: %s from ", entry->withheld ? "audit-" : "", entry->verb,
                  entry->after ? "-also" : "", stage_log_name(entry->stage));
    add_client(line, session);
    if (entry->text[0] != '\0')
        buffer_text(line, ": ");
    add_escaped(line, slice_of(entry->text), MAX_TEXT,
                (struct manner){.marks = "", .is_reply = entry->is_reply});
    add_fields(arena, line, session, transaction, entry);
    return buffer_slice(line).at;
}

const char *
audit_reply_text(struct arena *arena, const struct reply *reply)
{
    struct buffer *text = ARENA_NEW(arena, struct buffer);

    buffer_init(text, arena, MAX_LINE);
    buffer_printf(text, "%s%s%s", reply->code, reply->enhanced[0] ? " " : "", reply->enhanced);
    for (size_t i = 0; i < reply->lines; i++)
        buffer_printf(text, " %s", reply->line[i]);
    return buffer_slice(text).at;
}
