/* Conversions to the octet, of messages that are odd: RFC 2045, RFC 2046. */
#include "mail/convert_message.h"

#include <stdio.h>

#include "../mime/mime_convert.h"
#include "tap.h"

enum { BOTH = CONVERT_8BIT | CONVERT_UTF8 };

#define CHARSET "Content-Type: text/plain; charset=unknown-8bit\r\n"
#define BASE64 "Content-Transfer-Encoding: base64\r\n"
#define QUOTED "Content-Transfer-Encoding: quoted-printable\r\n"
#define X10 "xxxxxxxxxx"
#define X100 X10 X10 X10 X10 X10 X10 X10 X10 X10 X10
#define MIME "MIME-Version: 1.0\r\n"
#define LABEL(name) "Content-Transfer-Encoding: " name "\r\n"
#define MIXED MIME "Content-Type: multipart/mixed; boundary=b\r\n"
#define SIGNED MIME "Content-Type: multipart/signed; boundary=b\r\n"

static const struct {
    const char *why;
    unsigned what;
    const char *in;
    const char *out;
} cases[] = {
    {"nothing to do", BOTH, "Subject: x\r\n\r\ntext\r\n", "Subject: x\r\n\r\ntext\r\n"},
    {"RFC 5322 2.2.3: a line of white space above the header stays, and so does the header", BOTH,
     "   \r\nSubject: x\r\n\r\n\xE9\r\n",
     "   \r\nSubject: x\r\n" MIME CHARSET BASE64 "\r\n6Q0K\r\n"},
    {"RFC 4155: so does the line of a mailbox file", BOTH,
     "From a@b Mon Nov  2 12:00:00 2026\r\nSubject: x\r\n\r\n\xE9\r\n",
     "From a@b Mon Nov  2 12:00:00 2026\r\nSubject: x\r\n" MIME CHARSET BASE64 "\r\n6Q0K\r\n"},
    {"no field at all: an empty line parts header and body", BOTH, "caf\xE9 is not a field\r\n",
     MIME CHARSET QUOTED "\r\ncaf=E9 is not a field\r\n"},
    {"a header without empty line, in a message inside", BOTH,
     "Content-Type: message/rfc822\r\nno field, but caf\xE9\r\n",
     "Content-Type: message/rfc822\r\n" MIME "\r\n" MIME CHARSET QUOTED
     "\r\nno field, but caf=E9\r\n"},
    {"a field without line end", CONVERT_UTF8, "X: caf\xC3\xA9",
     "X: =?utf-8?b?Y2Fmw6k=?=\r\n\r\n"},
    {"several labels that say the same become one", BOTH,
     "MIME-Version: 1.0\r\nContent-Transfer-Encoding: 8bit\r\nContent-Type: text/plain\r\n"
     "Content-Transfer-Encoding: 8BIT (x)\r\n\r\na caf\xE9 here\r\n",
     "MIME-Version: 1.0\r\nContent-Transfer-Encoding: quoted-printable\r\n"
     "Content-Type: text/plain\r\n\r\na caf=E9 here\r\n"},
    {"the line end before a delimiter isn't encoded", BOTH,
     "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
     "--b\r\nContent-Type: message/global\r\n\r\nX: \xC3\xA9\r\n\r\n--b--\r\n",
     "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
     "--b\r\nContent-Type: message/global\r\n" BASE64 "\r\nWDogw6kNCg==\r\n--b--\r\n"},
    {"RFC 2045 6.7: octets above 127 in quoted-printable are encoded, and nothing else", BOTH,
     MIME "Content-Transfer-Encoding: quoted-printable\r\n\r\n=46\xE9=\r\n-- \xE9 \r\n",
     MIME "Content-Transfer-Encoding: quoted-printable\r\n\r\n=46=E9=\r\n-- =E9 \r\n"},
    {"RFC 5322 2.1.1: where lines might become too long, soft breaks keep them short", BOTH,
     MIME "Content-Transfer-Encoding: quoted-printable\r\n\r\nab\xE9\xE9" X100 X100 X100 X100
          "\xE9\r\n",
     MIME
     "Content-Transfer-Encoding: quoted-printable\r\n\r\nab=\r\n=E9=\r\n=E9" X100 X100 X100 X100
     "=\r\n=E9\r\n"},
    {"RFC 2045 6.8: octets above 127 go from base64, and nothing else does", CONVERT_8BIT,
     MIME BASE64 "\r\n\xC3\xA9" "Zm9v\xA0Zm8=\r\n\xE9\r\n\r\n",
     MIME BASE64 "\r\n" "Zm9vZm8=\r\n\r\n\r\n"},
    {"in a part, up to its delimiter", CONVERT_8BIT,
     MIXED "\r\n--b\r\n" BASE64 "\r\nZm9v\xA0Zg==\xE9\r\n--b--\r\n",
     MIXED "\r\n--b\r\n" BASE64 "\r\nZm9vZg==\r\n--b--\r\n"},
    {"without an empty line in front it gets one", CONVERT_8BIT,
     MIME BASE64 "\xE9\t\r\nZm9vZg==\r\n", MIME BASE64 "\r\n\t\r\nZm9vZg==\r\n"},
    {"text under base64 is no base64 with stray octets", CONVERT_8BIT,
     MIME BASE64 "\r\nFu\xC3\x9Fmatten\r\n",
     "554 5.6.0 the message is labelled as base64 and isn't, and holds 8-bit octets"},
    {"header fields alone leave it as it is", CONVERT_UTF8,
     MIME BASE64 "\r\nZm9v\xA0Zg==\r\n", MIME BASE64 "\r\nZm9v\xA0Zg==\r\n"},
    {"RFC 6532 3.5: an encoded message/global isn't encoded again", BOTH,
     MIME "Content-Type: message/global\r\n" BASE64 "\r\nU3ViamVjdDogeA0KDQo=\xE9\r\n",
     MIME "Content-Type: message/global\r\n" BASE64 "\r\nU3ViamVjdDogeA0KDQo=\r\n"},
    {"nor is one in quoted-printable", BOTH,
     MIME "Content-Type: message/global\r\n" QUOTED "\r\nSubject: =3D\xE9\r\n\r\n",
     MIME "Content-Type: message/global\r\n" QUOTED "\r\nSubject: =3D=E9\r\n\r\n"},
    {"RFC 2046 5.2.4: message/news is octets to most readers, and can't be encoded", BOTH,
     "Content-Type: message/news\r\n\r\nSubject: x\r\n\r\n\xE9\r\n",
     "554 5.6.3 the message may not be encoded (RFC 2045 section 6.4) and holds 8-bit octets"},
    {"nor can its header be said in ASCII", CONVERT_UTF8,
     "Content-Type: message/news\r\n\r\nSubject: \xC3\xA9\r\n\r\nx\r\n",
     "554 5.6.3 the message may not be encoded (RFC 2045 section 6.4) and holds 8-bit octets"},
    {"RFC 2046 5.1.2: a multipart in one of the same boundary", BOTH,
     "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n"
     "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\n\xE9\r\n--b--\r\n",
     "554 5.6.5 part 2 (multipart/mixed) names the boundary of a multipart that it is in"},
    {"a field in the charset of the message's text", BOTH,
     "Subject: Gr\xFC\xDF" "e\r\nContent-Type: text/plain; charset=ISO-8859-1\r\n\r\nx\r\n",
     "Subject: =?utf-8?b?R3LDvMOfZQ==?=\r\nContent-Type: text/plain; charset=ISO-8859-1\r\n"
     "\r\nx\r\n"},
    {"also of several octets, of which some look like ASCII", BOTH,
     "Subject: \xA5\x5C\r\nContent-Type: text/plain; charset=big5\r\n\r\nx\r\n",
     "Subject: =?utf-8?b?5Yqf?=\r\nContent-Type: text/plain; charset=big5\r\n\r\nx\r\n"},
    {"RFC 1428 3: what is not valid in it is of an unknown one", BOTH,
     "Subject: \xE9\xFF\r\nContent-Type: text/plain; charset=euc-kr\r\n\r\nx\r\n",
     "Subject: =?unknown-8bit?b?6f8=?=\r\nContent-Type: text/plain; charset=euc-kr\r\n"
     "\r\nx\r\n"},
    {"nor is one that ASCII isn't part of", BOTH,
     "Subject: \xE9\xE9\r\nContent-Type: text/plain; charset=utf-16le\r\n\r\nx\r\n",
     "Subject: =?unknown-8bit?b?6ek=?=\r\nContent-Type: text/plain; charset=utf-16le\r\n"
     "\r\nx\r\n"},
    {"an empty label is none", BOTH,
     MIME "Content-Transfer-Encoding: \r\n\r\na caf\xE9 here\r\n",
     MIME QUOTED CHARSET "\r\na caf=E9 here\r\n"},
    {"RFC 2045 6.2: ASCII under 8bit is 7bit, and nothing else changes", CONVERT_8BIT,
     MIME LABEL("8bit") "X: y\r\n\r\ntext \r\n.=\r\n",
     MIME LABEL("7bit") "X: y\r\n\r\ntext \r\n.=\r\n"},
    {"header fields alone leave labels as they are", CONVERT_UTF8,
     MIME LABEL("8bit") "\r\ntext\r\n", MIME LABEL("8bit") "\r\ntext\r\n"},
    {"at any depth, and no MIME-Version comes of it", CONVERT_8BIT,
     "Content-Type: message/rfc822\r\n" LABEL("8bit") "\r\n" LABEL("binary") "\r\ntext",
     "Content-Type: message/rfc822\r\n" LABEL("7bit") "\r\n" LABEL("7bit") "\r\ntext"},
    {"RFC 3464: a report of ASCII keeps its parts", CONVERT_8BIT,
     MIXED LABEL("8bit") "\r\n--b\r\n\r\nno label\r\n"
                         "--b\r\nContent-Type: message/delivery-status\r\n" LABEL(
                             "8bit") "\r\nAction: failed\r\n"
                                     "--b\r\nContent-Type: message/rfc822\r\n" LABEL(
                                         "8bit") "\r\nSubject: x\r\n\r\n--b--\r\n",
     MIXED LABEL("7bit") "\r\n--b\r\n\r\nno label\r\n"
                         "--b\r\nContent-Type: message/delivery-status\r\n" LABEL(
                             "7bit") "\r\nAction: failed\r\n"
                                     "--b\r\nContent-Type: message/rfc822\r\n" LABEL(
                                         "7bit") "\r\nSubject: x\r\n\r\n--b--\r\n"},
    {"an empty message inside gains no line", CONVERT_8BIT,
     MIXED "\r\n--b\r\nContent-Type: message/rfc822\r\n" LABEL(
         "8bit") "\r\n--b\r\n"
                 "Content-Type: message/rfc822\r\n\r\n\r\n--b--\r\n",
     MIXED "\r\n--b\r\nContent-Type: message/rfc822\r\n" LABEL(
         "7bit") "\r\n--b\r\n"
                 "Content-Type: message/rfc822\r\n\r\n\r\n--b--\r\n"},
    {"nor does it beside a part that is converted", BOTH,
     MIXED "\r\n--b\r\nContent-Type: message/rfc822\r\n\r\n--b\r\n" LABEL(
         "8bit") "Content-Type: text/plain\r\n\r\na caf\xE9 here\r\n--b--\r\n",
     MIXED "\r\n--b\r\nContent-Type: message/rfc822\r\n\r\n--b\r\n" QUOTED
           "Content-Type: text/plain\r\n\r\na caf=E9 here\r\n--b--\r\n"},
    {"RFC 2045 2.7: what 7bit may not hold is encoded where a label is wrong, and stays elsewhere",
     CONVERT_8BIT,
     MIXED
     "\r\n--b\r\nContent-Type: x/y\r\n" LABEL("binary") "\r\na\nb\r\n--b\r\n\r\na\nb\r\n--b--\r\n",
     MIXED "\r\n--b\r\nContent-Type: x/y\r\n" BASE64 "\r\nYQpi\r\n--b\r\n\r\na\nb\r\n--b--\r\n"},
    {"RFC 1847 2.1: nothing in a signed part is relabelled", CONVERT_8BIT,
     SIGNED
     "\r\n--b\r\n" LABEL("8bit") "\r\ntext\r\n--b\r\n"
                                 "Content-Type: application/pgp-signature\r\n\r\nx\r\n--b--\r\n",
     "554 5.6.2 part 2 (text/plain) is signed and labelled as 8-bit though it is ASCII; "
     "the label may not be changed"},
    {"its own label isn't signed", CONVERT_8BIT,
     SIGNED LABEL("8bit") "\r\n--b\r\n\r\ntext\r\n--b--\r\n",
     SIGNED LABEL("7bit") "\r\n--b\r\n\r\ntext\r\n--b--\r\n"},
    {"nor is it changed beside a part that is converted", BOTH,
     MIXED "\r\n--b\r\n\r\na caf\xE9 here\r\n--b\r\n"
           "Content-Type: multipart/signed; boundary=c\r\n\r\n--c\r\n" LABEL(
               "binary") "\r\ntext\r\n--c--\r\n--b--\r\n",
     "554 5.6.2 part 4 (text/plain) is signed and labelled as 8-bit though it is ASCII; "
     "the label may not be changed"},
};

