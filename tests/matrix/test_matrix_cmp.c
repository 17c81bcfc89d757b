/* Which addresses are one: with local parts compared exactly, and by default, without their case.
 */
#include "mail/address.h"
#include "mail/mailbox.h"

#include "../unit/tap.h"

/* Where the first of a pair stands; the second is a plain mailbox always. */
enum form { MAILBOX, PATH, HEADER };

static const struct {
    enum form form;
    const char *a, *b;
    bool exact, by_default;
    const char *section;
} cases[] = {
    {MAILBOX, "a@Example.COM", "a@example.com", true, true, "RFC 5321 2.4"},
    {MAILBOX, "A@example.com", "a@example.com", false, true, "RFC 5321 2.4"},
    {MAILBOX, "\"a\"@example.com", "a@example.com", true, true, "RFC 5321 4.1.2"},
    {MAILBOX, "\"a\\b\"@example.com", "ab@example.com", true, true, "RFC 5321 4.1.2"},
    {MAILBOX, "\"a b\"@example.com", "\"a  b\"@example.com", false, false, "RFC 5321 4.1.2"},
    {MAILBOX, "a@bücher.example", "a@xn--bcher-kva.example", true, true, "RFC 5890 2.3.2.4"},
    {MAILBOX, "a@bücher.example", "a@XN--BCHER-KVA.EXAMPLE", true, true, "RFC 5890 2.3.2.4"},
    {MAILBOX, "a@BÜCHER.example", "a@bücher.example", true, true, "RFC 5895 2"},
    {MAILBOX, "a@faß.example", "a@fass.example", false, false, "RFC 5894 7.2"},
    {MAILBOX, "a@βόλος.example", "a@βόλοσ.example", false, false, "RFC 5894 7.2"},
    {MAILBOX, "bücher@example.com", "xn--bcher-kva@example.com", false, false, "RFC 6530 4.3"},
    {MAILBOX, "jose\xCC\x81@example.com", "josé@example.com", true, true, "RFC 6532 3.1"},
    {MAILBOX, "ｕｓｅｒ@example.com", "user@example.com", false, false, "RFC 6532 3.1"},
    {MAILBOX, "straße@example.com", "strasse@example.com", false, false, "RFC 5321 2.4"},
    {MAILBOX, "a@[1.2.3.4]", "a@[01.2.3.4]", true, true, "RFC 5321 4.1.3"},
    {MAILBOX, "a@[IPv6:::1]", "a@[ipv6:0:0:0:0:0:0:0:1]", true, true, "RFC 5321 4.1.3"},
    {MAILBOX, "a@[1.2.3.4]", "a@1.2.3.4", false, false, "RFC 5321 4.1.3"},
    {PATH, "<@x.example:a@y.example>", "a@y.example", true, true, "RFC 5321 4.1.1.3"},
    {MAILBOX, "a+b@example.com", "a@example.com", false, false, "RFC 5321 2.3.11"},
    {HEADER, "a . b @ example . com", "a.b@example.com", true, true, "RFC 5322 4.4"},
    {HEADER, "a(comment)@(c)example.com", "a@example.com", true, true, "RFC 5322 3.2.2"},
    {HEADER, "\"a\".b@example.com", "a.b@example.com", true, true, "RFC 5322 4.4"},
    {HEADER, "=?utf-8?q?a?=@example.com", "a@example.com", false, false, "RFC 2047 5"},
    {MAILBOX,
     "a@ex\xE2\x80\x8B"
     "ample.com",
     "a@example.com", false, false, "RFC 5892 2"},
    {MAILBOX, "a@аррӏе.example", "a@apple.example", false, false, "RFC 5890 4.4"},
    {MAILBOX, "postmaster@d.example", "POSTMASTER@d.example", true, true, "RFC 5321 4.5.1"},
};

static void
read_one(struct arena *arena, enum form form, const char *text, struct address *address_r)
{
    struct mailboxes mailboxes;

    switch (form) {
    case MAILBOX:
        address_parse_mailbox(arena, slice_of(text), address_r);
        break;
    case PATH:
        address_parse_forward_path(arena, slice_of(text), address_r);
        break;
    case HEADER:
        mailboxes_parse(arena, slice_of(text), &mailboxes);
        *address_r = mailboxes.first->address;
        break;
    }
}

static bool
equal(struct arena *arena, const struct address *a, const struct address *b,
      enum local_case local_case)
{
    return slice_equal(address_key(arena, a, local_case), address_key(arena, b, local_case));
}

int
main(void)
{
    struct arena *arena = arena_new(SIZE_MAX);
    struct address a, b;

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        read_one(arena, cases[i].form, cases[i].a, &a);
        read_one(arena, MAILBOX, cases[i].b, &b);
        tap_check(equal(arena, &a, &b, LOCAL_CASE_EXACT) == cases[i].exact, "%s: %s and %s",
                  cases[i].section, cases[i].a, cases[i].b);
        tap_check(equal(arena, &a, &b, LOCAL_CASE_IGNORE) == cases[i].by_default,
                  "%s: and by default", cases[i].section);
        tap_check(equal(arena, &b, &a, LOCAL_CASE_IGNORE) == cases[i].by_default,
                  "%s: and the other way round", cases[i].section);
    }
    address_parse_mailbox(arena, SLICE("a@BÜCHER.example"), &a);
    tap_check(address_defect_of(&a, false) == ADDRESS_FINE &&
                  address_defect_of(&a, true) != ADDRESS_FINE,
              "RFC 5891 4.2: upper case is no U-label, where strictness is asked for");
    address_parse_mailbox(arena,
                          SLICE("a@ex\xE2\x80\x8B"
                                "ample.com"),
                          &a);
    tap_check(a.defect != ADDRESS_FINE, "RFC 5892 2: nothing is deleted to make a domain valid");
    arena_free(&arena);
    return tap_done();
}
