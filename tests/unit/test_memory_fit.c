/* The largest messages that the caps let in fit the memory of a transaction, under each policy that
 * is shipped, converted or not: max-transaction-memory is never the message's fault. */
#include <stdio.h>
#include <stdlib.h>

#include "base/buffer.h"
#include "base/pool.h"
#include "filter/dialogue.h"
#include "tap.h"

enum { HEADER = 255 * 1024, FIELDS = 1900, RECIPIENTS = 1000, MEMORY = 16 << 20 };

struct shape {
    const char *what;
    const char *name;  /* of the field; "%zu": numbered */
    const char *unit;  /* repeated */
    size_t fields;     /* in how many fields the header's octets come */
    size_t most_units; /* all together, 0: as many as there is room for */
};

static const struct shape shapes[] = {
    {"fields of different names", "X-%zu", "0123456789", FIELDS, 0},
    {"fields of one name", "X-Same", "0123456789", FIELDS, 0},
    {"fields of 8 bits", "X-%zu", "\xC3\xBC\xC3\xBC ", FIELDS, 0},
    {"one long text", "Subject", "word ", 5, 0},
    {"one long text of 8 bits", "Subject", "w\xC3\xB6rd ", 5, 0},
    {"encoded words", "Subject", "=?utf-8?q?=C3=BC?= ", 5, 0},
    {"encoded words of base64", "X-%zu", "=?iso-8859-1?b?/Pz8?= ", 50, 0},
    {"recipients in To", "To", "U <u@d.example>, ", 5, 0},
    {"recipients in To of 8 bits", "To", "\xC3\xBC <u@d.example>, ", 5, 0},
    {"bare addresses in Cc", "Cc", "u@d.example,", 5, 0},
    {"shortest addresses in one To", "To", "a@b,", 1, 0},
    {"shortest addresses in many To", "To", "a@b,", FIELDS / 2, 0},
    {"authors", "From", "\"Some Name\" <alice@example.org>, ", 1, 190},
    {"authors with encoded names", "From", "=?utf-8?q?v=40d.example?= <alice@example.org>, ", 1,
     190},
    {"authors with long comments", "From", "(=?x?q?v=40d.example?= x@y.example \xC3\xBC) ", 1,
     1000},
    {"parameters", "Content-Type", "; a=b", 1, 0},
    {"parameters in pieces", "Content-Type", "; n*1*=utf-8''%c3%bc", 1, 0},
    {"results of filters", "Authentication-Results", "mx;d=x h.d=y;", FIELDS / 2, 0},
    {"results of filters in one field", "Authentication-Results", "mx;d=x h.d=y;", 1, 0},
    {"comments", "X-%zu", "(a(b(\xC3\xBC))) ", 50, 0},
    {"Received", "Received", "from a.example by b.example for <u@d\xC3\xBC.example>; ", 50, 0},
};

static void
keep_log(void *context, enum log_level level, const char *line)
{
    (void)context, (void)level, (void)line;
}

static bool
take_piece(void *context, struct slice piece)
{
    (void)context;
    return piece.len < SIZE_MAX;
}

/* The header is what the shape says, beside what every message has. */
static void
tell_header(struct arena *arena, struct dialogue *dialogue, const struct shape *shape)
{
    size_t each = HEADER / shape->fields - 32, units = each / strlen(shape->unit);
    struct buffer *value = ARENA_NEW(arena, struct buffer);

    if (shape->most_units && units > shape->most_units)
        units = shape->most_units;
    buffer_init(value, arena, SIZE_MAX / 4);
    for (size_t i = 0; i < units; i++)
        buffer_text(value, shape->unit);
    if (strcmp(shape->name, "From") != 0)
        dialogue_header(dialogue, SLICE("From"), SLICE("alice@example.org"));
    for (size_t i = 0; i < shape->fields; i++) {
        const char *name = strchr(shape->name, '%') ? arena_printf(arena, "X-%zu", i) : shape->name;

        dialogue_header(dialogue, slice_of(name), buffer_slice(value));
    }
}

