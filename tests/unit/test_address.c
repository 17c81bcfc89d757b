/* Paths as MAIL and RCPT carry them, and the keys by which addresses compare. */
#include "mail/address.h"

#include "tap.h"

#define A9 "aaaaaaaaa"
#define A63 A9 A9 A9 A9 A9 A9 A9
#define E8 "\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9"
#define U3 "\xCE\xB4\xCE\xBF\xCE\xBA" /* three Greek letters */

#define DOMAIN(defect) (enum address_defect)(ADDRESS_BAD_DOMAIN + (int)(defect))

enum path { MAIL, RCPT };

struct path_case {
    enum path path;
    struct slice in;
    enum address_defect defect;
    struct slice local, domain;
    const char *section;
};

static void
parse(struct arena *arena, const struct path_case *c, struct address *address_r)
{
    if (c->path == MAIL)
        address_parse_reverse_path(arena, c->in, address_r);
    else
        address_parse_forward_path(arena, c->in, address_r);
}

static void
run(const struct path_case *cases, size_t count)
{
    struct arena *arena = arena_new(SIZE_MAX);

    for (size_t i = 0; i < count; i++) {
        const struct path_case *c = &cases[i];
        struct address address;

        parse(arena, c, &address);
        tap_check(address.defect == c->defect && slice_equal(address.local, c->local) &&
                      slice_equal(address.domain, c->domain) && slice_equal(address.raw, c->in),
                  "%s: %s %.*s: %d %s", c->section, c->path == MAIL ? "MAIL" : "RCPT",
                  (int)c->in.len, c->in.at, address.defect, address_defect_text(address.defect));
    }
    arena_free(&arena);
}

#define RUN(cases) run(cases, sizeof cases / sizeof cases[0])
#define GOOD(in, local, domain, section)                                                           \
    {                                                                                              \
        RCPT, SLICE(in), ADDRESS_FINE, SLICE(local), SLICE(domain), section                        \
    }
#define BAD(in, defect, local, domain, section)                                                    \
    {                                                                                              \
        RCPT, SLICE(in), defect, SLICE(local), SLICE(domain), section                              \
    }
#define SENDER(in, defect, local, domain, section)                                                 \
    {                                                                                              \
        MAIL, SLICE(in), defect, SLICE(local), SLICE(domain), section                              \
    }

static void
test_good(void)
{
    const struct path_case cases[] = {
        GOOD("<user@example.com>", "user", "example.com", "RFC 5321 4.1.2"),
        GOOD("<User.Name+tag@Example.COM>", "User.Name+tag", "Example.COM", "RFC 5321 2.4"),
        GOOD("<!#$%&'*+-/=?^_`{|}~@example.org>", "!#$%&'*+-/=?^_`{|}~", "example.org",
             "RFC 5322 3.2.3"),
        GOOD("<\"john doe\"@example.com>", "john doe", "example.com", "RFC 5321 4.1.2"),
        GOOD("<\"john\"@example.com>", "john", "example.com", "RFC 5321 4.1.2"),
        GOOD("<\"jo\\hn\"@example.com>", "john", "example.com", "RFC 5321 4.1.2"),
        GOOD("<\"a\\\"b\"@example.com>", "a\"b", "example.com", "RFC 5321 4.1.2"),
        GOOD("<\"a\\\\\"@example.com>", "a\\", "example.com", "RFC 5321 4.1.2"),
        GOOD("<\"\"@example.com>", "", "example.com", "RFC 5321 4.1.2"),
        GOOD("<\"a@b\"@example.com>", "a@b", "example.com", "RFC 5321 4.1.2"),
        GOOD("<\"a>b\"@example.com>", "a>b", "example.com", "RFC 5321 4.1.2"),
        GOOD("<\"<\"@example.com>", "<", "example.com", "RFC 5321 4.1.2"),
        GOOD("<\"a..b\"@example.com>", "a..b", "example.com", "RFC 5321 4.1.2"),
        GOOD("<user@localhost>", "user", "localhost", "RFC 5321 4.1.2"),
        GOOD("<user@1.2.3.4>", "user", "1.2.3.4", "RFC 5321 4.1.2"),
        GOOD("<user@[1.2.3.4]>", "user", "[1.2.3.4]", "RFC 5321 4.1.3"),
        GOOD("<user@[01.002.3.4]>", "user", "[01.002.3.4]", "RFC 5321 4.1.3"),
        GOOD("<user@[IPv6:2001:db8::1]>", "user", "[IPv6:2001:db8::1]", "RFC 5321 4.1.3"),
        GOOD("<user@[IPv6:::]>", "user", "[IPv6:::]", "RFC 5321 4.1.3"),
        GOOD("<user%host@relay.example>", "user%host", "relay.example", "RFC 5321 4.1.2"),
        GOOD("<host!user@relay.example>", "host!user", "relay.example", "RFC 5321 4.1.2"),
        GOOD("<user@xn--bcher-kva.example>", "user", "xn--bcher-kva.example", "RFC 5890 2.3.2.1"),
        GOOD("<" U3 "@example.com>", U3, "example.com", "RFC 6531 3.3"),
        GOOD("<user@b\xC3\xBC"
             "cher.example>",
             "user",
             "b\xC3\xBC"
             "cher.example",
             "RFC 6531 3.3"),
        GOOD("<\"" U3 " x\"@example.com>", U3 " x", "example.com", "RFC 6531 3.3"),
        GOOD("<a" A63 "@example.com>", "a" A63, "example.com", "RFC 5321 4.5.3.1.1"),
        GOOD("<" E8 E8 E8 E8 "@example.com>", E8 E8 E8 E8, "example.com", "RFC 5321 4.5.3.1.1"),
        GOOD("<a" A63 "@" A63 "." A63 "." A9 A9 A9 A9 A9 A9 "aaaaaaa>", "a" A63,
             A63 "." A63 "." A9 A9 A9 A9 A9 A9 "aaaaaaa", "RFC 5321 4.5.3.1.3"),
    };

    RUN(cases);
}

