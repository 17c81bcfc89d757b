/* What becomes of each shape of message before a next hop that takes 7 bits alone (RFC 6152 section
 * 3): rows MSG-01 to MSG-50, and of SUX the row that is about conversion. */
#include <stdio.h>

#include "../mime/mime_convert.h"
#include "../unit/tap.h"

enum { NEITHER = 0, BODY = CONVERT_8BIT, BOTH = CONVERT_8BIT | CONVERT_UTF8 };

#define MIME "MIME-Version: 1.0\n"
#define CTE "Content-Transfer-Encoding: "
#define UTF8_TEXT "Content-Type: text/plain; charset=utf-8\n"
#define MIXED "Content-Type: multipart/mixed; boundary=b\n"
#define SIGNED "Content-Type: multipart/signed; boundary=s; micalg=pgp-sha256\n"
#define SIGNATURE "\n--s\nContent-Type: application/pgp-signature\n\nabc\n--s--\n"
#define RFC822 "Content-Type: message/rfc822\n"
#define SUBJECT "Subject: x\n"
/* RFC 2045 section 6.7: e with an acute accent, in two octets. */
#define E "\xC3\xA9"
#define E_QP "=C3=A9"
#define CAFE "We meet at the caf" E " at noon.\n"
#define CAFE_CRLF "We meet at the caf" E " at noon.\r\n"
#define CAFE_QP "We meet at the caf" E_QP " at noon.\n"

/* Lines end with "\n", which stands for CRLF. after: NULL for what is refused, "" for what stays as
 * it is. */
struct row {
    const char *name;
    unsigned what;
    const char *before;
    const char *after;
    const char *reply; /* or its beginning */
};

