/* Parameters of MAIL and RCPT. */
#include "mail/esmtp.h"

#include "tap.h"

enum command { MAIL, RCPT };

static void
parse(struct arena *arena, enum command command, struct slice tail, struct parameters *parameters_r)
{
    struct slice words[16];
    size_t count = 0;

    while (count < 16 && slice_word(&tail, " ", &words[count]))
        count++;
    if (command == MAIL)
        esmtp_parse_mail(arena, words, count, parameters_r);
    else
        esmtp_parse_rcpt(arena, words, count, parameters_r);
}

static void
test_defects(void)
{
    const struct {
        enum command command;
        struct slice tail;
        enum parameter_defect defect;
        struct slice defective;
        const char *section;
    } cases[] = {
        {MAIL, SLICE(""), PARAMETER_FINE, SLICE(""), "RFC 5321 4.1.1.2"},
        {MAIL, SLICE("BODY=8BITMIME"), PARAMETER_FINE, SLICE(""), "RFC 6152 2"},
        {MAIL, SLICE("body=8bitmime"), PARAMETER_FINE, SLICE(""), "RFC 5321 2.4"},
        {MAIL, SLICE("BODY=7BIT"), PARAMETER_FINE, SLICE(""), "RFC 6152 2"},
        {MAIL, SLICE("BODY=BINARYMIME"), PARAMETER_FINE, SLICE(""), "RFC 3030 3"},
        {MAIL, SLICE("BODY=8BIT"), PARAMETER_BAD_VALUE, SLICE("BODY=8BIT"), "RFC 6152 2"},
        {MAIL, SLICE("BODY="), PARAMETER_NO_VALUE, SLICE("BODY="), "RFC 5321 4.1.2"},
        {MAIL, SLICE("BODY"), PARAMETER_NO_VALUE, SLICE("BODY"), "RFC 6152 2"},
        {MAIL, SLICE("BODY=7BIT BODY=8BITMIME"), PARAMETER_REPEATED, SLICE("BODY=8BITMIME"),
         "RFC 6152 3"},
        {MAIL, SLICE("BODY=7BIT body=7BIT"), PARAMETER_REPEATED, SLICE("body=7BIT"), "RFC 6152 3"},
        {MAIL, SLICE("BODY==8BITMIME"), PARAMETER_BAD_SYNTAX, SLICE("BODY==8BITMIME"),
         "RFC 5321 4.1.2"},
        {MAIL, SLICE("SMTPUTF8"), PARAMETER_FINE, SLICE(""), "RFC 6531 3.6"},
        {MAIL, SLICE("smtputf8"), PARAMETER_FINE, SLICE(""), "RFC 5321 2.4"},
        {MAIL, SLICE("SMTPUTF8="), PARAMETER_STRAY_VALUE, SLICE("SMTPUTF8="), "RFC 6531 3.4"},
        {MAIL, SLICE("SMTPUTF8=1"), PARAMETER_STRAY_VALUE, SLICE("SMTPUTF8=1"), "RFC 6531 3.4"},
        {MAIL, SLICE("SMTPUTF8 SMTPUTF8"), PARAMETER_REPEATED, SLICE("SMTPUTF8"), "RFC 6531 3.4"},
        {RCPT, SLICE("SMTPUTF8"), PARAMETER_UNKNOWN, SLICE("SMTPUTF8"), "RFC 6531 3.1"},
        {MAIL, SLICE("SMTPUTF8 BODY=8BITMIME"), PARAMETER_FINE, SLICE(""), "RFC 6531 3.6"},
        {MAIL, SLICE("SIZE=1000"), PARAMETER_FINE, SLICE(""), "RFC 1870 6"},
        {MAIL, SLICE("SIZE=0"), PARAMETER_FINE, SLICE(""), "RFC 1870 6"},
        {MAIL, SLICE("SIZE=00000000000000000000"), PARAMETER_FINE, SLICE(""), "RFC 1870 3"},
        {MAIL, SLICE("SIZE=99999999999999999999"), PARAMETER_TOO_LARGE,
         SLICE("SIZE=99999999999999999999"), "RFC 1870 6.1"},
        {MAIL, SLICE("SIZE=000000000000000000000"), PARAMETER_BAD_VALUE,
         SLICE("SIZE=000000000000000000000"), "RFC 1870 3"},
        {MAIL, SLICE("SIZE=-1"), PARAMETER_BAD_VALUE, SLICE("SIZE=-1"), "RFC 1870 3"},
        {MAIL, SLICE("SIZE=1k"), PARAMETER_BAD_VALUE, SLICE("SIZE=1k"), "RFC 1870 3"},
        {MAIL, SLICE("SIZE=+1"), PARAMETER_BAD_VALUE, SLICE("SIZE=+1"), "RFC 1870 3"},
        {MAIL, SLICE("SIZE="), PARAMETER_NO_VALUE, SLICE("SIZE="), "RFC 1870 3"},
        {MAIL, SLICE("SIZE=1 SIZE=2"), PARAMETER_REPEATED, SLICE("SIZE=2"), "RFC 1870 6"},
        {RCPT, SLICE("SIZE=1"), PARAMETER_UNKNOWN, SLICE("SIZE=1"), "RFC 1870 3"},
        {MAIL, SLICE("AUTH=<>"), PARAMETER_FINE, SLICE(""), "RFC 4954 5"},
        {MAIL, SLICE("AUTH=e+3Dmc2@example.com"), PARAMETER_FINE, SLICE(""), "RFC 4954 5.1"},
        {MAIL, SLICE("AUTH=a+2bb@c.example"), PARAMETER_FINE, SLICE(""), "RFC 4954 8"},
        {MAIL, SLICE("AUTH=+C3+A9@c.example"), PARAMETER_FINE, SLICE(""), "RFC 4954 8"},
        {MAIL, SLICE("AUTH=e=mc2@example.com"), PARAMETER_BAD_SYNTAX,
         SLICE("AUTH=e=mc2@example.com"), "RFC 4954 8"},
        {MAIL, SLICE("AUTH=a+b@c.example"), PARAMETER_BAD_VALUE, SLICE("AUTH=a+b@c.example"),
         "RFC 4954 8"},
        {MAIL, SLICE("AUTH=a+0D+0A@c.example"), PARAMETER_BAD_VALUE,
         SLICE("AUTH=a+0D+0A@c.example"), "RFC 4954 8"},
        {MAIL, SLICE("AUTH=+E9@c.example"), PARAMETER_BAD_VALUE, SLICE("AUTH=+E9@c.example"),
         "RFC 3629 3"},
        {MAIL, SLICE("AUTH=user"), PARAMETER_BAD_VALUE, SLICE("AUTH=user"), "RFC 4954 8"},
        {MAIL, SLICE("AUTH=\xC3\xA9@c.example"), PARAMETER_UNDECLARED_UTF8,
         SLICE("AUTH=\xC3\xA9@c.example"), "RFC 6531 3.3"},
        {MAIL, SLICE("AUTH=\xC3\xA9@c.example SMTPUTF8"), PARAMETER_FINE, SLICE(""),
         "RFC 6531 3.3"},
        {MAIL, SLICE("AUTH=a@c.example AUTH=<>"), PARAMETER_REPEATED, SLICE("AUTH=<>"),
         "RFC 4954 5"},
        {MAIL, SLICE("AUTH=\"a b\"@c.example"), PARAMETER_BAD_VALUE, SLICE("AUTH=\"a"),
         "RFC 4954 8"},
        {MAIL, SLICE("AUTH=\"a+20b\"@c.example"), PARAMETER_FINE, SLICE(""), "RFC 4954 8"},
        {MAIL, SLICE("RET=FULL ENVID=QQ314159"), PARAMETER_FINE, SLICE(""), "RFC 3461 4.3"},
        {MAIL, SLICE("RET=hdrs"), PARAMETER_FINE, SLICE(""), "RFC 3461 4.3"},
        {MAIL, SLICE("RET=BODY"), PARAMETER_BAD_VALUE, SLICE("RET=BODY"), "RFC 3461 4.3"},
        {MAIL, SLICE("ENVID=a+0Ab"), PARAMETER_BAD_VALUE, SLICE("ENVID=a+0Ab"), "RFC 3461 4.4"},
        {RCPT, SLICE("NOTIFY=NEVER"), PARAMETER_FINE, SLICE(""), "RFC 3461 4.1"},
        {RCPT, SLICE("notify=never"), PARAMETER_FINE, SLICE(""), "RFC 3461 4.1"},
        {RCPT, SLICE("NOTIFY=SUCCESS,FAILURE,DELAY"), PARAMETER_FINE, SLICE(""), "RFC 3461 4.1"},
        {RCPT, SLICE("NOTIFY=NEVER,FAILURE"), PARAMETER_BAD_VALUE, SLICE("NOTIFY=NEVER,FAILURE"),
         "RFC 3461 4.1"},
        {RCPT, SLICE("NOTIFY=SUCCESS,"), PARAMETER_BAD_VALUE, SLICE("NOTIFY=SUCCESS,"),
         "RFC 3461 4.1"},
        {RCPT, SLICE("NOTIFY="), PARAMETER_NO_VALUE, SLICE("NOTIFY="), "RFC 3461 4.1"},
        {RCPT, SLICE("ORCPT=rfc822;Carol@Ivory.EDU"), PARAMETER_FINE, SLICE(""), "RFC 3461 4.2"},
        {RCPT, SLICE("ORCPT=rfc822;j+C3+B6rg@x"), PARAMETER_FINE, SLICE(""), "RFC 3461 4.2"},
        {RCPT, SLICE("ORCPT=rfc822;a+zz@x"), PARAMETER_BAD_VALUE, SLICE("ORCPT=rfc822;a+zz@x"),
         "RFC 3461 4"},
        {RCPT, SLICE("ORCPT=Carol@Ivory.EDU"), PARAMETER_BAD_VALUE, SLICE("ORCPT=Carol@Ivory.EDU"),
         "RFC 3461 4.2"},
        {RCPT, SLICE("ORCPT=;a@b"), PARAMETER_BAD_VALUE, SLICE("ORCPT=;a@b"), "RFC 3461 4.2"},
        {RCPT, SLICE("ORCPT=utf-8;j\\x{F6}rg@x.example"), PARAMETER_FINE, SLICE(""), "RFC 6533 3"},
        {RCPT, SLICE("ORCPT=UTF-8;j\xC3\xB6rg@x.example"), PARAMETER_FINE, SLICE(""), "RFC 6533 3"},
        {RCPT, SLICE("ORCPT=utf-8;a\\x{2B}b@x.example"), PARAMETER_FINE, SLICE(""), "RFC 6533 3"},
        {RCPT, SLICE("ORCPT=utf-8;\\x{1F44D}@x.example"), PARAMETER_FINE, SLICE(""), "RFC 6533 3"},
        {RCPT, SLICE("ORCPT=utf-8;a+b@x.example"), PARAMETER_BAD_VALUE,
         SLICE("ORCPT=utf-8;a+b@x.example"), "RFC 6533 3"},
        {RCPT, SLICE("ORCPT=utf-8;a\\x{D800}b@x"), PARAMETER_BAD_VALUE,
         SLICE("ORCPT=utf-8;a\\x{D800}b@x"), "RFC 6533 3"},
        {RCPT, SLICE("ORCPT=utf-8;a\\x{110000}b@x"), PARAMETER_BAD_VALUE,
         SLICE("ORCPT=utf-8;a\\x{110000}b@x"), "RFC 6533 3"},
        {RCPT, SLICE("ORCPT=utf-8;a\\x{00E9}b@x"), PARAMETER_BAD_VALUE,
         SLICE("ORCPT=utf-8;a\\x{00E9}b@x"), "RFC 6533 3"},
        {RCPT, SLICE("ORCPT=utf-8;a\\x{E9"), PARAMETER_BAD_VALUE, SLICE("ORCPT=utf-8;a\\x{E9"),
         "RFC 6533 3"},
        {RCPT, SLICE("ORCPT=utf-8;a\\"), PARAMETER_BAD_VALUE, SLICE("ORCPT=utf-8;a\\"),
         "RFC 6533 3"},
        {RCPT, SLICE("ORCPT=utf-8;\xFF@x"), PARAMETER_BAD_VALUE, SLICE("ORCPT=utf-8;\xFF@x"),
         "RFC 3629 3"},
        {MAIL, SLICE("REQUIRETLS"), PARAMETER_FINE, SLICE(""), "RFC 8689 2"},
        {MAIL, SLICE("REQUIRETLS=yes"), PARAMETER_STRAY_VALUE, SLICE("REQUIRETLS=yes"),
         "RFC 8689 2"},
        {MAIL, SLICE("MT-PRIORITY=-9"), PARAMETER_FINE, SLICE(""), "RFC 6710 5"},
        {MAIL, SLICE("MT-PRIORITY=10"), PARAMETER_BAD_VALUE, SLICE("MT-PRIORITY=10"), "RFC 6710 5"},
        {MAIL, SLICE("BY=120;R"), PARAMETER_FINE, SLICE(""), "RFC 2852 4"},
        {MAIL, SLICE("BY=-5;nt"), PARAMETER_FINE, SLICE(""), "RFC 2852 4"},
        {MAIL, SLICE("BY=0;R"), PARAMETER_BAD_VALUE, SLICE("BY=0;R"), "RFC 2852 4"},
        {MAIL, SLICE("BY=120"), PARAMETER_BAD_VALUE, SLICE("BY=120"), "RFC 2852 4"},
        {MAIL, SLICE("HOLDFOR=60"), PARAMETER_FINE, SLICE(""), "RFC 4865 5"},
        {MAIL, SLICE("HOLDFOR=060"), PARAMETER_BAD_VALUE, SLICE("HOLDFOR=060"), "RFC 4865 5"},
        {MAIL, SLICE("FOO"), PARAMETER_UNKNOWN, SLICE("FOO"), "RFC 5321 4.1.1.11"},
        {MAIL, SLICE("FOO=bar"), PARAMETER_UNKNOWN, SLICE("FOO=bar"), "RFC 5321 4.1.1.11"},
        {MAIL, SLICE("ALT-ADDRESS=a@b.example"), PARAMETER_UNKNOWN,
         SLICE("ALT-ADDRESS=a@b.example"), "RFC 6531 1.2"},
        {MAIL, SLICE("-FOO=x"), PARAMETER_BAD_SYNTAX, SLICE("-FOO=x"), "RFC 5321 4.1.2"},
        {MAIL, SLICE("=x"), PARAMETER_BAD_SYNTAX, SLICE("=x"), "RFC 5321 4.1.2"},
        {MAIL, SLICE("S\0ZE=1"), PARAMETER_BAD_SYNTAX, SLICE("S\0ZE=1"), "RFC 5321 4.1.2"},
        {MAIL, SLICE("ENVID=a\x01"), PARAMETER_BAD_VALUE, SLICE("ENVID=a\x01"), "RFC 5321 4.1.2"},
        {MAIL, SLICE("FOO BODY=8BIT"), PARAMETER_BAD_VALUE, SLICE("BODY=8BIT"),
         "RFC 5321 4.1.1.11"},
    };
    struct arena *arena = arena_new(SIZE_MAX);

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct parameters p;

        parse(arena, cases[i].command, cases[i].tail, &p);
        tap_check(p.defect == cases[i].defect && slice_equal(p.defective, cases[i].defective),
                  "%s: %s %.*s: %d", cases[i].section, cases[i].command == MAIL ? "MAIL" : "RCPT",
                  (int)cases[i].tail.len, cases[i].tail.at, p.defect);
    }
    arena_free(&arena);
}

