/* Domain names: keys, the form for people, syntax, parents, address literals. */
#include "mail/domain.h"

#include "tap.h"

static void
test_keys(void)
{
    const struct {
        struct slice in, key;
        const char *section;
    } cases[] = {
        {SLICE("example.com"), SLICE("example.com"), "RFC 5321 2.4"},
        {SLICE("Example.COM"), SLICE("example.com"), "RFC 5321 2.4"},
        {SLICE("xn--bcher-kva.example"), SLICE("xn--bcher-kva.example"), "RFC 5890 2.3.2.1"},
        {SLICE("XN--BCHER-KVA.Example"), SLICE("xn--bcher-kva.example"), "RFC 5890 2.3.2.4"},
        {SLICE("b\xC3\xBC"
               "cher.example"),
         SLICE("xn--bcher-kva.example"), "RFC 5891 5"},
        {SLICE("bu\xCC\x88"
               "cher.example"),
         SLICE("xn--bcher-kva.example"), "RFC 5891 5.2"},
        {SLICE("B\xC3\x9C"
               "CHER.Example"),
         SLICE("xn--bcher-kva.example"), "RFC 5895 2"},
        {SLICE("b\xC3\xBC"
               "cher.xn--fiqs8s"),
         SLICE("xn--bcher-kva.xn--fiqs8s"), "RFC 5891 5"},
        {SLICE("\xE4\xBE\x8B\xE5\xAD\x90.\xE5\xB9\xBF\xE5\x91\x8A"),
         SLICE("xn--fsqu00a.xn--4rr70v"), "RFC 5891 5"},
        {SLICE("fa\xC3\x9F.example"), SLICE("xn--fa-hia.example"), "RFC 5894 7.2"},
        {SLICE("fass.example"), SLICE("fass.example"), "RFC 5894 7.2"},
        {SLICE("\xCE\xB2\xCF\x8C\xCE\xBB\xCE\xBF\xCF\x82.example"), SLICE("xn--nxasmm1c.example"),
         "RFC 5894 7.2"},
        {SLICE("a_b.b\xC3\xBC"
               "cher.example"),
         SLICE("a_b.xn--bcher-kva.example"), "RFC 5891 5"},
        /* What a mapping would delete or replace stays itself. */
        {SLICE("Ex\xE2\x80\x8B"
               "ample.com"),
         SLICE("ex\xE2\x80\x8B"
               "ample.com"),
         "RFC 5892 2"},
        {SLICE("b\xC3\xBC\xE2\x80\x8B"
               "cher.example"),
         SLICE("b\xC3\xBC\xE2\x80\x8B"
               "cher.example"),
         "RFC 5892 2"},
        {SLICE("\xEF\xBD\x85xample.com"), SLICE("\xEF\xBD\x85xample.com"), "RFC 5892 2"},
        {SLICE("\xEF\xAC\x81x.example"), SLICE("\xEF\xAC\x81x.example"), "RFC 5892 2"},
        {SLICE("\xE2\x84\xAA.example"), SLICE("\xE2\x84\xAA.example"), "RFC 5892 2"},
        {SLICE("user.example\xE3\x80\x82"
               "com"),
         SLICE("user.example\xE3\x80\x82"
               "com"),
         "RFC 5321 4.1.2"},
        {SLICE("\xF0\x9F\x91\x8D.Example"), SLICE("\xF0\x9F\x91\x8D.example"), "RFC 5892 2"},
        {SLICE("b\xFC"
               "cher.Example"),
         SLICE("b\xFC"
               "cher.example"),
         "RFC 3629 3"},
        {SLICE("\xC3\xBC\0.Example"), SLICE("\xC3\xBC\0.example"), "RFC 5321 4.1.2"},
        {SLICE(".b\xC3\xBC.example"), SLICE(".b\xC3\xBC.example"), "RFC 5321 4.1.2"},
        {SLICE("b\xC3\xBC.Example."), SLICE("xn--b-eha.example"), "RFC 1034 3.1"},
        {SLICE("Aux2\xE6\xAC\xA0"
               "a-"),
         SLICE("aux2\xE6\xAC\xA0"
               "a-"),
         "RFC 5321 4.1.2"},
        {SLICE("Example.com."), SLICE("example.com"), "RFC 1034 3.1"},
        {SLICE("example.com.."), SLICE("example.com.."), "RFC 5321 4.1.2"},
        {SLICE("."), SLICE("."), "RFC 5321 4.1.2"},
        {SLICE("\xF0\x9F\x91\x8D.b\xC3\xBC"
               "cher.example"),
         SLICE("\xF0\x9F\x91\x8D.xn--bcher-kva.example"), "RFC 5891 5"},
        {SLICE("[1.2.3.4]"), SLICE("[1.2.3.4]"), "RFC 5321 4.1.3"},
        {SLICE("[01.002.3.4]"), SLICE("[1.2.3.4]"), "RFC 5321 4.1.3"},
        {SLICE("[IPv6:0:0:0:0:0:0:0:1]"), SLICE("[ipv6:::1]"), "RFC 5321 4.1.3"},
        {SLICE("[ipv6:2001:DB8:0:0::1]"), SLICE("[ipv6:2001:db8::1]"), "RFC 5321 4.1.3"},
        {SLICE("[IPv6:::ffff:1.2.3.4]"), SLICE("[ipv6:::ffff:102:304]"), "RFC 5321 4.1.3"},
        {SLICE("[X400:Foo]"), SLICE("[x400:foo]"), "RFC 5321 4.1.3"},
        {SLICE("1.2.3.4"), SLICE("1.2.3.4"), "RFC 5321 4.1.2"},
        {SLICE(""), SLICE(""), "RFC 5321 4.1.2"},
    };
    struct arena *arena = arena_new(SIZE_MAX);

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct slice key = domain_key(arena, cases[i].in);

        tap_check(slice_equal(key, cases[i].key), "%s: key of %.*s is %.*s", cases[i].section,
                  (int)cases[i].in.len, cases[i].in.at, (int)key.len, key.at);
        tap_check(slice_equal(domain_key(arena, key), key), "%s: its own key", cases[i].section);
    }
    arena_free(&arena);
}