static void
test_special_paths(void)
{
    const struct path_case cases[] = {
        SENDER("<>", ADDRESS_FINE, "", "", "RFC 5321 4.5.5"),
        SENDER("", ADDRESS_NO_BRACKETS, "", "", "RFC 5321 4.5.5"),
        BAD("<>", ADDRESS_EMPTY, "", "", "RFC 5321 4.1.2"),
        BAD("", ADDRESS_EMPTY, "", "", "RFC 5321 4.1.2"),
        SENDER("< >", ADDRESS_NO_DOMAIN, " ", "", "RFC 5321 4.1.2"),
        GOOD("<Postmaster>", "Postmaster", "", "RFC 5321 4.1.1.3"),
        GOOD("<pOsTmAsTeR>", "pOsTmAsTeR", "", "RFC 5321 4.1.1.3"),
        BAD("postmaster", ADDRESS_NO_BRACKETS, "postmaster", "", "RFC 5321 4.1.1.3"),
        SENDER("<postmaster>", ADDRESS_NO_DOMAIN, "postmaster", "", "RFC 5321 4.1.1.3"),
        /* As local submission hands it on. */
        SENDER("user@example.com", ADDRESS_NO_BRACKETS, "user", "example.com", "RFC 5321 4.1.2"),
        BAD("b@dest.example", ADDRESS_NO_BRACKETS, "b", "dest.example", "RFC 5321 4.1.2"),
        BAD("\"a b\"@dest.example", ADDRESS_NO_BRACKETS, "a b", "dest.example", "RFC 5321 4.1.2"),
        BAD("a..b@dest.example", ADDRESS_BAD_DOTS, "a..b", "dest.example", "RFC 5321 4.1.2"),
        GOOD("<@hosta.int,@jkl.org:userc@d.bar.org>", "userc", "d.bar.org", "RFC 5321 4.1.1.3"),
        GOOD("<@b\xC3\xBC"
             "cher.example:user@example.com>",
             "user", "example.com", "RFC 6531 3.3"),
        BAD("<@hosta.int:@jkl.org:userc@d.bar.org>", ADDRESS_BAD_LOCAL, "@jkl.org:userc",
            "d.bar.org", "RFC 5321 4.1.2"),
        BAD("<@a,b:user@d.example>", ADDRESS_BAD_ROUTE, "user", "d.example", "RFC 5321 4.1.2"),
        BAD("<@:user@d.example>", ADDRESS_BAD_ROUTE, "user", "d.example", "RFC 5321 4.1.2"),
        BAD("<@a,:user@d.example>", ADDRESS_BAD_ROUTE, "user", "d.example", "RFC 5321 4.1.2"),
        BAD("<@a..b:user@d.example>", ADDRESS_BAD_ROUTE, "user", "d.example", "RFC 5321 4.1.2"),
        BAD("<@r.example:>", ADDRESS_EMPTY, "", "", "RFC 5321 4.1.2"),
    };

    RUN(cases);
}

