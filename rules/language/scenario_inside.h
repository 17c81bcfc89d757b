/* The language of tests from the inside: lines cut into words, words made into steps. */
#ifndef POSTERN_RULES_LANGUAGE_SCENARIO_INSIDE_H
#define POSTERN_RULES_LANGUAGE_SCENARIO_INSIDE_H

#include "policy/scenario.h"
#include "tree.h"

/* The tests of a policy's `test` statements, in file order. */
const struct test *scenario_tests(struct arena *arena, const struct tree *tree,
                                  struct diagnostics *diagnostics);

struct scenario_word {
    struct slice text; /* quotes taken off */
    struct place place;
    bool quoted;
};

/* A line without its comment. */
struct scenario_words {
    struct scenario_word *item;
    size_t count;
    size_t next;       /* the first that isn't used up */
    struct slice rest; /* the line behind its first word, as written */
};

/* Cuts a line into words at white space. A word in double quotes is a text; one that begins with
 * "<" reaches to the ">" that closes it, so that a quoted local part may hold a space. */
bool scenario_cut(struct arena *arena, struct place place, struct slice line,
                  struct diagnostics *diagnostics, struct scenario_words *words_r);

/* The next word, or NULL and an error that says what was expected. */
const struct scenario_word *scenario_take(struct scenario_words *words, const char *expected,
                                          struct place line, struct diagnostics *diagnostics);

/* An error for a word that isn't one of `known`; near ones are suggested. what: "a step", say. */
void scenario_unknown(struct diagnostics *diagnostics, const struct scenario_word *word,
                      const char *what, const char *const *known, size_t count);

/* Reads what follows `expect`. */
void scenario_read_expect(struct arena *arena, struct scenario_words *words, struct place line,
                          struct diagnostics *diagnostics, struct expectation *expect_r);

#endif
