/* Domain names: some of our own, those of other projects' suites, and Unicode's own. No name that
 * IDNA2008 and UTS 46 both call bad is accepted; of the good ones of others that are refused each
 * is listed with the reason. */
#include <stdio.h>
#include <stdlib.h>

#include "mail/domain.h"

#include "corpus.h"
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

/* A good name has its form in A-labels beside it, a bad one NULL. */
static const struct {
    const char *shows, *name, *ascii;
} own[] = {
    {"letters, digits, hyphens", "mx-1.example", "mx-1.example"},
    {"letters beyond ASCII",
     "b\xC3\xBC"
     "cher.example",
     "xn--bcher-kva.example"},
    {"each label by itself",
     "b\xC3\xBC"
     "cher.\xE6\x97\xA5\xE6\x9C\xAC\xE8\xAA\x9E",
     "xn--bcher-kva.xn--wgv71a119e"},
    {"sharp s is a letter of its own (RFC 5894 7.2)", "fa\xC3\x9F.example", "xn--fa-hia.example"},
    {"final sigma too", "\xCE\xB2\xCF\x8C\xCE\xBB\xCE\xBF\xCF\x82.example", "xn--nxasmm1c.example"},
    {"an A-label stays what it is", "xn--bcher-kva.example", "xn--bcher-kva.example"},
    {"right to left (RFC 5893)", "\xD7\xA2\xD7\xA8\xD7\x91.example", "xn--5db7as.example"},
    {"the middle dot between two l (RFC 5892 A.3)", "l\xC2\xB7l.example", "xn--ll-0ea.example"},
    {"a joiner behind a virama (A.2)", "\xE0\xA4\x95\xE0\xA5\x8D\xE2\x80\x8D\xE0\xA4\xB7",
     "xn--11b2ezcw70k"},
    {"geresh behind Hebrew (A.5)", "\xD7\xA0\xD7\x95\xD7\xB3", "xn--9dbv2d"},
    {"the Katakana dot beside Katakana (A.7)", "\xE3\x82\xAB\xE3\x83\xBB\xE3\x82\xAB",
     "xn--lcka3v"},

    {"an empty label", "a..example", NULL},
    {"a dot first", ".example", NULL},
    {"a label above 63 octets",
     "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijkl.example", NULL},
    {"one above 63 as A-label alone",
     "\xC3\xBC"
     "bcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghi.example",
     NULL},
    {"a hyphen first", "-a.example", NULL},
    {"a hyphen last", "b\xC3\xBC-.example", NULL},
    {"hyphens in third and fourth place (RFC 5891 4.2.3.1)", "ab--\xC3\xBC.example", NULL},
    {"a mark first (RFC 5891 4.2.3.2)", "\xCC\x88x.example", NULL},
    {"a dingbat", "\xE2\x9C\x93.example", NULL},
    {"a space of no width", "exa\xE2\x80\x8Bmple.example", NULL},
    {"a direction mark",
     "\xE2\x80\xAE"
     "a.example",
     NULL},
    {"what isn't assigned", "a\xCD\xB8.example", NULL},
    {"half of a pair of UTF-16", "a\xED\xA0\x80.example", NULL},
    {"Latin-1",
     "b\xFC"
     "cher.example",
     NULL},
    {"a full stop for people",
     "b\xC3\xBC"
     "cher\xE3\x80\x82"
     "example",
     NULL},
    {"Hangul of old", "\xE1\x84\x92.example", NULL},
    {"the middle dot with no l before it (A.3)", "a\xC2\xB7l.example", NULL},
    {"with none behind it", "l\xC2\xB7.example", NULL},
    {"a joiner behind a letter (A.2)",
     "a\xE2\x80\x8D"
     "b.example",
     NULL},
    {"one that joins nothing (A.1)",
     "a\xE2\x80\x8C"
     "b.example",
     NULL},
    {"the Greek numeral sign before no Greek (A.4)", "\xCD\xB5s.example", NULL},
    {"geresh behind Latin (A.5)", "a\xD7\xB3.example", NULL},
    {"the Katakana dot beside Latin (A.7)",
     "a\xE3\x83\xBB"
     "b.example",
     NULL},
    {"both sets of Arabic digits (A.8)", "\xD8\xA7\xD9\xA0\xDB\xB0.example", NULL},
    {"both directions in a label (RFC 5893 2)",
     "\xD7\x90"
     "a.example",
     NULL},
    {"a digit first from right to left", "1\xD7\x90.example", NULL},
    {"an A-label of nothing", "xn--.example", NULL},
    {"one that isn't Punycode", "xn--a\xC3\xBC.example", NULL},
    {"one of what no U-label has", "xn--a-ecp.example", NULL},
};

static void
check_own(struct arena *arena)
{
    for (size_t i = 0; i < sizeof own / sizeof own[0]; i++) {
        struct slice name = slice_of(own[i].name);
        struct domain_judgement judgement = domain_judge(arena, name);
        bool good = judgement.lenient == DOMAIN_FINE;

        tap_check(good == (own[i].ascii != NULL), "%s: %s", own[i].shows,
                  good ? "accepted" : domain_defect_text(judgement.lenient));
        if (own[i].ascii)
            tap_check(slice_equal(domain_key(arena, name), slice_of(own[i].ascii)), "%s: %s",
                      own[i].shows, own[i].ascii);
    }
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
    struct slice name = corpus_octets(arena, column[corpus->columns - 1]);
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

/* False where it isn't there. */
static bool
check_file(struct arena *arena, const struct corpus *corpus)
{
    FILE *file = corpus_open(corpus->file);
    struct counts counts = {0};
    struct slice column[MOST_COLUMNS];
    char *line = NULL;
    size_t room = 0;
    unsigned number = 0;

    if (!file)
        return false;
    while (getline(&line, &room, file) > 0) {
        struct slice text = slice_first(slice_of(line), slice_find(slice_of(line), '\n'));

        if (++number > 1 && corpus_cut(text, column, MOST_COLUMNS) == corpus->columns)
            check_row(arena, corpus, column, number, &counts);
        arena_reset(arena);
    }
    free(line);
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
    struct arena *arena = arena_new(SIZE_MAX);

    check_own(arena);
    for (size_t i = 0; i < sizeof corpora / sizeof corpora[0] && check_file(arena, &corpora[i]);
         i++)
        ;
    arena_free(&arena);
    return tap_done();
}