static const struct row rows[] = {
    /* RFC 2045 section 6.7, and for what is text in no Latin script section 6.8. */
    {"MSG-01 text, mostly ASCII", BODY, MIME UTF8_TEXT CTE "8bit\n\n" CAFE,
     MIME UTF8_TEXT CTE "quoted-printable\n\n" CAFE_QP, NULL},
    {"MSG-02 text, hardly any ASCII", BODY, MIME UTF8_TEXT CTE "8bit\n\n你好世界\n",
     MIME UTF8_TEXT CTE "base64\n\n5L2g5aW95LiW55WMDQo=\n", NULL},
    {"MSG-03 ASCII that is labelled 8bit", BODY, MIME UTF8_TEXT CTE "8bit\n\nlunch\n",
     MIME UTF8_TEXT CTE "7bit\n\nlunch\n", NULL},
    {"MSG-04 8-bit without label", BODY, MIME UTF8_TEXT "\n" CAFE,
     MIME UTF8_TEXT CTE "quoted-printable\n\n" CAFE_QP, NULL},
    {"MSG-04 8-bit that is labelled 7bit", BODY, MIME CTE "7bit\n" UTF8_TEXT "\n" CAFE,
     MIME CTE "quoted-printable\n" UTF8_TEXT "\n" CAFE_QP, NULL},
    /* RFC 1428 section 3. */
    {"MSG-05 no MIME at all", BODY, SUBJECT "\n" CAFE,
     SUBJECT MIME "Content-Type: text/plain; charset=unknown-8bit\n" CTE "quoted-printable\n\n"
     CAFE_QP, NULL},
    /* RFC 2045 section 4. */
    {"MSG-06 no MIME-Version", BODY, UTF8_TEXT CTE "8bit\n\n" CAFE,
     UTF8_TEXT CTE "quoted-printable\n" MIME "\n" CAFE_QP, NULL},
    /* RFC 2045 section 6.7, note 4; section 6.8. */
    {"MSG-07 8-bit under quoted-printable", BODY,
     MIME UTF8_TEXT CTE "quoted-printable\n\na =3D b, caf" E ",=\n caf=c3=a9\n",
     MIME UTF8_TEXT CTE "quoted-printable\n\na =3D b, caf" E_QP ",=\n caf=c3=a9\n", NULL},
    {"MSG-08 8-bit under base64", BODY, MIME UTF8_TEXT CTE "base64\n\nYWJj\n" E "\n", NULL,
     "554 5.6.0"},
    {"MSG-09 text labelled binary", BODY, MIME UTF8_TEXT CTE "binary\n\nGrüße\n",
     MIME UTF8_TEXT CTE "base64\n\nR3LDvMOfZQ0K\n", NULL},
    {"MSG-10 an image labelled 8bit", BODY,
     MIME "Content-Type: image/png\n" CTE "8bit\n\n\x89PNG\n\x1A\n\xFF\n",
     MIME "Content-Type: image/png\n" CTE "base64\n\niVBORw0KGg0K/w0K\n", NULL},
    {"MSG-10 an image labelled binary", BODY,
     MIME "Content-Type: image/png\n" CTE "binary\n\n\x89PNG\n\x1A\n\xFF\n",
     MIME "Content-Type: image/png\n" CTE "base64\n\niVBORw0KGg0K/w0K\n", NULL},
    /* RFC 1847 section 2.1, RFC 8551 section 3.1.3. */
    {"MSG-11 8-bit and signed", BODY,
     MIME SIGNED "\n--s\n" UTF8_TEXT CTE "8bit\n\n" CAFE SIGNATURE, NULL, "554 5.6.2"},
    {"MSG-11 8-bit and signed, in a part", BODY,
     MIME MIXED "\n--b\n" SIGNED "\n--s\n" UTF8_TEXT CTE "8bit\n\n" CAFE SIGNATURE "\n--b--\n",
     NULL, "554 5.6.2"},
    {"MSG-11 8-bit in a signed part's header", BOTH,
     MIME SIGNED "\n--s\n" UTF8_TEXT "Content-Description: caf" E "\n\nlunch\n" SIGNATURE, NULL,
     "554 5.6.2"},
    {"MSG-12 ASCII and signed, labelled 8bit", BOTH,
     MIME SIGNED CTE "8bit\n\n--s\n" UTF8_TEXT CTE "8bit\n\nlunch\n" SIGNATURE, NULL,
     "554 5.6.2"},
    {"MSG-12 ASCII and signed, labelled 8bit outside of what is signed", BOTH,
     MIME SIGNED CTE "8bit\n\n--s\n" UTF8_TEXT CTE "7bit\n\nlunch\n" SIGNATURE,
     MIME SIGNED CTE "7bit\n\n--s\n" UTF8_TEXT CTE "7bit\n\nlunch\n" SIGNATURE, NULL},
    {"MSG-13 text beside what is signed", BODY,
     MIME MIXED "\n--b\n" SIGNED CTE "8bit\n\n--s\n" UTF8_TEXT "\nlunch \n" SIGNATURE
     "\n--b\n" UTF8_TEXT CTE "8bit\n\n" CAFE "\n--b--\n",
     MIME MIXED "\n--b\n" SIGNED CTE "7bit\n\n--s\n" UTF8_TEXT "\nlunch \n" SIGNATURE
     "\n--b\n" UTF8_TEXT CTE "quoted-printable\n\n" CAFE_QP "\n--b--\n", NULL},
    {"MSG-14 a message inside of what is signed", BODY,
     MIME SIGNED "\n--s\n" RFC822 "\n" SUBJECT MIME UTF8_TEXT CTE "8bit\n\n" CAFE SIGNATURE, NULL,
     "554 5.6.2"},
    /* RFC 2045 section 6.4: leaves are encoded, what is around them is relabelled. */
    {"MSG-15 one leaf of two", BODY,
     MIME MIXED CTE "8bit\n\n--b\n" UTF8_TEXT CTE "8bit\n\n" CAFE
     "\n--b\nContent-Type: image/png\n" CTE "base64\n\niVBORw==\n--b--\n",
     MIME MIXED CTE "7bit\n\n--b\n" UTF8_TEXT CTE "quoted-printable\n\n" CAFE_QP
     "\n--b\nContent-Type: image/png\n" CTE "base64\n\niVBORw==\n--b--\n", NULL},
    {"MSG-16 around two leaves no label", BODY,
     MIME "Content-Type: multipart/alternative; boundary=b\n\n--b\n" UTF8_TEXT CTE "8bit\n\n" CAFE
     "\n--b\nContent-Type: text/html; charset=utf-8\n" CTE "8bit\n\n<p>" CAFE "\n--b--\n",
     MIME "Content-Type: multipart/alternative; boundary=b\n\n--b\n" UTF8_TEXT
     CTE "quoted-printable\n\n" CAFE_QP "\n--b\nContent-Type: text/html; charset=utf-8\n"
     CTE "quoted-printable\n\n<p>" CAFE_QP "\n--b--\n", NULL},
    {"MSG-17 three deep", BODY,
     MIME "Content-Type: multipart/mixed; boundary=o\n" CTE "8bit\n\n--o\n"
     "Content-Type: multipart/related; boundary=m\n" CTE "binary\n\n--m\n" MIXED CTE "8bit\n\n"
     "--b\n" UTF8_TEXT CTE "8bit\n\n" CAFE "\n--b--\n\n--m--\n--o\n\nx\n--o--\n",
     MIME "Content-Type: multipart/mixed; boundary=o\n" CTE "7bit\n\n--o\n"
     "Content-Type: multipart/related; boundary=m\n" CTE "7bit\n\n--m\n" MIXED CTE "7bit\n\n"
     "--b\n" UTF8_TEXT CTE "quoted-printable\n\n" CAFE_QP "\n--b--\n\n--m--\n--o\n\nx\n--o--\n",
     NULL},
    /* RFC 2046 section 5.1.1: there is no encoding for what is outside of parts. */
    {"MSG-18 8-bit before the first part", BODY, MIME MIXED "\n" CAFE "--b\n\nx\n--b--\n", NULL,
     "554 5.6.3"},
    {"MSG-18 8-bit behind the last part", BODY, MIME MIXED "\n--b\n\nx\n--b--\n" CAFE, NULL,
     "554 5.6.3"},
    {"MSG-19 no boundary", BODY, MIME "Content-Type: multipart/mixed\n\n--b\n\n" CAFE "--b--\n",
     NULL, "554 5.6.5"},
    {"MSG-20 an encoded multipart, ASCII", BODY,
     MIME MIXED CTE "base64\n\n--b\n\nx\n--b--\n", "", NULL},
    {"MSG-20 an encoded multipart", BODY,
     MIME MIXED CTE "quoted-printable\n\n--b\n" UTF8_TEXT CTE "8bit\n\n" CAFE "\n--b--\n", NULL,
     "554 5.6.0"},
    /* RFC 2046 section 5.2.1. */
    {"MSG-21 inside of a message", BODY,
     MIME RFC822 CTE "8bit\n\n" SUBJECT MIME UTF8_TEXT CTE "8bit\n\n" CAFE,
     MIME RFC822 CTE "7bit\n\n" SUBJECT MIME UTF8_TEXT CTE "quoted-printable\n\n" CAFE_QP, NULL},
    /* RFC 6532 section 3.7, RFC 6531 section 3.5. */
    {"MSG-22 UTF-8 in the header of a message inside", BODY,
     MIME RFC822 "\nSubject: caf" E "\n\nx\n", NULL, "554 5.6.9"},
    {"MSG-22 the same, header fields too", BOTH, MIME RFC822 "\nSubject: caf" E "\n\nx\n",
     MIME RFC822 "\nSubject: =?utf-8?b?Y2Fmw6k=?=\n\nx\n", NULL},
    {"MSG-23 message/global", BODY,
     MIME "Content-Type: message/global\n" CTE
     "8bit\n\nSubject: Grüße\nFrom: jörg@example.org\n\nGrüße\n",
     MIME "Content-Type: message/global\n" CTE "base64\n\n"
     "U3ViamVjdDogR3LDvMOfZQ0KRnJvbTogasO2cmdAZXhhbXBsZS5vcmcNCg0KR3LDvMOfZQ0K\n", NULL},
    /* RFC 2046 sections 5.2.2 and 5.2.3. */
    {"MSG-24 message/partial", BODY,
     MIME "Content-Type: message/partial; id=a; number=1; total=2\n" CTE "8bit\n\n" SUBJECT "\n"
     CAFE, NULL, "554 5.6.2"},
    {"MSG-25 message/external-body", BODY,
     MIME "Content-Type: message/external-body; access-type=local-file; name=x\n\n" SUBJECT "\n"
     CAFE, NULL, "554 5.6.2"},
    {"MSG-26 a report", BODY,
     MIME "Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n--b\n"
     UTF8_TEXT CTE "8bit\n\n" CAFE "\n--b\nContent-Type: message/delivery-status\n\n"
     "Reporting-MTA: dns; mx.example\n\n--b\n" RFC822 CTE "8bit\n\n" SUBJECT MIME UTF8_TEXT CTE
     "8bit\n\n" CAFE "\n--b--\n",
     MIME "Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n--b\n"
     UTF8_TEXT CTE "quoted-printable\n\n" CAFE_QP
     "\n--b\nContent-Type: message/delivery-status\n\n"
     "Reporting-MTA: dns; mx.example\n\n--b\n" RFC822 CTE "7bit\n\n" SUBJECT MIME UTF8_TEXT CTE
     "quoted-printable\n\n" CAFE_QP "\n--b--\n", NULL},
    {"MSG-26 8-bit in a delivery status", BODY,
     MIME "Content-Type: message/delivery-status\n\nReporting-MTA: dns; caf" E "\n", NULL,
     "554 5.6.3"},
    /* RFC 6533 section 4.4. */
    {"MSG-27 a report in UTF-8", BODY,
     MIME "Content-Type: multipart/report; report-type=global-delivery-status; boundary=b\n\n--b\n"
     "\nx\n--b\nContent-Type: message/global-delivery-status\n" CTE "8bit\n\n"
     "Reporting-MTA: dns; mx.example\n\nFinal-Recipient: utf-8; jörg@example.org\n"
     "Action: failed\n\n--b\nContent-Type: message/global-headers\n\nSubject: Grüße\n\n--b--\n",
     MIME "Content-Type: multipart/report; report-type=global-delivery-status; boundary=b\n\n--b\n"
     "\nx\n--b\nContent-Type: message/global-delivery-status\n" CTE "base64\n\n"
     "UmVwb3J0aW5nLU1UQTogZG5zOyBteC5leGFtcGxlDQoNCkZpbmFsLVJlY2lwaWVudDogdXRmLTg7\n"
     "IGrDtnJnQGV4YW1wbGUub3JnDQpBY3Rpb246IGZhaWxlZA0K\n"
     "--b\nContent-Type: message/global-headers\n" CTE "base64\n\nU3ViamVjdDogR3LDvMOfZQ0K\n"
     "--b--\n", NULL},
    /* RFC 2046 section 5.1.5. */
    {"MSG-28 a digest", BODY,
     MIME "Content-Type: multipart/digest; boundary=b\n\n--b\n\n" SUBJECT UTF8_TEXT "\n" CAFE
     "\n--b\n\n" SUBJECT "\nlunch\n--b--\n",
     MIME "Content-Type: multipart/digest; boundary=b\n\n--b\n\n" SUBJECT UTF8_TEXT MIME CTE
     "quoted-printable\n\n" CAFE_QP "\n--b\n\n" SUBJECT "\nlunch\n--b--\n", NULL},
    /* RFC 8551 section 3.1.2. */
    {"MSG-29 S/MIME, labelled binary", BODY,
     MIME "Content-Type: application/pkcs7-mime\n" CTE "binary\n\n\x30\x82\x01\xFF",
     MIME "Content-Type: application/pkcs7-mime\n" CTE "base64\n\nMIIB/w==", NULL},
    {"MSG-30 encrypted", BODY,
     MIME "Content-Type: multipart/encrypted; boundary=b\n\n--b\n"
     "Content-Type: application/pgp-encrypted\n\nVersion: 1\n--b\n"
     "Content-Type: application/octet-stream\n" CTE "8bit\n\nMIIB\xFF\n--b--\n",
     MIME "Content-Type: multipart/encrypted; boundary=b\n\n--b\n"
     "Content-Type: application/pgp-encrypted\n\nVersion: 1\n--b\n"
     "Content-Type: application/octet-stream\n" CTE "base64\n\nTUlJQv8=\n--b--\n", NULL},
    /* RFC 2049 section 3. */
    {"MSG-33 lines that are told apart on the way", BODY,
     MIME UTF8_TEXT CTE "8bit\n\n" CAFE "From here\n.\n..x\n>From\n",
     MIME UTF8_TEXT CTE "quoted-printable\n\n" CAFE_QP "=46rom here\n=2E\n=2E.x\n>From\n", NULL},
    /* RFC 2045 section 6.7, rule 3; RFC 3676. */
    {"MSG-34 white space at ends of lines", BODY,
     MIME "Content-Type: text/plain; charset=utf-8; format=flowed\n" CTE "8bit\n\n" CAFE
     "flowed \ntab\t\n \n",
     MIME "Content-Type: text/plain; charset=utf-8; format=flowed\n" CTE "quoted-printable\n\n"
     CAFE_QP "flowed=20\ntab=09\n=20\n", NULL},
    /* RFC 2046 section 5.1.1: the line end before a delimiter isn't the part's. */
    {"MSG-35 a part without line end", BODY,
     MIME MIXED "\n--b\n" UTF8_TEXT CTE "8bit\n\n" CAFE "We meet at the caf" E "\n--b--\n",
     MIME MIXED "\n--b\n" UTF8_TEXT CTE "quoted-printable\n\n" CAFE_QP "We meet at the caf" E_QP
     "\n--b--\n", NULL},
    {"MSG-35 a message without line end", BODY,
     MIME UTF8_TEXT CTE "8bit\n\n" CAFE "We meet at the caf" E,
     MIME UTF8_TEXT CTE "quoted-printable\n\n" CAFE_QP "We meet at the caf" E_QP, NULL},
    /* RFC 2045 section 6.4. */
    {"MSG-38 an unknown encoding", BODY, MIME UTF8_TEXT CTE "x-uuencode\n\n" CAFE, NULL,
     "554 5.6.3"},
    /* RFC 2045 section 6.1, RFC 5322 section 3.2.2. */
    {"MSG-39 a label with comment, folded", BODY,
     MIME UTF8_TEXT "content-transfer-ENCODING:\n (x)\n 8BIT (hi)\n\n" CAFE,
     MIME UTF8_TEXT "content-transfer-ENCODING: quoted-printable\n\n" CAFE_QP, NULL},
    {"MSG-40 two labels that differ", BODY, MIME UTF8_TEXT CTE "8bit\n" CTE "7bit\n\n" CAFE, NULL,
     "554 5.6.0"},
    /* RFC 6376 section 5.3: who signs behind this signs what is sent. */
    {"MSG-42 before a signature is made", BODY, MIME UTF8_TEXT CTE "8bit\n\n" CAFE,
     MIME UTF8_TEXT CTE "quoted-printable\n\n" CAFE_QP, NULL},
    {"MSG-43 ASCII, whatever was declared", BOTH, SUBJECT MIME UTF8_TEXT CTE "8bit\n\nlunch\n",
     SUBJECT MIME UTF8_TEXT CTE "7bit\n\nlunch\n", NULL},
    /* RFC 5321 section 2.4: what was declared doesn't change what is there. */
    {"MSG-44 8-bit that was declared 7bit", BODY, MIME UTF8_TEXT "\n" CAFE,
     MIME UTF8_TEXT CTE "quoted-printable\n\n" CAFE_QP, NULL},
    /* RFC 6531 section 3.5, RFC 2047. */
    {"MSG-45 UTF-8 in the header", BODY, "Subject: caf" E "\n\nlunch\n", NULL, "554 5.6.9"},
    {"MSG-45 the same, header fields too", BOTH, "Subject: caf" E "\n\nlunch\n",
     "Subject: =?utf-8?b?Y2Fmw6k=?=\n\nlunch\n", NULL},
    /* RFC 6532 section 3.7, RFC 2231 section 4. */
    {"MSG-46 UTF-8 in a part's header", BODY,
     MIME MIXED "\n--b\nContent-Disposition: attachment; filename=\"" E ".txt\"\n\nx\n--b--\n",
     NULL, "554 5.6.9"},
    {"MSG-46 the same, header fields too", BOTH,
     MIME MIXED "\n--b\nContent-Disposition: attachment; filename=\"" E ".txt\"\n\nx\n--b--\n",
     MIME MIXED "\n--b\nContent-Disposition: attachment; filename*=utf-8''%C3%A9.txt\n\nx\n--b--\n",
     NULL},
    /* RFC 2046 section 5.1.1. */
    {"MSG-48 a boundary in quotes, padded delimiters", BODY,
     MIME "Content-Type: multipart/mixed; boundary=\"a = b\"\n\n--a = b \t\n" UTF8_TEXT
     CTE "8bit\n\n" CAFE "\n--a = b-- \n",
     MIME "Content-Type: multipart/mixed; boundary=\"a = b\"\n\n--a = b \t\n" UTF8_TEXT
     CTE "quoted-printable\n\n" CAFE_QP "\n--a = b-- \n", NULL},
    /* RFC 2046 section 5.1.2. */
    {"MSG-49 no last delimiter", BODY, MIME MIXED "\n--b\n" UTF8_TEXT CTE "8bit\n\n" CAFE,
     MIME MIXED "\n--b\n" UTF8_TEXT CTE "quoted-printable\n\n" CAFE_QP, NULL},
    {"MSG-49 no last delimiter inside of another multipart", BODY,
     MIME "Content-Type: multipart/mixed; boundary=o\n\n--o\n" MIXED "\n--b\n" UTF8_TEXT CTE
     "8bit\n\n" CAFE "\n--o--\n",
     MIME "Content-Type: multipart/mixed; boundary=o\n\n--o\n" MIXED "\n--b\n" UTF8_TEXT CTE
     "quoted-printable\n\n" CAFE_QP "\n--o--\n", NULL},
    /* What is encoded is ASCII on the wire. */
    {"SUX-15 UTF-8 in an encoded message inside", BOTH,
     MIME MIXED "\n--b\nContent-Type: message/global\n" CTE "base64\n\nU3ViamVjdDogw6kNCg0K\n--b\n"
     "Content-Type: message/global\n" CTE "quoted-printable\n\nSubject: =C3=A9\n\n--b--\n", "",
     NULL},
};

