/* The language of tests: what its lines mean, and what is said of those that mean nothing. */
#include <stdio.h>

#include "language/parse.h"
#include "language/scenario_inside.h"
#include "tap.h"

static const char *const kind_names[] = {
    [STEP_CONNECT] = "connect",   [STEP_LOCAL] = "local", [STEP_HELO] = "helo",
    [STEP_STARTTLS] = "starttls", [STEP_TLS] = "tls",     [STEP_AUTH] = "auth",
    [STEP_MAIL] = "mail",         [STEP_RCPT] = "rcpt",   [STEP_DATA] = "data",
    [STEP_MESSAGE] = "message",   [STEP_RSET] = "rset",   [STEP_COMMAND] = "command",
    [STEP_MACRO] = "macro",       [STEP_TABLE] = "table", [STEP_TIME] = "time",
    [STEP_EXPECT] = "expect",
};

/* Lines of a test, and its steps: words in (), text in [], expectations in {}. */
static const struct {
    const char *lines;
    const char *steps;
    const char *why;
} good[] = {
    {"connect 192.0.2.7 mail.example.net\n", "connect(192.0.2.7)(mail.example.net)", "connect"},
    {"connect 2001:db8::1\n", "connect(2001:db8::1)", "connect without name"},
    {"local\n", "local", "local"},
    {"helo client.example   # who says so\n", "helo(client.example)", "a comment"},
    {"# nothing\n\nrset\n", "rset", "lines that are comments or empty"},
    {"mail <\"a b\"@example.com> SIZE=5 BODY=8BITMIME\n",
     "mail(<\"a b\"@example.com>)(SIZE=5)(BODY=8BITMIME)", "a quoted local part in a path"},
    {"mail <\">\"@example.com>x y\n", "mail(<\">\"@example.com>x)(y)",
     "> in quotes, and text behind the path"},
    {"mail <a@example.com\n", "mail(<a@example.com)", "a path that isn't closed"},
    {"mail \"<a b> \\\"c\\\"\"\n", "mail(<a b> \"c\")", "a word in quotes"},
    {"mail \"<\\x{6a}\\x{4F}\\x{4}\\x{0g}>\"\n", "mail(<jOx{4}x{0g}>)", "octets by their numbers"},
    {"mail <a#b@example.com>\n", "mail(<a#b@example.com>)", "# inside a word"},
    {"auth alice\ntls TLSv1.2 AES 128\nstarttls\n", "auth(alice) tls(TLSv1.2)(AES)(128) starttls",
     "logging in"},
    {"macro {daemon_port} 587\nmacro i 4ABC\n", "macro({daemon_port})(587) macro(i)(4ABC)",
     "macros"},
    {"command XFOO  a b # c\n", "command(XFOO)(a)(b)[XFOO  a b]",
     "an unknown command, as it stands"},
    {"table owners a@b.example alice, bob\n", "table(owners)(a@b.example)(alice,)(bob)[alice, bob]",
     "a table"},
    {"table owners <> error\n", "table(owners)(<>)(error)[] fails", "a lookup that fails"},
    {"table owners x \"error\"\n", "table(owners)(x)(error)[error]",
     "and one that finds that word"},
    {"time 2026-03-01T09:30:00Z\n", "time(2026-03-01T09:30:00Z)=1772357400", "a time"},
    {"time 2026-03-01T10:30:00+01:00\n", "time(2026-03-01T10:30:00+01:00)=1772357400",
     "in another zone"},
    {"message\n    From: a\n\n    text\n\ndata\n", "message[From: a\r\n\r\ntext\r\n] data",
     "a message"},
    {"message\n    A: b\n      c\n    # d\n", "message[A: b\r\n  c\r\n# d\r\n]",
     "folded lines; nothing is a comment"},
    {"message\n", "message[]", "an empty message"},
    {"message\n    A: b\nmessage \"x y.eml\"\n", "message[A: b\r\n] message(x y.eml)[]", "a file"},
    {"rcpt <a@b.example>\nexpect none\n", "rcpt(<a@b.example>) expect{none}", "expect none"},
    {"rcpt <a>\nexpect accept rule x\nexpect accept\n",
     "rcpt(<a>) expect{accept rule=x} expect{accept}", "two expectations"},
    {"data\nexpect reject 550 5.7.1 rule x text \"not you\"\n",
     "data expect{reject 550 5.7.1 rule=x text=not you}", "expect reject"},
    {"data\nexpect tempfail 451\nexpect tempfail\n", "data expect{tempfail 451} expect{tempfail}",
     "codes may be left out"},
    {"data\nexpect audit reject rule x\nexpect audit rule y\n",
     "data expect{audit reject rule=x} expect{audit only rule=y}", "expect audit"},
    {"message\nexpect accept no-header X-Mark\n", "message[] expect{accept no-header=X-Mark}",
     NULL},
    {"message\nexpect header Subject \"a b\" recipients <x> <y> sender <>\n",
     "message[] expect{only header=Subject:a b recipients=<x><y> sender=<>}",
     "what becomes of the message"},
    {"message\nexpect discard\nexpect quarantine text spam\nexpect recipients\n",
     "message[] expect{discard} expect{quarantine text=spam} expect{only recipients=}",
     "the other verdicts"},
};