static void
test_bad_brackets(void)
{
    const struct path_case cases[] = {
        BAD("<a@d.example", ADDRESS_UNBALANCED, "a", "d.example", "RFC 5321 4.1.2"),
        BAD("a@d.example>", ADDRESS_UNBALANCED, "a", "d.example>", "RFC 5321 4.1.2"),
        BAD("<<a@d.example>>", ADDRESS_UNBALANCED, "<a", "d.example", "RFC 5321 4.1.2"),
        BAD("Bob <a@d.example>", ADDRESS_UNBALANCED, "a", "d.example", "RFC 5321 4.1.2"),
        BAD("<a@d.example>SIZE=1", ADDRESS_TRAILING_TEXT, "a", "d.example", "RFC 5321 4.1.2"),
        SENDER("<>x", ADDRESS_TRAILING_TEXT, "", "", "RFC 5321 4.1.2"),
        BAD("<\"a@d.example>", ADDRESS_BAD_QUOTING, "\"a", "d.example", "RFC 5321 4.1.2"),
        BAD("<", ADDRESS_UNBALANCED, "", "", "RFC 5321 4.1.2"),
    };

    RUN(cases);
}

static void
test_bad_local(void)
{
    const struct path_case cases[] = {
        BAD("<a..b@example.com>", ADDRESS_BAD_DOTS, "a..b", "example.com", "RFC 5321 4.1.2"),
        BAD("<.a@example.com>", ADDRESS_BAD_DOTS, ".a", "example.com", "RFC 5321 4.1.2"),
        BAD("<a.@example.com>", ADDRESS_BAD_DOTS, "a.", "example.com", "RFC 5321 4.1.2"),
        BAD("<a b@example.com>", ADDRESS_BAD_LOCAL, "a b", "example.com", "RFC 5321 4.1.2"),
        BAD("< a@example.com>", ADDRESS_BAD_LOCAL, " a", "example.com", "RFC 5321 4.1.2"),
        BAD("<a(c)b@example.com>", ADDRESS_BAD_LOCAL, "a(c)b", "example.com", "RFC 5321 4.1.2"),
        BAD("<a,b@example.com>", ADDRESS_BAD_LOCAL, "a,b", "example.com", "RFC 5321 4.1.2"),
        BAD("<a:b@example.com>", ADDRESS_BAD_LOCAL, "a:b", "example.com", "RFC 5321 4.1.2"),
        BAD("<a@b@example.com>", ADDRESS_BAD_LOCAL, "a@b", "example.com", "RFC 5321 4.1.2"),
        BAD("<a\\ b@example.com>", ADDRESS_BAD_LOCAL, "a\\ b", "example.com", "RFC 5321 4.1.2"),
        BAD("<@example.com>", ADDRESS_NO_LOCAL, "", "example.com", "RFC 5321 4.1.2"),
        BAD("<user>", ADDRESS_NO_DOMAIN, "user", "", "RFC 5321 2.3.5"),
        BAD("<\"\">", ADDRESS_NO_DOMAIN, "", "", "RFC 5321 2.3.5"),
        BAD("<user\xEF\xBC\xA0"
            "example.com>",
            ADDRESS_NO_DOMAIN,
            "user\xEF\xBC\xA0"
            "example.com",
            "", "RFC 6531 3.2"),
        BAD("<\"a\".b@example.com>", ADDRESS_BAD_QUOTING, "\"a\".b", "example.com",
            "RFC 5321 4.1.2"),
        BAD("<a\"b\"@example.com>", ADDRESS_BAD_QUOTING, "a\"b\"", "example.com", "RFC 5321 4.1.2"),
        BAD("<\"" U3 "\\\xCE\xB1\"@example.com>", ADDRESS_BAD_QUOTED_PAIR, U3 "\\\xCE\xB1",
            "example.com", "RFC 6531 3.3"),
        BAD("<a" A63 "a@example.com>", ADDRESS_LOCAL_TOO_LONG, "a" A63 "a", "example.com",
            "RFC 5321 4.5.3.1.1"),
        BAD("<" E8 E8 E8 E8 "\xC3\xA9@example.com>", ADDRESS_LOCAL_TOO_LONG, E8 E8 E8 E8 "\xC3\xA9",
            "example.com", "RFC 5321 4.5.3.1.1"),
    };

    RUN(cases);
}

