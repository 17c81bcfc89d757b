/* The shapes, by families. */
#include "shape.h"

/* Limits of the program. */
enum { FIELDS = 1990, AUTHORS = 198, PARTS = 1990, DEPTH = 48, RECIPIENTS = 1000, PIECES = 9000 };

#define ME "From: alice@example.org\r\n"
#define TEXT "\r\n\r\ntext\r\n"

/* A header that grows by fields, one that grows in a field, one that grows in a From of so many
 * mailboxes at most, and one with a body that grows. */
#define FIELD(name, unit)                                                                          \
    {                                                                                              \
        name, SHAPE_MESSAGE, FIELDS, ME, unit, "", "", "\r\ntext\r\n"                              \
    }
#define AUTHOR_FIELD(name, unit)                                                                   \
    {                                                                                              \
        name, SHAPE_MESSAGE, AUTHORS, ME, unit, "", "", "\r\ntext\r\n"                             \
    }
#define INSIDE(name, head, unit)                                                                   \
    {                                                                                              \
        name, SHAPE_MESSAGE, 0, ME head, unit, "", "", TEXT                                        \
    }
#define PIECE(name, head, unit)                                                                    \
    {                                                                                              \
        name, SHAPE_MESSAGE, PIECES, ME head, unit, "", "", TEXT                                   \
    }
#define AUTHOR(name, most, head, unit, tail)                                                       \
    {                                                                                              \
        name, SHAPE_MESSAGE, most, "From: " head, unit, "", "", tail TEXT                          \
    }
#define BODY(name, head, unit)                                                                     \
    {                                                                                              \
        name, SHAPE_MESSAGE, 0, ME head "\r\n", unit, "", "", "\r\n"                               \
    }
#define MIXED "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n"
#define PART(name, unit)                                                                           \
    {                                                                                              \
        name, SHAPE_MESSAGE, PARTS, ME MIXED "\r\n", unit, "", "", "--b--\r\n"                     \
    }
#define NEST(name, unit, end)                                                                      \
    {                                                                                              \
        name, SHAPE_MESSAGE, DEPTH, ME, unit, "\r\n\r\ntext\r\n", end, ""                          \
    }
#define WORDS(name, unit) INSIDE("words-" name, "Subject: ", unit)
#define LONG "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define LONGER LONG LONG LONG LONG LONG LONG LONG LONG LONG LONG LONG LONG LONG LONG
#define DISPOSITION "MIME-Version: 1.0\r\nContent-Disposition: attachment"