/* Lines, and what is said: line, column and text. */
static const struct {
    const char *lines;
    const char *said;
} bad[] = {
    {"rcptt <a>\n", "1:1 \"rcptt\" is not known as a line of a test; did you mean \"rcpt\"?"},
    {"rate alice 5\n", "1:1 \"rate\" is not known as a line of a test"},
    {"connect\n", "1:1 behind `connect` stands ADDRESS [NAME]"},
    {"connect mail.example\n", "1:9 \"mail.example\" is no IP address"},
    {"local x\n", "1:1 behind `local` stands nothing"},
    {"mail\n", "1:1 behind `mail` stands <ADDRESS> [PARAMETER ...]"},
    {"mail \"a\n", "1:6 this text has no closing quote"},
    {"mail \"a\"b\n", "1:6 white space must follow a text in quotes"},
    {"macro daemon_port 587\n",
     "1:7 \"daemon_port\" is no macro: one letter, or a name in braces, is expected"},
    {"time yesterday\n", "1:6 \"yesterday\" is no time: 2026-03-01T09:30:00Z is one"},
    {"time 2026-03-01T09:30:00\n",
     "1:6 \"2026-03-01T09:30:00\" is no time: 2026-03-01T09:30:00Z is one"},
    {"expect none\n",
     "1:1 `expect` checks the answer to the line above, and there is none that gets one"},
    {"auth a\nexpect none\n",
     "2:1 `expect` checks the answer to the line above, and there is none that gets one"},
    {"data\nexpect\n",
     "2:1 `expect` says nothing: none, accept, reject, tempfail, discard or quarantine may follow"},
    {"data\nexpect rejekt\n",
     "2:8 \"rejekt\" is not known as something to expect; did you mean \"reject\"?"},
    {"data\nexpect destroyed\n", "2:8 \"destroyed\" is not known as something to expect"},
    {"data\nexpect reject 451\n",
     "2:15 a reply code of three digits that begins with 5 is expected"},
    {"data\nexpect tempfail 421\n",
     "2:17 a reply code of three digits that begins with 4 is expected"},
    {"data\nexpect reject 550 4.7.1\n",
     "2:19 an enhanced status code of class 5 is expected, such as 5.7.1"},
    {"data\nexpect reject rule\n", "2:1 the name of a rule is missing"},
    {"data\nexpect audit text x\n",
     "2:1 `expect audit` needs the rule, or what it would have done: none, accept, "
     "reject, tempfail, discard or quarantine"},
    {"mesage\n    From: a\nrcpt\n",
     "1:1 \"mesage\" is not known as a line of a test; did you mean \"message\"?|"
     "3:1 behind `rcpt` stands <ADDRESS> [PARAMETER ...]"},
};

static void
write_slice(struct buffer *to, const char *before, struct slice s, const char *behind)
{
    buffer_text(to, before);
    buffer_add(to, s);
    buffer_text(to, behind);
}

static void
write_expectation(struct buffer *to, const struct expectation *expect)
{
    static const char *const kinds[] = {"none",    "accept",     "reject", "tempfail",
                                        "discard", "quarantine", "only"};

    buffer_printf(to, "{%s%s", expect->audit ? "audit " : "", kinds[expect->kind]);
    if (expect->code.len)
        write_slice(to, " ", expect->code, "");
    if (expect->enhanced.len)
        write_slice(to, " ", expect->enhanced, "");
    if (expect->rule.len)
        write_slice(to, " rule=", expect->rule, "");
    if (expect->text.len)
        write_slice(to, " text=", expect->text, "");
    if (expect->no_header.len)
        write_slice(to, " no-header=", expect->no_header, "");
    if (expect->header_name.len)
        write_slice(to, " header=", expect->header_name, ":");
    buffer_add(to, expect->header_value);
    if (expect->has_recipients)
        buffer_text(to, " recipients=");
    for (size_t i = 0; i < expect->recipient_count; i++)
        buffer_add(to, expect->recipients[i]);
    if (expect->has_sender)
        write_slice(to, " sender=", expect->sender, "");
    buffer_text(to, "}");
}

