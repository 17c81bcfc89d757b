/* Regular expressions: flags, UTF-8 and what is none, groups, limits, threads. */
#include "values/regex.h"

#include <pthread.h>
#include <stdio.h>

#include "tap.h"

static struct arena *arena;
static const struct regex_bounds by_default;

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const struct regex *
compile(struct slice pattern, const char *flags)
{
    const char *reason;
    size_t offset;

    return regex_compile(arena, pattern, slice_of(flags), &reason, &offset);
}

static const struct {
    struct slice pattern;
    const char *flags;
    struct slice subject;
    bool matches;
    const char *why;
} cases[] = {
    {SLICE("lottery"), "", SLICE("the lottery!"), true, "anywhere in the text"},
    {SLICE("Lottery"), "", SLICE("the lottery!"), false, "case counts"},
    {SLICE("LOTTERY"), "i", SLICE("the lottery!"), true, "flag i"},
    {SLICE("\xc3\x84rger"), "i", SLICE("\xc3\xa4rger"), true, "flag i beyond ASCII"},
    {SLICE("^b"), "", SLICE("a\nb"), false, "^ is the beginning"},
    {SLICE("^b"), "m", SLICE("a\nb"), true, "flag m"},
    {SLICE("a.b"), "", SLICE("a\nb"), false, "a dot is no line end"},
    {SLICE("a.b"), "s", SLICE("a\nb"), true, "flag s"},
    {SLICE("a.b"), "", SLICE("a\rb"), true, "a lone CR doesn't stop a dot"},
    {SLICE("a b # c"), "x", SLICE("ab"), true, "flag x"},
    {SLICE("a b"), "ismx", SLICE("AB"), true, "all flags"},
    {SLICE("^.$"), "", SLICE("\xc3\xa4"), true, "a character is one"},
    {SLICE("^\\w+$"), "",
     SLICE("stra\xc3\x9f"
           "e"),
     true, "letters of all scripts are word characters"},
    {SLICE("\\p{Cyrillic}"), "", SLICE("p\xd0\xb0ypal"), true, "properties"},
    {SLICE("a\0b"), "", SLICE("xa\0b"), true, "a NUL in pattern and text"},
    {SLICE("a\\x00b"), "", SLICE("a\0b"), true, "an escaped NUL"},
    {SLICE("a\nb"), "", SLICE("a\nb"), true, "a line end in the pattern"},
    {SLICE("evil"), "", SLICE("\xff\xfe evil"), true, "invalid octets before a match"},
    {SLICE("evil"), "", SLICE("evil\xc3"), true, "a cut-off character behind it"},
    {SLICE("^evil"), "",
     SLICE("\x80"
           "evil"),
     false, "^ isn't behind an invalid octet"},
    {SLICE("a.b"), "",
     SLICE("a\xff"
           "b"),
     false, "an invalid octet is no character"},
    {SLICE("evil"), "i", SLICE("\xed\xa0\x80 EVIL"), true, "a surrogate before a match"},
    {SLICE(""), "", SLICE(""), true, "nothing in nothing"},
    {SLICE("^$"), "", {NULL, 0}, true, "an empty text without memory"},
    {SLICE("x"), "", {NULL, 0}, false, "nothing to find in it"},
    {SLICE("(?<=a)b(?!c)"), "", SLICE("abd"), true, "looking around"},
};

static void
test_matching(void)
{
    for (size_t i = 0; i < COUNT(cases); i++) {
        const struct regex *regex = compile(cases[i].pattern, cases[i].flags);
        const char *reason = NULL;

        tap_check(regex && regex_match(regex, cases[i].subject, by_default, &reason) ==
                               (cases[i].matches ? REGEX_MATCH : REGEX_NO_MATCH),
                  "case %zu: %s", i, cases[i].why);
    }
}

static const struct {
    struct slice pattern;
    const char *flags;
    size_t offset;
    const char *part;
} mistakes[] = {
    {SLICE("a("), "", 2, "parenthes"},  {SLICE("[a"), "", 2, "missing terminating ]"},
    {SLICE("*a"), "", 0, "quantifier"}, {SLICE("a\\C"), "", 3, "\\C"},
    {SLICE("\xff"), "", 0, "UTF-8"},    {SLICE("a"), "g", 0, "flags"},
    {SLICE("a"), "ii", 0, "flags"},
};

