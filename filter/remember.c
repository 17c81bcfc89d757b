/* Writes what an MTA told as the lines of a test that tells it again. What has no place in such
 * lines is left out, and a comment says so. */
#include "count/recall.h"
#include "remember_inside.h"

/* MEMORY: for one text. BODY: octets of it that are kept. CUT_*: a text that is so long takes no
 * more lines of that kind. The rest is for the last lines, which must fit. */
enum {
    MEMORY = 4 << 20,
    BODY = 32 * 1024,
    CUT_TABLES = 12 * 1024,
    CUT_RECIPIENTS = 24 * 1024,
    CUT_MESSAGE = 56 * 1024,
};

bool
remember_is_on(const struct dialogue *dialogue)
{
    return recall_is_made(RECALL_VERDICTS) && dialogue->settings->value[SET_REMEMBER].number > 0;
}

void
remember_body(struct dialogue *dialogue, struct slice piece)
{
    unsigned reads = FACT_READS_BODY | FACT_READS_PARTS | FACT_HOLDS_BODY;
    struct arena *arena = dialogue->transaction->arena;

    if (!(dialogue->needs->flags & reads) || !(dialogue->played || remember_is_on(dialogue)))
        return;
    if (dialogue->remembered_body == NULL) {
        dialogue->remembered_body = ARENA_NEW(arena, struct buffer);
        buffer_init(dialogue->remembered_body, arena, BODY);
    }
    buffer_add(dialogue->remembered_body,
               slice_first(piece, BODY - dialogue->remembered_body->len));
}

static void
write_time(struct remembering *r)
{
    struct tm moment;
    char text[64];

    gmtime_r(&r->when, &moment);
    strftime(text, sizeof text, "time %Y-%m-%dT%H:%M:%SZ\n", &moment);
    buffer_text(&r->text, text);
}

static bool
is_written(const struct lookup *first, const struct lookup *lookup)
{
    for (; first != lookup; first = first->next)
        if (first->table == lookup->table && first->result == lookup->result &&
            slice_equal(first->key, lookup->key))
            return true;
    return false;
}

static void
write_lookup(struct remembering *r, const struct lookup *lookup)
{
    buffer_text(&r->text, "table");
    buffer_printf(&r->text, " %.*s", (int)lookup->table->name.len, lookup->table->name.at);
    remember_word(r, lookup->key);
    if (lookup->result == TABLE_FOUND)
        remember_word(r, lookup->value);
    else
        buffer_text(&r->text, " error");
    buffer_octet(&r->text, '\n');
}

static bool
has_line(const struct lookup *lookup)
{
    return lookup->result == TABLE_FOUND || lookup->result == TABLE_COULD_NOT_ASK;
}

/* A table that knew none of its keys is asked no more where a line speaks of it: of a key that
 * nobody asks for. */
static void
write_empty_table(struct remembering *r, const struct lookup *first, const struct lookup *lookup)
{
    const struct slice *name = &lookup->table->name;

    for (const struct lookup *other = first; other; other = other->next)
        if (other->table == lookup->table && has_line(other))
            return;
    while (first->table != lookup->table)
        first = first->next;
    if (first == lookup)
        buffer_printf(&r->text,
                      "table %.*s \"not found\" error # it had none of the keys asked for\n",
                      (int)name->len, name->at);
}

static void
write_lookups(struct remembering *r)
{
    const struct walk *walk = r->dialogue->last_walk ? r->dialogue->last_walk : r->dialogue->walk;
    const struct lookup *first = walk ? walk_lookups(walk) : NULL;

    for (const struct lookup *lookup = first; lookup; lookup = lookup->next) {
        if (r->text.len > CUT_TABLES) {
            r->cut = true;
            return;
        }
        if (!has_line(lookup))
            write_empty_table(r, first, lookup);
        else if (!is_written(first, lookup))
            write_lookup(r, lookup);
    }
}

