/* Replies of servers: where one ends, what is none, and what EHLO's offers. */
#include "mail/ehlo.h"

#include "base/arena.h"

#include "tap.h"

static void
test_replies(void)
{
    const struct {
        struct slice in;
        enum server_reply_state state;
        int code;
        size_t used;
        const char *section;
    } cases[] = {
        {SLICE("220 mx.example ESMTP\r\n"), SERVER_REPLY_WHOLE, 220, 22, "RFC 5321 4.2"},
        {SLICE("250\r\n"), SERVER_REPLY_WHOLE, 250, 5, "RFC 5321 4.2"},
        {SLICE("250 \r\n"), SERVER_REPLY_WHOLE, 250, 6, "RFC 5321 4.2"},
        {SLICE("250 a\n"), SERVER_REPLY_WHOLE, 250, 6, "a line that ends in LF alone"},
        {SLICE("250-a\r\n250-b\r\n250 c\r\n"), SERVER_REPLY_WHOLE, 250, 21, "RFC 5321 4.2.1"},
        {SLICE("250-a\r\n250\r\n"), SERVER_REPLY_WHOLE, 250, 12, "RFC 5321 4.2.1"},
        {SLICE("250-\r\n250 \r\n"), SERVER_REPLY_WHOLE, 250, 12, "RFC 5321 4.2.1"},
        {SLICE("250 a\r\n220 b\r\n"), SERVER_REPLY_WHOLE, 250, 7, "RFC 5321 4.2.1"},
        {SLICE("421 4.3.2 bye\r\n"), SERVER_REPLY_WHOLE, 421, 15, "RFC 5321 3.8"},
        {SLICE("250 a\0b\r\n"), SERVER_REPLY_WHOLE, 250, 9, "a NUL in a text"},
        {SLICE("\0\0\0\0\r\n"), SERVER_REPLY_NO_CODE, 0, 0, "a line of NULs"},
        {SLICE(""), SERVER_REPLY_PARTIAL, 0, 0, "RFC 5321 4.2"},
        {SLICE("25"), SERVER_REPLY_PARTIAL, 0, 0, "RFC 5321 4.2"},
        {SLICE("250 a\r"), SERVER_REPLY_PARTIAL, 0, 0, "RFC 5321 4.2"},
        {SLICE("250-a\r\n"), SERVER_REPLY_PARTIAL, 0, 0, "RFC 5321 4.2.1"},
        {SLICE("\r\n"), SERVER_REPLY_NO_CODE, 0, 0, "RFC 5321 4.2"},
        {SLICE("SSH-2.0-x\r\n"), SERVER_REPLY_NO_CODE, 0, 0, "RFC 5321 4.2"},
        {SLICE("25\r\n"), SERVER_REPLY_NO_CODE, 0, 0, "RFC 5321 4.2"},
        {SLICE("2500 a\r\n"), SERVER_REPLY_NO_CODE, 0, 0, "RFC 5321 4.2"},
        {SLICE("250_a\r\n"), SERVER_REPLY_NO_CODE, 0, 0, "RFC 5321 4.2"},
        {SLICE("199 a\r\n"), SERVER_REPLY_NO_CODE, 0, 0, "RFC 5321 4.2"},
        {SLICE("600 a\r\n"), SERVER_REPLY_NO_CODE, 0, 0, "RFC 5321 4.2"},
        {SLICE("-50 a\r\n"), SERVER_REPLY_NO_CODE, 0, 0, "RFC 5321 4.2"},
        {SLICE("250-a\r\nb\r\n"), SERVER_REPLY_NO_CODE, 0, 0, "RFC 5321 4.2.1"},
        {SLICE("250-a\r\n500 b\r\n"), SERVER_REPLY_CODES_DIFFER, 0, 0, "RFC 5321 4.2.1"},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct server_reply reply = {0};
        enum server_reply_state state = ehlo_reply_read(cases[i].in, &reply);

        tap_check(state == cases[i].state && reply.code == cases[i].code &&
                      reply.text.len == cases[i].used,
                  "%s: %zu: state %d, code %d, %zu octets", cases[i].section, i, (int)state,
                  reply.code, reply.text.len);
    }
}

