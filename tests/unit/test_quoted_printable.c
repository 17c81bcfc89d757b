/* Quoted-printable, in whatever pieces the text comes. */
#include "convert/quoted_printable.h"

#include "tap.h"

typedef void encode_function(struct quoted_printable *state, struct slice piece, bool last,
                             struct outlet *to);

struct text {
    size_t len;
    char at[16384];
};

static struct outlet outlet;

static bool
gather(void *context, struct slice piece)
{
    struct text *text = context;

    if (sizeof text->at - text->len < piece.len)
        return false;
    memcpy(text->at + text->len, piece.at, piece.len);
    text->len += piece.len;
    return true;
}

static struct slice
encode(encode_function *with, struct slice in, size_t first, size_t second, struct text *out)
{
    struct quoted_printable state = {0};

    out->len = 0;
    outlet.sink = gather;
    outlet.context = out;
    with(&state, slice_first(in, first), false, &outlet);
    with(&state, slice_first(slice_from(in, first), second - first), false, &outlet);
    with(&state, slice_from(in, second), true, &outlet);
    outlet_flush(&outlet);
    return (struct slice){out->at, out->len};
}

static struct text expected, found;

static bool
is_cut_anywhere(encode_function *with, struct slice in)
{
    struct slice whole = encode(with, in, 0, in.len, &expected);

    for (size_t first = 0; first <= in.len; first++)
        for (size_t second = first; second <= in.len; second++)
            if (!slice_equal(encode(with, in, first, second, &found), whole))
                return false;
    return true;
}

static size_t
longest_line(struct slice text)
{
    size_t longest = 0;

    while (text.len > 0) {
        size_t end = slice_find(text, '\n');
        size_t len = end < text.len && end > 0 ? end - 1 : end;

        longest = len > longest ? len : longest;
        text = slice_from(text, end + 1);
    }
    return longest;
}

#define A10 "aaaaaaaaaa"
#define A70 A10 A10 A10 A10 A10 A10 A10

struct encode_case {
    struct slice in, out;
    const char *section;
};

static const struct encode_case encoded[] = {
    {SLICE(""), SLICE(""), "RFC 2045 6.7"},
    {SLICE("plain text\r\n"), SLICE("plain text\r\n"), "RFC 2045 6.7 (2)"},
    {SLICE("caf\303\251=\r\n"), SLICE("caf=C3=A9=3D\r\n"), "RFC 2045 6.7 (1)"},
    {SLICE("\303\251t\303\251 \302\2401"), SLICE("=C3=A9t=C3=A9 =C2=A01"), "RFC 2045 6.7 (1)"},
    {SLICE("a \r\nb\t\r\n"), SLICE("a=20\r\nb=09\r\n"), "RFC 2045 6.7 (3)"},
    {SLICE("a b\tc "), SLICE("a b\tc=20"), "RFC 2045 6.7 (3)"},
    {SLICE("a\nb\rc\r\r\n\n"), SLICE("a=0Ab=0Dc=0D\r\n=0A"), "RFC 2045 6.7 (4)"},
    {SLICE("\0\177\r\n"), SLICE("=00=7F\r\n"), "RFC 2045 6.7 (1)"},
    {SLICE(A10 "\177" A10 "~=" A10 "\200" A10 "\037" A10),
     SLICE(A10 "=7F" A10 "~=3D" A10 "=80" A10 "=1F" A10), "RFC 2045 6.7 (1)"},
    {SLICE(A70 "aaaaaa\r\n"), SLICE(A70 "aaaaaa\r\n"), "RFC 2045 6.7 (5)"},
    {SLICE(A70 "aaaaaa"), SLICE(A70 "aaaaaa"), "RFC 2045 6.7 (5)"},
    {SLICE(A70 "aaaaaaa\r\n"), SLICE(A70 "aaaaa=\r\naa\r\n"), "RFC 2045 6.7 (5)"},
    {SLICE(A70 "aaa\351\r\n"), SLICE(A70 "aaa=E9\r\n"), "RFC 2045 6.7 (5)"},
    {SLICE(A70 "aaa\351b\r\n"), SLICE(A70 "aaa=\r\n=E9b\r\n"), "RFC 2045 6.7 (5)"},
    {SLICE(A70 "aaaaa \r\n"), SLICE(A70 "aaaaa=\r\n=20\r\n"), "RFC 2045 6.7 (5)"},
    {SLICE(".\r\na.\r\n"), SLICE("=2E\r\na.\r\n"), "RFC 2049 3"},
    {SLICE("From me\r\nFrom\r\nFrom "), SLICE("=46rom me\r\nFrom\r\n=46rom=20"), "RFC 2049 3"},
    {SLICE("--b\r\n"), SLICE("--b\r\n"), "RFC 2046 5.1.1"},
    {SLICE(A70 "aaaaa--b\r\n"), SLICE(A70 "aaaaa=\r\n=2D-b\r\n"), "RFC 2046 5.1.1"},
    {SLICE(A70 "aaaaa.b\r\n"), SLICE(A70 "aaaaa=\r\n=2Eb\r\n"), "RFC 2049 3"},
    {SLICE(A70 "aaaaaFrom b\r\n"), SLICE(A70 "aaaaa=\r\n=46rom b\r\n"), "RFC 2049 3"},
};

