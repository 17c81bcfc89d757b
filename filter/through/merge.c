/* Step by step: what was told takes the place of what was written. */
#include "merge.h"

#include "play/message.h"

struct step_list {
    struct step *first, **end;
};

struct merging {
    struct arena *arena;
    const struct through_options *options;
    const struct needs *needs; /* of the policy: nothing else is told */
    struct step_list living, kept;
    struct differences *differences;

    const struct turn *turn, *next; /* under way, and the one behind it */
    struct told told, next_told;
    bool is_told, next_is_told;
    bool connected, greeted;                        /* the session of `next` is there already */
    size_t recipient;                               /* of those that were told */
    const struct step *connect, *helo, *tls, *auth; /* of the test */
};

static void
list_add(struct arena *arena, struct step_list *list, const struct step *step)
{
    struct step *copy;

    if (step == NULL)
        return;
    copy = ARENA_NEW(arena, struct step);
    *copy = *step;
    copy->next = NULL;
    *list->end = copy;
    list->end = &copy->next;
}

static void
both_add(struct merging *m, const struct step *step)
{
    list_add(m->arena, &m->living, step);
    list_add(m->arena, &m->kept, step);
}

/* The value that a `macro` line of the test gives it for the command that comes next, or NULL. */
static const struct step *
kept_macro(const struct merging *m, struct slice name)
{
    const struct step *found = NULL;

    for (const struct step *step = m->kept.first; step; step = step->next) {
        if (step->kind == STEP_MACRO && slice_equal(step->word[0], name))
            found = step;
        else if (step->kind != STEP_MACRO && step->kind != STEP_EXPECT &&
                 step->kind != STEP_TABLE && step->kind != STEP_TIME)
            found = NULL;
    }
    return found;
}

/* What goes with a `connect` that can't be told otherwise. */
static bool
is_of_client(struct slice name)
{
    return slice_starts_nocase(name, SLICE("{client_")) || slice_equal(name, SLICE("_"));
}

static void
merge_macros(struct merging *m, const struct told_command *command)
{
    const struct step *macro = command->macros;

    for (size_t i = 0; i < command->count; i++, macro = macro->next) {
        const struct step *own = kept_macro(m, macro->word[0]);

        list_add(m->arena, &m->living, macro);
        if (own == NULL && !is_of_client(macro->word[0]))
            list_add(m->arena, &m->kept, macro);
        else if (own && !slice_equal(own->word[1], macro->word[1]))
            differ_note(m->arena, m->differences, true, "macro %.*s: the MTA's is %.*s",
                        (int)macro->word[0].len, macro->word[0].at, (int)macro->word[1].len,
                        macro->word[1].at);
    }
}

static void
merge_command(struct merging *m, const struct told_command *command)
{
    merge_macros(m, command);
    both_add(m, command->step);
}

/* The session of the turn that comes next. The client's address is its own. */
static void
merge_connect(struct merging *m)
{
    struct slice written, told = m->next_told.connect.step->word[0];

    if (m->connected)
        return;
    m->connected = true;
    merge_macros(m, &m->next_told.connect);
    list_add(m->arena, &m->living, m->next_told.connect.step);
    if (m->connect == NULL)
        return;
    list_add(m->arena, &m->kept, m->connect);
    written = m->connect->word[0];
    if (!slice_equal(written, told) || m->connect->words != m->next_told.connect.step->words)
        differ_note(m->arena, m->differences, true, "connect %.*s: this client is %.*s",
                    (int)written.len, written.at, (int)told.len, told.at);
}

static bool
is_read(const struct needs *needs, const char *macro)
{
    for (int stage = 0; stage < STAGES; stage++)
        for (const char *const *name = needs->macros[stage]; name && *name; name++)
            if (strcmp(*name, macro) == 0)
                return true;
    return false;
}

static void
merge_tls(struct merging *m)
{
    bool reads = is_read(m->needs, "{tls_version}");
    const struct step *told = m->next_told.tls;

    list_add(m->arena, &m->living, told);
    if (m->tls && (told || !m->next->has_tls || !reads))
        list_add(m->arena, &m->kept, m->tls);
    if (m->tls && !m->next->has_tls)
        differ_note(m->arena, m->differences, true, "tls: the session has none");
    if (m->tls && m->next->has_tls && told == NULL && reads)
        differ_note(m->arena, m->differences, false,
                    "the session had TLS, and Postern wasn't told");
    if (m->tls && told && m->tls->words > 0 && !slice_equal(m->tls->word[0], told->word[0]))
        differ_note(m->arena, m->differences, true, "tls %.*s: the session has %.*s",
                    (int)m->tls->word[0].len, m->tls->word[0].at, (int)told->word[0].len,
                    told->word[0].at);
    if (m->tls == NULL && told)
        differ_note(m->arena, m->differences, true, "no TLS: the session has %.*s",
                    (int)told->word[0].len, told->word[0].at);
}

