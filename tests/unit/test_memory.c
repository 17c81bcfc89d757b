/* Where memory ends: whichever block it is that can't be had, a message is answered 4xx or as it
 * would have been, nothing is held back, and the process goes on. */
#include <stdio.h>
#include <stdlib.h>

#include "base/buffer.h"
#include "base/pool.h"
#include "filter/dialogue.h"
#include "policy/fact.h"
#include "tap.h"

struct greed {
    struct arena *arena;
    size_t size;
    unsigned steps;
};

static void
take_much(void *of)
{
    struct greed *greed = of;

    greed->steps = 1;
    arena_alloc(greed->arena, greed->size);
    greed->steps = 2;
}

static void
take_in_two(void *of)
{
    struct greed *greed = of;
    struct greed inner = *greed;

    greed->steps = arena_guard(greed->arena, take_much, &inner) ? 10 : 20;
}

static void
fill_buffer(void *of)
{
    struct greed *greed = of;
    struct buffer *buffer = ARENA_NEW(greed->arena, struct buffer);

    buffer_init(buffer, greed->arena, SIZE_MAX / 4);
    for (size_t i = 0; i < greed->size; i++)
        buffer_octet(buffer, 'x');
    greed->steps = 2;
}

static void
check_guard(void)
{
    size_t before = pool_used();
    struct arena *parent = arena_new_counted(100000, 0);
    struct arena *child = arena_new_child(parent, 1000);
    struct greed greed = {child, 1400, 0};

    tap_check(arena_guard(parent, take_much, &greed) && arena_over(child),
              "above the ceiling it is served, and marked");
    arena_reset(child);
    greed.size = 1600;
    tap_check(!arena_guard(parent, take_much, &greed) && greed.steps == 1,
              "half as much again is the end of the step");
    tap_check(arena_used(child) < 1600, "what was not taken is not counted");
    tap_check(arena_guard(parent, take_in_two, &greed) && greed.steps == 20,
              "the innermost guard is the one that is left");
    arena_reset(child);
    tap_check(!arena_guard(parent, fill_buffer, &greed), "buffers count as arenas do");
    arena_reset(child);
    pool_set_limit(pool_used() + 20000);
    greed = (struct greed){parent, 30000, 0};
    tap_check(!arena_guard(parent, take_much, &greed), "the pool is an end too");
    greed.size = 3000;
    tap_check(arena_guard(parent, take_much, &greed), "and below it there is memory");
    pool_set_limit(0);
    tap_check(arena_new_counted(1000, 0) == NULL && !pool_has(1), "none is left");
    pool_set_limit(SIZE_MAX);
    arena_free(&child);
    child = arena_new_child(parent, 1000);
    arena_free(&parent);
    tap_check(pool_used() == before, "all is given back, the child's with its parent's");
    tap_check(pool_peak() > before + 3000, "the most that was taken is remembered");
    pool_forget_peak();
    tap_check(pool_peak() == before, "until it is forgotten");
}

/* A rule for every fact, and for every part of it that takes nothing in brackets. */
static void
add_fact(struct buffer *policy, const struct fact *fact, const char *part)
{
    const char *index = fact->flags & FACT_OF_AUTHORS                       ? "['From']"
                        : slice_equal(slice_of(fact->name), SLICE("macro")) ? "['{daemon_name}']"
                        : fact->flags & FACT_NEEDS_INDEX                    ? "['Subject']"
                                                                            : "";

    buffer_printf(policy, "rule r%zu log \"{%s%s%s%s}\"\n", policy->len, fact->name, index,
                  part ? "." : "", part ? part : "");
}

static void
add_facts(struct buffer *policy)
{
    size_t parts;
    const struct fact *fact;
    const struct fact_part *part = fact_parts_all(&parts);

    for (size_t i = 0; (fact = fact_at(i)); i++) {
        enum value_type type = fact->type;

        if (fact->stage == STAGE_UNKNOWN)
            continue;
        add_fact(policy, fact, NULL);
        for (size_t k = 0; k < parts; k++)
            if ((part[k].of == type || (part[k].of == TYPE_ADDRESS && type == TYPE_MAILBOX)) &&
                !(part[k].flags & PART_TAKES_LIST) && type != TYPE_TEXT && type != TYPE_WORD)
                add_fact(policy, fact, part[k].name);
    }
}

static const char actions[] =
    "list ours = { example.org }\n"
    "table t = \"none:\"\n"
    "rule by-command if command == \"XFOO\" tempfail 451 4.7.0 \"{command}\"\n"
    "rule look if any header.from as a: a.looks-like[ours] or sender in t log \"{a}\"\n"
    "rule match if any header[\"Subject\"] ~ /(b+)ar/ log \"{1}\"\n"
    "rule adds add-header \"X-A\" \"{sender} {header['Subject'].decoded}\"\n"
    "rule replaces replace-header \"Subject\" \"{sender} of {message.size}\"\n"
    "rule removes remove-header \"X-Old\" ~ /o/\n"
    "rule envelope set-sender \"bounce@example.org\"\n"
    "rule more add-recipient \"{sender.local}+copy@example.org\"\n"
    "rule less if rcpt.local == \"gone\" remove-recipient\n"
    "rule hold if message.8bit quarantine \"{sender}\"\n"
    "rule eight downgrade 8bit\n"
    "rule words downgrade utf8\n"
    "rule bad if rcpt.local == \"bad\" reject 550 5.7.1 \"{rcpt}\"\n";

