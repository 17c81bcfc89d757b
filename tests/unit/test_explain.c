/* Why a stage ended as it did, as data: what became of each rule, and what made it so. */
#include "policy/explain.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "play/play.h"
#include "tap.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* A policy, the lines of a test, a stage, and what is told there: a line a rule, as
 *     RULE TRUTH OUTCOME [VERDICT] [<BEHIND] [!REASON] [@AT] [part TRUTH] (FACT=VALUE,...) ...
 * for each recipient one after the other, "--" between them. */
static const struct {
    const char *why;
    const char *rules;
    const char *lines;
    enum stage stage;
    const char *told;
} cases[] = {
    {"what decides, and nothing behind it",
     "rule a if helo == \"x.example\" reject rule b if rcpt == \"b@b.example\" reject\n"
     "rule c reject",
     "rcpt <b@b.example>", STAGE_RCPT,
     "a false false reject [helo == \"x.example\" false] (helo=client.example)\n"
     "b true decides reject [rcpt == \"b@b.example\" true] (rcpt=b@b.example)\n"},
    {"what waits, and behind what",
     "rule a if header[\"Subject\"] reject rule b log \"x\" rule c accept", "data", STAGE_DATA,
     "a open open reject [header[\"Subject\"] open] (header[\"Subject\"] at header)\n"
     "b true waits <a\n"
     "c true held-back accept <a\n"},
    {"audit, and what acts", "rule a audit reject rule b add-header \"X\" \"1\"", "data",
     STAGE_DATA,
     "a true audit reject\nb true acts\n"},
    {"of and: the part that was false, and no facts of others",
     "rule a if helo and mail.size > 5 and sender reject", "mail <a@b.example> SIZE=3", STAGE_DATA,
     "a false false reject [mail.size > 5 false] (mail.size=3)\n"},
    {"of and: the last, where all are true", "rule a if helo and sender reject",
     "mail <a@b.example>",
     STAGE_RCPT,
     "a true decides reject [sender true] (helo=client.example) (sender=a@b.example)\n"},
    {"of or: the first that was true",
     "rule a if mail.size or sender or helo reject", "mail <a@b.example>", STAGE_RCPT,
     "a true decides reject [sender true] (sender=a@b.example)\n"},
    {"of or: the last, where none is", "rule a if mail.size or mail.body reject",
     "mail <a@b.example>", STAGE_RCPT,
     "a false false reject [mail.body false] (mail.size=) (mail.body=)\n"},
    {"under not, as it is itself", "rule a if not mail.size reject", "mail <a@b.example>",
     STAGE_RCPT, "a true decides reject [mail.size false] (mail.size=)\n"},
    {"of what is open the first",
     "rule a if helo and header.count > 3 and message.size > 9 reject", "data",
     STAGE_DATA,
     "a open open reject [header.count > 3 open] (header.count at header) "
     "(message.size at body)\n"},
    {"a let is looked through; what every mail has in common settles nothing",
     "let on = yes let far = helo != \"x.example\" and on rule a if far and on reject", "data",
     STAGE_RCPT,
     "a true decides reject [helo != \"x.example\" true] (helo=client.example) (on=yes)\n"},
    {"the item that settled it",
     "rule a if any header.from as one: one.domain == \"b.example\" reject",
     "message\n        From: a@a.example, b@b.example, c@b.example\n", STAGE_HEADER,
     "a true decides reject [one.domain == \"b.example\" true] "
     "(header.from=a@a.example,b@b.example,c@b.example) (one=b@b.example) "
     "(one.domain=b.example)\n"},
    {"what a table gave, and that it failed",
     "table t = \"none:\" rule a if t[rcpt] == \"x\" log \"l\" rule b if t[sender] == \"x\" reject",
     "table t a@b.example \"y\"\n    table t s@b.example error\n    mail <s@b.example>\n"
     "    rcpt <a@b.example>", STAGE_RCPT,
     "a false false [t[rcpt] == \"x\" false] (t[rcpt]=y)\n"
     "b error decides tempfail !table t: the test says so [t[sender] == \"x\" error] "
     "(t[sender] !table t: the test says so)\n"},
    {"what waits for its stage", "rule a at data if helo == \"client.example\" reject", "data",
     STAGE_RCPT,
     "a open open reject @data\n"},
    {"a text that waits", "rule a if helo add-header \"X\" \"{header.count}\"", "data", STAGE_DATA,
     "a open open (helo=client.example) (header.count at header)\n"},
    {"each recipient", "rule a if rcpt == \"b@b.example\" and header.count == 0 reject",
     "rcpt <a@b.example>\n    rcpt <b@b.example>\n    data", STAGE_DATA,
     "a false false reject [rcpt == \"b@b.example\" false] (rcpt=a@b.example)\n--\n"
     "a open open reject [header.count == 0 open] (header.count at header)\n"},
    {"an unknown command: the rules that read it alone",
     "rule a if helo reject rule b if command.verb == \"TURN\" reject", "command TURN",
     STAGE_UNKNOWN,
     "b true decides reject [command.verb == \"TURN\" true] (command.verb=TURN)\n"},
    {"too early for any", "rule a if helo reject", "data", STAGE_MAIL, ""},
};

