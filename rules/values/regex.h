/* PCRE2: patterns of a policy, compiled once and shared by all threads. Patterns and texts are
 * UTF-8; octets that are none never hide a match (PCRE2_MATCH_INVALID_UTF). */
#ifndef POSTERN_RULES_VALUES_REGEX_H
#define POSTERN_RULES_VALUES_REGEX_H

#include "base/arena.h"

struct regex;

enum regex_result { REGEX_NO_MATCH, REGEX_MATCH, REGEX_LIMIT };

/* flags: i (case), s (dot matches line ends), m (^ and $ at lines), x (spaces and comments
 * ignored). NULL and a reason, with its offset in the pattern, when it can't be compiled. The regex
 * lives as long as the arena. */
const struct regex *regex_compile(struct arena *arena, struct slice pattern, struct slice flags,
                                  const char **reason_r, size_t *offset_r);

/* The same for pcre_table(5): the flags are also A (matches at the beginning only), E ($ at the
 * very end only) and U (ungreedy); \w and its kin are of ASCII. */
const struct regex *regex_compile_table(struct arena *arena, struct slice pattern,
                                        struct slice flags, const char **reason_r,
                                        size_t *offset_r);

bool regex_flags_are_valid(struct slice flags);

/* Groups in the pattern. */
unsigned regex_groups(const struct regex *regex);

/* limit: steps that may be taken from one place of the text, beside two for each octet of it (0: as
 * many as regex-match-limit has by default). Everything is charged to the meter. */
struct regex_bounds {
    uint32_t limit;
    struct meter *meter;
};

/* REGEX_LIMIT: a limit was passed, so it isn't known; reason_r says which. */
enum regex_result regex_match(const struct regex *regex, struct slice subject,
                              struct regex_bounds bounds, const char **reason_r);

/* The same, and the text of one group (0 is the whole), copied into the arena; empty where it took
 * no part. */
enum regex_result regex_group(const struct regex *regex, struct slice subject,
                              struct regex_bounds bounds, struct arena *arena, unsigned group,
                              struct slice *group_r);

/* The same, and the texts of groups 0 to `groups`, which lie within the subject. */
enum regex_result regex_match_groups(const struct regex *regex, struct slice subject,
                                     struct regex_bounds bounds, struct slice *group_r,
                                     unsigned groups, const char **reason_r);

/* Whether the JIT compiler was refused memory to write and execute: then a pattern is matched
 * without it, slower and with the same answers. */
bool regex_jit_is_refused(void);

/* For tests: whether JIT is used where it can be; the answers are the same. */
void regex_use_jit(bool use);

#endif
