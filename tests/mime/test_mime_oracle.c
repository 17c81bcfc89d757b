/* The decoder and the oracle that judge conversions: each loss is seen, and what is none is not. */
#include "mail/convert_message.h"

#include "../unit/tap.h"
#include "mime_decode.h"
#include "mime_oracle.h"

#define BOTH (CONVERT_8BIT | CONVERT_UTF8)
#define QP "Content-Transfer-Encoding: quoted-printable\r\n"
#define TYPE "Content-Type: text/plain; charset=utf-8\r\n"
#define MIXED "Content-Type: multipart/mixed; boundary=\"b\"\r\n"
#define E "\xC3\xA9"

static const struct {
    const char *name;
    const char *before;
    const char *after;
    unsigned what;
    const char *wrong; /* or NULL */
} judgements[] = {
    {"a body encoded", TYPE "\r\n" E "\r\n", TYPE QP "\r\n=C3=A9\r\n", BOTH, NULL},
    {"a type added", "\r\n" E "\r\n",
     "Content-Type: text/plain; charset=unknown-8bit\r\nMIME-Version: 1.0\r\n" QP
     "\r\n=C3=A9\r\n", BOTH, NULL},
    {"base64", TYPE "\r\n" E "\r\n",
     TYPE "Content-Transfer-Encoding: base64\r\n\r\nw6kNCg==\r\n", BOTH, NULL},
    {"an octet lost", TYPE "\r\n" E E "\r\n", TYPE QP "\r\n=C3=A9\r\n", BOTH,
     "part 1: other octets"},
    {"a space lost", TYPE "\r\n" E " \r\n", TYPE QP "\r\n=C3=A9 \r\n", BOTH,
     "part 1: other octets"},
    {"no label", TYPE "\r\n" E "\r\n", TYPE "\r\n=C3=A9\r\n", BOTH, "part 1: other octets"},
    {"still 8-bit", TYPE "\r\n" E "\r\n", TYPE "\r\n" E "\r\n", BOTH, "it isn't 7-bit"},
    {"7-bit and changed", "\r\na\r\n", "\r\na", BOTH, "part 1: other octets"},
    {"the same, header fields alone", "\r\na\r\n", "\r\na", CONVERT_UTF8,
     "it was 7-bit, and has changed"},
    {"a field lost", "A: x\r\n" TYPE "\r\n" E, TYPE QP "\r\n=C3=A9", BOTH, "part 1: other fields"},
    {"fields changed places", "A: x\r\n" TYPE "\r\n" E, TYPE "A: x\r\n" QP "\r\n=C3=A9", BOTH,
     "part 1: other fields"},
    {"an encoded word", "Subject: caf" E "\r\n\r\n",
     "Subject: =?utf-8?Q?caf=C3=A9?=\r\n\r\n", BOTH, NULL},
    {"two of them", "Subject: " E " b\r\n\r\n",
     "Subject: =?UTF-8?B?w6k=?=\r\n =?utf-8?q?_b?=\r\n\r\n", BOTH, NULL},
    {"another text", "Subject: caf" E "\r\n\r\n", "Subject: =?utf-8?Q?caf=C3=A8?=\r\n\r\n", BOTH,
     "part 1: other fields"},
    {"a phrase without its quotes", "To: \"" E ", b\" <a@b.example>\r\n\r\n",
     "To: =?utf-8?Q?=C3=A9=2C_b?= <a@b.example>\r\n\r\n", BOTH, NULL},
    {"an A-label", "To: a@b\xC3\xBC" "cher.example\r\n\r\n",
     "To: a@xn--bcher-kva.example\r\n\r\n", BOTH, NULL},
    {"another domain", "To: a@b\xC3\xBC" "cher.example\r\n\r\n",
     "To: a@xn--bucher-kva.example\r\n\r\n", BOTH, "part 1: other fields"},
    {"a parameter", "Content-Disposition: x; filename=\"" E ".txt\"; size=3\r\n\r\n",
     "Content-Disposition: x; filename*=utf-8''%C3%A9.txt; size=3\r\n\r\n", BOTH, NULL},
    {"a parameter in sections", "Content-Disposition: x; filename=\"" E ".txt\"\r\n\r\n",
     "Content-Disposition: x; filename*0*=utf-8''%C3%A9;\r\n filename*1=.txt\r\n\r\n", BOTH, NULL},
    {"another file name", "Content-Disposition: x; filename=\"" E ".txt\"\r\n\r\n",
     "Content-Disposition: x; filename*=utf-8''%C3%A9.exe\r\n\r\n", BOTH, "part 1: other fields"},
    {"parts", MIXED "\r\n--b\r\n\r\n" E "\r\n--b \r\n\r\n2\r\n--b--\r\n",
     MIXED "\r\n--b\r\n" QP "\r\n=C3=A9\r\n--b \r\n\r\n2\r\n--b--\r\n", BOTH, NULL},
    {"a part lost", MIXED "\r\n--b\r\n\r\n" E "\r\n--b\r\n\r\n2\r\n--b--\r\n",
     MIXED "\r\n--b\r\n" QP "\r\n=C3=A9\r\n--b--\r\n", BOTH, "another number of parts"},
    {"a part made", MIXED "\r\n--b\r\n\r\n" E "x--b\r\n--b--\r\n",
     MIXED "\r\n--b\r\n" QP "\r\n=C3=A9x=\r\n--b\r\n--b--\r\n", BOTH, "part 1.1: other octets"},
    {"what is signed",
     "Content-Type: multipart/mixed; boundary=o\r\n\r\n--o\r\n"
     "Content-Type: multipart/signed; boundary=b\r\n\r\n--b\r\n\r\nx\r\n--b--\r\n--o\r\n\r\n" E
     "\r\n--o--\r\n",
     "Content-Type: multipart/mixed; boundary=o\r\n\r\n--o\r\n"
     "Content-Type: multipart/signed; boundary=b\r\n\r\n--b \r\n\r\nx\r\n--b--\r\n--o\r\n" QP
     "\r\n=C3=A9\r\n--o--\r\n",
     BOTH, "part 1.1: signed octets"},
    {"bodies alone", "Subject: " E "\r\n" TYPE "\r\n" E, "Subject: " E "\r\n" TYPE QP "\r\n=C3=A9",
     CONVERT_8BIT, "it isn't 7-bit"},
    {"fields alone", "Subject: " E "\r\n" TYPE "\r\n" E,
     "Subject: =?utf-8?Q?=C3=A9?=\r\n" TYPE "\r\n" E, CONVERT_UTF8, NULL},
    {"fields alone, and left", "Subject: " E "\r\n" TYPE "\r\n" E,
     "Subject: " E "\r\n" TYPE "\r\n" E, CONVERT_UTF8, "part 1: a header that isn't ASCII"},
};