static void
test_bounds(void)
{
    const struct {
        const char *begin, *unit;
        size_t times;
        const char *end;
        enum server_reply_state state;
        const char *what;
    } cases[] = {
        {"250 ", "a", SERVER_LINE_MAX - 5, "\n", SERVER_REPLY_WHOLE, "the longest line"},
        {"250 ", "a", SERVER_LINE_MAX - 4, "\n", SERVER_REPLY_LINE_TOO_LONG, "one octet more"},
        {"250 ", "a", SERVER_LINE_MAX - 5, "", SERVER_REPLY_PARTIAL, "a line that may yet end"},
        {"250 ", "a", SERVER_LINE_MAX - 4, "", SERVER_REPLY_LINE_TOO_LONG, "one that may not"},
        {"", "250-abc\n", SERVER_REPLY_MAX / 8 - 1, "250 abc\n", SERVER_REPLY_WHOLE,
         "the longest reply"},
        {"", "250-abc\n", SERVER_REPLY_MAX / 8 - 1, "250 abcd\n", SERVER_REPLY_TOO_LONG,
         "one octet more"},
        {"", "250-abc\n", SERVER_REPLY_MAX / 8, "", SERVER_REPLY_TOO_LONG, "lines without end"},
        {"", "250-abc\n", SERVER_REPLY_MAX / 8 - 1, "250 abc", SERVER_REPLY_PARTIAL,
         "a reply that may yet end"},
    };
    struct arena *arena = arena_new(SIZE_MAX);

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        size_t unit = strlen(cases[i].unit);
        char *text = arena_alloc(arena, cases[i].times * unit + 32);
        char *at = mempcpy(text, cases[i].begin, strlen(cases[i].begin));
        struct server_reply reply;
        enum server_reply_state state;

        for (size_t k = 0; k < cases[i].times; k++)
            at = mempcpy(at, cases[i].unit, unit);
        at = mempcpy(at, cases[i].end, strlen(cases[i].end));
        state = ehlo_reply_read((struct slice){text, (size_t)(at - text)}, &reply);
        tap_check(state == cases[i].state, "RFC 5321 4.5.3.1.5: %s: \"%s\"", cases[i].what,
                  ehlo_state_text(state));
    }
    arena_free(&arena);
}

static void
test_offers(void)
{
    const struct {
        struct slice in;
        const char *offers;
        const char *section;
    } cases[] = {
        {SLICE("250-mx\r\n250-8BITMIME\r\n250-STARTTLS\r\n250 SMTPUTF8\r\n"), "8us",
         "RFC 5321 4.1.1.1"},
        {SLICE("250-mx\r\n250-8bitMime\r\n250 SmtpUtf8\r\n"), "8u", "RFC 5321 2.4"},
        {SLICE("250-mx\n250 8BITMIME\n"), "8", "lines that end in LF alone"},
        {SLICE("250 8BITMIME SMTPUTF8\r\n"), "", "RFC 5321 4.1.1.1: the name of the server"},
        {SLICE("250-8BITMIME\r\n250 mx\r\n"), "", "RFC 5321 4.1.1.1: the name of the server"},
        {SLICE("250\r\n"), "", "RFC 5321 4.1.1.1"},
        {SLICE("250-mx\r\n250\r\n"), "", "RFC 5321 4.1.1.1"},
        {SLICE("250-mx\r\n250 SMTPUTF8 some thing\r\n"), "u", "RFC 6531 3.1"},
        {SLICE("250-mx\r\n250 XSMTPUTF8\r\n"), "", "RFC 5321 4.1.1.1"},
        {SLICE("250-mx\r\n250 SMTPUTF8X\r\n"), "", "RFC 5321 4.1.1.1"},
        {SLICE("250-mx\r\n250 SMTPUTF8\0\r\n"), "", "RFC 5321 4.1.1.1"},
        {SLICE("250-mx\r\n250-X 8BITMIME\r\n250 AUTH STARTTLS\r\n"), "", "RFC 5321 4.1.1.1"},
        {SLICE("250-mx\r\n250 AUTH CRAM-MD5 PLAIN\r\n"), "p", "RFC 4954 3"},
        {SLICE("250-mx\r\n250 auth Login xplain\r\n"), "l", "RFC 4954 3"},
        {SLICE("250-mx\r\n250-AUTH PLAIN\r\n250-AUTH LOGIN\r\n250 HELP PLAIN\r\n"), "pl",
         "RFC 4954 3"},
        {SLICE("250-mx\r\n250-8BITMIME\r\n250-8BITMIME\r\n250 HELP\r\n"), "8", "RFC 5321 4.1.1.1"},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct ehlo ehlo = ehlo_read(cases[i].in);
        char seen[6] = "", *at = seen;

        if (ehlo.eightbitmime)
            *at++ = '8';
        if (ehlo.smtputf8)
            *at++ = 'u';
        if (ehlo.starttls)
            *at++ = 's';
        if (ehlo.auth_plain)
            *at++ = 'p';
        if (ehlo.auth_login)
            *at++ = 'l';
        tap_check(strcmp(seen, cases[i].offers) == 0, "%s: %zu: \"%s\"", cases[i].section, i, seen);
    }
}

int
main(void)
{
    test_replies();
    test_bounds();
    test_offers();
    return tap_done();
}