static void
test_bad_domain(void)
{
    const struct path_case cases[] = {
        BAD("<user@>", DOMAIN(DOMAIN_EMPTY), "user", "", "RFC 5321 4.1.2"),
        BAD("<user@example.com.>", DOMAIN(DOMAIN_ROOT_DOT), "user", "example.com.",
            "RFC 5321 4.1.2"),
        BAD("<user@.example.com>", DOMAIN(DOMAIN_EMPTY_LABEL), "user", ".example.com",
            "RFC 5321 4.1.2"),
        BAD("<user@exa_mple.com>", DOMAIN(DOMAIN_BAD_CHARACTER), "user", "exa_mple.com",
            "RFC 5321 4.1.2"),
        BAD("<user@example.com >", DOMAIN(DOMAIN_BAD_CHARACTER), "user", "example.com ",
            "RFC 5321 4.1.2"),
        BAD("<user@#12345>", DOMAIN(DOMAIN_BAD_CHARACTER), "user", "#12345", "RFC 5321 F.4"),
        BAD("<user@" A63 "a.example>", DOMAIN(DOMAIN_LABEL_TOO_LONG), "user", A63 "a.example",
            "RFC 1035 2.3.4"),
        BAD("<user@[]>", DOMAIN(DOMAIN_LITERAL_MALFORMED), "user", "[]", "RFC 5321 4.1.3"),
        BAD("<user@[1.2.3]>", DOMAIN(DOMAIN_LITERAL_IPV4), "user", "[1.2.3]", "RFC 5321 4.1.3"),
        BAD("<user@[2001:db8::1]>", DOMAIN(DOMAIN_LITERAL_TAG), "user", "[2001:db8::1]",
            "RFC 5321 4.1.3"),
        BAD("<user@[1.2.3.4].com>", DOMAIN(DOMAIN_LITERAL_OPEN), "user", "[1.2.3.4].com",
            "RFC 5321 4.1.3"),
        BAD("<u@" A63 "." A63 "." A63 "." A63 ".a>", DOMAIN(DOMAIN_TOO_LONG), "u",
            A63 "." A63 "." A63 "." A63 ".a", "RFC 5321 4.5.3.1.2"),
        BAD("<u@" A63 "." A63 "." A63 "." A63 ">", DOMAIN(DOMAIN_TOO_LONG), "u",
            A63 "." A63 "." A63 "." A63, "RFC 5321 4.5.3.1.3"),
    };

    RUN(cases);
}

static void
test_bad_octets(void)
{
    const struct path_case cases[] = {
        BAD("<\"a\tb\"@example.com>", ADDRESS_CONTROL, "a\tb", "example.com", "RFC 5321 4.1.2"),
        BAD("<us\x01"
            "er@example.com>",
            ADDRESS_CONTROL,
            "us\x01"
            "er",
            "example.com", "RFC 5321 4.1.2"),
        BAD("<us\x7F"
            "er@example.com>",
            ADDRESS_CONTROL,
            "us\x7F"
            "er",
            "example.com", "RFC 5321 4.1.2"),
        BAD("<us\0er@example.com>", ADDRESS_CONTROL, "us\0er", "example.com", "RFC 5321 4.1.2"),
        BAD("<jos\xE9@example.com>", ADDRESS_BAD_UTF8, "jos\xE9", "example.com", "RFC 3629 3"),
        BAD("<a\xC0\xAE"
            "b@example.com>",
            ADDRESS_BAD_UTF8,
            "a\xC0\xAE"
            "b",
            "example.com", "RFC 3629 10"),
        BAD("<a\xED\xA0\x80"
            "b@example.com>",
            ADDRESS_BAD_UTF8,
            "a\xED\xA0\x80"
            "b",
            "example.com", "RFC 3629 3"),
    };

    RUN(cases);
}

