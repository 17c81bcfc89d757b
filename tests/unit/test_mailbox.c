/* Mailboxes of header fields: every one is found, and what is malformed is said to be. */
#include "mail/mailbox.h"

#include "base/buffer.h"
#include "tap.h"

/* "name|local|domain" of each mailbox, separated by "; ". */
static const char *
shown(struct arena *arena, const struct mailboxes *mailboxes)
{
    struct buffer *text = ARENA_NEW(arena, struct buffer);

    buffer_init(text, arena, 1 << 20);
    for (const struct mailbox *m = mailboxes->first; m; m = m->next) {
        buffer_add(text, m->name);
        buffer_octet(text, '|');
        buffer_add(text, m->address.local);
        buffer_octet(text, '|');
        buffer_add(text, m->address.domain);
        buffer_text(text, m->next ? "; " : "");
    }
    return buffer_slice(text).at;
}

struct field_case {
    struct slice in;
    const char *out;
    const char *section;
};

static void
run(const struct field_case *cases, size_t count, bool good)
{
    struct arena *arena = arena_new(SIZE_MAX);

    for (size_t i = 0; i < count; i++) {
        struct mailboxes m;

        mailboxes_parse(arena, cases[i].in, &m);
        tap_check(strcmp(shown(arena, &m), cases[i].out) == 0 && good == (m.defect == NULL),
                  "%s: %.*s: %s (%s)", cases[i].section, (int)cases[i].in.len, cases[i].in.at,
                  shown(arena, &m), m.defect ? m.defect : "fine");
    }
    arena_free(&arena);
}

#define COUNT(cases) (sizeof cases / sizeof cases[0])

static void
test_good(void)
{
    const struct field_case cases[] = {
        {SLICE("u@d.example"), "|u|d.example", "RFC 5322 3.4.1"},
        {SLICE("U <u@d.example>"), "U|u|d.example", "RFC 5322 3.4"},
        {SLICE("<u@d.example>"), "|u|d.example", "RFC 5322 3.4"},
        {SLICE("u@d.example, v@d.example"), "|u|d.example; |v|d.example", "RFC 5322 3.4"},
        {SLICE("A <a@x.example>,B <b@y.example>"), "A|a|x.example; B|b|y.example", "RFC 5322 3.4"},
        {SLICE("<a@x.example>, <b@y.example>"), "|a|x.example; |b|y.example", "RFC 5322 3.4"},
        {SLICE("\"Doe, John\" <j@d.example>"), "Doe, John|j|d.example", "RFC 5322 3.2.4"},
        {SLICE("\"a \\\"b\\\" c\" <j@d.example>"), "a \"b\" c|j|d.example", "RFC 5322 3.2.4"},
        {SLICE("\"a\"b \"c\" <j@d.example>"), "ab c|j|d.example", "RFC 5322 3.2.5"},
        {SLICE("\"v@d.example\" <u@d.example>"), "v@d.example|u|d.example", "RFC 5322 3.4"},
        {SLICE("\"<v@d.example>\" <u@d.example>"), "<v@d.example>|u|d.example", "RFC 5322 3.4"},
        {SLICE("(v@d.example) u@d.example"), "|u|d.example", "RFC 5322 3.2.2"},
        {SLICE("A (x (y) \\) z) B <u@d.example> (c)"), "A B|u|d.example", "RFC 5322 3.2.2"},
        {SLICE("a(comment)@(c)example.com"), "|a|example.com", "RFC 5322 3.4.1"},
        {SLICE("U(c)<(c)u(c)@(c)d.example(c)>(c)"), "U|u|d.example", "RFC 5322 3.4.1"},
        {SLICE("(),<v@d.example>"), "|v|d.example", "RFC 5322 4.4"},
        {SLICE("\"a b\"@d.example"), "|a b|d.example", "RFC 5322 3.4.1"},
        {SLICE("\"a@b\"@d.example"), "|a@b|d.example", "RFC 5322 3.4.1"},
        {SLICE("u@[1.2.3.4]"), "|u|[1.2.3.4]", "RFC 5322 3.4.1"},
        {SLICE("u@[ IPv6:::1 ]"), "|u|[IPv6:::1]", "RFC 5322 3.4.1"},
        {SLICE("U\r\n <u@d.example>,\r\n\tv@d.example"), "U|u|d.example; |v|d.example",
         "RFC 5322 2.2.3"},
        {SLICE("\"Doe,\r\n John\" <\"a\r\n b\"@d.example>"), "Doe, John|a b|d.example",
         "RFC 5322 3.2.4"},
        {SLICE("U\n <u@\n d.example>"), "U|u|d.example", "RFC 5322 2.2.3"},
        {SLICE("u@b\xC3\xBC"
               "cher.example"),
         "|u|b\xC3\xBC"
         "cher.example",
         "RFC 6532 3.2"},
        {SLICE("\xC3\x9C \xC3\x9C <\xC3\xBC@d.example>"), "\xC3\x9C \xC3\x9C|\xC3\xBC|d.example",
         "RFC 6532 3.2"},
    };

    run(cases, COUNT(cases), true);
}