/* What is said of a macro by other lines, or by none: then it is what any MTA says. */
static bool
is_said_elsewhere(const struct macro *macro, const struct slice *said, size_t count)
{
    static const char *const elsewhere[] = {
        "{client_addr}", "{client_port}", "{tls_version}", "{cipher}",
        "{cipher_bits}", "{auth_authen}", "{auth_type}",   "i"};

    for (size_t i = 0; i < sizeof elsewhere / sizeof elsewhere[0]; i++)
        if (slice_equal(macro->name, slice_of(elsewhere[i])))
            return true;
    for (size_t i = 0; i < count; i++)
        if (slice_equal(macro->value, said[i]))
            return true;
    return false;
}

static void
write_macro(struct remembering *r, struct slice name, struct slice value)
{
    buffer_text(&r->text, "macro");
    remember_word(r, name);
    remember_word(r, value);
    buffer_octet(&r->text, '\n');
}

/* said: values that the line which follows implies. */
static void
write_macros(struct remembering *r, const struct macro *first, const struct macro *end,
             const struct slice *said, size_t count)
{
    for (const struct macro *macro = first; macro != end; macro = macro->next)
        if (!is_said_elsewhere(macro, said, count))
            write_macro(r, macro->name, macro->value);
}

static void
write_connect(struct remembering *r)
{
    const struct session *session = &r->dialogue->session;
    bool is_named = session->host.len > 0 && session->host.at[0] != '[';
    struct slice said[] = {session->host, is_named ? SLICE("OK") : SLICE("FAIL"),
                           is_named ? session->host : SLICE("unknown"), SLICE("Postfix"),
                           SLICE("mx.example.com")};
    char address[IP_TEXT_SIZE];

    write_macros(r, r->dialogue->connect_macros.first, NULL, said, sizeof said / sizeof said[0]);
    if (session->local) {
        buffer_text(&r->text, "local\n");
        return;
    }
    buffer_printf(&r->text, "connect %s", ip_text(&session->ip, address));
    if (is_named)
        remember_word(r, session->host);
    buffer_octet(&r->text, '\n');
}

static const struct transaction *
remembered_transaction(const struct remembering *r)
{
    return r->dialogue->open ? r->dialogue->transaction : NULL;
}

static struct slice
macro_value(const struct remembering *r, const char *name)
{
    const struct transaction *transaction = remembered_transaction(r);
    struct slice value = {0};

    if (transaction && macros_find(&transaction->macros, slice_of(name), &value))
        return value;
    return macros_find(&r->dialogue->session.macros, slice_of(name), &value) ? value
                                                                             : (struct slice){0};
}

/* A line of words that macros say, of which the first must be there. */
static void
write_told(struct remembering *r, const char *verb, const char *const *names)
{
    if (macro_value(r, names[0]).len == 0)
        return;
    buffer_text(&r->text, verb);
    for (; *names && macro_value(r, *names).len > 0; names++)
        remember_word(r, macro_value(r, *names));
    buffer_octet(&r->text, '\n');
}

static void
write_helo(struct remembering *r)
{
    static const char *const tls[] = {"{tls_version}", "{cipher}", "{cipher_bits}", NULL};
    const struct session *session = &r->dialogue->session;

    write_told(r, "tls", tls);
    if (!session->has_helo)
        return;
    write_macros(r, session->macros.first, r->dialogue->connect_macros.first, NULL, 0);
    buffer_text(&r->text, "helo");
    remember_word(r, session->helo);
    buffer_octet(&r->text, '\n');
}

static void
write_command(struct remembering *r, const char *verb, struct slice path,
              const struct parameters *parameters)
{
    buffer_text(&r->text, verb);
    remember_word(r, path);
    for (size_t i = 0; i < parameters->count; i++) {
        const struct parameter *parameter = &parameters->item[i];
        const char *sign = parameter->has_value ? "=" : "";

        remember_word(r,
                      slice_of(arena_printf(r->arena, "%.*s%s%.*s", (int)parameter->keyword.len,
                                            parameter->keyword.at, sign, (int)parameter->value.len,
                                            parameter->value.len ? parameter->value.at : "")));
    }
    buffer_octet(&r->text, '\n');
}