static void
merge_session(struct merging *m)
{
    if (m->greeted)
        return;
    m->greeted = true;
    merge_connect(m);
    merge_tls(m);
    if (m->next_told.helo.step == NULL)
        return;
    if (m->helo)
        differ_command(m->arena, m->differences, "helo ", m->helo, m->next_told.helo.step);
    merge_command(m, &m->next_told.helo);
}

/* Behind the session's beginning, before MAIL. A login is had as it is given, or not at all. */
static void
merge_auth(struct merging *m)
{
    const struct step *told = m->told.auth;
    bool same =
        m->auth && m->options->user && slice_equal(m->auth->word[0], slice_of(m->options->user));
    bool lost = m->turn->logged_in && told == NULL;

    list_add(m->arena, &m->living, told);
    if (lost)
        differ_note(m->arena, m->differences, false,
                    "the client was logged in, and Postern wasn't told of a login");
    if (m->auth == NULL || lost)
        return;
    list_add(m->arena, &m->kept, same && told ? told : m->auth);
    if (!m->turn->logged_in)
        differ_note(m->arena, m->differences, true, "auth %.*s: nobody logs in (--auth-user)",
                    (int)m->auth->word[0].len, m->auth->word[0].at);
    else if (!same)
        differ_note(m->arena, m->differences, true, "auth %.*s: the login is %s",
                    (int)m->auth->word[0].len, m->auth->word[0].at, m->options->user);
    else
        differ_command(m->arena, m->differences, "auth ", m->auth,
                       m->auth->words < told->words ? m->auth : told);
}

static void
merge_unsent(struct merging *m)
{
    static const char *const unwanted[] = {"{auth_", "{tls_",    "{cipher",
                                           "{cert_", "{verify}", "{cn_"};

    for (const char *const *name = m->told.unsent; *name; name++) {
        const char *brace = strchr(*name, ':');
        bool wanted = true;

        for (size_t i = 0; i < sizeof unwanted / sizeof unwanted[0] && wanted; i++)
            wanted = strncmp(brace + 2, unwanted[i], strlen(unwanted[i])) != 0;
        if (wanted)
            differ_note(m->arena, m->differences, false,
                        "a macro that rules read was not sent at %s", *name);
    }
}

static void
merge_look_ahead(struct merging *m)
{
    m->next_is_told = m->next && told_read(m->arena, m->next->told, &m->next_told);
    m->connected = m->greeted = !m->next_is_told || !m->next->new_session;
}

static void
merge_begin_turn(struct merging *m, const struct step *step)
{
    merge_session(m);
    m->turn = m->next;
    m->told = m->next_told;
    m->is_told = m->next_is_told;
    m->next = m->turn->next;
    m->recipient = 0;
    if (m->is_told) {
        merge_auth(m);
        merge_unsent(m);
        if (step && step->kind == STEP_MAIL)
            differ_command(m->arena, m->differences, "MAIL FROM:", step, m->told.mail.step);
        merge_command(m, &m->told.mail);
    }
    merge_look_ahead(m);
}

static const struct turn_reply *
reply_of(const struct turn *turn, const struct step *step)
{
    const struct turn_reply *reply = turn ? turn->recipients : NULL;

    while (reply && reply->step != step)
        reply = reply->next;
    return reply;
}

static void
merge_rcpt(struct merging *m, const struct step *step)
{
    const struct turn_reply *reply = reply_of(m->turn, step);
    const struct told_command *told = &m->told.recipient[m->recipient];

    if (!m->is_told || reply == NULL || !reply->seen || m->recipient >= m->told.recipients) {
        both_add(m, step);
        return;
    }
    m->recipient++;
    differ_command(m->arena, m->differences, "RCPT TO:", step, told->step);
    merge_command(m, told);
}

/* The empty line that ends it belongs to it. */
static struct slice
header_part(struct slice text)
{
    const char *end = memmem(text.at, text.len, "\r\n\r\n", 4);

    return end ? slice_first(text, (size_t)(end - text.at) + 4) : text;
}

static struct slice
joined_text(struct arena *arena, struct slice header, struct slice body)
{
    struct buffer *text = ARENA_NEW(arena, struct buffer);

    buffer_init(text, arena, SIZE_MAX);
    buffer_add(text, slice_trim(header));
    buffer_text(text, "\r\n\r\n");
    buffer_add(text, body);
    return buffer_slice(text);
}