static void
test_fields(void)
{
    struct arena *arena = arena_new(SIZE_MAX);
    struct parameters p;

    parse(arena, MAIL,
          SLICE("SIZE=42 BODY=8BitMime SMTPUTF8 AUTH=e+3Dmc2@example.com RET=HDRS ENVID=a+2Bb"),
          &p);
    tap_check(p.has_size && p.size == 42 && slice_equal(p.body, SLICE("8BitMime")) && p.smtputf8 &&
                  p.has_auth && slice_equal(p.auth, SLICE("e=mc2@example.com")) &&
                  slice_equal(p.ret, SLICE("HDRS")) && slice_equal(p.envid, SLICE("a+b")) &&
                  p.count == 6,
              "RFC 4954 5.1: every field of MAIL");
    parse(arena, RCPT, SLICE("NOTIFY=FAILURE,delay ORCPT=rfc822;a+2Bb@x"), &p);
    tap_check(slice_equal(p.notify, SLICE("FAILURE,delay")) &&
                  slice_equal(p.orcpt, SLICE("rfc822;a+2Bb@x")),
              "RFC 3461 4.1: every field of RCPT");
    parse(arena, MAIL, SLICE("SIZE=99999999999999999999"), &p);
    tap_check(p.size == INT64_MAX, "RFC 1870 3: more than 63 bits");
    parse(arena, MAIL, SLICE("SIZE=1 SIZE=2"), &p);
    tap_check(p.size == 1, "RFC 1870 6: the first counts");
    parse(arena, MAIL, SLICE("SIZE=x AUTH=user"), &p);
    tap_check(!p.has_size && !p.has_auth, "RFC 4954 5: what can't be read is missing");
    parse(arena, MAIL, SLICE("AUTH=<>"), &p);
    tap_check(p.has_auth && p.auth.len == 0, "RFC 4954 5: AUTH=<>");
    parse(arena, MAIL, SLICE("X-a=1 x-A=2 Foo"), &p);
    tap_check(esmtp_find(&p, SLICE("X-A")) == &p.item[0] &&
                  esmtp_find(&p, SLICE("foo"))->value.len == 0 &&
                  !esmtp_find(&p, SLICE("foo"))->has_value && esmtp_find(&p, SLICE("bar")) == NULL,
              "RFC 5321 2.4: keywords are found without case");
    parse(arena, MAIL, SLICE(""), &p);
    tap_check(p.count == 0 && esmtp_find(&p, SLICE("SIZE")) == NULL, "RFC 5321 4.1.1.2: none");
    arena_free(&arena);
}

