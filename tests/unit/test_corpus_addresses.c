/* Addresses, ruled by RFC 5321 and 6531: some of our own, and those of other projects' suites. */
#include <stdio.h>
#include <stdlib.h>

#include "mail/address.h"

#include "corpus.h"
#include "tap.h"

enum { RULING = 1, SMTPUTF8 = 3, HEX = 8, COLUMNS };

#define LOCAL_32 "local-part-of-thirty-two-octets."
#define LOCAL_64 LOCAL_32 "local-part-of-thirty-two-octets_"
#define LABEL_31 "a-label-of-thirty-one-octets-to"
#define LABEL_63 LABEL_31 "-" LABEL_31
#define DOMAIN_189 LABEL_63 "." LABEL_63 "." LABEL_31 ".two-labels-are-twenty-nine.ab"

_Static_assert(sizeof LOCAL_64 == 65 && sizeof LABEL_63 == 64 && sizeof DOMAIN_189 == 190,
               "the lengths that they are named after");

static const struct {
    const char *shows;
    struct slice address;
    bool valid, utf8;
} own[] = {
    {"the plain one", SLICE("alice@example.com"), true, false},
    {"all of atext", SLICE("a!#$%&'*+-/=?^_`{|}~9@example.com"), true, false},
    {"dots between atoms", SLICE("a.b.c@example.com"), true, false},
    {"a dot first", SLICE(".a@example.com"), false, false},
    {"a dot last", SLICE("a.@example.com"), false, false},
    {"two dots", SLICE("a..b@example.com"), false, false},
    {"nothing before the @", SLICE("@example.com"), false, false},
    {"nothing behind the @", SLICE("alice@"), false, false},
    {"no @", SLICE("alice"), false, false},
    {"two of them", SLICE("alice@bob@example.com"), false, false},
    {"white space", SLICE("al ice@example.com"), false, false},
    {"white space before the @", SLICE("alice @example.com"), false, false},
    {"a comment, which is for headers", SLICE("alice(x)@example.com"), false, false},
    {"brackets around it", SLICE("<alice@example.com>"), false, false},
    {"a comma", SLICE("a,b@example.com"), false, false},
    {"a line end", SLICE("alice\r\n@example.com"), false, false},
    {"NUL", SLICE("al\0ice@example.com"), false, false},
    {"DEL", SLICE("al\x7Fice@example.com"), false, false},

    {"a quoted string", SLICE("\"alice\"@example.com"), true, false},
    {"white space in quotes", SLICE("\"a b\"@example.com"), true, false},
    {"an @ in quotes", SLICE("\"a@b\"@example.com"), true, false},
    {"a quoted pair", SLICE("\"a\\\"b\\\\\"@example.com"), true, false},
    {"a quote that doesn't end", SLICE("\"alice@example.com"), false, false},
    {"one that a pair keeps open", SLICE("\"alice\\\"@example.com"), false, false},
    {"an atom behind the quotes", SLICE("\"a\"b@example.com"), false, false},
    {"words with a dot, which is for headers", SLICE("\"a\".b@example.com"), false, false},
    {"a tab in quotes", SLICE("\"a\tb\"@example.com"), false, false},
    {"a control character in a pair", SLICE("\"a\\\x01\"@example.com"), false, false},

    {"64 octets before the @", SLICE(LOCAL_64 "@example.com"), true, false},
    {"65", SLICE(LOCAL_64 "5@example.com"), false, false},
    {"a label of 63 octets", SLICE("a@" LABEL_63 ".example"), true, false},
    {"one of 64", SLICE("a@" LABEL_63 "4.example"), false, false},
    {"a path of 256 octets", SLICE(LOCAL_64 "@" DOMAIN_189), true, false},
    {"one of 257", SLICE(LOCAL_64 "@" DOMAIN_189 "c"), false, false},
    {"one label", SLICE("alice@localhost"), true, false},
    {"a label of digits", SLICE("alice@4711.example"), true, false},
    {"hyphens inside", SLICE("alice@a-b--c.example"), true, false},
    {"a hyphen first", SLICE("alice@-a.example"), false, false},
    {"a hyphen last", SLICE("alice@a-.example"), false, false},
    {"an empty label", SLICE("alice@a..example"), false, false},
    {"a dot before the domain", SLICE("alice@.example"), false, false},
    {"a dot behind the domain", SLICE("alice@example.com."), false, false},
    {"what no label has", SLICE("alice@exa!mple.com"), false, false},

    {"an IPv4 literal", SLICE("alice@[192.0.2.1]"), true, false},
    {"an octet of 256", SLICE("alice@[192.0.2.256]"), false, false},
    {"three octets", SLICE("alice@[192.0.2]"), false, false},
    {"an IPv6 literal", SLICE("alice@[IPv6:2001:db8::1]"), true, false},
    {"IPv4 in IPv6", SLICE("alice@[IPv6:::ffff:192.0.2.1]"), true, false},
    {"no tag", SLICE("alice@[2001:db8::1]"), false, false},
    {"two gaps", SLICE("alice@[IPv6:2001::db8::1]"), false, false},
    {"a literal that doesn't end", SLICE("alice@[192.0.2.1"), false, false},
    {"words behind a literal", SLICE("alice@[192.0.2.1].example"), false, false},

    {"UTF-8 before the @", SLICE("j\xC3\xB6rg@example.com"), true, true},
    {"UTF-8 in quotes", SLICE("\"j\xC3\xB6rg x\"@example.com"), true, true},
    {"UTF-8 behind it",
     SLICE("alice@b\xC3\xBC"
           "cher.example"),
     true, true},
    {"on both sides", SLICE("\xE7\x94\xA8@\xE4\xBE\x8B\xE5\xAD\x90.example"), true, true},
    {"an A-label needs no extension", SLICE("alice@xn--bcher-kva.example"), true, false},
    {"Latin-1", SLICE("j\xF6rg@example.com"), false, true},
    {"a long form of /", SLICE("a\xC0\xAFz@example.com"), false, true},
    {"half of a pair of UTF-16", SLICE("a\xED\xA0\x80z@example.com"), false, true},
    {"above U+10FFFF", SLICE("a\xF4\x90\x80\x80z@example.com"), false, true},
    {"a character cut short", SLICE("a\xE7\x94@example.com"), false, true},
    {"a dot for people alone",
     SLICE("a@b\xC3\xBC"
           "cher\xE3\x80\x82"
           "example"),
     false, true},
    {"a space of no width in a label", SLICE("a@exa\xE2\x80\x8Bmple.com"), false, true},
    {"a label that begins with a mark", SLICE("a@\xCC\x88x.example"), false, true},
};