static struct buffer *
new_text(struct arena *arena)
{
    struct buffer *text = ARENA_NEW(arena, struct buffer);

    buffer_init(text, arena, SIZE_MAX);
    return text;
}

static struct slice
with_crlf(struct arena *arena, const char *text)
{
    struct buffer *to = new_text(arena);

    for (; *text; text++)
        if (*text == '\n')
            buffer_text(to, "\r\n");
        else
            buffer_octet(to, *text);
    return buffer_slice(to);
}

static void
show(const char *what, struct slice text)
{
    printf("#   %s: ", what);
    for (size_t i = 0; i < text.len; i++)
        if (text.at[i] == '\n')
            printf("\n#     ");
        else if (text.at[i] != '\r')
            printf(text.at[i] >= 32 && text.at[i] < 127 ? "%c" : "\\x%02X",
                   (unsigned char)text.at[i]);
    putchar('\n');
}

/* MSG-50: what came out stays as it is. */
static bool
is_settled(struct arena *arena, const struct mime_converted *first)
{
    struct mime_converted again = mime_convert(arena, first->said, BOTH, 0);

    return again.done && slice_equal(again.said, first->said);
}

static bool
is_said(struct arena *arena, struct slice before, unsigned what, struct slice after)
{
    struct mime_converted seen = mime_convert(arena, before, what, 0);

    for (uint32_t seed = 1; seed < 20; seed++) {
        struct mime_converted pieces = mime_convert(arena, before, what, seed);

        if (!mime_converted_equal(&seen, &pieces))
            return false;
    }
    if (seen.done && slice_equal(seen.said, after) && is_settled(arena, &seen))
        return true;
    show(seen.done ? "seen" : "refused", seen.said);
    show("wanted", after);
    return false;
}