/* RFC 6531 section 3.3 allows these, and nobody should have them; a matter of syntax goes first. */
static void
test_doubts(void)
{
    static const struct {
        const char *local, *domain;
        enum address_defect defect;
        const char *section;
    } cases[] = {
        {"a\xC2\x80", "d.example", ADDRESS_C1_CONTROL, "RFC 5198 2"},
        {"a\xC2\x9F", "d.example", ADDRESS_C1_CONTROL, "RFC 5198 2"},
        {"a\xE2\x80\xA9", "d.example", ADDRESS_C1_CONTROL, "RFC 5198 2"},
        {"a\xC2\xAD", "d.example", ADDRESS_INVISIBLE, "RFC 8264 9.13"},
        {"a\xD8\x9C", "d.example", ADDRESS_INVISIBLE, "RFC 8264 9.13"},
        {"a\xE1\xA0\x8E", "d.example", ADDRESS_INVISIBLE, "RFC 8264 9.13"},
        {"a\xE2\x80\x8E", "d.example", ADDRESS_INVISIBLE, "RFC 8264 9.13"},
        {"a\xE2\x81\xA0", "d.example", ADDRESS_INVISIBLE, "RFC 8264 9.13"},
        {"a\xE2\x81\xA9", "d.example", ADDRESS_INVISIBLE, "RFC 8264 9.13"},
        {"a\xEF\xB8\x8F", "d.example", ADDRESS_INVISIBLE, "RFC 8264 9.13"},
        {"a\xEF\xBF\xB9", "d.example", ADDRESS_INVISIBLE, "RFC 8264 9.13"},
        {"a\xCD\x8F", "d.example", ADDRESS_INVISIBLE, "RFC 8264 9.13"},
        {"a\xE1\x85\x9F", "d.example", ADDRESS_INVISIBLE, "RFC 8264 9.13"},
        {"a\xE3\x85\xA4", "d.example", ADDRESS_INVISIBLE, "RFC 8264 9.13"},
        {"a\xE2\xA0\x80", "d.example", ADDRESS_INVISIBLE, "nothing is seen of it"},
        {"a\xF3\xA0\x81\xBF", "d.example", ADDRESS_INVISIBLE, "RFC 8264 9.13"},
        {"a\xF3\xA0\x84\x80", "d.example", ADDRESS_INVISIBLE, "RFC 8264 9.13"},
        {"a\xE1\x9A\x80", "d.example", ADDRESS_FOREIGN_SPACE, "RFC 8264 9.14"},
        {"a\xE2\x80\x8A", "d.example", ADDRESS_FOREIGN_SPACE, "RFC 8264 9.14"},
        {"a\xE2\x80\xAF", "d.example", ADDRESS_FOREIGN_SPACE, "RFC 8264 9.14"},
        {"a\xE2\x81\x9F", "d.example", ADDRESS_FOREIGN_SPACE, "RFC 8264 9.14"},
        {"a\xE3\x80\x80", "d.example", ADDRESS_FOREIGN_SPACE, "RFC 8264 9.14"},
        {"a\xEF\xBC\xA0", "d.example", ADDRESS_FALSE_DELIMITER, "RFC 6531 3.3"},
        {"a\xEF\xBC\x8E", "d.example", ADDRESS_FALSE_DELIMITER, "RFC 6531 3.3"},
        {"a\xE3\x80\x82", "d.example", ADDRESS_FALSE_DELIMITER, "RFC 6531 3.3"},
        {"a\xEF\xB9\x92", "d.example", ADDRESS_FALSE_DELIMITER, "RFC 6531 3.3"},
        {"a\xE2\x80\xA4", "d.example", ADDRESS_FALSE_DELIMITER, "RFC 6531 3.3"},
        {"a\xEF\xB7\x90", "d.example", ADDRESS_NONCHARACTER, "RFC 8264 9.13"},
        {"a\xF0\x9F\xBF\xBE", "d.example", ADDRESS_NONCHARACTER, "RFC 8264 9.13"},
        /* Neighbours of those above. */
        {"a\xC2\xA1", "d.example", ADDRESS_FINE, "RFC 6531 3.3"},
        {"a\xE2\x80\x90", "d.example", ADDRESS_FINE, "RFC 6531 3.3"},
        {"a\xEF\xBF\xBD", "d.example", ADDRESS_FINE, "RFC 6531 3.3"},
        {"\xE0\xA4\x95\xE0\xA5\x8D\xE2\x80\x8D\xE0\xA4\xB7", "d.example", ADDRESS_FINE,
         "RFC 5892 A.2"},
        {"\xE0\xA4\x95\xE2\x80\x8D\xE0\xA4\xB7", "d.example", ADDRESS_BAD_JOINER, "RFC 5892 A.2"},
        {"\xD9\x87\xE2\x80\x8D\xD8\xA7", "d.example", ADDRESS_BAD_JOINER, "RFC 5892 A.2"},
        {"\xD9\x87\xE2\x80\x8C\xD8\xA7", "d.example", ADDRESS_FINE, "RFC 5892 A.1"},
        {"\xD9\x87\xD9\x8E\xE2\x80\x8C\xD9\x8E\xD8\xA7", "d.example", ADDRESS_FINE, "RFC 5892 A.1"},
        {"\xD8\xA7\xE2\x80\x8C\xD8\xA7", "d.example", ADDRESS_BAD_JOINER, "RFC 5892 A.1"},
        {"a\xE2\x80\x8C"
         "b",
         "d.example", ADDRESS_BAD_JOINER, "RFC 5892 A.1"},
        {"\xE2\x80\x8C", "d.example", ADDRESS_BAD_JOINER, "RFC 5892 A.1"},
        {"\xD9\x87\xE2\x80\x8C", "d.example", ADDRESS_BAD_JOINER, "RFC 5892 A.1"},
        {"a\xC2\x80..b", "d.example", ADDRESS_BAD_DOTS, "RFC 5321 4.1.2"},
        {"a\xC2\x80", "d..example", DOMAIN(DOMAIN_EMPTY_LABEL), "RFC 5321 4.1.2"},
        {"a", "xn--a..example", DOMAIN(DOMAIN_EMPTY_LABEL), "RFC 5321 4.1.2"},
        /* What many systems give out, beside what none does. */
        {"a..b", "-d.example", DOMAIN(DOMAIN_EDGE_HYPHEN), "RFC 5321 4.1.2"},
        {"a..b", "xn--a.example", ADDRESS_BAD_DOTS, "RFC 5321 4.1.2"},
        {"a..b" A63, "d.example", ADDRESS_BAD_DOTS, "RFC 5321 4.1.2"},
        {"ab" A63, "d..example", DOMAIN(DOMAIN_EMPTY_LABEL), "RFC 5321 4.1.2"},
        {A63 A63 A63 A63, "d.example", ADDRESS_PATH_TOO_LONG, "RFC 5321 4.5.3.1.3"},
    };
    struct arena *arena = arena_new(SIZE_MAX);

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const char *path = arena_printf(arena, "<%s@%s>", cases[i].local, cases[i].domain);
        struct address address;

        address_parse_forward_path(arena, slice_of(path), &address);
        tap_check(address.defect == cases[i].defect, "%s: %s: %s", cases[i].section, path,
                  address_defect_text(address.defect));
        path = arena_printf(arena, "%s@%s", cases[i].local, cases[i].domain);
        address_parse_forward_path(arena, slice_of(path), &address);
        tap_check(address.defect ==
                      (cases[i].defect == ADDRESS_FINE ? ADDRESS_NO_BRACKETS : cases[i].defect),
                  "%s: and without brackets", cases[i].section);
    }
    arena_free(&arena);
}