static void
test_groups(void)
{
    const struct field_case cases[] = {
        {SLICE("Team: u@d.example;"), "|u|d.example", "RFC 6854 2.1"},
        {SLICE("Team: u@d.example, V <v@d.example>;"), "|u|d.example; V|v|d.example",
         "RFC 6854 2.1"},
        {SLICE("Nobody:;"), "", "RFC 6854 2.1"},
        {SLICE("\"A Team\": (nobody) ;"), "", "RFC 6854 2.1"},
        {SLICE("A:a@x.example;, b@y.example"), "|a|x.example; |b|y.example", "RFC 5322 3.4"},
        {SLICE("A:;,B:b@y.example;"), "|b|y.example", "RFC 5322 3.4"},
        {SLICE("A: ,a@x.example,, ;"), "|a|x.example", "RFC 5322 4.4"},
    };

    run(cases, COUNT(cases), true);
}

static void
test_obsolete(void)
{
    const struct field_case cases[] = {
        {SLICE("John Q. Public <j@d.example>"), "John Q. Public|j|d.example", "RFC 5322 4.1"},
        {SLICE("<@x.example:u@d.example>"), "|u|d.example", "RFC 5322 4.4"},
        {SLICE("U <@x.example,@y.example:u@d.example>"), "U|u|d.example", "RFC 5322 4.4"},
        {SLICE("<,@x.example,,@y.example:u@d.example>"), "|u|d.example", "RFC 5322 4.4"},
        {SLICE("u @ d . example"), "|u|d.example", "RFC 5322 4.4"},
        {SLICE("a . b @ example . com"), "|a.b|example.com", "RFC 5322 4.4"},
        {SLICE("\"a\".b@example.com"), "|a.b|example.com", "RFC 5322 4.4"},
        {SLICE("\"a b\".\"c\"@example.com"), "|a b.c|example.com", "RFC 5322 4.4"},
        {SLICE(", u@d.example,"), "|u|d.example", "RFC 5322 4.4"},
        {SLICE("u@d.example,,v@d.example"), "|u|d.example; |v|d.example", "RFC 5322 4.4"},
    };

    run(cases, COUNT(cases), true);
}

static void
test_encoded(void)
{
    const struct field_case cases[] = {
        {SLICE("=?utf-8?q?J=C3=B6rg?= <u@d.example>"), "J\xC3\xB6rg|u|d.example", "RFC 2047 5"},
        {SLICE("=?utf-8?q?v=40d.example?= <u@d.example>"), "v@d.example|u|d.example", "RFC 2047 5"},
        {SLICE("=?utf-8?q?a?=\n =?utf-8?q?b?= c <u@d.example>"), "ab c|u|d.example",
         "RFC 2047 6.2"},
        {SLICE("\"=?utf-8?q?a?=\" <u@d.example>"), "=?utf-8?q?a?=|u|d.example", "RFC 2047 5"},
        {SLICE("\"x\" =?utf-8?q?a?= \"y\" <u@d.example>"), "x a y|u|d.example", "RFC 2047 5"},
        {SLICE("=?utf-8?q?a?=@example.com"), "|=?utf-8?q?a?=|example.com", "RFC 2047 5"},
        {SLICE("<=?utf-8?q?u=40d?=@example.com>"), "|=?utf-8?q?u=40d?=|example.com", "RFC 2047 5"},
    };

    run(cases, COUNT(cases), true);
}

