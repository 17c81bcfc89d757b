/* Structured fields as tokens: nothing is left out, and what has no end is said to. */
#include "header/tokens.h"

#include "base/buffer.h"
#include "tap.h"

static const char kinds[] = {[TOKEN_END] = '$',     [TOKEN_ATOM] = 'a',    [TOKEN_QUOTED] = 'q',
                             [TOKEN_LITERAL] = 'l', [TOKEN_COMMENT] = 'c', [TOKEN_SPECIAL] = 's'};

/* "kind:text" of each token, a space before those that white space stands before. */
static const char *
shown(struct arena *arena, struct slice field, bool words, const char **defect_r)
{
    struct buffer *text = ARENA_NEW(arena, struct buffer);
    struct token token;

    *defect_r = NULL;
    buffer_init(text, arena, 10000);
    do {
        token = words ? token_next_word(&field) : token_next(&field);
        *defect_r = *defect_r ? *defect_r : token.defect;
        buffer_text(text, token.gap.len > 0 ? " " : "");
        buffer_octet(text, kinds[token.kind]);
        buffer_add(text, token.text);
    } while (token.kind != TOKEN_END);
    return buffer_slice(text).at;
}

static void
test_tokens(void)
{
    static const struct {
        struct slice in;
        const char *all, *words;
        const char *defect;
        const char *section;
    } cases[] = {
        {SLICE(""), "$", "$", NULL, "RFC 5322 3.2"},
        {SLICE("  "), " $", " $", NULL, "RFC 5322 3.2.2"},
        {SLICE("a b"), "aa ab$", "aa ab$", NULL, "RFC 5322 3.2.3"},
        {SLICE("a\r\n\tb"), "aa ab$", "aa ab$", NULL, "RFC 5322 2.2.3"},
        {SLICE("a.b@c"), "aas.abs@ac$", "aas.abs@ac$", NULL, "RFC 5322 3.2.3"},
        {SLICE("\xC3\xBC\xFF"), "a\xC3\xBC\xFF$", "a\xC3\xBC\xFF$", NULL, "RFC 6532 3.2"},
        {SLICE("=?utf-8?q?a?="), "a=?utf-8?q?a?=$", "a=?utf-8?q?a?=$", NULL, "RFC 2047 5"},
        {SLICE("\"a \\\" b\"c"), "q\"a \\\" b\"ac$", "q\"a \\\" b\"ac$", NULL, "RFC 5322 3.2.4"},
        {SLICE("a(b(c)d)e"), "aac(b(c)d)ae$", "aa ae$", NULL, "RFC 5322 3.2.2"},
        {SLICE("(a\\))b"), "c(a\\))ab$", " ab$", NULL, "RFC 5322 3.2.1"},
        {SLICE("[a ] b"), "l[a ] ab$", "l[a ] ab$", NULL, "RFC 5322 3.4.1"},
        {SLICE("\\a\0"), "s\\aas$", NULL, NULL, "RFC 5322 3.2.1"},
        {SLICE("a (b"), "aa c(b$", "aa $", "a comment has no end", "RFC 5322 3.2.2"},
        {SLICE("\"a"), "q\"a$", "q\"a$", "a quoted string has no end", "RFC 5322 3.2.4"},
        {SLICE("[a"), "l[a$", "l[a$", "\"[\" has no \"]\"", "RFC 5322 3.4.1"},
    };
    struct arena *arena = arena_new(SIZE_MAX);

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const char *defect, *wordly;
        const char *all = shown(arena, cases[i].in, false, &defect);

        tap_check((defect == NULL) == (cases[i].defect == NULL) &&
                      (defect == NULL || strcmp(defect, cases[i].defect) == 0),
                  "%s: case %zu: %s", cases[i].section, i, defect ? defect : "fine");
        tap_check(cases[i].words == NULL || strcmp(all, cases[i].all) == 0, "%s: case %zu: %s",
                  cases[i].section, i, all);
        wordly = shown(arena, cases[i].in, true, &defect);
        tap_check(cases[i].words == NULL || strcmp(wordly, cases[i].words) == 0,
                  "%s: case %zu without comments: %s", cases[i].section, i, wordly);
    }
    arena_free(&arena);
}

static void
test_unquoting(void)
{
    static const struct {
        struct slice in;
        const char *out;
    } cases[] = {
        {SLICE("\"\""), ""},     {SLICE("\"a\\\"b\""), "a\"b"},
        {SLICE("\"a"), "a"},     {SLICE("\"a\r\n b\""), "a b"},
        {SLICE("\"a\\"), "a\\"}, {SLICE("(a(b))"), "a(b)"},
        {SLICE("(a"), "a"},      {SLICE("[1.2]"), "1.2"},
    };
    struct arena *arena = arena_new(SIZE_MAX);

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct slice out = token_unquote(arena, cases[i].in);

        tap_check(slice_equal(out, slice_of(cases[i].out)), "RFC 5322 3.2.4: %.*s is %.*s",
                  (int)cases[i].in.len, cases[i].in.at, (int)out.len, out.at);
    }
    tap_check(token_find(SLICE("a(;)\";\"\\;;b"), ';') == 9, "RFC 2045 5.1: a semicolon outside");
    arena_free(&arena);
}

int
main(void)
{
    test_tokens();
    test_unquoting();
    return tap_done();
}