static const struct {
    const char *name;
    const char *encoding;
    const char *encoded;
    const char *octets;
} decodings[] = {
    {"a soft line break", "quoted-printable", "a=\r\nb\r\n", "ab\r\n"},
    {"white space behind it", "quoted-printable", "a= \t\r\nb", "ab"},
    {"white space at the end of a line", "quoted-printable", "a =20 \r\n", "a  \r\n"},
    {"lower case, and none at all", "quoted-printable", "=c3=A9=x=", E "=x"},
    {"base64 with what isn't", "base64", "w6\r\n*kN Cg==w6k=", E "\r\n"},
    {"a label that says nothing", "8bit", "=C3", "=C3"},
};

static void
check_paths(struct arena *arena)
{
    struct decoded_part *part = mime_decode(
        arena,
        SLICE("From x\r\nContent-Type: multipart/digest; (c) boundary=\"a b\"\r\n\r\n"
              "--a bc\r\n--a b\r\n\r\nSubject: 1\r\n\r\n--a b \t\r\nContent-Type: text/html\r\n"
              "\r\n--a b--x\r\n--a b--\r\n--a b\r\n"),
        5);
    static const char *const expected[] = {"1 multipart/digest", "1.1 message/rfc822",
                                           "1.1.1 text/plain", "1.2 text/html"};

    for (size_t i = 0; i < sizeof expected / sizeof expected[0]; i++) {
        tap_check(part && slice_equal(slice_of(arena_printf(arena, "%s %.*s", part->path,
                                                            (int)part->type.len, part->type.at)),
                                      slice_of(expected[i])),
                  "part %s", expected[i]);
        if (part && i == 3)
            tap_check(slice_equal(part->octets, SLICE("--a b--x")), "what is no delimiter stays");
        part = part ? part->next : NULL;
    }
    tap_check(!part, "and no other");
}

int
main(void)
{
    struct arena *arena = arena_new(SIZE_MAX);

    for (size_t i = 0; i < sizeof judgements / sizeof judgements[0]; i++) {
        const char *wrong =
            mime_oracle(arena, slice_of(judgements[i].before), slice_of(judgements[i].after),
                        judgements[i].what);
        const char *expected = judgements[i].wrong;

        tap_check(wrong ? expected && strcmp(wrong, expected) == 0 : !expected, "%s: %s",
                  judgements[i].name, wrong ? wrong : "the same");
    }
    for (size_t i = 0; i < sizeof decodings / sizeof decodings[0]; i++)
        tap_check(slice_equal(mime_decode_octets(arena, slice_of(decodings[i].encoded),
                                                 slice_of(decodings[i].encoding)),
                              slice_of(decodings[i].octets)),
                  "decoded: %s", decodings[i].name);
    check_paths(arena);
    arena_free(&arena);
    return tap_done();
}
