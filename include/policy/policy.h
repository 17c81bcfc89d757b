/* A policy: read, checked, planned, and from then on immutable, so that threads share it without
 * locks. */
#ifndef POSTERN_POLICY_POLICY_H
#define POSTERN_POLICY_POLICY_H

#include "base/diagnostics.h"
#include "policy/fact.h"
#include "policy/table.h"
#include "policy/verdict.h"

struct policy;

/* What a policy asks of the MTA. */
struct needs {
    unsigned
        verdict_stages;   /* bits by stage: where a verdict may be spoken; nowhere else one can */
    unsigned read_stages; /* bits by stage: whose facts or texts some rule reads, or waits for with
                             `at` */
    unsigned flags; /* FACT_READS_HEADER, FACT_READS_BODY, FACT_READS_PARTS, FACT_HOLDS_BODY of all
                       rules together */
    unsigned actions;                  /* bits by enum action_kind */
    const char *const *macros[STAGES]; /* those that facts are made from; NULL ends the list */
    size_t rules;                      /* that are not disabled */
};

enum mta { MTA_POSTFIX, MTA_SENDMAIL };

/* Reads the policy that begins with the file, or with this text, which is taken as if it lay in a
 * file of that name. NULL when there is an error; warnings may come with a policy, and point into
 * its text: they are to be printed while it lives. */
struct policy *policy_load(const char *path, struct diagnostics *diagnostics);
struct policy *policy_load_text(const char *name, struct slice text,
                                struct diagnostics *diagnostics);

/* The same of what policy_print() has written of the policy in this file. */
struct policy *policy_load_printed(const char *path, struct slice text,
                                   struct diagnostics *diagnostics);

/* What it sets, and nothing else: its rules are not checked, and no file but its own text is
 * opened. False: there is an error. The texts live in the arena of the diagnostics. */
bool policy_read_settings(const char *path, struct diagnostics *diagnostics,
                          struct settings *settings_r);

/* Whether patterns are matched more slowly, since this process may have no memory that is writable
 * and executable. Asked behind the load. */
bool policy_patterns_are_slow(void);

/* The last one out closes tables and gives the memory back. */
struct policy *policy_ref(struct policy *policy);
void policy_unref(struct policy **policy);

const struct settings *policy_settings(const struct policy *policy);
const struct needs *policy_needs(const struct policy *policy);

/* Whether the rule of this name acts, is only watched (`audit`), or is off: disabled, or behind a
 * `let` that says no. */
enum rule_state { RULE_UNKNOWN, RULE_ACTS, RULE_WATCHED, RULE_OFF };
enum rule_state policy_rule_state(const struct policy *policy, struct slice name);

/* The table of this name, or NULL. */
const struct table *policy_table(const struct policy *policy, struct slice name);

/* Whether the policy has a list of this name, by itself or by default, and whether the value is in
 * it. */
bool policy_has_list(const struct policy *policy, struct slice name);
bool policy_list_has(const struct policy *policy, struct arena *arena, struct slice name,
                     const struct value *value);

/* Each of its tables, from 0 on; NULL behind the last. */
const struct table *policy_table_at(const struct policy *policy, size_t number);

/* A file that the policy is read from. */
struct policy_path {
    const char *path;      /* as it is opened: by the directory that the policy was loaded in */
    struct place named_at; /* without source: the file that the policy begins with */
    bool is_table;         /* read afresh whenever it was replaced; others are read once */
    bool writes_beside;    /* where it is read, files beside it may be made and written */
};

/* All of them: the policy's own text, then list files and files of tables, in the order in which
 * they are named, and as often. A default that counts for nothing names none. */
const struct policy_path *policy_paths(const struct policy *policy, struct arena *arena,
                                       size_t *count_r);

/* Tells policies apart: made from all octets of the files that they are read from once, their own
 * text and list files, wherever those lie. The same on every machine. */
uint64_t policy_hash(const struct policy *policy);

/* `check --print`, `check -v` and `check --mta`. */
void policy_print(const struct policy *policy, FILE *to);
void policy_describe(const struct policy *policy, FILE *to);
void policy_describe_mta(const struct policy *policy, enum mta mta, FILE *to);

/* `check --json`: ,"rules":[...],"lists":[...],"tables":[...], and
 * ,"file":...,"line":...,"column":... of a place, nothing for one without source; members of an
 * object that the caller has begun. */
void policy_write_json(const struct policy *policy, FILE *to);
void policy_write_place(FILE *to, struct place place);

/* The policy's own tests, and those of another file: tests in the policy's words. NULL: an error.
 */
struct test;
const struct test *policy_tests(const struct policy *policy);
const struct test *policy_tests_load(struct arena *arena, const char *path,
                                     struct diagnostics *diagnostics);

#endif
