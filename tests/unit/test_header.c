/* Header fields: names, folding, encoded words. */
#include "mail/header.h"

#include "tap.h"

static void
test_names(void)
{
    const struct {
        struct slice in;
        bool valid;
    } cases[] = {
        {SLICE("From"), true},   {SLICE("X-!\"#~"), true},      {SLICE(""), false},
        {SLICE("From "), false}, {SLICE("a:b"), false},         {SLICE("a\tb"), false},
        {SLICE("a\0"), false},   {SLICE("Fr\xC3\xB6m"), false}, {SLICE("a\x7F"), false},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        tap_check(header_name_is_valid(cases[i].in) == cases[i].valid, "RFC 5322 2.2: name %.*s",
                  (int)cases[i].in.len, cases[i].in.at);
}

static void
test_unfolding(void)
{
    const struct {
        struct slice in, out;
    } cases[] = {
        {SLICE("plain"), SLICE("plain")},
        {SLICE("  plain\t"), SLICE("plain")},
        {SLICE("one\n two\n\tthree"), SLICE("one two\tthree")},
        {SLICE("one\r\n two"), SLICE("one two")},
        {SLICE("\n folded first"), SLICE("folded first")},
        {SLICE("a\r\n  b"), SLICE("a  b")},
        {SLICE("a\n \n b"), SLICE("a  b")},
        {SLICE("a\nb"), SLICE("a\nb")},
        {SLICE("a\rb"), SLICE("a\rb")},
        {SLICE("a\0\n b"), SLICE("a\0 b")},
        {SLICE("\n "), SLICE("")},
        {SLICE(""), SLICE("")},
    };
    struct arena *arena = arena_new(SIZE_MAX);

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        tap_check(slice_equal(header_unfold(arena, cases[i].in), cases[i].out),
                  "RFC 5322 2.2.3: field %zu", i);
    arena_free(&arena);
}

static void
test_decoding(void)
{
    const struct {
        struct slice in, out;
        const char *section;
    } cases[] = {
        {SLICE(""), SLICE(""), "RFC 2047 2"},
        {SLICE("plain = ? text"), SLICE("plain = ? text"), "RFC 2047 2"},
        {SLICE("=?us-ascii?q?a_b=3Dc?="), SLICE("a b=c"), "RFC 2047 4.2"},
        {SLICE("=?UTF-8?Q?J=C3=B6rg?="), SLICE("J\xC3\xB6rg"), "RFC 2047 4.2"},
        {SLICE("=?utf-8?b?SsO2cmc=?="), SLICE("J\xC3\xB6rg"), "RFC 2047 4.1"},
        {SLICE("=?utf-8?B?SsO2cmc?="), SLICE("J\xC3\xB6rg"), "RFC 2047 4.1"},
        {SLICE("=?utf-8?b?YQ==?="), SLICE("a"), "RFC 2047 4.1"},
        {SLICE("=?utf-8?b?YWI=?="), SLICE("ab"), "RFC 2047 4.1"},
        {SLICE("=?utf-8?q?"
               "?="),
         SLICE(""), "RFC 2047 2"},
        {SLICE("=?iso-8859-1?q?J=F6rg?="), SLICE("J\xC3\xB6rg"), "RFC 2047 8"},
        {SLICE("=?ISO-8859-15?q?=A4?="), SLICE("\xE2\x82\xAC"), "RFC 2047 3"},
        {SLICE("=?windows-1252?q?=80?="), SLICE("\xE2\x82\xAC"), "RFC 2047 3"},
        {SLICE("=?windows-1251?q?=CF?="), SLICE("\xD0\x9F"), "RFC 2047 3"},
        {SLICE("=?koi8-r?q?=F0?="), SLICE("\xD0\x9F"), "RFC 2047 3"},
        {SLICE("=?iso-2022-jp?b?GyRCRnxLXBsoQg==?="), SLICE("\xE6\x97\xA5\xE6\x9C\xAC"),
         "RFC 2047 3"},
        {SLICE("=?utf-8*de?q?a?="), SLICE("a"), "RFC 2231 5"},
        {SLICE("=?utf-8?q?a?= =?utf-8?q?b?="), SLICE("ab"), "RFC 2047 6.2"},
        {SLICE("=?utf-8?q?a?=\t  =?iso-8859-1?q?b?= c"), SLICE("ab c"), "RFC 2047 6.2"},
        {SLICE("=?utf-8?q?a?= b =?utf-8?q?c?="), SLICE("a b c"), "RFC 2047 6.2"},
        {SLICE("=?utf-8?q?a_?= =?utf-8?q?b?="), SLICE("a b"), "RFC 2047 8"},
        {SLICE("(=?utf-8?q?a?=)"), SLICE("(a)"), "RFC 2047 8"},
        /* What isn't well-formed stays. */
        {SLICE("=?utf-8?q?a b?="), SLICE("=?utf-8?q?a b?="), "RFC 2047 2"},
        {SLICE("=?utf-8?x?a?="), SLICE("=?utf-8?x?a?="), "RFC 2047 4"},
        {SLICE("=?nonsense?q?a?="), SLICE("=?nonsense?q?a?="), "RFC 2047 6.2"},
        {SLICE("=?utf-8?q?=F6?="), SLICE("=?utf-8?q?=F6?="), "RFC 2047 6.3"},
        {SLICE("=?us-ascii?q?=F6?="), SLICE("=?us-ascii?q?=F6?="), "RFC 2047 6.3"},
        {SLICE("=?utf-8?q?=G0?="), SLICE("=?utf-8?q?=G0?="), "RFC 2047 4.2"},
        {SLICE("=?utf-8?q?=C?="), SLICE("=?utf-8?q?=C?="), "RFC 2047 4.2"},
        {SLICE("=?utf-8?b?a?="), SLICE("=?utf-8?b?a?="), "RFC 2047 4.1"},
        {SLICE("=?utf-8?b?a*bc?="), SLICE("=?utf-8?b?a*bc?="), "RFC 2047 4.1"},
        {SLICE("=?utf-8?q?a"), SLICE("=?utf-8?q?a"), "RFC 2047 2"},
        {SLICE("=?utf-8?q"), SLICE("=?utf-8?q"), "RFC 2047 2"},
        {SLICE("=?"), SLICE("=?"), "RFC 2047 2"},
        {SLICE("=?=?=?utf-8?q?a?="), SLICE("=?=?a"), "RFC 2047 2"},
        {SLICE("=?UTF-8//IGNORE?q?a?="), SLICE("=?UTF-8//IGNORE?q?a?="), "RFC 2047 2"},
        {SLICE("a\0=?utf-8?q?b=00?="), SLICE("a\0b\0"), "RFC 2047 4.2"},
    };
    struct arena *arena = arena_new(SIZE_MAX);

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct slice out = header_decode(arena, cases[i].in);

        tap_check(slice_equal(out, cases[i].out), "%s: %.*s is %.*s", cases[i].section,
                  (int)cases[i].in.len, cases[i].in.at, (int)out.len, out.at);
    }
    arena_free(&arena);
}