static void
write_mail(struct remembering *r, const struct transaction *transaction)
{
    static const char *const auth[] = {"{auth_authen}", "{auth_type}", NULL};
    struct slice said[] = {transaction->sender.path, transaction->sender.domain, SLICE("smtp")};

    write_told(r, "auth", auth);
    write_macros(r, transaction->macros.first, NULL, said, sizeof said / sizeof said[0]);
    write_command(r, "mail", transaction->sender_argument, &transaction->parameters);
}

static void
write_rcpt(struct remembering *r, const struct recipient *recipient)
{
    struct slice said[] = {recipient->address.path, recipient->address.domain, SLICE("smtp")};

    write_macros(r, recipient->macros.first, NULL, said, sizeof said / sizeof said[0]);
    write_command(r, "rcpt", recipient->argument, &recipient->parameters);
}

/* In the order in which they were offered, the one under way last. */
static void
write_rcpts(struct remembering *r, const struct transaction *transaction)
{
    const struct recipient *in = transaction->recipients, *refused = transaction->refused;
    const struct recipient *last = r->stage == STAGE_RCPT ? r->dialogue->last_recipient : NULL;

    while (in || refused) {
        bool is_refused = in == NULL || (refused && refused->number < in->number);
        const struct recipient **next = is_refused ? &refused : &in;

        if (r->text.len > CUT_RECIPIENTS)
            r->cut = true;
        else if (*next != last)
            write_rcpt(r, *next);
        *next = (*next)->next;
    }
    if (last)
        write_rcpt(r, last);
}

/* Each deeper than `message`; one with white space alone would end the header. */
static void
write_lines(struct remembering *r, struct slice text, bool in_header)
{
    while (text.len > 0) {
        size_t len = slice_find(text, '\n');
        struct slice line = slice_first(text, len);

        text = slice_from(text, len + 1);
        while (line.len > 0 && ascii_is_space(line.at[line.len - 1]))
            line.len--;
        if (r->text.len + line.len > CUT_MESSAGE) {
            r->cut = true;
            return;
        }
        if (line.len == 0 && in_header)
            continue;
        if (line.len > 0)
            buffer_text(&r->text, "    ");
        remember_plain(r, line);
        buffer_octet(&r->text, '\n');
    }
}

/* It may hold a NUL. */
static void
write_field(struct remembering *r, const struct header_field *field)
{
    struct buffer *text = ARENA_NEW(r->arena, struct buffer);

    buffer_init(text, r->arena, SIZE_MAX);
    buffer_add(text, field->name);
    buffer_text(text, ": ");
    buffer_add(text, field->body);
    write_lines(r, buffer_slice(text), true);
}

static void
write_message(struct remembering *r, const struct transaction *transaction)
{
    struct buffer *body = r->dialogue->remembered_body;

    buffer_text(&r->text, "message\n");
    for (const struct header_field *field = transaction->header; field; field = field->next)
        write_field(r, field);
    if (body == NULL || body->len == 0)
        return;
    buffer_octet(&r->text, '\n');
    write_lines(r, buffer_slice(body), false);
    r->cut |= body->len >= BODY;
}

static void
write_content(struct remembering *r, const struct transaction *transaction)
{
    if (r->stage == STAGE_UNKNOWN) {
        buffer_text(&r->text, "command ");
        remember_plain(r, r->dialogue->command);
        buffer_octet(&r->text, '\n');
    }
    if (transaction == NULL || r->stage < STAGE_DATA || r->stage == STAGE_UNKNOWN)
        return;
    if (transaction->queue_id.len > 0)
        write_macro(r, SLICE("i"), transaction->queue_id);
    if (r->stage == STAGE_DATA)
        buffer_text(&r->text, "data\n");
    else
        write_message(r, transaction);
}