static void
test_bad(void)
{
    const struct field_case cases[] = {
        {SLICE(""), "", "RFC 5322 3.6.2"},
        {SLICE(" "), "", "RFC 5322 3.6.2"},
        {SLICE(","), "", "RFC 5322 4.4"},
        {SLICE("(nobody)"), "", "RFC 5322 3.6.2"},
        {SLICE("<a>, <b>"), "|a|; |b|", "RFC 5322 3.4.1"},
        {SLICE("alice"), "|alice|", "RFC 5322 3.4.1"},
        {SLICE("=?utf-8?q?u=40d.example?="), "|=?utf-8?q?u=40d.example?=|", "RFC 2047 5"},
        {SLICE("<>"), "||", "RFC 5322 3.4"},
        {SLICE("v@d.example <u@d.example>"), "|v|d.example; |u|d.example", "RFC 5322 3.4"},
        {SLICE("<u@d.example> <v@d.example>"), "|u|d.example; |v|d.example", "RFC 5322 3.4"},
        {SLICE("<u@d.example> v@d.example"), "|u|d.example; |v|d.example", "RFC 5322 3.4"},
        {SLICE("<u@d.example, v@d.example>"), "|u|d.example; |v|d.example", "RFC 5322 3.4"},
        {SLICE("<u@d.example <v@d.example>>"), "|u|d.example; |v|d.example", "RFC 5322 3.4"},
        {SLICE("<u@d.example"), "|u|d.example", "RFC 5322 3.4"},
        {SLICE("u@d.example>"), "|u|d.example", "RFC 5322 3.4"},
        {SLICE("u@d.example;"), "|u|d.example", "RFC 5322 3.4"},
        {SLICE("Team: u@d.example"), "|u|d.example", "RFC 5322 3.4"},
        {SLICE("A: B: u@d.example;;"), "|u|d.example", "RFC 5322 3.4"},
        {SLICE("v@d.example: u@d.example;"), "|v|d.example; |u|d.example", "RFC 5322 3.4"},
        {SLICE(": u@d.example;"), "|u|d.example", "RFC 5322 3.4"},
        {SLICE("A:a@x.example; b@y.example"), "|a|x.example; |b|y.example", "RFC 5322 3.4"},
        {SLICE("u v@d.example"), "|u v|d.example", "RFC 5322 3.4.1"},
        {SLICE("u@v@d.example"), "|u@v|d.example", "RFC 5322 3.4.1"},
        {SLICE("u..v@d.example"), "|u..v|d.example", "RFC 5322 3.4.1"},
        {SLICE(".u@d.example"), "|.u|d.example", "RFC 5322 3.4.1"},
        {SLICE("u@d..example"), "|u|d..example", "RFC 5322 3.4.1"},
        {SLICE("u@d.example."), "|u|d.example.", "RFC 5322 3.4.1"},
        {SLICE("u@"), "|u|", "RFC 5322 3.4.1"},
        {SLICE("@d.example"), "||d.example", "RFC 5322 3.4.1"},
        {SLICE("<@x.example,u@d.example>"), "||x.example; |u|d.example", "RFC 5322 4.4"},
        {SLICE("u@[1.2.3.4"), "|u|[1.2.3.4", "RFC 5322 3.4.1"},
        {SLICE("u@[1.2.3.4].example"), "|u|[1.2.3.4].example", "RFC 5322 3.4.1"},
        {SLICE("[list] U <u@d.example>"), "[list] U|u|d.example", "RFC 5322 3.2.5"},
        {SLICE("(u@d.example"), "", "RFC 5322 3.2.2"},
        {SLICE("u@d.example (a (b)"), "|u|d.example", "RFC 5322 3.2.2"},
        {SLICE("u@d.example )"), "|u|d.example)", "RFC 5322 3.2.2"},
        {SLICE("\"u@d.example"), "|u@d.example|", "RFC 5322 3.2.4"},
        {SLICE("u\\@d.example"), "|u\\|d.example", "RFC 5322 3.4.1"},
        {SLICE("u@d.example\r"), "|u|d.example", "RFC 5322 2.2"},
        {SLICE("u@d.example\nv"), "|u|d.example v", "RFC 5322 2.2"},
        {SLICE("U\x01 <u@d.example>"), "U\x01|u|d.example", "RFC 5322 3.2.3"},
        {SLICE("J\xF6rg <u@d.example>"), "J\xF6rg|u|d.example", "RFC 6532 3.1"},
    };

    run(cases, COUNT(cases), false);
}