/* Every charset that is listed must be there; of musl's iconv() those that it has. */
static void
test_charsets(void)
{
    static const char *const names[] = {
        "iso-8859-1",   "iso-8859-2",   "iso-8859-3",   "iso-8859-4",   "iso-8859-5",
        "iso-8859-6",   "iso-8859-7",   "iso-8859-8",   "iso-8859-9",   "iso-8859-10",
        "iso-8859-11",  "iso-8859-13",  "iso-8859-14",  "iso-8859-15",  "iso-8859-16",
        "windows-1250", "windows-1251", "windows-1252", "windows-1253", "windows-1254",
        "windows-1255", "windows-1256", "windows-1257", "windows-1258", "tis-620",
        "koi8-r",       "koi8-u",       "ibm437",       "ibm850",       "ibm866",
        "gb2312",       "gbk",          "gb18030",      "big5",         "big5-hkscs",
        "shift_jis",    "euc-jp",       "iso-2022-jp",  "euc-kr",       "ks_c_5601-1987",
#ifdef __GLIBC__
        "windows-874",  "macintosh",    "windows-31j",  "iso-2022-kr",  "utf-7",
#endif
    };
    struct arena *arena = arena_new(SIZE_MAX);

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        const char *word = arena_printf(arena, "=?%s?q?abc?=", names[i]);

        tap_check(slice_equal(header_decode(arena, slice_of(word)), SLICE("abc")), "RFC 2047 3: %s",
                  names[i]);
    }
    arena_free(&arena);
}

static void
test_cutting(void)
{
    const struct {
        struct slice text;
        const char *names, *bodies; /* of all fields, each behind "|" */
        size_t subjects;
    } cases[] = {
        {SLICE(""), "", "", 0},
        {SLICE("Subject: x\r\n"), "|Subject", "|x", 1},
        {SLICE("Subject: x"), "|Subject", "|x", 1},
        {SLICE("Subject:x\nSUBJECT:  y\n"), "|Subject|SUBJECT", "|x| y", 2},
        {SLICE("Subject: x\r\n y\r\n\tz\r\nTo:\r\n"), "|Subject|To", "|x\r\n y\r\n\tz|", 1},
        {SLICE("Subject \t: x\n"), "|Subject", "|x", 1},
        {SLICE("Subject:\n \n"), "|Subject", "|\n ", 1},
        {SLICE("From a@b.example\nSubject: a:b\n"), "||Subject", "||a:b", 1},
        {SLICE("Sub ject: x\nSubject: y\r"), "||Subject", "||y", 1},
        {SLICE("no field\n: x\n\n"), "|||", "|||", 0},
    };
    struct arena *arena = arena_new(SIZE_MAX);

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct header_field *first = header_split(arena, cases[i].text);
        const char *names = "", *bodies = "";

        for (const struct header_field *f = first; f; f = f->next) {
            names = arena_printf(arena, "%s|%.*s", names, (int)f->name.len, f->name.at);
            bodies = arena_printf(arena, "%s|%.*s", bodies, (int)f->body.len, f->body.at);
        }
        tap_check(strcmp(names, cases[i].names) == 0 && strcmp(bodies, cases[i].bodies) == 0,
                  "RFC 5322 2.2: fields of text %zu", i);
        tap_check(header_count_named(first, SLICE("Subject")) == cases[i].subjects,
                  "and how many are called Subject");
    }
    arena_free(&arena);
}

int
main(void)
{
    test_names();
    test_cutting();
    test_unfolding();
    test_decoding();
    test_charsets();
    return tap_done();
}