/* Which parts were asked, as "NUMBER=TRUTH", a line a rule, at the last stage. */
static const struct {
    const char *why;
    const char *rules;
    const char *lines;
    const char *asked;
    const char *parts; /* of the policy, a line each */
} asked[] = {
    {"those that were asked", "rule a if mail.size and helo reject rule b if helo or sender reject",
     "mail <a@b.example>", "1=false \n3=true \n", "mail.size\nhelo\nhelo\nsender\n"},
    {"a let's are its own, and count once",
     "let l = helo and sender rule a if l and mail.size reject rule b if not l reject", "mail <>",
     "1=true 2=false \n1=true 2=false \n", "helo\nsender\nmail.size\n"},
    {"of many items each truth once",
     "rule a if any header.from as one: one.domain == \"b.example\" reject",
     "message\n        From: a@a.example, b@a.example, c@b.example, d@a.example\n",
     "1=false 1=true \n", "one.domain == \"b.example\"\n"},
    {"what is the same for every mail is none",
     "let on = yes list none = { } rule a if on and sender.domain not in none and helo reject",
     "mail <a@b.example>", "0=true 1=true \n", "helo\n"},
};

static struct arena *arena;

struct telling {
    enum stage stage;
    bool parts;
    unsigned walks;
    struct buffer *to;
};

static void
tell_fact(struct buffer *to, const struct explained_fact *fact)
{
    buffer_printf(to, " (%s", fact->name);
    if (fact->state == READ_LATER)
        buffer_printf(to, " at %s", stage_name(fact->stage));
    if (fact->state == READ_ERROR)
        buffer_printf(to, " !%s", fact->reason);
    for (size_t i = 0; fact->state == READ_KNOWN && (i < fact->values || i == 0); i++)
        buffer_printf(to, "%s%s", i ? "," : "=", i < fact->values ? fact->value[i].text.at : "");
    buffer_octet(to, ')');
}

static void
tell_rule(void *context, const struct explained *explained)
{
    struct telling *telling = context;
    struct buffer *to = telling->to;

    buffer_printf(to, "%s %s %s", explained->rule, truth_name(explained->truth),
                  walk_outcome_name(explained->outcome));
    if (explained->verdict)
        buffer_printf(to, " %s", verdict_name(explained->verdict));
    if (explained->behind)
        buffer_printf(to, " <%s", explained->behind);
    if (explained->reason)
        buffer_printf(to, " !%s", explained->reason);
    if (explained->waits_at)
        buffer_printf(to, " @%s", stage_name(explained->at));
    if (explained->decided)
        buffer_printf(to, " [%s %s]", explained->decided, truth_name(explained->decided_truth));
    for (size_t i = 0; i < explained->facts; i++)
        tell_fact(to, &explained->fact[i]);
    buffer_octet(to, '\n');
}

static void
tell_parts(void *context, const struct explained *explained)
{
    struct telling *telling = context;

    for (size_t i = 0; i < explained->parts; i++)
        if (explained->part[i].number > 0 || explained->parts > 1)
            buffer_printf(telling->to, "%zu=%s ", explained->part[i].number,
                          truth_name(explained->part[i].truth));
    buffer_octet(telling->to, '\n');
}

static void
tell_one(struct telling *telling, const struct played *played, const struct recipient *recipient)
{
    if (telling->walks++ > 0)
        buffer_text(telling->to, "--\n");
    walk_explain(played->walk, recipient, arena, telling->parts ? tell_parts : tell_rule, telling);
}

static void
tell_stage(void *context, const struct played *played)
{
    struct telling *telling = context;

    if (telling->parts) {
        buffer_clear(telling->to);
        telling->walks = 0;
    } else if (played->stage != telling->stage || telling->walks > 0) {
        return;
    }
    if (played->stage <= STAGE_RCPT || played->stage == STAGE_UNKNOWN) {
        tell_one(telling, played, played->recipient);
        return;
    }
    for (const struct recipient *r = played->recipients; r; r = r->next)
        tell_one(telling, played, r);
}

static struct policy *
load(const char *rules, const char *lines)
{
    char *text = arena_printf(arena, "%s\ntest \"t\"\n    %s\n", rules, lines);
    struct diagnostics diagnostics;
    struct policy *policy;

    diagnostics_init(&diagnostics, arena);
    policy = policy_load_text("policy", slice_of(text), &diagnostics);
    if (policy == NULL) {
        diagnostics_print(&diagnostics, stderr);
        exit(1);
    }
    return policy;
}

static const char *
tell(struct policy *policy, struct telling telling)
{
    struct play_result result;
    struct buffer *to = ARENA_NEW(arena, struct buffer);

    buffer_init(to, arena, SIZE_MAX);
    telling.to = to;
    play_steps(arena, policy, policy_tests(policy)->steps, true, tell_stage, &telling, &result);
    return buffer_slice(to).at;
}

static void
check(const char *why, const char *got, const char *wanted)
{
    tap_check(strcmp(got, wanted) == 0, "%s", why);
    if (strcmp(got, wanted) != 0)
        fprintf(stderr, "# got:\n%s# wanted:\n%s", got, wanted);
}

static void
check_parts(struct policy *policy, const char *why, const char *wanted)
{
    struct buffer *text = ARENA_NEW(arena, struct buffer);

    buffer_init(text, arena, SIZE_MAX);
    for (size_t i = 1; i <= policy_parts(policy); i++)
        buffer_printf(text, "%s\n", policy_part(policy, arena, i).text);
    check(arena_printf(arena, "%s: the parts", why), buffer_slice(text).at, wanted);
}

int
main(void)
{
    arena = arena_new(SIZE_MAX);
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct policy *policy = load(cases[i].rules, cases[i].lines);

        check(cases[i].why, tell(policy, (struct telling){.stage = cases[i].stage}), cases[i].told);
        policy_unref(&policy);
    }
    for (size_t i = 0; i < COUNT(asked); i++) {
        struct policy *policy = load(asked[i].rules, asked[i].lines);

        check(asked[i].why, tell(policy, (struct telling){.parts = true}), asked[i].asked);
        check_parts(policy, asked[i].why, asked[i].parts);
        policy_unref(&policy);
    }
    arena_free(&arena);
    return tap_done();
}