static void
test_mistakes(void)
{
    for (size_t i = 0; i < COUNT(mistakes); i++) {
        const char *reason = "";
        size_t offset = 99;
        const struct regex *regex = regex_compile(arena, mistakes[i].pattern,
                                                  slice_of(mistakes[i].flags), &reason, &offset);

        tap_check(regex == NULL && strstr(reason, mistakes[i].part) && offset == mistakes[i].offset,
                  "mistake %zu at %zu: %s", i, offset, reason);
    }
    tap_check(regex_flags_are_valid(SLICE("")) && regex_flags_are_valid(SLICE("xi")) &&
                  !regex_flags_are_valid(SLICE("xx")) && !regex_flags_are_valid(SLICE("i\0")),
              "flags");
}

static void
test_groups(void)
{
    const struct regex *regex = compile(SLICE("(\\w+)@(\\w+)(!)?"), "");
    static const char *const expected[] = {"al@home", "al", "home", ""};
    struct slice group;

    tap_check(regex_groups(regex) == 3, "three groups");
    for (unsigned i = 0; i < 4; i++)
        tap_check(regex_group(regex, SLICE("to al@home now"), by_default, arena, i, &group) ==
                          REGEX_MATCH &&
                      slice_equal(group, slice_of(expected[i])),
                  "group %u is \"%s\"", i, expected[i]);
    tap_check(regex_group(regex, SLICE("to al@home"), by_default, arena, 9, &group) ==
                      REGEX_MATCH &&
                  group.len == 0,
              "a group that isn't there is empty");
    tap_check(regex_group(regex, SLICE("nobody"), by_default, arena, 1, &group) == REGEX_NO_MATCH &&
                  group.len == 0,
              "no match, no group");
    regex = compile(SLICE("(a)(b)(c)(d)(e)(f)(g)(h)(i)(j)(k)(l)(m)(n)(o)(p)(q)(r)(s)(t)"), "");
    tap_check(regex_group(regex, SLICE("xabcdefghijklmnopqrst"), by_default, arena, 20, &group) ==
                      REGEX_MATCH &&
                  slice_equal(group, SLICE("t")),
              "the twentieth group");
    regex = compile(SLICE("(?=ab\\K)"), "");
    if (regex)
        tap_check(regex_group(regex, SLICE("ab"), by_default, arena, 0, &group) == REGEX_MATCH &&
                      group.len == 0,
                  "a match that ends before it begins");
}

static const struct {
    struct slice pattern;
    uint32_t limit;
} catastrophes[] = {
    {SLICE("^(a+)+$"), 10000},
    {SLICE("^(a|a)*$"), 10000},
    {SLICE("^(a|aa)+$"), 10000},
    {SLICE("(x+x+)+y|(a*a*)*z$"), 10000},
    {SLICE("^(([a-z])+.)+[A-Z]([a-z])+$"), 10000},
    {SLICE("^(a*)*\\1{9}[b-d]"), 10000},
    {SLICE("(*NO_JIT)^(a+)+$"), 10000},
    {SLICE("^(a+)+$"), 0},
};

static void
test_limits(void)
{
    struct slice subject =
        SLICE("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!");

    for (size_t i = 0; i < COUNT(catastrophes); i++) {
        const struct regex *regex = compile(catastrophes[i].pattern, "");
        const char *reason = "no limit";
        enum regex_result result = regex_match(
            regex, subject, (struct regex_bounds){catastrophes[i].limit, NULL}, &reason);

        tap_check(result == REGEX_LIMIT, "%s: %s", catastrophes[i].pattern.at, reason);
        tap_check(regex_match(compile(SLICE("a!"), ""), subject, by_default, NULL) == REGEX_MATCH,
                  "and the next pattern matches");
    }
}

/* Deep recursion: the JIT compiler's stack ends before the interpreter's limits do. */
static void
test_depth(void)
{
    enum { DEEP = 40000 };
    const struct regex *regex = compile(SLICE("^(\\((?1)*\\))+$"), "");
    char *text = arena_alloc(arena, 2 * DEEP + 1);
    const char *reason = "a result";
    enum regex_result result;

    memset(text, '(', DEEP);
    memset(text + DEEP, ')', DEEP);
    result = regex_match(regex, (struct slice){text, 2 * DEEP}, by_default, &reason);
    tap_check(result == REGEX_MATCH || result == REGEX_LIMIT, "deep recursion ends: %s", reason);
}

