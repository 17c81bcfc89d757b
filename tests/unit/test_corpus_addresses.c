/* Addresses out of other projects' suites, ruled by RFC 5321 and 6531, where $POSTERN_CORPORA names
 * a folder that has them: POSTERN_CORPORA=DIR tests/unit/test_corpus_addresses */
#include <stdio.h>
#include <stdlib.h>

#include "mail/address.h"

#include "tap.h"

enum { RULING = 1, SMTPUTF8 = 3, HEX = 8, COLUMNS };

static int
digit(char c)
{
    return ascii_is_digit(c) ? c - '0' : ascii_lower(c) - 'a' + 10;
}

static struct slice
octets(struct arena *arena, struct slice hex)
{
    char *to = arena_alloc(arena, hex.len / 2 + 1);

    for (size_t i = 0; i + 1 < hex.len; i += 2)
        to[i / 2] = (char)(digit(hex.at[i]) * 16 + digit(hex.at[i + 1]));
    return (struct slice){to, hex.len / 2};
}

static bool
cut(struct slice line, struct slice column[COLUMNS])
{
    for (size_t i = 0; i < COLUMNS; i++) {
        size_t tab = slice_find(line, '\t');

        column[i] = slice_first(line, tab);
        if (tab == line.len && i < COLUMNS - 1)
            return false;
        line = slice_from(line, tab + 1);
    }
    return true;
}

static void
check_row(struct arena *arena, const struct slice column[COLUMNS], unsigned number)
{
    bool valid = slice_equal(column[RULING], SLICE("valid"));
    struct address address;
    bool good;

    address_parse_mailbox(arena, octets(arena, column[HEX]), &address);
    good = address.defect == ADDRESS_FINE || address_defect_is_doubt(address.defect);
    if (valid || slice_equal(column[RULING], SLICE("invalid")))
        tap_check(good == valid, "line %u, %.*s: %.*s (%s)", number, (int)column[RULING].len,
                  column[RULING].at, (int)column[0].len, column[0].at,
                  address_defect_text(address.defect));
    if (!slice_equal(column[SMTPUTF8], SLICE("n/a")))
        tap_check(address.utf8 == slice_equal(column[SMTPUTF8], SLICE("yes")),
                  "line %u: whether it takes SMTPUTF8", number);
}

static void
check_file(FILE *file)
{
    struct arena *arena = arena_new(SIZE_MAX);
    struct slice column[COLUMNS];
    char *line = NULL;
    size_t room = 0;
    unsigned number = 0;

    while (getline(&line, &room, file) > 0) {
        struct slice text = slice_trim(slice_of(line));

        if (++number > 1 && cut(text, column))
            check_row(arena, column, number);
        arena_reset(arena);
    }
    free(line);
    arena_free(&arena);
}

int
main(void)
{
    const char *named = getenv("POSTERN_CORPORA");
    const char *srcdir = getenv("srcdir");
    char name[4096];
    FILE *file;

    snprintf(name, sizeof name, "%s%s/address/addresses.tsv",
             named    ? named
             : srcdir ? srcdir
                      : ".",
             named ? "" : "/../shared/corpora");
    file = fopen(name, "r");
    if (file == NULL) {
        printf("1..0 # SKIP there is no %s; POSTERN_CORPORA names its folder\n", name);
        return 0;
    }
    check_file(file);
    fclose(file);
    return tap_done();
}
