/* Every kind of address that MAIL and RCPT may carry: whether it is valid, why not, with which
 * reply, what it takes to send it, and its canonical form. */
#include "mail/address.h"

#include "../unit/tap.h"

#define X5(s) s s s s s
#define X10(s) X5(s) X5(s)
#define X50(s) X10(s) X10(s) X10(s) X10(s) X10(s)
#define X60(s) X50(s) X10(s)

enum path { MAIL, RCPT };

/* DOUBT: the grammar has no objection, and the reason is a matter of policy. */
enum verdict { VALID, DOUBT, INVALID };

#define DOMAIN(defect) (enum address_defect)(ADDRESS_BAD_DOMAIN + (int)(defect))

static const struct {
    enum path path;
    struct slice in;
    enum verdict verdict;
    enum address_defect defect; /* under strict IDNA */
    bool smtputf8;
    const char *canonical; /* NULL where the address is invalid */
    const char *section;
} cases[] = {
    {MAIL, SLICE("<user@example.com>"), VALID, ADDRESS_FINE, false, "user@example.com",
     "RFC 5321 4.1.2"},
    {MAIL, SLICE("<User.Name+tag@Example.COM>"), VALID, ADDRESS_FINE, false,
     "User.Name+tag@example.com", "RFC 5321 2.4"},
    {MAIL, SLICE("<!#$%&'*+-/=?^_`{|}~@example.org>"), VALID, ADDRESS_FINE, false,
     "!#$%&'*+-/=?^_`{|}~@example.org", "RFC 5322 3.2.3"},
    {RCPT, SLICE("<\"john doe\"@example.com>"), VALID, ADDRESS_FINE, false,
     "\"john doe\"@example.com", "RFC 5321 4.1.2"},
    {RCPT, SLICE("<\"john\"@example.com>"), VALID, ADDRESS_FINE, false, "john@example.com",
     "RFC 5321 4.1.2"},
    {RCPT, SLICE("<\"jo\\hn\"@example.com>"), VALID, ADDRESS_FINE, false, "john@example.com",
     "RFC 5321 4.1.2"},
    {RCPT, SLICE("<\"a\\\"b\"@example.com>"), VALID, ADDRESS_FINE, false, "\"a\\\"b\"@example.com",
     "RFC 5321 4.1.2"},
    {RCPT, SLICE("<\"\"@example.com>"), VALID, ADDRESS_FINE, false, "\"\"@example.com",
     "RFC 5321 4.1.2"},
    {RCPT, SLICE("<\"a@b\"@example.com>"), VALID, ADDRESS_FINE, false, "\"a@b\"@example.com",
     "RFC 5321 4.1.2"},
    {RCPT, SLICE("<\"a..b\"@example.com>"), VALID, ADDRESS_FINE, false, "\"a..b\"@example.com",
     "RFC 5321 4.1.2"},
    {RCPT, SLICE("<a..b@example.com>"), INVALID, ADDRESS_BAD_DOTS, false, NULL, "RFC 5321 4.1.2"},
    {RCPT, SLICE("<.a@example.com>"), INVALID, ADDRESS_BAD_DOTS, false, NULL, "RFC 5321 4.1.2"},
    {RCPT, SLICE("<a.@example.com>"), INVALID, ADDRESS_BAD_DOTS, false, NULL, "RFC 5321 4.1.2"},
    {RCPT, SLICE("<a b@example.com>"), INVALID, ADDRESS_BAD_LOCAL, false, NULL, "RFC 5321 4.1.2"},
    {RCPT, SLICE("<a(c)b@example.com>"), INVALID, ADDRESS_BAD_LOCAL, false, NULL, "RFC 5321 4.1.2"},
    {RCPT, SLICE("<a,b@example.com>"), INVALID, ADDRESS_BAD_LOCAL, false, NULL, "RFC 5321 4.1.2"},
    {RCPT, SLICE("<user@>"), INVALID, DOMAIN(DOMAIN_EMPTY), false, NULL, "RFC 5321 4.1.2"},
    {RCPT, SLICE("<@example.com>"), INVALID, ADDRESS_NO_LOCAL, false, NULL, "RFC 5321 4.1.2"},
    {RCPT, SLICE("<user>"), INVALID, ADDRESS_NO_DOMAIN, false, NULL, "RFC 5321 2.3.5"},
    {RCPT, SLICE("<Postmaster>"), VALID, ADDRESS_FINE, false, "postmaster", "RFC 5321 4.1.1.3"},
    {RCPT, SLICE("<pOsTmAsTeR>"), VALID, ADDRESS_FINE, false, "postmaster", "RFC 5321 4.1.1.3"},
    {MAIL, SLICE("<postmaster>"), INVALID, ADDRESS_NO_DOMAIN, false, NULL, "RFC 5321 4.1.1.3"},
    {MAIL, SLICE("<>"), VALID, ADDRESS_FINE, false, "<>", "RFC 5321 4.5.5"},
    {RCPT, SLICE("<>"), INVALID, ADDRESS_EMPTY, false, NULL, "RFC 5321 4.1.2"},
    {MAIL, SLICE("< >"), INVALID, ADDRESS_NO_DOMAIN, false, NULL, "RFC 5321 4.1.2"},
    {MAIL, SLICE("user@example.com"), INVALID, ADDRESS_NO_BRACKETS, false, NULL, "RFC 5321 4.1.2"},
    {RCPT, SLICE("<user@example.com.>"), INVALID, DOMAIN(DOMAIN_ROOT_DOT), false, NULL,
     "RFC 5321 4.1.2"},
    {RCPT, SLICE("<user@.example.com>"), INVALID, DOMAIN(DOMAIN_EMPTY_LABEL), false, NULL,
     "RFC 5321 4.1.2"},
    {RCPT, SLICE("<user@example..com>"), INVALID, DOMAIN(DOMAIN_EMPTY_LABEL), false, NULL,
     "RFC 5321 4.1.2"},
    {RCPT, SLICE("<user@-example.com>"), INVALID, DOMAIN(DOMAIN_EDGE_HYPHEN), false, NULL,
     "RFC 5321 4.1.2"},
    {RCPT, SLICE("<user@example-.com>"), INVALID, DOMAIN(DOMAIN_EDGE_HYPHEN), false, NULL,
     "RFC 5321 4.1.2"},
    {RCPT, SLICE("<user@exa_mple.com>"), INVALID, DOMAIN(DOMAIN_BAD_CHARACTER), false, NULL,
     "RFC 5321 4.1.2"},
    {RCPT, SLICE("<user@localhost>"), VALID, ADDRESS_FINE, false, "user@localhost",
     "RFC 5321 2.3.5"},
    {RCPT, SLICE("<user@1.2.3.4>"), VALID, ADDRESS_FINE, false, "user@1.2.3.4", "RFC 5321 4.1.2"},
    {RCPT, SLICE("<user@[1.2.3.4]>"), VALID, ADDRESS_FINE, false, "user@[1.2.3.4]",
     "RFC 5321 4.1.3"},
    {RCPT, SLICE("<user@[01.002.3.4]>"), VALID, ADDRESS_FINE, false, "user@[1.2.3.4]",
     "RFC 5321 4.1.3"},
    {RCPT, SLICE("<user@[256.1.1.1]>"), INVALID, DOMAIN(DOMAIN_LITERAL_IPV4), false, NULL,
     "RFC 5321 4.1.3"},
    {RCPT, SLICE("<user@[1.2.3]>"), INVALID, DOMAIN(DOMAIN_LITERAL_IPV4), false, NULL,
     "RFC 5321 4.1.3"},
    {RCPT, SLICE("<user@[IPv6:2001:db8::1]>"), VALID, ADDRESS_FINE, false,
     "user@[IPv6:2001:db8::1]", "RFC 5321 4.1.3"},
    {RCPT, SLICE("<user@[ipv6:2001:DB8:0:0::1]>"), VALID, ADDRESS_FINE, false,
     "user@[IPv6:2001:db8::1]", "RFC 5321 4.1.3"},
    {RCPT, SLICE("<user@[2001:db8::1]>"), INVALID, DOMAIN(DOMAIN_LITERAL_TAG), false, NULL,
     "RFC 5321 4.1.3"},
    {RCPT, SLICE("<user@[IPv6:1:2:3:4:5:6:7:8]>"), VALID, ADDRESS_FINE, false,
     "user@[IPv6:1:2:3:4:5:6:7:8]", "RFC 5321 4.1.3"},
    {RCPT, SLICE("<user@[IPv6:1:2:3:4:5:6:7::]>"), INVALID, DOMAIN(DOMAIN_LITERAL_IPV6), false,
     NULL, "RFC 5321 4.1.3"},
    {RCPT, SLICE("<user@[IPv6:::]>"), VALID, ADDRESS_FINE, false, "user@[IPv6:::]",
     "RFC 5321 4.1.3"},
    {RCPT, SLICE("<user@[IPv6:::ffff:1.2.3.4]>"), VALID, ADDRESS_FINE, false,
     "user@[IPv6:::ffff:102:304]", "RFC 5321 4.1.3"},
    {RCPT, SLICE("<user@[IPv6:1::2::3]>"), INVALID, DOMAIN(DOMAIN_LITERAL_IPV6), false, NULL,
     "RFC 5321 4.1.3"},
    {RCPT, SLICE("<user@[IPv6:fe80::1%eth0]>"), INVALID, DOMAIN(DOMAIN_LITERAL_IPV6), false, NULL,
     "RFC 5321 4.1.3"},
    {RCPT, SLICE("<user@[IPv6:12345::1]>"), INVALID, DOMAIN(DOMAIN_LITERAL_IPV6), false, NULL,
     "RFC 5321 4.1.3"},
    {RCPT, SLICE("<user@[x400:foo]>"), INVALID, DOMAIN(DOMAIN_LITERAL_TAG), false, NULL,
     "RFC 5321 4.1.3"},
    {RCPT, SLICE("<user@[]>"), INVALID, DOMAIN(DOMAIN_LITERAL_MALFORMED), false, NULL,
     "RFC 5321 4.1.3"},
    {RCPT, SLICE("<user@[1.2.3.4].com>"), INVALID, DOMAIN(DOMAIN_LITERAL_OPEN), false, NULL,
     "RFC 5321 4.1.3"},
    {RCPT, SLICE("<user@#12345>"), INVALID, DOMAIN(DOMAIN_BAD_CHARACTER), false, NULL,
     "RFC 5321 F.4"},
    {RCPT,
     SLICE("<" X60("a") "aaaa"
                        "@example.com>"),
     VALID, ADDRESS_FINE, false,
     X60("a") "aaaa"
              "@example.com",
     "RFC 5321 4.5.3.1.1"},
    {RCPT, SLICE("<" X60("a") X5("a") "@example.com>"), INVALID, ADDRESS_LOCAL_TOO_LONG, false,
     NULL, "RFC 5321 4.5.3.1.1"},
    {RCPT,
     SLICE("<u@" X60("a") "aaa"
                          ".example>"),
     VALID, ADDRESS_FINE, false,
     "u@" X60("a") "aaa"
                   ".example",
     "RFC 1035 2.3.4"},
    {RCPT,
     SLICE("<u@" X60("a") "aaaa"
                          ".example>"),
     INVALID, DOMAIN(DOMAIN_LABEL_TOO_LONG), false, NULL, "RFC 1035 2.3.4"},
    {RCPT,
     SLICE("<" X60("a") "aaaa"
                        "@" X60("b") "bbb"
                                     "." X60("c") "ccc"
                                                  "." X60("d") "d"
                                                               ">"),
     VALID, ADDRESS_FINE, false,
     X60("a") "aaaa"
              "@" X60("b") "bbb"
                           "." X60("c") "ccc"
                                        "." X60("d") "d",
     "RFC 5321 4.5.3.1.3"},
    {RCPT,
     SLICE("<" X60("a") "aaaa"
                        "@" X60("b") "bbb"
                                     "." X60("c") "ccc"
                                                  "." X60("d") "dd"
                                                               ">"),
     INVALID, ADDRESS_PATH_TOO_LONG, false, NULL, "RFC 5321 4.5.3.1.3"},
    {RCPT, SLICE("<@hosta.int,@jkl.org:userc@d.bar.org>"), VALID, ADDRESS_FINE, false,
     "userc@d.bar.org", "RFC 5321 4.1.1.3"},
    {RCPT, SLICE("<@hosta.int:@jkl.org:userc@d.bar.org>"), INVALID, ADDRESS_BAD_LOCAL, false, NULL,
     "RFC 5321 4.1.2"},
    {RCPT, SLICE("<user%host@relay.example>"), VALID, ADDRESS_FINE, false,
     "user%host@relay.example", "RFC 5321 4.1.2"},
    {RCPT, SLICE("<host!user@relay.example>"), VALID, ADDRESS_FINE, false,
     "host!user@relay.example", "RFC 5321 4.1.2"},
    {RCPT,
     SLICE("<\"a\x09"
           "b\"@example.com>"),
     INVALID, ADDRESS_CONTROL, false, NULL, "RFC 5321 4.1.2"},
    {RCPT,
     SLICE("<us\x01"
           "er@example.com>"),
     INVALID, ADDRESS_CONTROL, false, NULL, "RFC 5321 4.1.2"},
    {RCPT,
     SLICE("<us\x7F"
           "er@example.com>"),
     INVALID, ADDRESS_CONTROL, false, NULL, "RFC 5321 4.1.2"},
    {RCPT, SLICE("<user@xn--bcher-kva.example>"), VALID, ADDRESS_FINE, false,
     "user@xn--bcher-kva.example", "RFC 5890 2.3.2.1"},
    {RCPT, SLICE("<user@XN--BCHER-KVA.Example>"), VALID, ADDRESS_FINE, false,
     "user@xn--bcher-kva.example", "RFC 5890 2.3.2.4"},
    {RCPT, SLICE("<user@xn--a.example>"), DOUBT, DOMAIN(DOMAIN_FAKE_A_LABEL), false,
     "user@xn--a.example", "RFC 5890 2.3.2.1"},
    {RCPT, SLICE("<user@ab--cd.example>"), DOUBT, DOMAIN(DOMAIN_RESERVED_LDH), false,
     "user@ab--cd.example", "RFC 5890 2.3.1"},
    {MAIL, SLICE("<δοκιμή@example.com>"), VALID, ADDRESS_FINE, true, "δοκιμή@example.com",
     "RFC 6531 3.3"},
    {MAIL, SLICE("<user@bücher.example>"), VALID, ADDRESS_FINE, true, "user@xn--bcher-kva.example",
     "RFC 6531 3.3"},
    {RCPT, SLICE("<用户@例子.广告>"), VALID, ADDRESS_FINE, true, "用户@xn--fsqu00a.xn--4rr70v",
     "RFC 6531 3.3"},
    {RCPT, SLICE("<user@BÜCHER.example>"), INVALID, DOMAIN(DOMAIN_UPPER_CASE), false, NULL,
     "RFC 5892 2.8"},
    {RCPT, SLICE("<user@faß.example>"), VALID, ADDRESS_FINE, true, "user@xn--fa-hia.example",
     "RFC 5892 2.6"},
    {RCPT, SLICE("<user@fass.example>"), VALID, ADDRESS_FINE, false, "user@fass.example",
     "RFC 5892 2.6"},
    {RCPT, SLICE("<bücher@xn--bcher-kva.example>"), VALID, ADDRESS_FINE, true,
     "bücher@xn--bcher-kva.example", "RFC 6531 3.3"},
    {RCPT, SLICE("<user@bücher.xn--fiqs8s>"), VALID, ADDRESS_FINE, true,
     "user@xn--bcher-kva.xn--fiqs8s", "RFC 6531 3.2"},
    {RCPT, SLICE("<\"δοκ ιμή\"@example.com>"), VALID, ADDRESS_FINE, true, "\"δοκ ιμή\"@example.com",
     "RFC 6531 3.3"},
    {RCPT, SLICE("<\"δοκιμή\"@example.com>"), VALID, ADDRESS_FINE, true, "δοκιμή@example.com",
     "RFC 6531 3.3"},
    {RCPT, SLICE("<\"δ\\ο\"@example.com>"), INVALID, ADDRESS_BAD_QUOTED_PAIR, false, NULL,
     "RFC 6531 3.3"},
    {RCPT, SLICE("<jose\xCC\x81@example.com>"), VALID, ADDRESS_FINE, true,
     "jose\xCC\x81@example.com", "RFC 6532 3.1"},
    {RCPT, SLICE("<jos\xE9@example.com>"), INVALID, ADDRESS_BAD_UTF8, false, NULL, "RFC 3629 3"},
    {RCPT,
     SLICE("<a\xC0\xAE"
           "b@example.com>"),
     INVALID, ADDRESS_BAD_UTF8, false, NULL, "RFC 3629 10"},
    {RCPT,
     SLICE("<a\xED\xA0\x80"
           "b@example.com>"),
     INVALID, ADDRESS_BAD_UTF8, false, NULL, "RFC 3629 3"},
    {RCPT,
     SLICE("<a\xF4\x90\x80\x80"
           "b@example.com>"),
     INVALID, ADDRESS_BAD_UTF8, false, NULL, "RFC 3629 3"},
    {RCPT, SLICE("<a\xE2\x82@example.com>"), INVALID, ADDRESS_BAD_UTF8, false, NULL, "RFC 3629 3"},
    {RCPT,
     SLICE("<us\xE2\x80\x8B"
           "er@example.com>"),
     DOUBT, ADDRESS_INVISIBLE, true,
     "us\xE2\x80\x8B"
     "er@example.com",
     "RFC 8264 9.13"},
    {RCPT,
     SLICE("<us\xE2\x80\xAE"
           "er@example.com>"),
     DOUBT, ADDRESS_INVISIBLE, true,
     "us\xE2\x80\xAE"
     "er@example.com",
     "RFC 8264 9.13"},
    {RCPT,
     SLICE("<us\xC2\x85"
           "er@example.com>"),
     DOUBT, ADDRESS_C1_CONTROL, true,
     "us\xC2\x85"
     "er@example.com",
     "RFC 5198 2"},
    {RCPT,
     SLICE("<us\xE2\x80\xA8"
           "er@example.com>"),
     DOUBT, ADDRESS_C1_CONTROL, true,
     "us\xE2\x80\xA8"
     "er@example.com",
     "RFC 5198 2"},
    {RCPT,
     SLICE("<us\xC2\xA0"
           "er@example.com>"),
     DOUBT, ADDRESS_FOREIGN_SPACE, true,
     "us\xC2\xA0"
     "er@example.com",
     "RFC 8264 9.13"},
    {RCPT, SLICE("<\xEF\xBB\xBFuser@example.com>"), DOUBT, ADDRESS_INVISIBLE, true,
     "\xEF\xBB\xBFuser@example.com", "RFC 3629 6"},
    {RCPT, SLICE("<user＠example.com>"), INVALID, ADDRESS_NO_DOMAIN, false, NULL, "RFC 6531 3.3"},
    {RCPT, SLICE("<user@example。com>"), INVALID, DOMAIN(DOMAIN_FOREIGN_DOT), false, NULL,
     "RFC 5892 2"},
    {RCPT,
     SLICE("<user@ex\xC2\xAD"
           "ample.com>"),
     INVALID, DOMAIN(DOMAIN_DISALLOWED), false, NULL, "RFC 5892 2"},
    {RCPT, SLICE("<👍@example.com>"), VALID, ADDRESS_FINE, true, "👍@example.com", "RFC 6531 3.3"},
    {RCPT, SLICE("<user@👍.example>"), INVALID, DOMAIN(DOMAIN_DISALLOWED), false, NULL,
     "RFC 5892 2"},
    {RCPT,
     SLICE("<user@\xCC\x81"
           "a.example>"),
     INVALID, DOMAIN(DOMAIN_LEADING_MARK), false, NULL, "RFC 5891 4.2.3.2"},
    {RCPT, SLICE("<раураl@example.com>"), VALID, ADDRESS_FINE, true, "раураl@example.com",
     "RFC 6531 3.3"},
    {RCPT,
     SLICE("<" X10("é") X10("é") X10("é") "éé"
                                          "@example.com>"),
     VALID, ADDRESS_FINE, true,
     X10("é") X10("é") X10("é") "éé"
                                "@example.com",
     "RFC 5321 4.5.3.1.1"},
    {RCPT,
     SLICE("<" X10("é") X10("é") X10("é") "ééé"
                                          "@example.com>"),
     INVALID, ADDRESS_LOCAL_TOO_LONG, false, NULL, "RFC 5321 4.5.3.1.1"},
    {RCPT,
     SLICE("<user@" X50("ü") X5("ü") "üü"
                                     ".example>"),
     VALID, ADDRESS_FINE, true,
     "user@xn--td" X50("a") X5("a") "aa"
                                    ".example",
     "RFC 1035 2.3.4"},
    {RCPT,
     SLICE("<user@" X50("ü") X5("ü") "üüü"
                                     ".example>"),
     INVALID, DOMAIN(DOMAIN_LABEL_TOO_LONG), false, NULL, "RFC 1035 2.3.4"},
    {RCPT, SLICE("<ｕｓｅｒ@example.com>"), VALID, ADDRESS_FINE, true, "ｕｓｅｒ@example.com",
     "RFC 6532 3.1"},
    {RCPT, SLICE("<user@[IPv6:２001:db8::1]>"), INVALID, DOMAIN(DOMAIN_LITERAL_IPV6), false, NULL,
     "RFC 5321 4.1.3"},
    {RCPT, SLICE("<@bücher.example:user@example.com>"), VALID, ADDRESS_FINE, true,
     "user@example.com", "RFC 6531 3.3"},
};

