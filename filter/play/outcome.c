/* Compares what a line of a scenario got with what it expects. */
#include "outcome.h"

#include "edits.h"
#include "mail/header.h"

static const char *const kind_names[] = {
    [EXPECT_NONE] = "none",       [EXPECT_ACCEPT] = "accept",
    [EXPECT_REJECT] = "reject",   [EXPECT_TEMPFAIL] = "tempfail",
    [EXPECT_DISCARD] = "discard", [EXPECT_QUARANTINE] = "quarantine",
    [EXPECT_ONLY] = "",
};

static const enum action_kind kind_actions[] = {
    [EXPECT_NONE] = ACTIONS,           [EXPECT_ACCEPT] = ACTION_ACCEPT,
    [EXPECT_REJECT] = ACTION_REJECT,   [EXPECT_TEMPFAIL] = ACTION_TEMPFAIL,
    [EXPECT_DISCARD] = ACTION_DISCARD, [EXPECT_QUARANTINE] = ACTION_QUARANTINE,
    [EXPECT_ONLY] = ACTIONS,
};

/* One thing that happened, in the terms of an expectation. */
struct happened {
    enum expected_kind kind;
    const char *rule;
    const struct reply *reply;
    const char *text;
};

static struct buffer *
outcome_buffer(struct arena *arena)
{
    struct buffer *buffer = ARENA_NEW(arena, struct buffer);

    buffer_init(buffer, arena, 64 * 1024);
    return buffer;
}

static void
add_slice(struct buffer *to, const char *before, struct slice s, const char *behind)
{
    if (s.len == 0)
        return;
    buffer_text(to, before);
    log_escape(to, s);
    buffer_text(to, behind);
}

static const char *
expected_text(struct arena *arena, const struct expectation *expect)
{
    struct buffer *text = outcome_buffer(arena);

    buffer_printf(text, "%s%s", expect->audit ? "audit " : "", kind_names[expect->kind]);
    add_slice(text, " ", expect->code, "");
    add_slice(text, " ", expect->enhanced, "");
    add_slice(text, " rule ", expect->rule, "");
    add_slice(text, " text \"", expect->text, "\"");
    return slice_trim(buffer_slice(text)).at;
}

static const char *
happened_text(struct arena *arena, const struct happened *happened)
{
    struct buffer *text = outcome_buffer(arena);

    buffer_text(text, kind_names[happened->kind]);
    if (happened->reply)
        buffer_printf(text, " %s %s", happened->reply->code, happened->reply->enhanced);
    if (happened->rule)
        buffer_printf(text, " rule %s", happened->rule);
    if (happened->reply)
        add_slice(text, " text \"", slice_of(happened->reply->line[0]),
                  happened->reply->lines > 1 ? "...\"" : "\"");
    else if (happened->text)
        add_slice(text, " text \"", slice_of(happened->text), "\"");
    return buffer_slice(text).at;
}

static const struct edit *
quarantine_of(const struct outcome *outcome)
{
    for (const struct edit *edit = outcome->edits; edit; edit = edit->next)
        if (edit->kind == EDIT_QUARANTINE)
            return edit;
    return NULL;
}

/* A message that no rule objected to is accepted; one that is quarantined is both. */
static struct happened
what_happened(const struct outcome *outcome, enum expected_kind wanted)
{
    static const enum expected_kind kinds[] = {
        [VERDICT_NONE] = EXPECT_NONE,       [VERDICT_ACCEPT] = EXPECT_ACCEPT,
        [VERDICT_REJECT] = EXPECT_REJECT,   [VERDICT_TEMPFAIL] = EXPECT_TEMPFAIL,
        [VERDICT_DISCARD] = EXPECT_DISCARD,
    };
    const struct edit *quarantine = quarantine_of(outcome);
    struct happened happened = {kinds[outcome->verdict], outcome->rule, outcome->reply,
                                outcome->reason};

    if (outcome->is_message && happened.kind == EXPECT_NONE)
        happened.kind = EXPECT_ACCEPT;
    if (quarantine && wanted != EXPECT_ACCEPT)
        return (struct happened){EXPECT_QUARANTINE, quarantine->rule, NULL, quarantine->value};
    return happened;
}

static bool
contains(struct slice text, struct slice part)
{
    return part.len == 0 || (text.len > 0 && memmem(text.at, text.len, part.at, part.len));
}

/* A reply's text is one, however its lines were wrapped. */
static bool
reply_contains(struct arena *arena, const struct reply *reply, struct slice part)
{
    struct buffer *text = outcome_buffer(arena);

    for (size_t i = 0; i < reply->lines; i++)
        buffer_printf(text, "%s%s", i ? " " : "", reply->line[i]);
    return contains(buffer_slice(text), part);
}

static bool
is_any_or(struct slice wanted, const char *text)
{
    return wanted.len == 0 || (text && slice_equal(wanted, slice_of(text)));
}