static const struct encode_case repaired[] = {
    {SLICE("a=20b \r\n=\r\n"), SLICE("a=20b \r\n=\r\n"), "RFC 2045 6.7 note 4"},
    {SLICE("caf\303\251=3D\r\n.\r\nFrom \n\r\0\177"), SLICE("caf=C3=A9=3D\r\n.\r\nFrom \n\r\0\177"),
     "RFC 2045 6.7 note 4"},
    {SLICE("\351" A70 A70 "\351\351"), SLICE("=E9" A70 A70 "=E9=E9"), "RFC 2045 6.7 note 4"},
};

static void
check_all(const char *what, encode_function *with, const struct encode_case *cases, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct encode_case *c = &cases[i];
        struct slice out = encode(with, c->in, 0, c->in.len, &expected);

        tap_check(slice_equal(out, c->out) && is_cut_anywhere(with, c->in),
                  "%s: %s %zu, cut in every way", c->section, what, i);
    }
}

/* Octets of every kind, and those of which the neighbours matter. */
static void
check_random(void)
{
    static const char pool[] = "aa bc\t=.F-\r\n\r\n\351\303\251From --";
    unsigned state = 1, rounds = tap_times(20, 200);
    bool all = true;

    for (unsigned n = 0; n < rounds && all; n++) {
        char octets[200];
        struct slice in = {octets, sizeof octets};

        for (size_t i = 0; i < sizeof octets; i++) {
            state = state * 1664525u + 1013904223u;
            octets[i] = n % 4 == 0 ? (char)(state >> 24) : pool[(state >> 16) % (sizeof pool - 1)];
        }
        all = is_cut_anywhere(quoted_printable_encode, in) &&
              longest_line((struct slice){expected.at, expected.len}) <= 76 &&
              is_cut_anywhere(quoted_printable_repair, in);
    }
    tap_check(all, "RFC 2045 6.7: random octets, cut in every way");
}

static void
check_long_repair(void)
{
    char octets[3000];
    struct slice in = {octets, sizeof octets};

    memset(octets, '\351', sizeof octets);
    tap_check(longest_line(encode(quoted_printable_repair, in, 7, 900, &found)) <= 998,
              "RFC 5322 2.1.1: a line that a repair makes longer stays below 998");
}

int
main(void)
{
    check_all("encoded", quoted_printable_encode, encoded, sizeof encoded / sizeof encoded[0]);
    check_all("repaired", quoted_printable_repair, repaired, sizeof repaired / sizeof repaired[0]);
    check_random();
    check_long_repair();
    return tap_done();
}
