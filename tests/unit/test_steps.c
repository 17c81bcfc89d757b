/* What one message may cost: steps are taken for all that a walk does, and it ends with a tempfail
 * that names the rule, whatever the rule is for. */
#include <stdio.h>

#include "policy/walk.h"
#include "tap.h"
#include "values/regex.h"

/* Header fields and a body, each made of one piece many times. */
struct shape {
    const char *policy;
    const char *field; /* name of the field */
    const char *unit;
    size_t units;
    size_t fields;
    const char *line;
    size_t lines;
    const char *spent_by; /* NULL: it isn't too much */
    const char *why;
};

static const struct shape shapes[] = {
    {"rule r if any header.from as a: (any header.reply-to as b: a == b) reject\n", "From",
     "a@b.example,\n ", 3000, 1, "", 0, "r", "loops within each other"},
    {"rule l if any header.from as a: (any header.from as b: a.domain != b.domain) log \"x\"\n"
     "rule r if sender == \"x@y.example\" reject\n",
     "From", "a@b.example,\n ", 3000, 1, "", 0, "l", "in a rule that only logs"},
    {"rule w audit if any header.from as a: (any header.from as b: a.domain != b.domain) reject\n",
     "From", "a@b.example,\n ", 3000, 1, "", 0, "w", "in a rule that is only watched"},
    {"rule u if any header[\"X\"] as x: (any header[\"X\"] as y: x != y) reject\n", "X", "v", 1,
     20000, "", 0, "u", "many fields of one name"},
    {"rule u if any header[\"X\"] in header[\"Y\"] or any header[\"X\"] in header[\"Z\"] reject\n",
     "X", "v", 1, 20000, "", 0, NULL, "many fields in none"},
    {"rule r if any body ~ /(a+)+$/ reject\n", "X", "v", 1, 1, "aaaaaaaaaaaaaa!", 20000, "r",
     "near misses of a pattern on many lines"},
    {"rule r if any body ~ /x+[0-9]/ reject\n", "X", "v", 1, 1, NULL, 1 << 20, "r",
     "one long line"},
    {"rule r if any header[\"X\"] ~ /(\\w+\\s?)*:$/ reject\n", "X", "wordwordword :!", 36, 1000, "",
     0, "r", "256 KB of header under nested quantifiers"},
    {"rule r if any body ~ /viagra/ or any body ~ /[a-z]+@x/ or any body ~ /^the.*foo/ reject\n",
     "X", "v", 1, 1, "the quick brown fox jumps over the lazy dog", 20000, NULL,
     "ordinary patterns on 1 MB"},
    {"rule r if any header.from.domain in { .x.example } or any header.from in { a@x.example } "
     "reject\n",
     "From", "a@b.example,\n ", 15000, 1, "", 0, NULL, "many mailboxes"},
};

static struct slice
repeat(struct arena *arena, const char *unit, size_t count)
{
    size_t len = strlen(unit);
    char *text = arena_alloc(arena, count * len + 1);

    for (size_t i = 0; i < count; i++)
        memcpy(text + i * len, unit, len);
    return (struct slice){text, count * len};
}

static void
add_field(struct transaction *transaction, const char *name, struct slice body)
{
    struct header_field *field = ARENA_NEW(transaction->arena, struct header_field);

    *field = (struct header_field){.name = slice_of(name), .body = body};
    *transaction->header_end = field;
    transaction->header_end = &field->next;
    transaction->header_size += field->name.len + body.len + 4;
}

static void
fill(struct transaction *transaction, const struct shape *shape)
{
    struct arena *arena = transaction->arena;
    struct slice body = repeat(arena, shape->unit, shape->units);

    for (size_t i = 0; i < shape->fields; i++)
        add_field(transaction, shape->field, body);
    if (strcmp(shape->field, "From") == 0)
        add_field(transaction, "Reply-To", repeat(arena, "x@y.example,\n ", shape->units));
    transaction->body_text =
        shape->line ? repeat(arena, arena_printf(arena, "%s\r\n", shape->line), shape->lines)
                    : repeat(arena, "x", shape->lines);
    transaction->body.size = transaction->body_text.len;
}

static struct policy *
load(struct arena *arena, const char *text)
{
    struct diagnostics diagnostics;
    struct policy *policy;

    diagnostics_init(&diagnostics, arena);
    policy = policy_load_text(
        "policy", slice_of(arena_printf(arena, "set max-message-steps 4000000\n%s", text)),
        &diagnostics);
    if (policy == NULL)
        diagnostics_print(&diagnostics, stdout);
    return policy;
}

/* Up to the end of the message, or to a verdict. */
static struct finding
walk_all(struct walk *walk, struct transaction *transaction)
{
    struct recipient *recipient = ARENA_NEW(transaction->arena, struct recipient);
    struct finding finding;

    address_parse_forward_path(transaction->arena, SLICE("<c@d.example>"), &recipient->address);
    walk_stage(walk, STAGE_MAIL, NULL);
    walk_stage(walk, STAGE_RCPT, recipient);
    *transaction->recipients_end = recipient;
    finding = walk_stage(walk, STAGE_HEADER, NULL);
    return finding.verdict == VERDICT_NONE ? walk_stage(walk, STAGE_BODY, NULL) : finding;
}

static bool
is_as_expected(const struct shape *shape, struct walk *walk, const struct finding *finding)
{
    const char *by = walk_spent_by(walk);

    if (shape->spent_by == NULL)
        return by == NULL;
    return by && strcmp(by, shape->spent_by) == 0 && finding->verdict == VERDICT_TEMPFAIL &&
           finding->rule && strcmp(finding->rule, by) == 0 &&
           strcmp(finding->reply->code, "451") == 0 &&
           strcmp(finding->reason, "max-message-steps is reached") == 0 && !walk_events(walk);
}

static void
try(const struct shape *shape, bool jit)
{
    struct arena *arena = arena_new((size_t)1 << 30);
    struct session session = {.arena = arena, .host = SLICE("h.example")};
    struct transaction transaction = {.arena = arena, .session = &session};
    struct policy *policy = load(arena, shape->policy);
    struct finding finding;
    struct walk *walk;
    const struct meter *meter;

    regex_use_jit(jit);
    transaction.recipients_end = &transaction.recipients;
    transaction.header_end = &transaction.header;
    address_parse_reverse_path(arena, SLICE("<a@b.example>"), &transaction.sender);
    fill(&transaction, shape);
    walk = walk_begin(policy, &session, &transaction);
    finding = walk_all(walk, &transaction);
    meter = arena_meter(arena);
    tap_check(is_as_expected(shape, walk, &finding) && meter->taken < meter->most + meter->most / 4,
              "%s, %s JIT: %.1f of %.1f million steps", shape->why, jit ? "with" : "without",
              (double)meter->taken / 1e6, (double)meter->most / 1e6);
    policy_unref(&policy);
    arena_free(&arena);
}

int
main(void)
{
    for (size_t i = 0; i < sizeof shapes / sizeof shapes[0]; i++) {
        try(&shapes[i], true);
        try(&shapes[i], false);
    }
    return tap_done();
}