/* What the address of a mailbox says of itself. */
static void
test_addresses(void)
{
    const struct {
        struct slice in, raw, path;
        enum address_defect defect;
        const char *section;
    } cases[] = {
        {SLICE("U <u@d.example> (x)"), SLICE("u@d.example"), SLICE("u@d.example"), ADDRESS_FINE,
         "RFC 5322 3.4.1"},
        {SLICE("\"a\" . b @ d.example"), SLICE("\"a\" . b @ d.example"), SLICE("a.b@d.example"),
         ADDRESS_FINE, "RFC 5322 4.4"},
        {SLICE("\"a b\"@d.example"), SLICE("\"a b\"@d.example"), SLICE("\"a b\"@d.example"),
         ADDRESS_FINE, "RFC 5322 3.4.1"},
        {SLICE("u@exa_mple.com"), SLICE("u@exa_mple.com"), SLICE("u@exa_mple.com"),
         (enum address_defect)(ADDRESS_BAD_DOMAIN + DOMAIN_BAD_CHARACTER), "RFC 5321 4.1.2"},
        {SLICE("alice"), SLICE("alice"), SLICE("alice"), ADDRESS_NO_DOMAIN, "RFC 5322 3.4.1"},
        {SLICE("<>"), SLICE(""), SLICE(""), ADDRESS_EMPTY, "RFC 5322 3.4"},
        {SLICE("a b@d.example"), SLICE("a b@d.example"), SLICE("\"a b\"@d.example"),
         ADDRESS_BAD_LOCAL, "RFC 5322 3.4.1"},
        {SLICE("u@d.example\0"), SLICE("u@d.example\0"), SLICE("u@d.example\0"), ADDRESS_CONTROL,
         "RFC 5322 2.2"},
    };
    struct arena *arena = arena_new(SIZE_MAX);

    for (size_t i = 0; i < COUNT(cases); i++) {
        struct mailboxes m;
        const struct address *a;

        mailboxes_parse(arena, cases[i].in, &m);
        a = &m.first->address;
        tap_check(m.count == 1 && slice_equal(a->raw, cases[i].raw) &&
                      slice_equal(a->path, cases[i].path) && a->defect == cases[i].defect &&
                      !a->null,
                  "%s: address of %.*s: %.*s (%s)", cases[i].section, (int)cases[i].in.len,
                  cases[i].in.at, (int)a->path.len, a->path.at, address_defect_text(a->defect));
    }
    arena_free(&arena);
}

/* "MAILBOX: hidden hidden; MAILBOX: ..." */
static const char *
shown_hidden(struct arena *arena, const struct mailboxes *mailboxes)
{
    struct buffer *text = ARENA_NEW(arena, struct buffer);

    buffer_init(text, arena, 1 << 20);
    for (const struct mailbox *m = mailboxes->first; m; m = m->next) {
        struct address *hidden;
        size_t count = mailbox_hidden(arena, m, &hidden);

        buffer_add(text, m->address.local);
        buffer_octet(text, ':');
        for (size_t i = 0; i < count; i++) {
            buffer_octet(text, ' ');
            buffer_add(text, hidden[i].path);
        }
        buffer_text(text, m->next ? "; " : "");
    }
    return buffer_slice(text).at;
}