static const struct {
    const char *name, *body;
} fields[] = {
    {"From", "=?utf-8?q?J=C3=B6rg?= <alice@example.org>, \"b@\xC3\xBC.example\" <b@example.org>"},
    {"Sender", "=?iso-8859-1?b?SvZyZw==?= <alice@example.org> (a (b) \xE2\x80\xAE)"},
    {"Reply-To", "Team: c@example.org, d@b\xC3\xBC"
                 "cher.example;"},
    {"To", "\xC3\xBC <x@b\xC3\xBC"
           "cher.example>"},
    {"Subject", "=?utf-8?q?foo=20bbbar?= \xC3\xBC"},
    {"X-Old", "old"},
    {"X-Old", "new"},
    {"MIME-Version", "1.0"},
    {"Content-Type", "multipart/mixed; boundary*0=a; boundary*1=b"},
};

static const char body[] =
    "--ab\r\nContent-Type: text/plain; charset=utf-8; name*=utf-8''%c3%bc\r\n"
    "Content-Transfer-Encoding: 8bit\r\nX-P: \xC3\xBC\r\n\r\nsmall \xC3\xBC\r\n"
    "--ab\r\nContent-Type: message/rfc822\r\n\r\nSubject: \xC3\xBC\r\n\r\nx\r\n"
    "--ab--\r\n";

enum { ANSWERS = 64 };

/* What was answered, call by call; of the message also the changes. */
struct trace {
    enum verdict verdict[ANSWERS];
    size_t edits[ANSWERS];
    size_t count;
    bool refused_here; /* no dialogue could be had */
};

struct trial {
    struct policy *policy;
    struct dialogue *dialogue;
    struct trace trace;
    const struct trace
        *whole; /* memory is there again behind the first call that differs from it */
    size_t mails, wrong_ids;
};

/* Each line has the id of its transaction, or that of the connection before there is one. */
static void
keep_log(void *context, enum log_level level, const char *line)
{
    struct trial *trial = context;
    const char *id = strstr(line, " id=00000000000");

    (void)level;
    trial->wrong_ids += id == NULL || (size_t)(id[strlen(" id=00000000000")] - '0') != trial->mails;
}

/* The block that is the last one to be had; or the octet, since less than a whole block is taken
 * where that is all that is left. */
static void
deny(size_t n, bool blocks)
{
    enum { OCTETS = 499 };

    if (blocks)
        pool_deny_after(n);
    else
        pool_set_limit(pool_used() + n * OCTETS);
}

static void
allow(void)
{
    pool_deny_after(SIZE_MAX);
    pool_set_limit(SIZE_MAX);
}

static void
keep(struct trial *trial, struct answer answer, size_t edits)
{
    struct trace *trace = &trial->trace;

    trace->edits[trace->count] = edits;
    trace->verdict[trace->count++] = answer.verdict;
    if (trial->whole && answer.verdict != trial->whole->verdict[trace->count - 1])
        allow();
}

static bool
take_piece(void *context, struct slice piece)
{
    (void)context;
    return piece.len < SIZE_MAX;
}

static void
end_message(struct trial *trial)
{
    const struct edit *edit = NULL;
    struct answer answer = dialogue_end(trial->dialogue, &edit);
    size_t edits = 0;

    for (; edit; edit = edit->next, edits++)
        if (edit->kind == EDIT_BODY && !dialogue_write_body(trial->dialogue, take_piece, NULL)) {
            answer = dialogue_edit_failed(trial->dialogue, edit);
            break;
        }
    keep(trial, answer, edits);
    dialogue_forget(trial->dialogue);
}

static void
hand_in(struct trial *trial)
{
    struct dialogue *dialogue = trial->dialogue;
    struct slice sender[] = {SLICE("<alice@example.org>"), SLICE("SMTPUTF8"), SLICE("SIZE=1000"),
                             SLICE("BODY=8BITMIME")};
    struct slice rcpt[][2] = {{SLICE("<x@example.net>"), SLICE("NOTIFY=NEVER")},
                              {SLICE("<bad@example.net>"), SLICE("ORCPT=rfc822;x@example.net")},
                              {SLICE("<gone@b\xC3\xBC"
                                     "cher.example>"),
                               SLICE("NOTIFY=NEVER")}};

    trial->mails++;
    dialogue_macro(dialogue, STAGE_MAIL, SLICE("{auth_type}"), SLICE("PLAIN"));
    dialogue_macro(dialogue, STAGE_MAIL, SLICE("{auth_authen}"), SLICE("alice"));
    keep(trial, dialogue_mail(dialogue, sender, 4), 0);
    for (size_t i = 0; i < 3; i++) {
        dialogue_macro(dialogue, STAGE_RCPT, SLICE("{rcpt_host}"), SLICE("[mx.example]:25"));
        keep(trial, dialogue_rcpt(dialogue, rcpt[i], 2), 0);
    }
    dialogue_macro(dialogue, STAGE_DATA, SLICE("i"), SLICE("4TEST1234"));
    keep(trial, dialogue_data(dialogue), 0);
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++)
        keep(trial, dialogue_header(dialogue, slice_of(fields[i].name), slice_of(fields[i].body)),
             0);
    keep(trial, dialogue_header_end(dialogue), 0);
    keep(trial, dialogue_body(dialogue, slice_of(body)), 0);
    end_message(trial);
}

