/* Builds the lines of the log. What a stranger wrote can neither break a line nor forge a field. */
#include "audit.h"

#include "base/log.h"

enum { MAX_LINE = 4000, MAX_TEXT = 1200, MAX_FIELD = 512, MAX_REASON = 400 };

/* Octets of `marks` would end the field: they are escaped as control characters are. */
static void
add_escaped(struct buffer *line, struct slice s, size_t most, const char *marks)
{
    struct slice shown = slice_first(s, most);

    for (size_t i = 0; i < shown.len; i++) {
        if (shown.at[i] != '\0' && strchr(marks, shown.at[i]))
            buffer_printf(line, "\\x{%02X}", (unsigned char)shown.at[i]);
        else
            log_escape(line, (struct slice){shown.at + i, 1});
    }
    if (s.len > most)
        buffer_text(line, "...");
}

/* As the client sees it: a reply is printable ASCII from the start. */
static void
add_reply(struct buffer *line, struct slice reply)
{
    buffer_add(line, slice_first(reply, MAX_TEXT));
    if (reply.len > MAX_TEXT)
        buffer_text(line, "...");
}

static void
add_bracketed(struct buffer *line, const char *name, struct slice value)
{
    buffer_printf(line, " %s=<", name);
    add_escaped(line, value, MAX_FIELD, "<>");
    buffer_text(line, ">");
}

static void
add_queue_id(struct buffer *line, const struct transaction *transaction)
{
    if (transaction && transaction->queue_id.len > 0)
        add_escaped(line, transaction->queue_id, 64, " :");
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
        add_escaped(line, session->host, 255, " []:;");
    if (session->has_ip)
        buffer_printf(line, "[%s]", ip_text(&session->ip, text));
}

static const struct recipient *
recipient_of(const struct transaction *transaction, const struct audit_entry *entry)
{
    if (entry->recipient)
        return entry->recipient;
    return transaction->recipient_count == 1 ? transaction->recipients : NULL;
}

static void
add_envelope(struct buffer *line, const struct transaction *transaction,
             const struct audit_entry *entry)
{
    const struct recipient *recipient = recipient_of(transaction, entry);

    add_bracketed(line, "from", transaction->sender.path);
    if (recipient)
        add_bracketed(line, "to", recipient->address.path);
    else if (transaction->recipient_count > 0)
        buffer_printf(line, " nrcpt=%zu", transaction->recipient_count);
}

static void
add_fields(struct arena *arena, struct buffer *line, const struct session *session,
           const struct transaction *transaction, const struct audit_entry *entry)
{
    struct slice login;

    buffer_printf(line, "; rule=%s", entry->rule ? entry->rule : "-");
    if (entry->reason && entry->reason[0] != '\0') {
        buffer_text(line, " reason=\"");
        add_escaped(line, slice_of(entry->reason), MAX_REASON, "\"");
        buffer_text(line, "\"");
    }
    if (transaction && transaction->sender_argument.at)
        add_envelope(line, transaction, entry);
    if (session->has_helo)
        add_bracketed(line, "helo", session->helo);
    if (record_login(arena, session, transaction, &login)) {
        buffer_text(line, " sasl_username=");
        add_escaped(line, login, 255, " ;=<>");
    }
}

const char *
audit_line(struct arena *arena, const struct session *session,
           const struct transaction *transaction, const struct audit_entry *entry)
{
    struct buffer *line = ARENA_NEW(arena, struct buffer);

    buffer_init(line, arena, MAX_LINE);
    add_queue_id(line, transaction);
    buffer_printf(line, ": %s%s: %s from ", entry->withheld ? "audit-" : "", entry->verb,
                  stage_log_name(entry->stage));
    add_client(line, session);
    if (entry->text[0] != '\0')
        buffer_text(line, ": ");
    if (entry->is_reply)
        add_reply(line, slice_of(entry->text));
    else
        add_escaped(line, slice_of(entry->text), MAX_TEXT, "");
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