static void
test_hidden(void)
{
    const struct field_case cases[] = {
        {SLICE("U <u@d.example>"), "u:", "RFC 5322 3.4"},
        {SLICE("\"v@d.example\" <u@d.example>"), "u: v@d.example", "RFC 5322 3.4"},
        {SLICE("\"Boss <v@d.example>\" <u@d.example>"), "u: v@d.example", "RFC 5322 3.4"},
        {SLICE("\"'v@d.example'\" <u@d.example>"), "u: v@d.example", "RFC 5322 3.4"},
        {SLICE("\"v@d.example.\" <u@d.example>"), "u: v@d.example", "RFC 5322 3.4"},
        {SLICE("\"v@d.example, w@e.example\" <u@d.example>"), "u: v@d.example w@e.example",
         "RFC 5322 3.4"},
        {SLICE("\"mailto:v+x@d.example?\" <u@d.example>"), "u: v+x@d.example", "RFC 5322 3.4"},
        {SLICE("\"\\\"v w\\\"@d.example\" <u@d.example>"), "u: \"v w\"@d.example",
         "RFC 5322 3.2.4"},
        {SLICE("\"v@[192.0.2.1]\" <u@d.example>"), "u: v@[192.0.2.1]", "RFC 5322 3.4.1"},
        {SLICE("\"v@\xE2\x80\x8B"
               "d.example\" <u@d.example>"),
         "u: v@d.example", "RFC 6532 3.2"},
        {SLICE("\"v\xEF\xBC\xA0"
               "d\xE3\x80\x82"
               "example\" <u@d.example>"),
         "u: v@d.example", "RFC 6532 3.2"},
        {SLICE("\"\xE2\x80\x9Cv@b\xC3\xBC"
               "cher.example\xE2\x80\x9D\" <u@d.example>"),
         "u: v@b\xC3\xBC"
         "cher.example",
         "RFC 6532 3.2"},
        {SLICE("=?utf-8?q?v=40d.example?= <u@d.example>"), "u: v@d.example", "RFC 2047 5"},
        {SLICE("=?utf-8?q?v=40d?=\n =?utf-8?q?=2Eexample?= <u@d.example>"), "u: v@d.example",
         "RFC 2047 6.2"},
        {SLICE("\"=?utf-8?q?v=40d.example?=\" <u@d.example>"), "u: v@d.example", "RFC 2047 5"},
        {SLICE("=?x-old?q?v=40d.example?= <u@d.example>"), "u: v@d.example", "RFC 2047 6.2"},
        {SLICE("=?utf-16le?b?dgBAAGQALgBlAHgAYQBtAHAAbABlAA==?= <u@d.example>"), "u: v@d.example",
         "RFC 2047 6.2"},
        {SLICE("=?utf-8?q?v=40d.example_=FF?= <u@d.example>"), "u: v@d.example", "RFC 2047 6.2"},
        {SLICE("=?utf-8?q?v=40d.example=FF?= <u@d.example>"), "u: v@d.example\xC3\xBF v@d.example",
         "RFC 2047 6.2"},
        {SLICE("=?x-old?q?v=40b=FCcher.example?= <u@d.example>"),
         "u: v@b\xC3\xBC"
         "cher.example v@b",
         "RFC 2047 6.2"},
        {SLICE("=?utf-8?q?v=40d.example ?= <u@d.example>"), "u: v@d.example", "RFC 2047 4.2"},
        {SLICE("\"=?utf-8?b?dkBk Lm V4YW1wbGU?=\" <u@d.example>"), "u: v@d.example",
         "RFC 2047 4.1"},
        {SLICE("\"=?x?q?v=40d.example=?=\" <u@d.example>"), "u: v@d.example", "RFC 2047 4.2"},
        {SLICE("=?utf-8?q?v=40d?= =?x-old?q?.exam?= =?utf-8?q?ple?= <u@d.example>"),
         "u: v@d v@d.exam v@d.example", "RFC 2047 6.2"},
        {SLICE("u@d.example (=?x?q?v=40d.example?=) "), "u: v@d.example", "RFC 2047 6.2"},
        {SLICE("\"=?x?q =?= ?= v@d.example =?y\" <u@d.example>"), "u: v@d.example", "RFC 2047 2"},
        {SLICE("(v@d.example) u@d.example"), "u: v@d.example", "RFC 5322 3.2.2"},
        {SLICE("u@d.example (a (v@d.example) \\) b)"), "u: v@d.example", "RFC 5322 3.2.2"},
        {SLICE("U <u(v@d.example)@d.example>"), "u: v@d.example", "RFC 5322 3.2.2"},
        {SLICE("u@d.example (=?utf-8?q?v=40d.example?=)"), "u: v@d.example", "RFC 2047 5"},
        {SLICE("u@d.example (v@\n d.example)"), "u: v@d.example", "RFC 5322 2.2.3"},
        {SLICE("\"v\xC2\xA0@ d.example\" <u@d.example>"), "u: v@d.example", "RFC 5322 4.4"},
        {SLICE("v @ d . example <u@d.example>"), "u: v@d v@d.example", "RFC 5322 4.4"},
        {SLICE("\"v@d\xEF\xB8\x8F.exa\xF3\xA0\x81\x81mple\" <u@d.example>"), "u: v@d.example",
         "UAX 44"},
        {SLICE("\"v@d\xCD\x8F.exa\xE3\x85\xA4mple\" <u@d.example>"), "u: v@d.example", "UAX 44"},
        {SLICE("\"v@d\xD8\x9C.exa\xEF\xBF\xB9mpl\xE1\xA0\x8E"
               "e\" <u@d.example>"),
         "u: v@d.example", "UAX 44"},
        {SLICE("\"v@\xE2\x93\x93.example!\" <u@d.example>"), "u: v@d.example", "UAX 15"},
        {SLICE("\"v@d.example\xE2\x84\xA2\" <u@d.example>"), "u: v@d.example v@d.exampleTM",
         "UAX 15"},
        {SLICE("\"v@d.ex\xD0\xB0mple\" <u@d.example>"), "u: v@d.ex\xD0\xB0mple", "RFC 6532 3.2"},
        {SLICE("J\xC3\xB6rg @ B\xC3\xBCro <u@d.example>"), "u:", "RFC 6532 3.2"},
        {SLICE("Alice @ Work <u@d.example>"), "u: Alice@Work", "RFC 5322 4.1"},
        {SLICE("\"v@d.example\"@e.example"), "v@d.example: v@d.example", "RFC 5322 3.4.1"},
        {SLICE("\"x\".\"v@d.example\"@e.example"), "x.v@d.example: v@d.example x.v@d.example",
         "RFC 5322 4.4"},
        {SLICE("=?utf-8?b?dkBkLmV4Y?= =?utf-8?b?W1wbGU=?= <u@d.example>"), "u: v@d.example",
         "RFC 2047 5"},
        {SLICE("x=?utf-8?q?=20v=40d.example?=y <u@d.example>"), "u: v@d.exampley v@d.example",
         "RFC 2047 5"},
        {SLICE("=?cp1252?q?v=40d.example?= <u@d.example>"), "u: v@d.example", "RFC 2047 6.2"},
        {SLICE("=?x-gbk?q?v=40d.example=D6=D0?= <u@d.example>"), "u: v@d.example\xE4\xB8\xAD",
         "RFC 2047 6.2"},

        {SLICE("u@d.example (v at d.example), (@handle) w@e.example (x@)"),
         "u:; w:", "RFC 5322 3.2.2"},
        {SLICE("u@d.example (a@a.example), w@e.example (b@b.example)"),
         "u: a@a.example; w: b@b.example", "RFC 5322 3.4"},
        {SLICE("(a@a.example), u@d.example, (b@b.example)"), "u: a@a.example b@b.example",
         "RFC 5322 4.4"},
        {SLICE("\"(a@a.example)\" <u@d.example>"), "u: a@a.example", "RFC 5322 3.2.4"},
        {SLICE("\"a@a.example\": u@d.example, v@d.example (b@b.example);"),
         "u: a@a.example; v: b@b.example", "RFC 6854 2.1"},
        {SLICE("\"a@a.example\": u@d.example, v@d.example;, b@b.example: w@e.example;"),
         "u: a@a.example; v:; b:; w: b@b.example", "RFC 6854 2.1"},
        {SLICE("(a@a.example) T: u@d.example; (b@b.example), w@e.example"),
         "u: a@a.example b@b.example; w:", "RFC 6854 2.1"},
    };
    struct arena *arena = arena_new(SIZE_MAX);

    for (size_t i = 0; i < COUNT(cases); i++) {
        struct mailboxes m;

        mailboxes_parse(arena, cases[i].in, &m);
        tap_check(strcmp(shown_hidden(arena, &m), cases[i].out) == 0, "%s: hidden in %.*s: %s",
                  cases[i].section, (int)cases[i].in.len, cases[i].in.at, shown_hidden(arena, &m));
    }
    arena_free(&arena);
}