static void
test_untouched(void)
{
    struct arena *arena = arena_new(SIZE_MAX);
    struct slice s = SLICE("mail.example.com");

    tap_check(domain_key(arena, s).at == s.at && arena_used(arena) == 0,
              "RFC 5321 2.4: an ordinary domain is returned as it is");
    arena_free(&arena);
}

/* 30 times U+4E2D */
#define LONG "xn--fiqaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

/* The form for people may be longer than a domain that travels, and still leads back. */
static void
test_long_unicode(void)
{
    struct arena *arena = arena_new(SIZE_MAX);
    struct slice domain = SLICE(LONG "." LONG "." LONG "." LONG "." LONG);
    struct slice unicode = domain_unicode(arena, domain);

    tap_check(unicode.len > 255 && domain.len <= 255 &&
                  slice_equal(domain_key(arena, unicode), domain),
              "RFC 5890 2.3.2.1: long, and back");
    arena_free(&arena);
}

static void
test_unicode(void)
{
    const struct {
        struct slice in, out;
        const char *section;
    } cases[] = {
        {SLICE("example.com"), SLICE("example.com"), "RFC 5890 2.3.1"},
        {SLICE("xn--bcher-kva.example"),
         SLICE("b\xC3\xBC"
               "cher.example"),
         "RFC 5890 2.3.2.1"},
        {SLICE("www.XN--BCHER-KVA.xn--fiqs8s"),
         SLICE("www.b\xC3\xBC"
               "cher.\xE4\xB8\xAD\xE5\x9B\xBD"),
         "RFC 5890 2.3.2.1"},
        {SLICE("xn--a.example"), SLICE("xn--a.example"), "RFC 5890 2.3.2.1"},
        {SLICE("xn--.example"), SLICE("xn--.example"), "RFC 5890 2.3.2.1"},
        {SLICE("b\xC3\xBC"
               "cher.example"),
         SLICE("b\xC3\xBC"
               "cher.example"),
         "RFC 5890 2.3.2.1"},
        {SLICE("B\xC3\x9C"
               "CHER.Example"),
         SLICE("b\xC3\xBC"
               "cher.Example"),
         "RFC 5895 2"},
        {SLICE("\xF0\x9F\x91\x8D.Example"), SLICE("\xF0\x9F\x91\x8D.Example"), "RFC 5892 2"},
        {SLICE("[IPv6:::1]"), SLICE("[IPv6:::1]"), "RFC 5321 4.1.3"},
        {SLICE("a..b"), SLICE("a..b"), "RFC 5321 4.1.2"},
    };
    struct arena *arena = arena_new(SIZE_MAX);

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        tap_check(slice_equal(domain_unicode(arena, cases[i].in), cases[i].out),
                  "%s: %.*s for people", cases[i].section, (int)cases[i].in.len, cases[i].in.at);
    arena_free(&arena);
}