static void
test_flags(void)
{
    const struct {
        enum path path;
        struct slice in;
        bool null, postmaster, utf8;
        struct slice mailbox;
        const char *section;
    } cases[] = {
        {MAIL, SLICE("<>"), true, false, false, SLICE(""), "RFC 5321 4.5.5"},
        {MAIL, SLICE(""), true, false, false, SLICE(""), "RFC 5321 4.5.5"},
        {MAIL, SLICE("<>x"), true, false, false, SLICE(""), "RFC 5321 4.5.5"},
        {RCPT, SLICE("<>"), false, false, false, SLICE(""), "RFC 5321 4.1.2"},
        {RCPT, SLICE("<PostMaster>"), false, true, false, SLICE("PostMaster"), "RFC 5321 4.1.1.3"},
        {RCPT, SLICE("<postmaster@d.example>"), false, false, false, SLICE("postmaster@d.example"),
         "RFC 5321 4.5.1"},
        {MAIL, SLICE("<postmaster>"), false, false, false, SLICE("postmaster"), "RFC 5321 4.1.1.3"},
        {RCPT, SLICE("<@r.example:\"a\"@d.example>"), false, false, false, SLICE("\"a\"@d.example"),
         "RFC 5321 4.1.1.3"},
        {RCPT, SLICE("<@\xC3\xBC.example:a@d.example>"), false, false, true, SLICE("a@d.example"),
         "RFC 6531 3.4"},
        {RCPT, SLICE("<\xC3\xBC@d.example>"), false, false, true, SLICE("\xC3\xBC@d.example"),
         "RFC 6531 3.4"},
    };
    struct arena *arena = arena_new(SIZE_MAX);

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct address address;

        parse(arena, &(struct path_case){.path = cases[i].path, .in = cases[i].in}, &address);
        tap_check(address.null == cases[i].null && address.postmaster == cases[i].postmaster &&
                      address.utf8 == cases[i].utf8 && slice_equal(address.path, cases[i].mailbox),
                  "%s: what %.*s is", cases[i].section, (int)cases[i].in.len, cases[i].in.at);
    }
    arena_free(&arena);
}