static bool
is_refused(struct arena *arena, struct slice before, unsigned what, const char *reply)
{
    struct mime_converted seen = mime_convert(arena, before, what, 0);

    if (!seen.done && slice_starts_nocase(seen.said, slice_of(reply)) &&
        seen.said.len > strlen(reply) + 1)
        return true;
    show(seen.done ? "converted" : "refused", seen.said);
    return false;
}

static void
check_row(struct arena *arena, const struct row *row)
{
    struct slice before = with_crlf(arena, row->before);
    struct slice after = before;

    if (row->after && *row->after)
        after = with_crlf(arena, row->after);
    tap_check(row->after ? is_said(arena, before, row->what, after)
                         : is_refused(arena, before, row->what, row->reply),
              "%s", row->name);
}

/* RFC 2045 section 6.7: a line that is too long for SMTP is so no more. */
static void
check_long_line(struct arena *arena)
{
    struct buffer *before = new_text(arena), *after = new_text(arena);

    buffer_text(before, "MIME-Version: 1.0\r\nContent-Type: text/html; charset=utf-8\r\n"
                         "Content-Transfer-Encoding: 8bit\r\n\r\n" E);
    buffer_text(after, "MIME-Version: 1.0\r\nContent-Type: text/html; charset=utf-8\r\n"
                        "Content-Transfer-Encoding: quoted-printable\r\n\r\n" E_QP);
    for (size_t i = 0; i < 5000; i++) {
        buffer_octet(before, 'x');
        if (i % 75 == 69)
            buffer_text(after, "=\r\n");
        buffer_octet(after, 'x');
    }
    buffer_text(before, "\r\n");
    buffer_text(after, "\r\n");
    tap_check(is_said(arena, buffer_slice(before), BODY, buffer_slice(after)),
              "MSG-32 a line of 5000 octets");
}