static void
converse(struct trial *trial)
{
    struct dialogue *dialogue = trial->dialogue = dialogue_new(trial->policy, keep_log, trial);
    struct ip ip = {4, {192, 0, 2, 7}};

    trial->mails = 0;
    trial->trace = (struct trace){.refused_here = dialogue == NULL};
    if (dialogue == NULL)
        return;
    dialogue_macro(dialogue, STAGE_CONNECT, SLICE("{daemon_name}"), SLICE("mx.example"));
    keep(trial, dialogue_connect(dialogue, SLICE("client.example"), &ip, 4711), 0);
    dialogue_macro(dialogue, STAGE_HELO, SLICE("{tls_version}"), SLICE("TLSv1.3"));
    keep(trial, dialogue_helo(dialogue, SLICE("client.example")), 0);
    keep(trial, dialogue_unknown(dialogue, SLICE("XFOO")), 0);
    hand_in(trial);
    hand_in(trial);
    dialogue_free(&trial->dialogue);
}

/* Refused for now, or answered as with all the memory there is; a message that passes has all its
 * changes. */
static bool
is_safe(const struct trace *trace, const struct trace *whole)
{
    for (size_t i = 0; i < trace->count && !trace->refused_here; i++)
        if (trace->verdict[i] != VERDICT_TEMPFAIL &&
            (trace->verdict[i] != whole->verdict[i] || trace->edits[i] != whole->edits[i]) &&
            !(trace->verdict[i] == VERDICT_NONE && trace->edits[i] == 0 && whole->edits[i] == 0))
            return false;
    return true;
}

/* The last word about each message counts. */
static bool
passes_unjudged(const struct trace *trace, const struct trace *whole)
{
    for (size_t i = 0; i < trace->count && !trace->refused_here; i++)
        if (whole->edits[i] > 0 && trace->verdict[i] == VERDICT_NONE && trace->edits[i] == 0)
            return true;
    return false;
}

static void
check_each(struct policy *policy, bool blocks, bool once)
{
    struct trial whole = {.policy = policy},
                 trial = {.policy = policy, .whole = once ? &whole.trace : NULL};
    size_t before = pool_used(), n = 0, unsafe = 0, kept = 0;
    bool same = false;

    converse(&whole);
    for (; n < 100000 && !same; n++) {
        deny(n, blocks);
        converse(&trial);
        allow();
        same = memcmp(&trial.trace, &whole.trace, sizeof whole.trace) == 0;
        unsafe +=
            !is_safe(&trial.trace, &whole.trace) || passes_unjudged(&trial.trace, &whole.trace);
        kept += pool_used() != before;
    }
    tap_check(whole.trace.count > 20 && whole.trace.edits[whole.trace.count - 1] > 5,
              "the message is answered, and changed in %zu ways",
              whole.trace.edits[whole.trace.count - 1]);
    tap_check(same && n > (blocks ? 5 : 300), "every %s was denied once, %zu of them (%s)",
              blocks ? "block" : "amount", n, once ? "and memory came back" : "and all behind it");
    tap_check(unsafe == 0, "no answer is another one than 4xx or the right one (%zu)", unsafe);
    tap_check(kept == 0, "nothing is held back (%zu)", kept);
    tap_check(trial.wrong_ids == 0, "each line of the log has its id (%zu)", trial.wrong_ids);
}

int
main(void)
{
    struct arena *arena = arena_new(SIZE_MAX);
    struct buffer text;
    struct diagnostics diagnostics;
    struct policy *policy;

    check_guard();
    buffer_init(&text, arena, 1 << 20);
    buffer_text(&text, actions);
    add_facts(&text);
    diagnostics_init(&diagnostics, arena);
    policy = policy_load_text("policy", buffer_slice(&text), &diagnostics);
    tap_check(policy != NULL, "a policy that reads every fact");
    if (policy == NULL) {
        diagnostics_print(&diagnostics, stdout);
    } else {
        for (unsigned way = 0; way < 4; way++)
            check_each(policy, way & 1, way & 2);
        policy_unref(&policy);
    }
    arena_free(&arena);
    return tap_done();
}