static bool
as_expected(struct arena *arena, const struct happened *happened, const struct expectation *expect)
{
    const struct reply *reply = happened->reply;

    if (happened->kind != expect->kind && expect->kind != EXPECT_ONLY)
        return false;
    if (!is_any_or(expect->code, reply ? reply->code : NULL) ||
        !is_any_or(expect->enhanced, reply ? reply->enhanced : NULL) ||
        !is_any_or(expect->rule, happened->rule))
        return false;
    if (reply)
        return reply_contains(arena, reply, expect->text);
    return contains(happened->text ? slice_of(happened->text) : SLICE(""), expect->text);
}

/* In mode audit what was done would only have been logged: the verdict, and each change. */
static bool
was_withheld(struct arena *arena, const struct outcome *outcome, const struct expectation *expect,
             struct happened *last)
{
    struct happened verdict = what_happened(outcome, EXPECT_ACCEPT);

    if (!outcome->in_audit)
        return false;
    for (const struct edit *edit = outcome->edits; edit; edit = edit->next) {
        *last = (struct happened){edit->kind == EDIT_QUARANTINE ? EXPECT_QUARANTINE : EXPECT_ONLY,
                                  edit->rule, NULL, edit->value};
        if (as_expected(arena, last, expect))
            return true;
    }
    if (verdict.rule == NULL && verdict.reply == NULL)
        return false;
    *last = verdict;
    return as_expected(arena, last, expect);
}

static const char *
check_audit(struct arena *arena, const struct outcome *outcome, const struct expectation *expect)
{
    struct happened last = {.kind = EXPECT_NONE};

    if (was_withheld(arena, outcome, expect, &last))
        return NULL;
    for (size_t i = 0; i < outcome->events; i++) {
        const struct event *event = outcome->event[i];

        if (event->kind != EVENT_AUDIT)
            continue;
        last = (struct happened){EXPECT_ONLY, event->rule, event->reply, event->text};
        for (size_t kind = EXPECT_ACCEPT; kind <= EXPECT_QUARANTINE; kind++)
            if (kind_actions[kind] == event->action)
                last.kind = (enum expected_kind)kind;
        if (as_expected(arena, &last, expect))
            return NULL;
    }
    if (expect->kind == EXPECT_NONE && last.kind == EXPECT_NONE)
        return NULL;
    return arena_printf(arena, "expected %s, got audit %s", expected_text(arena, expect),
                        happened_text(arena, &last));
}

static const char *
check_verdict(struct arena *arena, const struct outcome *outcome, const struct expectation *expect)
{
    struct happened happened = what_happened(outcome, expect->kind);

    if (as_expected(arena, &happened, expect))
        return NULL;
    return arena_printf(arena, "expected %s, got %s", expected_text(arena, expect),
                        happened_text(arena, &happened));
}

static bool
is_deleted(const struct outcome *outcome, const struct header_field *field)
{
    unsigned index = 1;

    for (const struct header_field *f = outcome->header; f != field; f = f->next)
        index += slice_equal_nocase(f->name, field->name);
    for (const struct edit *edit = outcome->edits; edit; edit = edit->next)
        if ((edit->kind == EDIT_DELETE_HEADER || edit->kind == EDIT_CHANGE_HEADER) &&
            edit->index == index && slice_equal_nocase(slice_of(edit->name), field->name))
            return true;
    return false;
}

/* value: NULL for any. */
static bool
is_expected_field(struct arena *arena, struct slice expected, const struct slice *value,
                  struct slice name, struct slice body)
{
    return slice_equal_nocase(name, expected) &&
           (value == NULL || slice_equal(header_unfold(arena, body), header_unfold(arena, *value)));
}

static bool
find_field(struct arena *arena, const struct outcome *outcome, struct slice expected,
           const struct slice *value, struct slice *body_r)
{
    for (const struct edit *edit = outcome->edits; edit; edit = edit->next)
        if ((edit->kind == EDIT_INSERT_HEADER || edit->kind == EDIT_APPEND_HEADER ||
             edit->kind == EDIT_CHANGE_HEADER) &&
            is_expected_field(arena, expected, value, slice_of(edit->name),
                              *body_r = slice_of(edit->value)))
            return true;
    for (const struct header_field *field = outcome->header; field; field = field->next)
        if (is_expected_field(arena, expected, value, field->name, *body_r = field->body) &&
            !is_deleted(outcome, field))
            return true;
    return false;
}

static const char *
check_header(struct arena *arena, const struct outcome *outcome, const struct expectation *expect)
{
    struct buffer *text;
    struct slice body;

    if (expect->no_header.len > 0 && find_field(arena, outcome, expect->no_header, NULL, &body))
        return arena_printf(arena, "expected no header field %.*s, and the message has one",
                            (int)expect->no_header.len, expect->no_header.at);
    if (expect->header_name.len == 0 ||
        find_field(arena, outcome, expect->header_name, &expect->header_value, &body))
        return NULL;
    text = outcome_buffer(arena);
    add_slice(text, "expected a header field ", expect->header_name, "");
    add_slice(text, ": ", expect->header_value, "");
    if (find_field(arena, outcome, expect->header_name, NULL, &body))
        add_slice(text, ", and the message has \"", header_unfold(arena, body), "\"");
    else
        buffer_text(text, ", and the message has none");
    return buffer_slice(text).at;
}