/* RFC 2045 section 6.7, rule 4; what isn't CRLF is no line end of the text. */
static void
check_controls(struct arena *arena)
{
    static const char body[] = CAFE_CRLF "We meet\rat\nnoon, and a NUL \0 comes too.\r\n";
    struct buffer *before = new_text(arena);

    buffer_add(before, with_crlf(arena, MIME UTF8_TEXT CTE "8bit\n\n"));
    buffer_add(before, SLICE(body));
    tap_check(is_said(arena, buffer_slice(before), BODY,
                      with_crlf(arena, MIME UTF8_TEXT CTE "quoted-printable\n\n" CAFE_QP
                                       "We meet=0Dat=0Anoon, and a NUL =00 comes too.\n")),
              "MSG-36 bare CR, bare LF and NUL");
}

/* RFC 2045 section 6.7, rule 5 may break a line before what then looks like a delimiter. */
static void
check_made_delimiter(struct arena *arena)
{
#define X15 "xxxxxxxxxxxxxxx"
#define X75 X15 X15 X15 X15 X15
    tap_check(is_said(arena,
                      with_crlf(arena, MIME "Content-Type: multipart/mixed; boundary=outer\n\n"
                                            "--outer\n" UTF8_TEXT CTE "8bit\n\n" CAFE X75
                                            "--outer\n--outer--\n"),
                      BODY,
                      with_crlf(arena, MIME "Content-Type: multipart/mixed; boundary=outer\n\n"
                                            "--outer\n" UTF8_TEXT CTE "quoted-printable\n\n" CAFE_QP
                                            X75 "=\n=2D-outer\n--outer--\n")),
              "MSG-37 a soft line break makes no delimiter");
}