/* The most that the pool held; what answers it had is told too. */
static size_t
hand_in(struct policy *policy, const struct shape *shape, const char **said_r)
{
    struct arena *arena = arena_new(SIZE_MAX);
    size_t before = pool_used(), most;
    struct dialogue *dialogue = dialogue_new(policy, keep_log, NULL);
    struct ip ip = {4, {192, 0, 2, 7}};
    struct slice sender[] = {SLICE("<alice@example.org>"), SLICE("SMTPUTF8"),
                             SLICE("BODY=8BITMIME")};
    const struct edit *edit = NULL;
    struct answer answer;

    *said_r = "taken";
    dialogue_connect(dialogue, SLICE("client.example"), &ip, 4711);
    dialogue_macro(dialogue, STAGE_HELO, SLICE("{tls_version}"), SLICE("TLSv1.3"));
    dialogue_helo(dialogue, SLICE("client.example"));
    dialogue_macro(dialogue, STAGE_MAIL, SLICE("{auth_type}"), SLICE("PLAIN"));
    dialogue_macro(dialogue, STAGE_MAIL, SLICE("{auth_authen}"), SLICE("alice"));
    dialogue_mail(dialogue, sender, 3);
    for (size_t i = 0; i < RECIPIENTS; i++) {
        struct slice rcpt = slice_of(arena_printf(arena, "<user%zu@some-domain%zu.example>", i, i));

        answer = dialogue_rcpt(dialogue, &rcpt, 1);
        if (answer.verdict == VERDICT_TEMPFAIL)
            *said_r = arena_printf(arena, "a recipient is deferred: %s", answer.reply->line[0]);
    }
    dialogue_data(dialogue);
    tell_header(arena, dialogue, shape);
    dialogue_header_end(dialogue);
    dialogue_body(dialogue, SLICE("\xC3\xBC\r\n"));
    answer = dialogue_end(dialogue, &edit);
    for (; edit; edit = edit->next)
        if (edit->kind == EDIT_BODY && !dialogue_write_body(dialogue, take_piece, NULL))
            *said_r = "the body can't be written";
    if (answer.verdict == VERDICT_TEMPFAIL)
        *said_r = "deferred";
    else if (answer.verdict == VERDICT_REJECT)
        *said_r = "refused";
    most = pool_used() - before;
    dialogue_free(&dialogue);
    arena_free(&arena);
    return most;
}

static void
check_policy(const char *name, struct slice text)
{
    struct arena *arena = arena_new(SIZE_MAX);
    struct diagnostics diagnostics;
    struct policy *policy;

    diagnostics_init(&diagnostics, arena);
    policy = policy_load_text(name, text, &diagnostics);
    tap_check(policy != NULL, "%s is a policy", name);
    if (policy == NULL)
        diagnostics_print(&diagnostics, stdout);
    for (size_t i = 0; policy && i < sizeof shapes / sizeof shapes[0]; i++) {
        const char *said;
        size_t most = hand_in(policy, &shapes[i], &said);

        tap_check(most < MEMORY && strstr(said, "deferred") == NULL, "%s: %s: %s, %zu KB", name,
                  shapes[i].what, said, most / 1024);
    }
    policy_unref(&policy);
    arena_free(&arena);
}

int
main(void)
{
    static const char *const shipped[] = {"standard",  "extensions", "submission",
                                          "lookalike", "next-hop",   "attachments"};
    const char *srcdir = getenv("srcdir");
    char text[4096];

    for (size_t i = 0; i < sizeof shipped / sizeof shipped[0]; i++) {
        snprintf(text, sizeof text, "%sinclude \"%s/rules/policies/%s.rules\"\n",
                 strcmp(shipped[i], "submission") == 0
                     ? "let allow-unlisted = yes\ntable owners = \"none:\"\n"
                     : "",
                 srcdir ? srcdir : ".", shipped[i]);
        check_policy(shipped[i], slice_of(text));
    }
    check_policy("judged and converted",
                 SLICE("rule a if message.no-ascii-form log \"x\"\n"
                       "rule b if message.no-7bit-form log \"x\"\n"
                       "rule r downgrade utf8 downgrade 8bit\n"));
    check_policy("addressees",
                 SLICE("list l = { example.com, exemple.co.uk, sub.dom.example.org }\n"
                       "rule n if any header.to.domain.near[l] log \"near\"\n"
                       "rule t if any header.to.domain == \"c.example\" log \"{header.to}\"\n"
                       "rule c if any header.cc.domain == \"c.example\" log \"{header.cc}\"\n"
                       "rule b if count[header.bcc] > 5 log \"{header.bcc}\"\n"));
    check_policy(
        "results",
        SLICE("set authserv-id \"mx\"\n"
              "rule a if any auth-results[\"d\"].h.d == \"z\" log \"a\"\n"
              "rule b if any auth-results[\"d\"] as d: d.h.e log \"{auth-results['d'].h.d}\"\n"
              "rule c if auth-results.forged remove-header \"Authentication-Results\" forged\n"));
    check_policy("converted to 7 bit", SLICE("rule r downgrade 8bit\n"));
    check_policy("converted to ASCII", SLICE("rule r downgrade utf8 downgrade 8bit\n"));
    return tap_done();
}