static const struct shape shapes[] = {
    /* Names of fields. */
    FIELD("names-distinct", "X-#: a\r\n"),
    FIELD("names-equal", "X-Same: a\r\n"),
    FIELD("names-colliding", "$: a\r\n"),
    FIELD("names-alike", LONG "#: a\r\n"),
    FIELD("names-read", "Subject: a#\r\n"),
    FIELD("names-removed", "Received: xxxxxxxxxxy\r\n"),
    FIELD("names-empty", "X-#:\r\n"),
    FIELD("names-wide", "X-#: " LONG "\r\n"),
    AUTHOR_FIELD("froms", "From: alice@example.org\r\n"),
    AUTHOR_FIELD("senders", "Sender: alice@example.org\r\n"),
    AUTHOR_FIELD("reply-tos", "Reply-To: a#@example.org\r\n"),
    AUTHOR_FIELD("resent-froms", "Resent-From: a#@example.org\r\n"),
    FIELD("content-types", "Content-Type: text/plain; charset=a#\r\n"),

    /* One field. */
    INSIDE("subject-long", "Subject: ", "abcdefgh "),
    INSIDE("subject-letters", "Subject: ", "x"),
    INSIDE("subject-folded", "Subject: a", "\n b#"),
    INSIDE("subject-white", "Subject: a", "\n  "),
    INSIDE("subject-tabs", "Subject: a", "\t"),

    /* Mailboxes. */
    AUTHOR("from-plain", AUTHORS, "", "alice@example.org, ", "alice@example.org"),
    AUTHOR("from-many", AUTHORS, "", "a#@b#.example, ", "alice@example.org"),
    AUTHOR("from-named", AUTHORS, "", "Al # <a#@example.org>, ", "alice@example.org"),
    AUTHOR("from-quoted", AUTHORS, "", "\"b#@example.net\" <a@example.org>, ", "a@example.org"),
    AUTHOR("from-wide", AUTHORS, "", "\"" LONGER " b#@c.example\" <a#@example.org>, ",
           "a@b.example"),
    AUTHOR("from-hidden", 0, "", "b#@c.example ", "<alice@example.org>"),
    AUTHOR("from-hidden-quoted", 0, "\"", "b#@c.example ", "\" <alice@example.org>"),
    AUTHOR("from-words", 0, "", "word# ", "<alice@example.org>"),
    AUTHOR("from-strings", 0, "", "\"w#\" ", "<alice@example.org>"),
    AUTHOR("from-escapes", 0, "\"", "\\a\\\"", "\" <alice@example.org>"),
    AUTHOR("from-comments", 0, "", "(b#@c.example) ", "alice@example.org"),
    {"from-comment-nest", SHAPE_MESSAGE, 0, "From: a@b.example ", "(a@b ", "c", ")", TEXT},
    AUTHOR("from-comments-open", 0, "alice@example.org ", "(", ""),
    AUTHOR("from-comments-shut", 0, "alice@example.org ", ")", ""),
    AUTHOR("from-groups", AUTHORS / 2, "", "g#@h.example: alice@example.org;, ", ""),
    AUTHOR("from-groups-empty", AUTHORS, "", "g#@h.example:;, ", "alice@example.org"),
    {"from-group", SHAPE_MESSAGE, AUTHORS, "From: ", "g#@h.example ", ":", "a#@b.example,",
     ";" TEXT},
    {"from-group-wide", SHAPE_MESSAGE, AUTHORS, "From: ", LONG "g#@h.example ", ":",
     "a#@b.example,", ";" TEXT},
    AUTHOR("from-routes", 0, "<", "@r#.example,", ":alice@example.org>"),
    AUTHOR("from-angles", 0, "", "<", "alice@example.org"),
    AUTHOR("from-angle-pairs", AUTHORS, "", "<>", "alice@example.org"),
    AUTHOR("from-commas", 0, "", ",", "alice@example.org"),
    AUTHOR("from-ats", 0, "", "a@", "example.org"),
    AUTHOR("from-dots", 0, "", "a.", "b@example.org"),
    AUTHOR("from-labels", 0, "alice@", "l#.", "example"),
    AUTHOR("from-a-labels", 0, "alice@", "xn--bcher-kva.", "example"),
    AUTHOR("from-u-labels", AUTHORS, "", "a@b\xC3\xBC#.example, ", "alice@example.org"),
    AUTHOR("from-mixed", AUTHORS, "", "\xD0\xB0#@ex\xD0\xB0mple.com, ", "alice@example.org"),
    AUTHOR("from-quotes", 0, "", "\"", "alice@example.org"),
    AUTHOR("from-literals", AUTHORS, "", "a@[192.0.2.1], ", "alice@example.org"),
    AUTHOR("from-brackets", 0, "a@", "[", "alice@example.org"),
    AUTHOR("from-white", 0, "", " \n ", "alice@example.org"),
    AUTHOR("from-encoded", 0, "", "=?utf-8?q?b#=40c.example?= ", "<alice@example.org>"),
    AUTHOR("from-encoded-odd", 0, "", "=?x-a?q?b=40c?= ", "<alice@example.org>"),
    AUTHOR("from-encoded-quoted", 0, "\"", "=?utf-8?q?b=40c.example?= ", "\" <a@b.example>"),
    AUTHOR("from-encoded-comment", 0, "a@b.example (", "=?utf-8?b?YkBjLmV4YW1wbGU=?= ", ")"),
    AUTHOR("from-encoded-open", 0, "", "=?utf-8?q?", " <alice@example.org>"),
    AUTHOR("from-encoded-glued", 0, "", "x=?utf-8?q?=40c?=", " <alice@example.org>"),
    AUTHOR("from-8bit", 0, "\"", "\xC3\xBC@\xC3\xA4.example ", "\" <alice@example.org>"),
    AUTHOR("from-wide-at", 0, "",
           "b\xEF\xBC\xA0"
           "c ",
           "<alice@example.org>"),
    AUTHOR("from-invisible", 0, "", "b\xE2\x80\x8B@c\xE2\x80\x8E.d ", "<alice@example.org>"),
    AUTHOR("from-ligatures", 0, "", "\xEF\xB7\xBA@c.example ", "<alice@example.org>"),
    INSIDE("to-many", "To: ", "a#@b#.example, "),
    INSIDE("to-named", "Cc: ", "\"A #\" <a#@example.net>, "),
    INSIDE("to-groups", "To: ", "g#: a#@b.example;, "),
    INSIDE("to-8bit", "To: ", "J\xC3\xB6rg <a#@b\xC3\xBC#.example>, "),
    INSIDE("to-comments-8bit", "To: ", "(\xC3\xB6) a#@b.example, "),

    /* Encoded words. */
    WORDS("utf-8-q", "=?utf-8?q?=C3=BC#?= "),
    WORDS("utf-8-b", "=?utf-8?b?w7xhw7xh?= "),
    WORDS("glued", "=?utf-8?q?=C3=BC#?="),
    WORDS("language", "=?utf-8*en?q?=C3=BC#?= "),
    WORDS("latin-1", "=?iso-8859-1?q?=FC#?= "),
    WORDS("koi8-r", "=?koi8-r?b?8NLJ18XU?= "),
    WORDS("iso-2022-jp", "=?iso-2022-jp?b?GyRCRnxLXBsoQg==?= "),
    WORDS("gb18030", "=?gb18030?b?1tDOxA==?= "),
    WORDS("utf-7", "=?utf-7?q?+AEA-#?= "),
    WORDS("utf-16", "=?utf-16be?b?AGIAQABj?= "),
    WORDS("cp037", "=?cp037?q?=82=96=82=7C?= "),
    WORDS("unknown", "=?x-#?q?=C3=BC?= "),
    WORDS("broken", "=?"),
    WORDS("open", "=?utf-8?q?a"),
    WORDS("shut", "?="),
    WORDS("wrong-base64", "=?utf-8?b?w7x?= "),
    WORDS("split", "=?utf-8?q?=C3?= =?utf-8?q?=BC?= "),
    {"words-long", SHAPE_MESSAGE, 0, ME "Subject: =?utf-8?q?", "=C3=BC", "", "", "?=" TEXT},

    /* Parameters of MIME fields (RFC 2231). */
    PIECE("pieces", DISPOSITION, "; filename*^=ab"),
    PIECE("pieces-encoded", DISPOSITION "; filename*0*=utf-8''a", "; filename*^*=%C3%BC"),
    {"pieces-backwards", SHAPE_MESSAGE, PIECES, ME DISPOSITION, "", "", "; filename*^=ab", TEXT},
    INSIDE("pieces-equal", DISPOSITION, "; filename*0=a"),
    INSIDE("pieces-far", DISPOSITION, "; filename*#00=a"),
    PIECE("pieces-quoted", DISPOSITION, "; filename*^=\"\\a\\b\""),
    INSIDE("parameters", "MIME-Version: 1.0\r\nContent-Type: text/plain", "; p#=a"),
    INSIDE("parameters-equal", "MIME-Version: 1.0\r\nContent-Type: text/plain", "; name=a"),
    INSIDE("parameters-8bit", "MIME-Version: 1.0\r\nContent-Type: text/plain", "; p#=\xC3\xBC"),
    INSIDE("parameters-comments", "MIME-Version: 1.0\r\nContent-Type: text/plain", "; (a#)"),
    INSIDE("filename-8bit", DISPOSITION "; filename=\"", "\xC3\xBC"),
    INSIDE("filename-words", DISPOSITION "; filename=\"", "=?utf-8?q?=C3=BC?= "),

    /* The structure of MIME. */
    PART("parts", "--b\r\n\r\na\r\n"),
    PART("parts-8bit", "--b\r\n\r\n\xC3\xBC\r\n"),
    PART("parts-named", "--b\r\nContent-Disposition: attachment; filename=a#.exe\r\n\r\na\r\n"),
    PART("parts-types", "--b\r\nContent-Type: text/x#; charset=x#; name=\"a#\"\r\n\r\na\r\n"),
    PART("parts-odd",
         "--b\r\nContent-Transfer-Encoding: x#\r\nContent-Type: a\r\n\r\n\xC3\xBC\r\n"),
    PART("parts-forwarded",
         "--b\r\nContent-Type: message/rfc822\r\n\r\nSubject: \xC3\xBC\r\n\r\na\r\n"),
    PART("parts-encoded", "--b\r\nContent-Transfer-Encoding: base64\r\n\r\nw7w=\r\n"),
    BODY("part-fields", MIXED "\r\n--b", "\r\nX-#: \xC3\xBC"),
    BODY("part-field", MIXED "\r\n--b\r\nContent-Description: a", "\r\n \xC3\xBC#"),
    NEST("nested", "Content-Type: multipart/mixed; boundary=b#\r\n\r\n--b#\r\n", "\r\n--b#--\r\n"),
    NEST("nested-equal", "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n",
         "\r\n--b--\r\n"),
    NEST("nested-messages", "Content-Type: message/rfc822\r\n\r\n", ""),
    {"nested-deep", SHAPE_MESSAGE, 0, ME,
     "Content-Type: multipart/mixed; boundary=b#\r\n\r\n--b#\r\n", "\r\n\r\n\xC3\xBC\r\n",
     "\r\n--b#--\r\n", ""},
    {"nested-open", SHAPE_MESSAGE, 0, ME,
     "Content-Type: multipart/mixed; boundary=b#\r\n\r\n--b#\r\n", "\r\n\r\n\xC3\xBC\r\n", "", ""},
    BODY("boundaries-near", MIXED, "--bb\r\n"),
    BODY("boundaries-shut", MIXED, "--b--\r\n"),
    BODY("boundaries-dashes", MIXED, "--"),
    BODY("boundaries-lines", MIXED, "-\r\n"),

    /* Bodies. */
    BODY("body-lines", "", "a line of text #\r\n"),
    BODY("body-empty-lines", "", "\r\n"),
    BODY("body-one-line", "", "abcdefgh"),
    BODY("body-cr", "", "\r"),
    BODY("body-lf", "", "a\n"),
    BODY("body-8bit", "",
         "Gr\xC3\xBC\xC3\x9F"
         "e #\r\n"),
    BODY("body-8bit-line", "", "\xC3\xBC"),
    BODY("body-binary", "", "\xFF\xFE\x01"),
    BODY("body-letters", "", "x"),

    /* 8-bit headers. */
    FIELD("8bit-fields", "X-#: \xC3\xBC\r\n"),
    FIELD("8bit-latin", "X-#: \xFC\r\n"),
    FIELD("8bit-names", "X-\xC3\xBC#: a\r\n"),
    INSIDE("8bit-subject", "Subject: ", "\xC3\xBC "),
    INSIDE("8bit-subject-line", "Subject: ", "\xC3\xBC"),
    INSIDE("8bit-broken", "Subject: ", "\xC3"),
    INSIDE("8bit-directions", "Subject: ",
           "\xE2\x80\xAE"
           "a@"),
    INSIDE("8bit-keywords", "Keywords: ", "\xC3\xBC#, "),
    INSIDE("8bit-received", "Received: from ", "\xC3\xBC# "),
    INSIDE("8bit-message-id", "References: ", "<\xC3\xBC#@b.example> "),

    /* The envelope. */
    {"helo-labels", SHAPE_HELO, 0, "", "l#.", "", "", "example"},
    {"helo-octets", SHAPE_HELO, 0, "", "\xC3\xBC", "", "", ""},
    {"sender-routes", SHAPE_MAIL, 0, "<", "@r#.example,", "", "", ":a@example.org>"},
    {"sender-local", SHAPE_MAIL, 0, "<", "a.", "", "", "a@example.org>"},
    {"sender-quoted", SHAPE_MAIL, 0, "<\"", "\\a\xC3\xBC", "", "", "\"@example.org>"},
    {"sender-labels", SHAPE_MAIL, 0, "<a@", "xn--bcher-kva.", "", "", "org>"},
    {"mail-parameters", SHAPE_MAIL, 0, "<a@example.org>", " X#=a", "", "", ""},
    {"mail-parameters-equal", SHAPE_MAIL, 0, "<a@example.org>", " SIZE=#", "", "", ""},
    {"mail-auth", SHAPE_MAIL, 0, "<a@example.org> AUTH=", "+41", "", "", ""},
    {"mail-envid", SHAPE_MAIL, 0, "<a@example.org> ENVID=", "+C3", "", "", ""},
    {"rcpt-parameters", SHAPE_RCPT, 0, "<a@example.org>", " X#=a", "", "", ""},
    {"rcpt-notify", SHAPE_RCPT, 0, "<a@example.org> NOTIFY=DELAY", ",NEVER", "", "", ""},
    {"rcpt-orcpt", SHAPE_RCPT, 0, "<a@example.org> ORCPT=utf-8;", "\\x{C3}", "", "", ""},
    {"rcpt-local", SHAPE_RCPT, 0, "<", "a+", "", "", "@example.org>"},
    {"recipients", SHAPE_RECIPIENTS, RECIPIENTS, "", "<r#@d#.example>\n", "", "", ""},
    {"recipients-equal", SHAPE_RECIPIENTS, RECIPIENTS, "", "<r@example.org>\n", "", "", ""},
    {"recipients-detail", SHAPE_RECIPIENTS, RECIPIENTS, "", "<r+#@example.org>\n", "", "", ""},
    {"recipients-u-labels", SHAPE_RECIPIENTS, RECIPIENTS, "", "<r#@b\xC3\xBC#.example>\n", "", "",
     ""},
    {"recipients-off", SHAPE_RECIPIENTS, RECIPIENTS, "", "<off@d#.example>\n", "", "", ""},
    {"recipients-off-equal", SHAPE_RECIPIENTS, RECIPIENTS, "", "<off@d.example>\n", "", "", ""},
    {"recipients-parameters", SHAPE_RECIPIENTS, RECIPIENTS, "",
     "<r#@b.example> NOTIFY=NEVER ORCPT=rfc822;+41\n", "", "", ""},
    {"command", SHAPE_COMMAND, 0, "", "TURN# ", "", "", ""},
};

const struct shape *
shapes_all(size_t *count_r)
{
    *count_r = sizeof shapes / sizeof shapes[0];
    return shapes;
}