/* RFC 2049 section 4; the octets of UTF-16 hold those of line ends. */
static void
check_utf16(struct arena *arena)
{
    static const char body[] = "G\0r\0\xFC\0\xDF\0e\0\r\0\n\0";
    struct buffer *before = new_text(arena);

    buffer_add(before,
               with_crlf(arena, MIME "Content-Type: text/plain; charset=utf-16le\n" CTE
                                     "8bit\n\n"));
    buffer_add(before, (struct slice){body, sizeof body - 1});
    tap_check(is_said(arena, buffer_slice(before), BODY,
                      with_crlf(arena, MIME "Content-Type: text/plain; charset=utf-16le\n" CTE
                                            "base64\n\nRwByAPwA3wBlAA0ACgA=")),
              "MSG-31 UTF-16");
}

/* RFC 6376 section 3.7: what a change breaks is known before it is made. */
static void
check_signature(struct arena *arena)
{
    struct slice before =
        with_crlf(arena, "DKIM-Signature: v=1; a=rsa-sha256; b=abc; bh=def\n" MIME UTF8_TEXT CTE
                         "8bit\n\n" CAFE);
    struct mime_converted seen = mime_convert(arena, before, BODY, 0);

    tap_check(mime_is_signed(seen.message), "MSG-41 a DKIM signature is seen");
    tap_check(seen.done && slice_is_ascii(seen.said), "MSG-41 and no hindrance");
}