#define A9 "aaaaaaaaa"
#define A63 A9 A9 A9 A9 A9 A9 A9

static void
test_syntax(void)
{
    const struct {
        struct slice in;
        bool ascii, utf8;
        const char *section;
    } cases[] = {
        {SLICE("example.com"), true, true, "RFC 5321 4.1.2"},
        {SLICE("localhost"), true, true, "RFC 5321 4.1.2"},
        {SLICE("1.2.3.4"), true, true, "RFC 5321 4.1.2"},
        {SLICE("ab--cd.example"), true, true, "RFC 5321 4.1.2"},
        {SLICE(A63 ".example"), true, true, "RFC 1035 2.3.4"},
        {SLICE(A63 "a.example"), false, false, "RFC 1035 2.3.4"},
        {SLICE(A63 "." A63 "." A63 "." A63), true, true, "RFC 5321 4.5.3.1.2"},
        {SLICE(A63 "." A63 "." A63 "." A63 ".a"), false, false, "RFC 5321 4.5.3.1.2"},
        {SLICE(""), false, false, "RFC 5321 4.1.2"},
        {SLICE("example.com."), false, false, "RFC 5321 4.1.2"},
        {SLICE(".example.com"), false, false, "RFC 5321 4.1.2"},
        {SLICE("example..com"), false, false, "RFC 5321 4.1.2"},
        {SLICE("-example.com"), false, false, "RFC 5321 4.1.2"},
        {SLICE("example-.com"), false, false, "RFC 5321 4.1.2"},
        {SLICE("exa_mple.com"), false, false, "RFC 5321 4.1.2"},
        {SLICE("#12345"), false, false, "RFC 5321 F.4"},
        {SLICE("a b.example"), false, false, "RFC 5321 4.1.2"},
        {SLICE("a\0.example"), false, false, "RFC 5321 4.1.2"},
        {SLICE("[1.2.3.4]"), false, false, "RFC 5321 4.1.2"},
        {SLICE("b\xC3\xBC"
               "cher.example"),
         false, true, "RFC 6531 3.3"},
        {SLICE("b\xFC"
               "cher.example"),
         false, false, "RFC 3629 3"},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        tap_check(domain_is_valid(cases[i].in, false) == cases[i].ascii &&
                      domain_is_valid(cases[i].in, true) == cases[i].utf8,
                  "%s: syntax of %.*s", cases[i].section, (int)cases[i].in.len, cases[i].in.at);
}

static void
test_literals(void)
{
    const struct {
        struct slice in;
        bool good;
    } cases[] = {
        {SLICE("[1.2.3.4]"), true},
        {SLICE("[256.1.1.1]"), false},
        {SLICE("[1.2.3]"), false},
        {SLICE("[IPv6:2001:db8::1]"), true},
        {SLICE("[IPv6:1:2:3:4:5:6:7:8]"), true},
        {SLICE("[IPv6:1:2:3:4:5:6:7::]"), false}, /* "::" stands for two groups or more */
        {SLICE("[IPv6:::2:3:4:5:6:7:8]"), false},
        {SLICE("[IPv6:1:2:3:4:5:6::]"), true},
        {SLICE("[IPv6:1::3:4:5:6:7:8]"), false},
        {SLICE("[IPv6:::]"), true},
        {SLICE("[IPv6:::ffff:1.2.3.4]"), true},
        {SLICE("[IPv6:1:2:3:4::1.2.3.4]"), true},
        {SLICE("[IPv6:1:2:3:4:5::1.2.3.4]"), false},
        {SLICE("[IPv6:1::2::3]"), false},
        {SLICE("[IPv6:fe80::1%eth0]"), false},
        {SLICE("[IPv6:1.2.3.4]"), false},
        {SLICE("[2001:db8::1]"), false}, /* that would be the tag "2001" */
        {SLICE("[x400:foo]"), false},
        {SLICE("[]"), false},
        {SLICE("["), false},
        {SLICE("]"), false},
        {SLICE("[1.2.3.4].com"), false},
        {SLICE("1.2.3.4"), false},
    };
    struct ip ip;

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        tap_check(domain_literal_parse(cases[i].in, &ip) == cases[i].good, "RFC 5321 4.1.3: %.*s",
                  (int)cases[i].in.len, cases[i].in.at);
}

static void
test_parents(void)
{
    struct slice domain = SLICE("a.b.c");

    tap_check(domain_parent(&domain) && slice_equal(domain, SLICE("b.c")), "RFC 1034 3.1: parent");
    tap_check(domain_parent(&domain) && slice_equal(domain, SLICE("c")),
              "RFC 1034 3.1: its parent");
    tap_check(!domain_parent(&domain), "RFC 1034 3.1: no parent left");
}

static void
test_pictures(void)
{
    const struct {
        struct slice in;
        bool pictures;
    } cases[] = {
        {SLICE("xn--ls8h.example"), true},
        {SLICE("XN--LS8H.example"), true},
        {SLICE("\xF0\x9F\x92\xA9.example"), true},
        {SLICE("\xE2\x9D\xA4\xEF\xB8\x8F.example"), true}, /* a heart, and how it is to look */
        {SLICE("i\xE2\x9D\xA4ny.b\xC3\xBC"
               "cher.example"),
         true},
        {SLICE("xn--qei.xn--bcher-kva.example"), true},
        {SLICE("example.com"), false},
        {SLICE("b\xC3\xBC"
               "cher.example"),
         false},
        {SLICE("xn--bcher-kva.example"), false},
        {SLICE("xn--a.example"), false},
        {SLICE("xn--ls8h.xn--a.example"), false},
        {SLICE("xn--ls8h.-a.example"), false},
        {SLICE("xn--ls8h..example"), false},
        {SLICE("xn--ls8h.exa_mple"), false},
        {SLICE("\xF0\x9F\x92\xA9\xE2\x80\x8B.example"), false},  /* a zero-width space behind */
        {SLICE("a\xE2\x88\x95\xF0\x9F\x92\xA9.example"), false}, /* U+2215, a slash to the eye */
        {SLICE("\xF0\x9F\x92\xA9\xEF\xBC\x8E"
               "com.example"),
         false},                                            /* U+FF0E, a dot to the eye */
        {SLICE("\xD7\x90\xF0\x9F\x92\xA9.example"), false}, /* from right to left */
        {SLICE("\xF0\x9F\x92"), false},
        {SLICE("[192.0.2.1]"), false},
        {SLICE(""), false},
    };
    struct arena *arena = arena_new(SIZE_MAX);

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        tap_check(domain_has_pictures(arena, cases[i].in) == cases[i].pictures,
                  "RFC 5895 1: pictures in a domain, row %zu", i);
    arena_free(&arena);
}

int
main(void)
{
    test_keys();
    test_untouched();
    test_unicode();
    test_long_unicode();
    test_syntax();
    test_literals();
    test_parents();
    test_pictures();
    return tap_done();
}