static enum verdict
verdict_of(enum address_defect defect)
{
    if (defect == ADDRESS_FINE)
        return VALID;
    return address_defect_is_doubt(defect) ? DOUBT : INVALID;
}

static const char *
expected_enhanced(size_t i)
{
    if (cases[i].defect == ADDRESS_FINE)
        return "";
    if (cases[i].defect >= ADDRESS_C1_CONTROL)
        return "5.7.1";
    return cases[i].path == RCPT ? "5.1.3" : "5.1.7";
}

static void
check_case(struct arena *arena, size_t i)
{
    struct slice in = cases[i].in;
    const char *enhanced;
    struct address address;
    enum address_defect defect;
    struct slice canonical;
    int code, expected;

    if (cases[i].path == MAIL)
        address_parse_reverse_path(arena, in, &address);
    else
        address_parse_forward_path(arena, in, &address);
    defect = address_defect_of(&address, true);
    tap_check(verdict_of(defect) == cases[i].verdict && defect == cases[i].defect,
              "%s: %.*s: %d %s", cases[i].section, (int)in.len, in.at, defect,
              address_defect_text(defect));
    address_defect_reply(defect, cases[i].path == RCPT, &code, &enhanced);
    expected = defect == ADDRESS_FINE ? 0 : defect >= ADDRESS_C1_CONTROL ? 550 : 501;
    tap_check(code == expected && strcmp(enhanced, expected_enhanced(i)) == 0,
              "RFC 3463 3.2: and its reply, %d %s", code, enhanced);
    if (cases[i].canonical == NULL)
        return;
    canonical = address_key(arena, &address, LOCAL_CASE_UNTOUCHED);
    if (address.null)
        canonical = SLICE("<>");
    tap_check(address.utf8 == cases[i].smtputf8, "RFC 6531 3.4: whether it takes SMTPUTF8");
    tap_check(slice_equal(canonical, slice_of(cases[i].canonical)),
              "%s: its canonical form is %.*s", cases[i].section, (int)canonical.len, canonical.at);
}