static struct slice
key(struct arena *arena, struct slice text, enum local_case local_case)
{
    struct address address;

    if (text.at[0] == '<')
        address_parse_forward_path(arena, text, &address);
    else
        address_parse_mailbox(arena, text, &address);
    return address_key(arena, &address, local_case);
}

static void
test_equality(void)
{
    const struct {
        const char *a, *b;
        bool exact, ignore; /* equal under this setting */
        const char *section;
    } cases[] = {
        {"a@Example.COM", "a@example.com", true, true, "RFC 5321 2.4"},
        {"A@example.com", "a@example.com", false, true, "RFC 5321 2.4"},
        {"\"a\"@example.com", "a@example.com", true, true, "RFC 5321 4.1.2"},
        {"\"a\\b\"@example.com", "ab@example.com", true, true, "RFC 5321 4.1.2"},
        {"\"a b\"@example.com", "\"a  b\"@example.com", false, false, "RFC 5321 4.1.2"},
        {"\"a@b\"@c.example", "a@b@c.example", true, true, "RFC 5321 4.1.2"},
        {"a@b\xC3\xBC"
         "cher.example",
         "a@xn--bcher-kva.example", true, true, "RFC 5890 2.3.2.4"},
        {"a@b\xC3\xBC"
         "cher.example",
         "a@XN--BCHER-KVA.EXAMPLE", true, true, "RFC 5890 2.3.2.4"},
        {"a@fa\xC3\x9F.example", "a@fass.example", false, false, "RFC 5894 7.2"},
        {"b\xC3\xBC"
         "cher@example.com",
         "xn--bcher-kva@example.com", false, false, "RFC 6530 7.1"},
        {"jose\xCC\x81@example.com", "jos\xC3\xA9@example.com", true, true, "RFC 6532 3.1"},
        {"JOS\xC3\x89@example.com", "jos\xC3\xA9@example.com", false, true, "RFC 6532 3.1"},
        {"\xEF\xBD\x95ser@example.com", "user@example.com", false, false, "RFC 6532 3.1"},
        {"stra\xC3\x9F"
         "e@example.com",
         "strasse@example.com", false, false, "RFC 5321 2.4"},
        {"a@[1.2.3.4]", "a@[01.2.3.4]", true, true, "RFC 5321 4.1.3"},
        {"a@[IPv6:::1]", "a@[ipv6:0:0:0:0:0:0:0:1]", true, true, "RFC 5321 4.1.3"},
        {"a@example.com.", "a@example.com", true, true, "RFC 1034 3.1"},
        {"a@[1.2.3.4]", "a@1.2.3.4", false, false, "RFC 5321 4.1.3"},
        {"<@x.example:a@y.example>", "a@y.example", true, true, "RFC 5321 4.1.1.3"},
        {"a+b@example.com", "a@example.com", false, false, "RFC 5233 1"},
        {"a@ex\xE2\x80\x8B"
         "ample.com",
         "a@example.com", false, false, "RFC 5892 2"},
        {"a@\xD0\xB0\xD1\x80\xD1\x80\xD3\x8F\xD0\xB5.example", "a@apple.example", false, false,
         "RFC 5890 4.4"},
        {"postmaster@d.example", "POSTMASTER@d.example", true, true, "RFC 5321 4.5.1"},
        {"<Postmaster>", "<POSTMASTER>", true, true, "RFC 5321 4.1.1.3"},
    };
    struct arena *arena = arena_new(SIZE_MAX);

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct slice a = slice_of(cases[i].a);
        struct slice b = slice_of(cases[i].b);
        bool exact = slice_equal(key(arena, a, LOCAL_CASE_EXACT), key(arena, b, LOCAL_CASE_EXACT));
        bool ignore =
            slice_equal(key(arena, a, LOCAL_CASE_IGNORE), key(arena, b, LOCAL_CASE_IGNORE));

        tap_check(exact == cases[i].exact && ignore == cases[i].ignore, "%s: %s and %s: %d, %d",
                  cases[i].section, cases[i].a, cases[i].b, exact, ignore);
    }
    arena_free(&arena);
}