/* Every reason in the order of the items, "; " between them; then what the names are doubted for.
 */
static const char *
shown_doubts(struct arena *arena, const struct mailboxes *mailboxes)
{
    struct buffer *text = ARENA_NEW(arena, struct buffer);

    buffer_init(text, arena, 1 << 20);
    for (const struct mailbox_doubt *d = mailboxes->doubts; d; d = d->next) {
        buffer_text(text, text->len > 0 ? "; " : "");
        buffer_text(text, d->reason);
    }
    for (const struct mailbox *m = mailboxes->first; m; m = m->next) {
        const char *doubt = mailbox_doubt(arena, m);

        if (doubt)
            buffer_printf(text, "%s%s", text->len > 0 ? "; " : "", doubt);
    }
    return buffer_slice(text).at;
}

static void
test_doubts(void)
{
#define ROUTE "an address has a route before it, as in <@host:address>"
#define GROUP "a group stands in it, as in \"name: address;\""
#define PLACE "an address stands where a name must be"
#define COMMA "a comma is missing behind a mailbox or group"
#define CHARSET "a name is in a charset that programs read in different ways"
#define UNKNOWN "an address may stand in a name whose charset isn't known"
#define TURNS "a name turns the direction of writing"
    const struct field_case cases[] = {
        {SLICE("u@d.example"), "", "RFC 5322 3.4"},
        {SLICE("U <u@d.example>"), "", "RFC 5322 3.4"},
        {SLICE("u@d.example (U), V <v@d.example>,, "), "", "RFC 5322 3.4"},
        {SLICE("John Q. Public <u@d.example>"), "", "RFC 5322 4.1"},
        {SLICE("Dr. M\xC3\xBCller <u@d.example>"), "", "RFC 6532 3.2"},
        {SLICE("Dr. M\xFCller <u@d.example>"), "", "real mail"},
        {SLICE("\"=?utf-8?B?QQ==?=\" <u@d.example>"), "", "real mail"},
        {SLICE("=?utf-8?B?QQ==?=<u@d.example>"), "", "real mail"},
        {SLICE("Team \xE2\x9D\xA4\xEF\xB8\x8F <u@d.example>"), "", "UTS 51"},
        {SLICE("\xD7\x90\xE2\x80\x8E <u@d.example>"), "", "UAX 9"},
        {SLICE("=?x-unheard-of?q?=FF?= <u@d.example>"), "", "RFC 2047 6.2"},
        {SLICE("=?windows-874?q?=A1?= <u@d.example>"), "", "RFC 2047 6.2"},
        {SLICE("Alice [HR] <u@d.example>"), "", "real mail"},
        {SLICE("Alice @ Work <u@d.example>"), "", "real mail"},
        {SLICE("U@D.example <u@d.example>"), "", "real mail"},
        {SLICE("'u@d.example' <u@d.example>"), "", "real mail"},
        {SLICE("u@x (U)"), "", "RFC 5322 3.4"},
        {SLICE("ACME\\alice <u@d.example>"), "", "real mail"},
        {SLICE("\"A. & B. Co., Ltd.\" <u@d.example>"), "", "RFC 5322 3.2.4"},
        {SLICE("\"quoted\"@d.example"), "", "RFC 5322 3.4.1"},
        {SLICE("Alice/Sales/ACME@ACME <u@d.example>"), MAILBOX_DIRECTORY_NAME, "real mail"},
        {SLICE("<@,v@d.example:u@d.example>"), ROUTE, "RFC 5322 4.4"},
        {SLICE("<@v@d.example:u@d.example>"), ROUTE, "RFC 5322 4.4"},
        {SLICE("<@\"v@d.example\":u@d.example>"), ROUTE, "RFC 5322 4.4"},
        {SLICE("\"v@d.example\":;, u@d.example"), GROUP, "RFC 6854 2.1"},
        {SLICE("T: u@d.example;"), GROUP, "RFC 6854 2.1"},
        {SLICE("v@d.example <u@d.example>"), PLACE, "RFC 5322 3.4"},
        {SLICE("'v@d.example' <u@d.example>"), PLACE, "RFC 5322 3.4"},
        {SLICE("v@d.example <v@d.example.example>"), PLACE, "RFC 5322 3.4"},
        {SLICE("Alice"), "an address has no domain", "RFC 5322 3.4"},
        {SLICE("u@d.example, Alice"), "an address has no domain", "RFC 5322 3.4"},
        {SLICE("Alice <>"), "an address is empty", "RFC 5322 3.4"},
        {SLICE("u@d.example v@d.example"), "an address is malformed", "RFC 5322 3.4"},
        {SLICE("<u@d.example> <v@d.example>"), COMMA, "RFC 5322 3.4"},
        {SLICE("<u@d.example> v"), COMMA, "RFC 5322 3.4"},
        {SLICE("<<u@d.example>>"), "\"<\" has no \">\"", "RFC 5322 3.4"},
        {SLICE("u@d.example>"), "\">\" has no \"<\"", "RFC 5322 3.4"},
        {SLICE("\"v <u@d.example>"), "a quoted string has no end", "RFC 5322 3.2.4"},
        {SLICE("A [v <u@d.example>"), "\"[\" has no \"]\"", "RFC 5322 3.4.1"},
        {SLICE("a\\\"b <u@d.example>"), "a quoted string has no end", "RFC 5322 3.2.1"},
        {SLICE("a\\<v@d.example> <u@d.example>"), "a backslash stands outside of quotes",
         "RFC 5322 3.2.1"},
        {SLICE("u\xE2\x80\x8B@d.example"), "its local part holds an invisible character", "UAX 44"},
        {SLICE("=?cp037?q?=83?= <u@d.example>"), CHARSET, "real mail"},
        {SLICE("\"=?IBM-1047?q?=83?=\" <u@d.example>"), CHARSET, "real mail"},
        {SLICE("u@d.example (=?csIBM500?b?gw==?=)"), CHARSET, "real mail"},
        {SLICE("=?utf-7-imap?q?&AGM-?= <u@d.example>"), CHARSET, "RFC 3501 5.1.3"},
        {SLICE("x=?ebcdic-us?q?=83?=x <u@d.example>"), CHARSET, "real mail"},
        {SLICE("=?x-unheard-of?q?v=40d.example?= <u@d.example>"), UNKNOWN, "RFC 2047 6.2"},
        {SLICE("\xE2\x80\xAE"
               "elpmaxe <u@d.example>"),
         TURNS, "UAX 9"},
        {SLICE("\"=?utf-8?q?=E2=80=AD?=\" <u@d.example>"), TURNS, "UAX 9"},
    };
    struct arena *arena = arena_new(SIZE_MAX);

    for (size_t i = 0; i < COUNT(cases); i++) {
        struct mailboxes m;

        mailboxes_parse(arena, cases[i].in, &m);
        tap_check(strcmp(shown_doubts(arena, &m), cases[i].out) == 0, "%s: readings of %.*s: %s",
                  cases[i].section, (int)cases[i].in.len, cases[i].in.at, shown_doubts(arena, &m));
    }
    arena_free(&arena);
}