/* Of a header or a body that no rule reads nothing is told, nor of the body of a message that was
 * refused before it. */
static struct slice
merged_text(struct merging *m, struct slice said, struct slice heard)
{
    bool reads_header = m->needs->flags & FACT_READS_HEADER;
    bool reads_body = m->needs->flags & (FACT_READS_BODY | FACT_READS_PARTS | FACT_HOLDS_BODY);
    struct slice header = header_part(said), body = slice_from(said, header.len);
    struct slice other = reads_header ? header_part(heard) : SLICE("");
    struct slice other_body = slice_from(heard, other.len);
    bool new_header = reads_header && differ_header(m->arena, m->differences, header, other);
    bool new_body = reads_body && slice_trim(other_body).len > 0 &&
                    differ_body(slice_trim(body), slice_trim(other_body));

    if (new_body)
        differ_note(m->arena, m->differences, false, "Postern was told another body");
    if (!new_header && !new_body)
        return said;
    return joined_text(m->arena, new_header ? other : header, new_body ? other_body : body);
}

static void
merge_content(struct merging *m, const struct step *step)
{
    struct step merged = *step;
    struct slice text;

    if (!m->is_told || m->turn->end == NULL || m->told.content.step == NULL ||
        m->told.content.step->kind != step->kind) {
        both_add(m, step);
        return;
    }
    merge_macros(m, &m->told.content);
    if (m->told.cut || m->told.other_octets)
        differ_note(m->arena, m->differences, true,
                    "message: too long, or with octets that can't "
                    "be compared");
    else if (step->kind == STEP_MESSAGE &&
             live_text(m->arena, m->turn->begin, step, &text) == NULL) {
        merged.text = merged_text(m, text, m->told.content.step->text);
        merged.words = 0;
    }
    both_add(m, &merged);
}

static bool
is_unsent(const struct told *told, struct slice name)
{
    for (const char *const *unsent = told->unsent; unsent && *unsent; unsent++)
        if (slice_equal(slice_of(strchr(*unsent, ':') + 2), name))
            return true;
    return false;
}

/* One that rules read, and this MTA doesn't send, is missed as it would be. */
static void
merge_macro(struct merging *m, const struct step *step)
{
    struct slice name = step->word[0];

    if ((m->is_told && is_unsent(&m->told, name)) ||
        (m->next_is_told && is_unsent(&m->next_told, name)))
        differ_note(m->arena, m->differences, false, "macro %.*s: the MTA never sent it",
                    (int)name.len, name.at);
    else
        list_add(m->arena, &m->kept, step);
}

static void
merge_step(struct merging *m, const struct step *step)
{
    bool begins = m->next && m->next->begin == step;

    if (begins)
        merge_begin_turn(m, step);
    switch (step->kind) {
    case STEP_CONNECT:
        m->connect = step;
        m->tls = m->auth = NULL;
        if (m->next_is_told && m->next->new_session)
            merge_connect(m);
        else
            both_add(m, step);
        break;
    case STEP_HELO:
        m->helo = step;
        if (m->next_is_told && m->next->new_session)
            merge_session(m);
        else
            both_add(m, step);
        break;
    case STEP_TLS:
        m->tls = step;
        break;
    case STEP_AUTH:
        m->auth = step;
        break;
    case STEP_MAIL:
        if (!begins || !m->is_told)
            both_add(m, step);
        break;
    case STEP_RCPT:
        merge_rcpt(m, step);
        break;
    case STEP_DATA:
    case STEP_MESSAGE:
        merge_content(m, step);
        break;
    case STEP_MACRO:
        merge_macro(m, step);
        break;
    case STEP_LOCAL:
    case STEP_STARTTLS:
    case STEP_RSET:
    case STEP_COMMAND:
    case STEP_TABLE:
    case STEP_TIME:
    case STEP_EXPECT:
        both_add(m, step);
        break;
    }
}

void
merge_test(struct arena *arena, const struct through_options *options, const struct needs *needs,
           const struct step *steps, const struct turn *turns, struct merged *merged_r)
{
    struct merging *m = ARENA_NEW(arena, struct merging);

    merged_r->differences->end = &merged_r->differences->first;
    m->arena = arena;
    m->options = options;
    m->needs = needs;
    m->living.end = &m->living.first;
    m->kept.end = &m->kept.first;
    m->differences = merged_r->differences;
    m->next = turns;
    merge_look_ahead(m);
    for (const struct step *step = steps; step; step = step->next)
        merge_step(m, step);
    merged_r->living = m->living.first;
    merged_r->kept = m->kept.first;
}