/* `count` times `unit`, then `end`. */
static struct slice
repeat(const char *unit, size_t count, const char *end)
{
    size_t len = strlen(unit);
    char *text = arena_alloc(arena, count * len + strlen(end) + 1);

    for (size_t i = 0; i < count; i++)
        memcpy(text + i * len, unit, len);
    memcpy(text + count * len, end, strlen(end));
    return (struct slice){text, count * len + strlen(end)};
}

static const struct {
    const char *pattern;
    const char *unit;
    size_t count;
    const char *end;
    size_t lines; /* so often the same text, one after the other */
    enum regex_result result;
    const char *why;
} shapes[] = {
    {"(a+)+$", "a", 1216, "!", 1, REGEX_LIMIT, "one line"},
    {"(a+)+$", "a", 40000, "!", 1, REGEX_LIMIT, "a long line"},
    {"(a+)+$", "a", 18, "!", 2000, REGEX_LIMIT, "near misses on many lines"},
    {"(a+)+$", "a", 13, "!", 2000, REGEX_LIMIT, "each of them below the limit"},
    {"x+[0-9]", "x", 1 << 20, "", 1, REGEX_LIMIT, "nothing to go back to, from each octet"},
    {"a*a*a*a*a*a*[bc]", "a", 1000, "", 1, REGEX_LIMIT, "stars side by side"},
    {"(x{0,30})(x{0,30})x*+[0-9]", "x", 1000, "", 1, REGEX_LIMIT, "runs behind few steps"},
    {"(\\w+\\s?)*:$", "word ", 50000, "!:", 1, REGEX_LIMIT, "nested quantifiers, a long header"},
    {"^(\\w+\\s?)*:$", "word ", 50000, "!:", 1, REGEX_LIMIT, "from its beginning"},
    {"lottery", "the quick brown fox ", 50000, "", 1, REGEX_NO_MATCH, "a word in a long line"},
    {"[a-z]+@x", "the quick brown fox ", 50000, "", 1, REGEX_NO_MATCH, "words in a long line"},
    {"^the.*foo", "the quick brown fox ", 50000, "", 1, REGEX_NO_MATCH, "to its end and back"},
    {"fox $", "the quick brown fox ", 50000, "", 1, REGEX_MATCH, "its end"},
    {"^(the|quick|brown|fox| )+$", "the quick brown fox ", 50, "", 1, REGEX_MATCH, "words"},
};

/* However a text is made, its matches end soon behind the most steps that there may be. */
static void
test_work(bool jit)
{
    enum { MOST = 20000000 };

    regex_use_jit(jit);
    for (size_t i = 0; i < COUNT(shapes); i++) {
        const struct regex *regex = compile(slice_of(shapes[i].pattern), "");
        struct slice text = repeat(shapes[i].unit, shapes[i].count, shapes[i].end);
        struct meter meter = {.most = MOST};
        struct regex_bounds bounds = {.meter = &meter};
        enum regex_result result = REGEX_NO_MATCH;

        for (size_t line = 0; line < shapes[i].lines; line++)
            result = regex_match(regex, text, bounds, NULL);
        tap_check(result == shapes[i].result && meter.taken < MOST + MOST / 4,
                  "%s, %s JIT: %s takes %.1f million steps", shapes[i].why,
                  jit ? "with" : "without", shapes[i].pattern, (double)meter.taken / 1e6);
    }
    regex_use_jit(true);
}

/* A pattern that PCRE2 takes, but not with a call back at each item. */
static void
test_large_pattern(void)
{
    struct slice words = repeat("(*UCP)(?:viagra|cialis)|", 1, "");
    char *text = arena_printf(arena, "%s%s%s", words.at, repeat("lottery|", 3000, "").at, "(a+)+$");
    const struct regex *regex = compile(slice_of(text), "x");

    tap_check(regex && regex_match(regex, SLICE("the lottery"), by_default, NULL) == REGEX_MATCH &&
                  regex_match(regex, repeat("b", 4000, "viagra"), by_default, NULL) ==
                      REGEX_MATCH &&
                  regex_match(regex, repeat("b", 4000, ""), by_default, NULL) == REGEX_NO_MATCH &&
                  regex_match(regex, repeat("a", 4000, "!"), by_default, NULL) == REGEX_LIMIT,
              "a large pattern is bounded too");
}