static struct slice
key_of(struct arena *arena, const struct outcome *outcome, struct slice argument)
{
    struct address address;

    address_parse_forward_path(arena, argument, &address);
    return address_key(arena, &address, outcome->local_case);
}

/* Who gets the message in the end. */
static size_t
final_recipients(struct arena *arena, const struct outcome *outcome, struct slice **recipients_r)
{
    size_t most = 0, count = 0;

    for (const struct play_recipient *r = outcome->recipients; r; r = r->next)
        most++;
    for (const struct edit *edit = outcome->edits; edit; edit = edit->next)
        most++;
    *recipients_r = ARENA_ARRAY(arena, most, struct slice);
    for (const struct play_recipient *r = outcome->recipients; r; r = r->next) {
        const char *name = edits_recipient(arena, r->argument);
        bool deleted = false;

        for (const struct edit *edit = outcome->edits; edit; edit = edit->next)
            deleted |= edit->kind == EDIT_DELETE_RECIPIENT && strcmp(edit->value, name) == 0;
        if (!deleted)
            (*recipients_r)[count++] = r->argument;
    }
    for (const struct edit *edit = outcome->edits; edit; edit = edit->next)
        if (edit->kind == EDIT_ADD_RECIPIENT)
            (*recipients_r)[count++] = slice_of(edit->value);
    return count;
}

static bool
all_among(struct arena *arena, const struct outcome *outcome, const struct slice *a, size_t a_count,
          const struct slice *b, size_t b_count)
{
    for (size_t i = 0; i < a_count; i++) {
        bool found = false;

        for (size_t j = 0; j < b_count && !found; j++)
            found = slice_equal(key_of(arena, outcome, a[i]), key_of(arena, outcome, b[j]));
        if (!found)
            return false;
    }
    return true;
}

static const char *
check_recipients(struct arena *arena, const struct outcome *outcome,
                 const struct expectation *expect)
{
    struct slice *left;
    size_t count;
    struct buffer *text;

    if (!expect->has_recipients)
        return NULL;
    count = final_recipients(arena, outcome, &left);
    if (count == expect->recipient_count &&
        all_among(arena, outcome, left, count, expect->recipients, count) &&
        all_among(arena, outcome, expect->recipients, count, left, count))
        return NULL;
    text = outcome_buffer(arena);
    buffer_text(text, "expected recipients");
    for (size_t i = 0; i < expect->recipient_count; i++)
        add_slice(text, " ", expect->recipients[i], "");
    buffer_text(text, ", got");
    for (size_t i = 0; i < count; i++)
        add_slice(text, " ", left[i], "");
    if (count == 0)
        buffer_text(text, " nobody");
    return buffer_slice(text).at;
}

static const char *
check_sender(struct arena *arena, const struct outcome *outcome, const struct expectation *expect)
{
    struct slice sender = outcome->sender;
    struct buffer *text;

    for (const struct edit *edit = outcome->edits; edit; edit = edit->next)
        if (edit->kind == EDIT_SENDER)
            sender = slice_of(edit->value);
    if (!expect->has_sender ||
        slice_equal(key_of(arena, outcome, sender), key_of(arena, outcome, expect->sender)))
        return NULL;
    text = outcome_buffer(arena);
    add_slice(text, "expected sender ", expect->sender, "");
    add_slice(text, ", got ", sender, "");
    return buffer_slice(text).at;
}

static const char *
check_converted(const struct outcome *outcome, const struct expectation *expect)
{
    if (!expect->converted)
        return NULL;
    for (const struct edit *edit = outcome->edits; edit; edit = edit->next)
        if (edit->kind == EDIT_BODY || edit->converts)
            return NULL;
    return "expected a message that is converted, and it stayed as it was";
}

const char *
outcome_check(struct arena *arena, const struct outcome *outcome, const struct expectation *expect)
{
    const char *problem;

    if (outcome->over)
        return arena_printf(arena, "expected %s, but the client couldn't go on: %s",
                            expected_text(arena, expect), outcome->over);
    if (expect->audit)
        problem = check_audit(arena, outcome, expect);
    else
        problem = check_verdict(arena, outcome, expect);
    if (problem == NULL)
        problem = check_header(arena, outcome, expect);
    if (problem == NULL)
        problem = check_recipients(arena, outcome, expect);
    if (problem == NULL)
        problem = check_sender(arena, outcome, expect);
    return problem ? problem : check_converted(outcome, expect);
}