static void
check_depth(struct arena *arena)
{
    struct buffer *deep = new_text(arena);

    buffer_text(deep, "MIME-Version: 1.0\r\n");
    for (unsigned i = 0; i <= MIME_CONVERT_DEPTH; i++)
        buffer_text(deep, "Content-Type: message/rfc822\r\n\r\n");
    buffer_text(deep, "Subject: x\r\n\r\ncaf" E "\r\n");
    tap_check(is_refused(arena, buffer_slice(deep), BODY, "554 5.6.5"), "MSG-47 too deep");
}

/* What a rule may ask of them: UTF-8 in header fields that travel as such. */
static void
check_needs(struct arena *arena)
{
    static const struct {
        const char *name;
        const char *text;
        bool needs;
    } cases[] = {
        {"MSG-22 a message inside", MIME RFC822 "\nSubject: caf" E "\n\nx\n", true},
        {"MSG-46 a part", MIME MIXED "\n--b\nContent-Description: " E "\n\nx\n--b--\n", true},
        {"MSG-01 none", MIME UTF8_TEXT CTE "8bit\n\n" CAFE, false},
        {"SUX-15 an encoded message",
         MIME "Content-Type: message/global\n" CTE "quoted-printable\n\nSubject: =C3=A9\n\n",
         false},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        tap_check(mime_convert(arena, with_crlf(arena, cases[i].text), NEITHER, 0).needs_utf8 ==
                      cases[i].needs,
                  "needs SMTPUTF8: %s", cases[i].name);
}

int
main(void)
{
    struct arena *arena = arena_new(SIZE_MAX);

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        check_row(arena, &rows[i]);
    check_utf16(arena);
    check_long_line(arena);
    check_controls(arena);
    check_made_delimiter(arena);
    check_signature(arena);
    check_depth(arena);
    check_needs(arena);
    arena_free(&arena);
    return tap_done();
}