static unsigned
below(uint64_t *random, unsigned limit)
{
    *random = *random * 6364136223846793005u + 1442695040888963407u;
    return (unsigned)(*random >> 33) % limit;
}

static const char *
random_pattern(uint64_t *random, unsigned depth)
{
    static const char *const atoms[] = {"a",   "b",      ".",      "[ab]", "\\w",   "c",       "^",
                                        "\\b", "(?<=a)", "(?<!b)", "a?",   "(?=b)", "\xc3\xa4"};
    static const char *const ends[] = {"*", "+", "?", "{2}", "*?", "++"};
    unsigned kind = depth == 0 ? 0 : below(random, 4);

    if (kind == 0)
        return atoms[below(random, COUNT(atoms))];
    if (kind == 1)
        return arena_printf(arena, "(?:%s)%s", random_pattern(random, depth - 1),
                            ends[below(random, COUNT(ends))]);
    return arena_printf(arena, kind == 2 ? "%s%s" : "(?:%s|%s)", random_pattern(random, depth - 1),
                        random_pattern(random, depth - 1));
}

/* Line ends behind a text change nothing for a pattern that asks for no end, but make it long. */
static struct slice
lengthen(struct slice text)
{
    return slice_of(arena_printf(arena, "%s%s", text.at, repeat("\n", 2100, "").at));
}

/* Tried once or counted, with JIT and without: the answer is the same. */
static void
test_same_answers(void)
{
    static const char *const units[] = {"a", "b", "c", " ", "\xc3\xa4", "\xff", "aab"};
    uint64_t random = 7;
    unsigned differences = 0;

    for (int i = 0; i < 3000; i++) {
        const char *pattern = random_pattern(&random, 4), *text = "";
        const struct regex *regex = compile(slice_of(pattern), "");
        enum regex_result expected, others[3];

        for (unsigned len = below(&random, 12); len > 0; len--)
            text = arena_printf(arena, "%s%s", text, units[below(&random, COUNT(units))]);
        if (regex == NULL)
            continue;
        expected = regex_match(regex, slice_of(text), by_default, NULL);
        others[0] = regex_match(regex, lengthen(slice_of(text)), by_default, NULL);
        regex_use_jit(false);
        others[1] = regex_match(regex, slice_of(text), by_default, NULL);
        others[2] = regex_match(regex, lengthen(slice_of(text)), by_default, NULL);
        regex_use_jit(true);
        for (unsigned k = 0; k < COUNT(others); k++)
            if (others[k] != expected && differences++ < 5)
                printf("# %s on \"%s\": %d and (%u) %d\n", pattern, text, expected, k, others[k]);
    }
    tap_check(differences == 0, "the same answers whichever way a match goes");
}

struct job {
    const struct regex *word, *bad;
    bool ok;
};

static void *
work(void *of)
{
    struct job *job = of;
    struct arena *own = arena_new(1 << 20);
    struct slice group;

    job->ok = true;
    for (int i = 0; i < 300; i++) {
        const char *text = arena_printf(own, "number%d here", i);
        const char *expected = arena_printf(own, "%d", i);

        job->ok =
            job->ok &&
            regex_group(job->word, slice_of(text), by_default, own, 1, &group) == REGEX_MATCH &&
            slice_equal(group, slice_of(expected)) &&
            regex_match(job->bad, SLICE("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!"),
                        (struct regex_bounds){500, NULL}, NULL) == REGEX_LIMIT;
    }
    arena_free(&own);
    return NULL;
}

static void
test_threads(void)
{
    enum { THREADS = 8 };
    pthread_t thread[THREADS];
    struct job job[THREADS];
    const struct regex *word = compile(SLICE("number(\\d+)"), "");
    const struct regex *bad = compile(SLICE("^(a+)+$"), "");

    for (int i = 0; i < THREADS; i++) {
        job[i] = (struct job){word, bad, false};
        pthread_create(&thread[i], NULL, work, &job[i]);
    }
    for (int i = 0; i < THREADS; i++) {
        pthread_join(thread[i], NULL);
        tap_check(job[i].ok, "thread %d", i);
    }
}

int
main(void)
{
    arena = arena_new(1 << 24);
    test_matching();
    test_mistakes();
    test_groups();
    test_limits();
    test_depth();
    test_work(true);
    test_work(false);
    test_large_pattern();
    test_same_answers();
    test_threads();
    arena_free(&arena);
    return tap_done();
}