static void
write_step(struct buffer *to, const struct step *step)
{
    bool has_text =
        step->kind == STEP_MESSAGE || step->kind == STEP_COMMAND || step->kind == STEP_TABLE;

    buffer_printf(to, "%s%s", to->len ? " " : "", kind_names[step->kind]);
    if (step->kind == STEP_EXPECT) {
        write_expectation(to, &step->expect);
        return;
    }
    for (size_t i = 0; i < step->words; i++)
        write_slice(to, "(", step->word[i], ")");
    if (has_text)
        write_slice(to, "[", step->text, "]");
    if (step->fails)
        buffer_text(to, " fails");
    if (step->kind == STEP_TIME)
        buffer_printf(to, "=%lld", (long long)step->time);
}

static struct slice
write_said(struct arena *arena, const struct diagnostics *diagnostics)
{
    struct buffer *text = ARENA_NEW(arena, struct buffer);

    buffer_init(text, arena, 10000);
    for (const struct diagnostic *d = diagnostics->first; d; d = d->next) {
        unsigned line, column;

        diagnostics_position(d->place, &line, &column);
        buffer_printf(text, "%s%u:%u %s", text->len ? "|" : "", line - 1, column - 4, d->text);
    }
    return buffer_slice(text);
}

/* The lines indented by four, as a test. */
static const struct test *
build(struct arena *arena, const char *lines, struct diagnostics *diagnostics)
{
    struct buffer *text = ARENA_NEW(arena, struct buffer);
    struct tree *tree = ARENA_NEW(arena, struct tree);

    buffer_init(text, arena, 10000);
    buffer_text(text, "test \"t\"\n");
    while (*lines) {
        size_t line = strcspn(lines, "\n");

        buffer_printf(text, "%s%.*s\n", line ? "    " : "", (int)line, lines);
        lines += line + 1;
    }
    diagnostics_init(diagnostics, arena);
    parse_text(arena, "t", "", buffer_slice(text), diagnostics, tree);
    return scenario_tests(arena, tree, diagnostics);
}

static void
check_good(size_t i)
{
    struct arena *arena = arena_new(1 << 20);
    struct buffer *text = ARENA_NEW(arena, struct buffer);
    struct diagnostics diagnostics;
    const struct test *test = build(arena, good[i].lines, &diagnostics);
    bool same;

    buffer_init(text, arena, 10000);
    for (const struct step *step = test ? test->steps : NULL; step; step = step->next)
        write_step(text, step);
    same = slice_equal(buffer_slice(text), slice_of(good[i].steps)) && diagnostics.errors == 0;
    tap_check(same, "%s", good[i].why);
    if (!same)
        printf("# got %s\n# said %s\n", buffer_slice(text).at, write_said(arena, &diagnostics).at);
    arena_free(&arena);
}

static void
check_bad(size_t i)
{
    struct arena *arena = arena_new(1 << 20);
    struct diagnostics diagnostics;
    struct slice said;

    build(arena, bad[i].lines, &diagnostics);
    said = write_said(arena, &diagnostics);
    tap_check(slice_equal(said, slice_of(bad[i].said)), "says %s", bad[i].said);
    if (!slice_equal(said, slice_of(bad[i].said)))
        printf("# got %s\n", said.at);
    arena_free(&arena);
}

static void
check_line(void)
{
    struct arena *arena = arena_new(1 << 20);
    struct diagnostics diagnostics;
    const struct step *step;

    diagnostics_init(&diagnostics, arena);
    step = scenario_line(arena, "mail", "<a@example.com> SIZE=5", &diagnostics);
    tap_check(step && step->kind == STEP_MAIL && step->words == 2 && step->next == NULL,
              "one line of a command line");
    step = scenario_line(arena, "mail", "", &diagnostics);
    tap_check(step == NULL && diagnostics.errors == 1, "and one that lacks its words");
    step = scenario_load(arena, "/nonexistent/file", &diagnostics);
    tap_check(step == NULL && diagnostics.errors == 2, "a file that isn't there");
    arena_free(&arena);
}

int
main(void)
{
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
        check_good(i);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        check_bad(i);
    check_line();
    return tap_done();
}