static void
test_keys(void)
{
    const struct {
        const char *in, *key;
    } cases[] = {
        {"<a@d.example>", "a@d.example"},
        {"<\"a b\"@D.example>", "\"a b\"@d.example"},
        {"<\"a\\\"b\"@d.example>", "\"a\\\"b\"@d.example"},
        {"<\"\"@d.example>", "\"\"@d.example"},
        {"<PostMaster>", "postmaster"},
        {"<User>", "user"},
    };
    struct arena *arena = arena_new(SIZE_MAX);
    struct address address;

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        tap_check(slice_equal(key(arena, slice_of(cases[i].in), LOCAL_CASE_IGNORE),
                              slice_of(cases[i].key)),
                  "RFC 5321 4.1.2: key of %s", cases[i].in);
    address_parse_reverse_path(arena, SLICE("<>"), &address);
    tap_check(address_key(arena, &address, LOCAL_CASE_IGNORE).len == 0,
              "RFC 5321 4.5.5: key of <>");
    arena_reset(arena);
    address_parse_forward_path(arena, SLICE("<user.name@mail.example.com>"), &address);
    tap_check(slice_equal(address_key(arena, &address, LOCAL_CASE_IGNORE),
                          SLICE("user.name@mail.example.com")) &&
                  arena_used(arena) == 0,
              "RFC 5321 4.1.2: an ordinary address costs no memory");
    arena_free(&arena);
}

static void
test_detail(void)
{
    const struct {
        struct slice local;
        const char *delimiters;
        bool split;
        struct slice base, detail;
    } cases[] = {
        {SLICE("a+b"), "+", true, SLICE("a"), SLICE("b")},
        {SLICE("a+b+c"), "+", true, SLICE("a"), SLICE("b+c")},
        {SLICE("a-b+c"), "+-", true, SLICE("a"), SLICE("b+c")},
        {SLICE("a+"), "+", true, SLICE("a"), SLICE("")},
        {SLICE("+a"), "+", false, SLICE(""), SLICE("")},
        {SLICE("+a+b"), "+", false, SLICE(""), SLICE("")},
        {SLICE("a"), "+", false, SLICE(""), SLICE("")},
        {SLICE("a+b"), "", false, SLICE(""), SLICE("")},
        {SLICE("a\0b"), "+", false, SLICE(""), SLICE("")},
        {SLICE(""), "+", false, SLICE(""), SLICE("")},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct slice base = SLICE(""), detail = SLICE("");
        bool split = local_part_detail(cases[i].local, cases[i].delimiters, &base, &detail);

        tap_check(split == cases[i].split && (!split || (slice_equal(base, cases[i].base) &&
                                                         slice_equal(detail, cases[i].detail))),
                  "RFC 5233 1: detail of %.*s by \"%s\"", (int)cases[i].local.len,
                  cases[i].local.at, cases[i].delimiters);
    }
}

static void
test_texts(void)
{
    bool all = true;

    for (int defect = ADDRESS_FINE + 1; defect < ADDRESS_DEFECTS; defect++)
        all = all && address_defect_text(defect)[0] != '\0';
    tap_check(all && address_defect_text(ADDRESS_FINE)[0] == '\0', "every defect has a text");
}

int
main(void)
{
    test_good();
    test_special_paths();
    test_bad_brackets();
    test_bad_local();
    test_bad_domain();
    test_bad_octets();
    test_doubts();
    test_flags();
    test_equality();
    test_keys();
    test_detail();
    test_texts();
    return tap_done();
}
