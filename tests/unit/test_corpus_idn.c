/* Domain names out of other projects' suites and Unicode's own, where $POSTERN_CORPORA names a
 * folder that has them: POSTERN_CORPORA=DIR tests/unit/test_corpus_idn. No name that IDNA2008 and
 * UTS 46 both call bad is accepted; of the good ones that are refused each is listed with the
 * reason. */
#include <stdio.h>
#include <stdlib.h>

#include "mail/domain.h"

#include "tap.h"

enum { MOST_COLUMNS = 16 };

/* One file: where it says what of a name. */
struct corpus {
    const char *file;
    size_t columns;
    size_t bad[2];    /* the columns of which all must say that it is bad; 0: none */
    const char *good; /* what they say otherwise */
    size_t ascii;     /* the A-label form of a good name; 0: none */
};

static const struct corpus corpora[] = {
    {"idn/labels.tsv", 15, {3, 9}, "ok", 0},
    {"idn/idnatest15.tsv", 8, {3, 0}, "[]", 2},
};

struct counts {
    unsigned bad, bad_accepted, good, good_refused, other_ascii;
};

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

static size_t
cut(struct slice line, struct slice column[MOST_COLUMNS])
{
    size_t count = 0;

    while (count < MOST_COLUMNS) {
        size_t tab = slice_find(line, '\t');

        column[count++] = slice_first(line, tab);
        if (tab == line.len)
            break;
        line = slice_from(line, tab + 1);
    }
    return count;
}

/* How many of the columns call it good. */
static unsigned
praises(const struct corpus *corpus, const struct slice *column)
{
    unsigned count = 0;

    for (size_t i = 0; i < 2; i++)
        count += corpus->bad[i] && slice_equal(column[corpus->bad[i]], slice_of(corpus->good));
    return count;
}

static void
check_row(struct arena *arena, const struct corpus *corpus, const struct slice *column,
          unsigned number, struct counts *counts)
{
    struct slice name = octets(arena, column[corpus->columns - 1]);
    struct domain_judgement judgement = domain_judge(arena, name);
    unsigned praised = praises(corpus, column);
    bool accepted = judgement.lenient == DOMAIN_FINE;

    if (praised == 0) {
        counts->bad++;
        counts->bad_accepted += accepted;
        if (accepted)
            printf("# %s:%u: accepted: %.*s\n", corpus->file, number, (int)column[0].len,
                   column[0].at);
        return;
    }
    if (praised < 1 + (corpus->bad[1] > 0))
        return;
    counts->good++;
    counts->good_refused += !accepted;
    if (!accepted)
        printf("# %s:%u: refused: %.*s: %s\n", corpus->file, number, (int)column[0].len,
               column[0].at, domain_defect_text(judgement.lenient));
    else if (corpus->ascii && !slice_equal(domain_key(arena, name), column[corpus->ascii]))
        counts->other_ascii++;
}

static bool
check_file(const char *folder, const struct corpus *corpus)
{
    struct arena *arena = arena_new(SIZE_MAX);
    struct counts counts = {0};
    struct slice column[MOST_COLUMNS];
    char *line = NULL;
    size_t room = 0;
    unsigned number = 0;
    char name[4096];
    FILE *file;

    snprintf(name, sizeof name, "%s/%s", folder, corpus->file);
    file = fopen(name, "r");
    while (file && getline(&line, &room, file) > 0) {
        struct slice text = slice_first(slice_of(line), slice_find(slice_of(line), '\n'));

        if (++number > 1 && cut(text, column) == corpus->columns)
            check_row(arena, corpus, column, number, &counts);
        arena_reset(arena);
    }
    free(line);
    arena_free(&arena);
    if (file == NULL)
        return false;
    fclose(file);
    tap_check(counts.bad > 0 && counts.bad_accepted == 0, "%s: of %u bad names %u are accepted",
              corpus->file, counts.bad, counts.bad_accepted);
    tap_check(counts.good > 0 && counts.other_ascii == 0,
              "%s: of %u good names %u are refused, and %u have another form in ASCII",
              corpus->file, counts.good, counts.good_refused, counts.other_ascii);
    return true;
}

int
main(void)
{
    const char *named = getenv("POSTERN_CORPORA");
    const char *srcdir = getenv("srcdir");
    char folder[2048];
    bool all = true;

    snprintf(folder, sizeof folder, "%s%s",
             named    ? named
             : srcdir ? srcdir
                      : ".",
             named ? "" : "/../shared/corpora");
    for (size_t i = 0; i < sizeof corpora / sizeof corpora[0]; i++)
        all = check_file(folder, &corpora[i]) && all;
    if (!all) {
        printf("1..0 # SKIP there are no names in %s; POSTERN_CORPORA names their folder\n",
               folder);
        return 0;
    }
    return tap_done();
}