/* What isn't looked at in every way is said to be so, whatever octets it is of. */
static void
test_long_name(void)
{
    struct arena *arena = arena_new(SIZE_MAX);
    char *text = arena_alloc(arena, 10000);
    struct mailboxes m;

    memset(text, '\xFF', 9000);
    text[0] = text[8999] = '"';
    memcpy(text + 9000, " <u@d.example>", 14);
    mailboxes_parse(arena, (struct slice){text, 9014}, &m);
    tap_check(m.count == 1 && mailbox_doubt(arena, m.first) != NULL, "a name of 9 KB is doubted");
    arena_free(&arena);
}

static void
test_group_names(void)
{
    struct arena *arena = arena_new(SIZE_MAX);
    struct mailboxes m;
    const struct mailbox *last;

    mailboxes_parse(arena, SLICE("=?utf-8?q?T=C3=A9am?= A: u@d.example;, v@d.example"), &m);
    last = m.first->next;
    tap_check(m.first->in_group &&
                  slice_equal(m.first->group, SLICE("T\xC3\xA9"
                                                    "am A")) &&
                  !last->in_group && last->group.len == 0,
              "RFC 6854 2.1: a mailbox knows its group");
    arena_free(&arena);
}

/* A megabyte of one unit must neither take long nor run deep. */
static void
test_floods(void)
{
    static const char *const units[] = {"(",        "<",     ",",    "<>", "\"",   "[",
                                        "(\\",      "a<",    "a:",   "<@", "\"\"", "a@",
                                        "=?",       "a b ",  "a<b>", ">",  ".",    "=?utf-8?q?a?= ",
                                        "=?x?q?a=", "\"\" x"};
    enum { SIZE = 1 << 20 };

    for (size_t i = 0; i < COUNT(units); i++) {
        struct arena *arena = arena_new(SIZE_MAX);
        char *text = arena_alloc(arena, SIZE);
        struct mailboxes m;

        for (size_t k = 0; k < SIZE; k++)
            text[k] = units[i][k % strlen(units[i])];
        mailboxes_parse(arena, (struct slice){text, SIZE}, &m);
        tap_check(mailboxes_count((struct slice){text, SIZE}, 10000) == m.count,
                  "a flood of %s is counted", units[i]);
        for (const struct mailbox *mailbox = m.first; mailbox; mailbox = mailbox->next) {
            struct address *hidden;

            mailbox_hidden(arena, mailbox, &hidden);
        }
        tap_check(m.defect != NULL && m.count <= 10000, "RFC 5322 3.4: a flood of %s: %zu, %s",
                  units[i], m.count, m.defect ? m.defect : "fine");
        arena_free(&arena);
    }
}