static void
test_xtext(void)
{
    const struct {
        struct slice in;
        bool utf8, good;
        struct slice out;
    } cases[] = {
        {SLICE(""), false, true, SLICE("")},
        {SLICE("plain"), false, true, SLICE("plain")},
        {SLICE("a+2Bb+3dc"), false, true, SLICE("a+b=c")},
        {SLICE("+00"), false, true, SLICE("\0")},
        {SLICE("+"), false, false, SLICE("")},
        {SLICE("+2"), false, false, SLICE("")},
        {SLICE("+2G"), false, false, SLICE("")},
        {SLICE("a=b"), false, false, SLICE("")},
        {SLICE("a b"), false, false, SLICE("")},
        {SLICE("a\0b"), false, false, SLICE("")},
        {SLICE("a\x7F"), false, false, SLICE("")},
        {SLICE("\xC3\xA9"), false, false, SLICE("")},
        {SLICE("\xC3\xA9"), true, true, SLICE("\xC3\xA9")},
    };
    struct arena *arena = arena_new(SIZE_MAX);

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct slice out = SLICE("");
        bool good = esmtp_xtext_decode(arena, cases[i].in, cases[i].utf8, &out);

        tap_check(good == cases[i].good && (!good || slice_equal(out, cases[i].out)),
                  "RFC 3461 4: %.*s", (int)cases[i].in.len, cases[i].in.at);
    }
    arena_free(&arena);
}

int
main(void)
{
    test_defects();
    test_fields();
    test_xtext();
    return tap_done();
}