static void
check(size_t i)
{
    struct arena *arena = arena_new(SIZE_MAX);
    struct slice in = slice_of(cases[i].in), out = slice_of(cases[i].out);
    bool same = true;

    for (uint32_t seed = 0; seed < 20; seed++) {
        struct mime_converted got = mime_convert(arena, in, cases[i].what, seed);

        same = same && got.reasons_hold;
        if (same && !slice_equal(got.said, out))
            printf("# got %.*s\n# expected %s\n", (int)got.said.len, got.said.at, cases[i].out);
        same = same && slice_equal(got.said, out);
    }
    tap_check(same, "%s", cases[i].why);
    arena_free(&arena);
}

#define TO "To: j\xC3\xB6rg@x.example\r\n"
#define NO_FORM(field, part) \
    "the field " field " of " part " holds an address that has no ASCII form"

/* One reason a line. */
static const struct {
    const char *why;
    unsigned what;
    size_t most;
    const char *in;
    const char *reasons;
} refused[] = {
    {"nothing is in the way", BOTH, 9, "Subject: caf\xC3\xA9\r\n\r\ncaf\xC3\xA9\r\n", ""},
    {"each field has its reason, and each part", BOTH, 9,
     TO "Cc: j\xC3\xB6rg@x.example\r\nContent-Type: message/rfc822\r\n\r\n" TO
        "Content-Type: message/partial\r\n\r\ncaf\xC3\xA9\r\n",
     NO_FORM("To", "the message") "\n" NO_FORM("Cc", "the message") "\n"
     "part 2 (message/partial) may only be 7bit and holds 8-bit octets, which can't be converted\n"
     NO_FORM("To", "part 2 (message/partial)") "\n"},
    {"as many as are wanted", BOTH, 1, TO TO "\r\nx\r\n", NO_FORM("To", "the message") "\n"},
    {"none at all", BOTH, 0, TO "\r\nx\r\n", ""},
    {"a body is no reason against fields in ASCII", CONVERT_UTF8, 9,
     "Subject: caf\xC3\xA9\r\n" LABEL("x-own") "\r\ncaf\xC3\xA9\r\n", ""},
    {"but against 7 bits", BOTH, 9, LABEL("x-own") "\r\ncaf\xC3\xA9\r\n",
     "the message has an unknown Content-Transfer-Encoding\n"},
    {"what stands inside of what is refused adds nothing", BOTH, 9,
     SIGNED "\r\n--b\r\n" TO "\r\ncaf\xC3\xA9\r\n--b--\r\n",
     "the message is signed and holds 8-bit octets, which may not be converted\n"},
};

static void
check_reasons(size_t i)
{
    struct arena *arena = arena_new(SIZE_MAX);
    struct mime_converted got = mime_convert(arena, slice_of(refused[i].in), refused[i].what, 0);
    struct convert_refusal reason[9];
    const char *all = "";
    size_t count = convert_refusals(arena, got.message, refused[i].what, refused[i].most, reason);

    for (size_t j = 0; j < count; j++)
        all = arena_printf(arena, "%s%s\n", all, reason[j].reason);
    tap_check(strcmp(all, refused[i].reasons) == 0, "%s: %s", refused[i].why, all);
    arena_free(&arena);
}

int
main(void)
{
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        check(i);
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++)
        check_reasons(i);
    return tap_done();
}