/* Counted without being read: the same number, up to the most that is asked for. */
static void
test_count(void)
{
    static const char *const fields[] = {
        "a@b.example",
        "a@b.example, c@d.example",
        "\"a, b\" <a@b.example> (c, d), e@f.example",
        "",
        ",,,",
        "team: a@b.example, <c@d.example>;, e@f.example",
        "a@b.example <c@d.example>",
        "<@x.example,@y.example:a@b.example>, b",
        "<a, b, c",
        "<@a, b, c>, d",
        "a: b: c; d <e> f <g>;",
        "x@y.example: a@b.example;",
        "'a@b.example' <a@b.example>",
        "\\, a < b > c > d ; e : f",
        "\"a, b",
        "(a, b",
        "[a, b",
    };

    for (size_t i = 0; i < COUNT(fields); i++) {
        struct arena *arena = arena_new(SIZE_MAX);
        struct mailboxes m;
        size_t most = 0;

        mailboxes_parse(arena, slice_of(fields[i]), &m);
        while (most < 20 &&
               mailboxes_count(slice_of(fields[i]), most) == (m.count < most ? m.count : most))
            most++;
        tap_check(most == 20, "%zu mailboxes are counted in: %s", m.count, fields[i]);
        arena_free(&arena);
    }
}

int
main(void)
{
    test_count();
    test_good();
    test_groups();
    test_obsolete();
    test_encoded();
    test_bad();
    test_addresses();
    test_hidden();
    test_doubts();
    test_long_name();
    test_group_names();
    test_floods();
    return tap_done();
}
