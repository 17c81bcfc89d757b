/* Says what a line of the log holds: of the records, and of what was done. */
#include "audit.h"

#include "audit_inside.h"
#include "audit_mask.h"

enum { MAX_REPLY = 4000 };

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

static struct slice
audit_printed(struct arena *arena, size_t number)
{
    return slice_of(arena_printf(arena, "%zu", number));
}

/* There, if empty. */
static struct slice
audit_given(struct slice s)
{
    return s.at ? s : SLICE("");
}

static void
take_recipients(struct arena *arena, struct slice value[AUDIT_FIELDS],
                const struct transaction *transaction, const struct audit_entry *entry)
{
    size_t count;
    const struct recipient *first = first_concerned(transaction, &count);
    const struct recipient *named = entry->recipient ? entry->recipient : first;

    if (named)
        value[AUDIT_TO] = audit_given(named->address.path);
    if (count > 1 && (entry->recipient == NULL || entry->for_all))
        value[AUDIT_NRCPT] = audit_printed(arena, count);
}

/* A host that is only an address has no name. */
static void
take_client(struct arena *arena, struct slice value[AUDIT_FIELDS], const struct session *session)
{
    char *text;

    value[AUDIT_CLIENT] = session->host;
    if (session->host.len == 0 || session->host.at[0] == '[')
        value[AUDIT_CLIENT] = SLICE("unknown");
    if (!session->has_ip)
        return;
    text = arena_alloc(arena, IP_TEXT_SIZE);
    value[AUDIT_IP] = slice_of(ip_text(&session->ip, text));
}

static void
take_mail(struct arena *arena, struct slice value[AUDIT_FIELDS], const struct session *session,
          const struct transaction *transaction, const struct audit_entry *entry)
{
    struct slice login;

    value[AUDIT_QUEUE_ID] = SLICE("NOQUEUE");
    if (transaction && transaction->queue_id.len > 0)
        value[AUDIT_QUEUE_ID] = transaction->queue_id;
    if (transaction && transaction->sender_argument.at) {
        value[AUDIT_FROM] = audit_given(transaction->sender.path);
        take_recipients(arena, value, transaction, entry);
    }
    if (session->has_helo)
        value[AUDIT_HELO] = audit_given(session->helo);
    if (record_login(arena, session, transaction, &login))
        value[AUDIT_LOGIN] = audit_given(login);
}

static void
take_entry(struct arena *arena, struct slice value[AUDIT_FIELDS], const struct audit_entry *entry)
{
    value[AUDIT_VERB] = slice_of(arena_printf(arena, "%s%s%s", entry->withheld ? "audit-" : "",
                                              entry->verb, entry->after ? "-also" : ""));
    value[AUDIT_STAGE] = slice_of(stage_log_name(entry->stage));
    if (entry->text[0] != '\0')
        value[AUDIT_TEXT] = slice_of(entry->text);
    value[AUDIT_RULE] = slice_of(entry->rule ? entry->rule : "-");
    if (entry->after)
        value[AUDIT_AFTER] = slice_of(entry->after);
    if (entry->reason && entry->reason[0] != '\0')
        value[AUDIT_REASON] = slice_of(entry->reason);
}

const char *
audit_line(struct arena *arena, const struct settings *settings, const struct session *session,
           const struct transaction *transaction, const struct audit_entry *entry)
{
    struct audit_line *line = ARENA_NEW(arena, struct audit_line);

    line->is_reply = entry->is_reply;
    take_client(arena, line->value, session);
    take_mail(arena, line->value, session, transaction, entry);
    take_entry(arena, line->value, entry);
    line->value[AUDIT_ID] = slice_of(record_id(session, transaction));
    if (settings->value[SET_LOG_MASK].number)
        audit_mask(arena, transaction ? transaction->time : session->time, line->value);
    return audit_write(arena, line, settings_log_format(settings));
}

const char *
audit_reply_text(struct arena *arena, const struct reply *reply)
{
    struct buffer *text = ARENA_NEW(arena, struct buffer);

    buffer_init(text, arena, MAX_REPLY);
    buffer_printf(text, "%s%s%s", reply->code, reply->enhanced[0] ? " " : "", reply->enhanced);
    for (size_t i = 0; i < reply->lines; i++)
        buffer_printf(text, " %s", reply->line[i]);
    return buffer_slice(text).at;
}