/* By default what MTAs pass on in spite of the grammar is judged for what it means. */
static void
test_lenient(void)
{
    static const struct {
        enum path path;
        struct slice in;
        enum address_defect defect;
        const char *section;
    } lenient[] = {
        {RCPT, SLICE("<user@BÜCHER.example>"), ADDRESS_FINE, "RFC 5895 2"},
        {RCPT,
         SLICE("<user@Bu\xCC\x88"
               "cher.example>"),
         ADDRESS_FINE, "RFC 5895 2"},
        {RCPT, SLICE("<user@ab--cd.example>"), ADDRESS_FINE, "RFC 5890 2.3.1"},
        {MAIL, SLICE("user@BÜCHER.example"), ADDRESS_NO_BRACKETS, "RFC 5321 4.1.2"},
        {RCPT, SLICE("<user@xn--a.example>"), DOMAIN(DOMAIN_FAKE_A_LABEL), "RFC 5890 2.3.2.1"},
        {RCPT, SLICE("<user@ｅxample.com>"), DOMAIN(DOMAIN_DISALLOWED), "RFC 5892 2"},
        {RCPT, SLICE("<user@a·b.example>"), DOMAIN(DOMAIN_CONTEXTO), "RFC 5892 A.3"},
        {RCPT, SLICE("<user@1a.אבג>"), DOMAIN(DOMAIN_BIDI_NAME), "RFC 5893 2"},
    };
    struct arena *arena = arena_new(SIZE_MAX);

    for (size_t i = 0; i < sizeof lenient / sizeof lenient[0]; i++) {
        struct address address;

        if (lenient[i].path == MAIL)
            address_parse_reverse_path(arena, lenient[i].in, &address);
        else
            address_parse_forward_path(arena, lenient[i].in, &address);
        tap_check(address_defect_of(&address, false) == lenient[i].defect, "%s: %.*s: %s",
                  lenient[i].section, (int)lenient[i].in.len, lenient[i].in.at,
                  address_defect_text(address.defect));
    }
    arena_free(&arena);
}

int
main(void)
{
    struct arena *arena = arena_new(SIZE_MAX);

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        check_case(arena, i);
    arena_free(&arena);
    test_lenient();
    return tap_done();
}