/* The codes of a reply that softness made another one aren't those that the test gets. */
static void
write_expect(struct remembering *r)
{
    static const char soft[] = "soft-";
    const struct audit_entry *entry = r->entry;
    const char *verb = entry->verb;
    bool is_soft = strncmp(verb, soft, strlen(soft)) == 0;
    struct slice text = slice_of(entry->text), code, enhanced;

    if (entry->rule == NULL || strcmp(entry->rule, "-") == 0) {
        buffer_text(&r->text, "# Postern said this of itself, which no test can repeat.\n");
        return;
    }
    buffer_printf(&r->text, "expect%s %s", entry->withheld ? " audit" : "",
                  is_soft ? verb + strlen(soft) : verb);
    if (entry->is_reply && !is_soft && slice_word(&text, " ", &code)) {
        buffer_printf(&r->text, " %.*s", (int)code.len, code.at);
        if (slice_word(&text, " ", &enhanced) && enhanced.len > 2 && enhanced.at[1] == '.' &&
            enhanced.at[0] == code.at[0])
            buffer_printf(&r->text, " %.*s", (int)enhanced.len, enhanced.at);
    }
    buffer_printf(&r->text, " rule %s\n", entry->rule);
}

static void
write_remarks(struct remembering *r)
{
    const char *may = "this may come to another verdict";

    if (r->cut)
        buffer_printf(&r->text, "# Not all of it could be remembered: %s.\n", may);
    if (r->other_octets)
        buffer_printf(&r->text, "# Octets that a test can't hold stand as \"?\": %s.\n", may);
    if (r->masked)
        buffer_printf(&r->text,
                      "# Local parts and logins are masked: where a rule looks at them, %s.\n",
                      may);
}

void
remember_told(struct remembering *r)
{
    const struct transaction *transaction = remembered_transaction(r);

    record_login(r->arena, &r->dialogue->session, transaction, &r->login);
    write_connect(r);
    if (r->stage != STAGE_CONNECT)
        write_helo(r);
    if (transaction) {
        write_mail(r, transaction);
        if (r->stage != STAGE_MAIL)
            write_rcpts(r, transaction);
    }
    write_content(r, transaction);
}

/* Guarded. */
static void
remember_write(void *of)
{
    struct remembering *r = of;

    buffer_init(&r->text, r->arena, RECALL_LONGEST);
    buffer_printf(&r->text, "# %s\n", r->line);
    write_time(r);
    write_lookups(r);
    remember_told(r);
    write_expect(r);
    write_remarks(r);
    if (!r->text.over)
        recall_keep(RECALL_VERDICTS,
                    slice_of(record_id(&r->dialogue->session, remembered_transaction(r))),
                    buffer_slice(&r->text));
}

/* What was never played, since mode enforce ends with the verdict before it, isn't remembered, nor
 * is mail that no rule spoke of. Where there is no memory for it the verdict stands all the same.
 */
void
remember_verdict(struct dialogue *dialogue, const struct audit_entry *entry, const char *line)
{
    struct remembering remembering = {
        .dialogue = dialogue,
        .entry = entry,
        .line = line,
        .stage = entry->stage,
        .masked = dialogue->settings->value[SET_LOG_MASK].number != 0,
        .when = dialogue->open && dialogue->transaction ? dialogue->transaction->time
                                                        : dialogue->session.time,
    };

    if (entry->after || !remember_is_on(dialogue) ||
        (entry->rule == NULL && strcmp(entry->verb, verdict_name(VERDICT_ACCEPT)) == 0))
        return;
    remembering.arena = arena_try_new(MEMORY);
    if (remembering.arena)
        arena_guard(remembering.arena, remember_write, &remembering);
    arena_free(&remembering.arena);
}