static bool
is_good(const struct address *address)
{
    return address->defect == ADDRESS_FINE || address_defect_is_doubt(address->defect);
}

static void
check_own(struct arena *arena)
{
    struct address address;

    for (size_t i = 0; i < sizeof own / sizeof own[0]; i++) {
        address_parse_mailbox(arena, own[i].address, &address);
        tap_check(is_good(&address) == own[i].valid, "%s: %s (%s)", own[i].shows,
                  own[i].valid ? "valid" : "invalid", address_defect_text(address.defect));
        tap_check(address.utf8 == own[i].utf8, "%s: whether it takes SMTPUTF8", own[i].shows);
    }
}

static void
check_row(struct arena *arena, const struct slice column[COLUMNS], unsigned number)
{
    bool valid = slice_equal(column[RULING], SLICE("valid"));
    struct address address;

    address_parse_mailbox(arena, corpus_octets(arena, column[HEX]), &address);
    if (valid || slice_equal(column[RULING], SLICE("invalid")))
        tap_check(is_good(&address) == valid, "line %u, %.*s: %.*s (%s)", number,
                  (int)column[RULING].len, column[RULING].at, (int)column[0].len, column[0].at,
                  address_defect_text(address.defect));
    if (!slice_equal(column[SMTPUTF8], SLICE("n/a")))
        tap_check(address.utf8 == slice_equal(column[SMTPUTF8], SLICE("yes")),
                  "line %u: whether it takes SMTPUTF8", number);
}

static void
check_file(struct arena *arena, FILE *file)
{
    struct slice column[COLUMNS];
    char *line = NULL;
    size_t room = 0;
    unsigned number = 0;

    while (getline(&line, &room, file) > 0) {
        struct slice text = slice_trim(slice_of(line));

        if (++number > 1 && corpus_cut(text, column, COLUMNS) == COLUMNS)
            check_row(arena, column, number);
        arena_reset(arena);
    }
    free(line);
    fclose(file);
}

int
main(void)
{
    struct arena *arena = arena_new(SIZE_MAX);
    FILE *file;

    check_own(arena);
    file = corpus_open("address/addresses.tsv");
    if (file)
        check_file(arena, file);
    arena_free(&arena);
    return tap_done();
}
