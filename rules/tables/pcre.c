/* Patterns of Perl's kind: pcre_table(5). Its flags change what holds without them: i and s do. */
#include "file.h"
#include "patterns.h"
#include "table_inside.h"

static const void *
pcre_compile(struct arena *arena, struct slice pattern, struct slice flags, unsigned *groups_r,
             const char **reason_r)
{
    static const char known[] = "ismxAEU";
    bool on[sizeof known] = {true, true};
    char letters[sizeof known];
    struct slice all = {letters, 0};
    const struct regex *regex;
    size_t offset;

    for (size_t i = 0; i < flags.len; i++) {
        const char *letter = strchr(known, flags.at[i]);

        if (letter == NULL || *letter == '\0') {
            if (flags.at[i] == 'X')
                continue; /* PCRE2 has no such flag, and does what it meant */
            *reason_r = arena_printf(arena,
                                     "the flags of a pattern are i, m, s, x, A, E, U and X, "
                                     "not \"%s\"",
                                     arena_string(arena, flags));
            return NULL;
        }
        on[letter - known] = !on[letter - known];
    }
    for (size_t i = 0; known[i]; i++)
        if (on[i])
            letters[all.len++] = known[i];
    regex = regex_compile_table(arena, pattern, all, reason_r, &offset);
    if (regex == NULL)
        *reason_r = arena_printf(arena, "octet %zu of the pattern: %s", offset, *reason_r);
    else
        *groups_r = regex_groups(regex);
    return regex;
}

static enum regex_result
pcre_match(const void *compiled, struct slice subject, struct meter *meter, struct slice *group,
           unsigned groups, const char **reason_r)
{
    struct regex_bounds bounds = {.meter = meter};

    return regex_match_groups(compiled, subject, bounds, group, groups, reason_r);
}

static const void *
pcre_build(struct arena *arena, struct slice text, const char **reason_r)
{
    static const struct pattern_engine engine = {.compile = pcre_compile, .match = pcre_match};

    return patterns_build(arena, &engine, text, reason_r);
}

static void *
pcre_open(struct arena *arena, const struct table_opening *opening, const char **reason_r)
{
    static const struct table_file_form form = {
        .build = pcre_build, .find = patterns_answer, .walk = patterns_each};

    return table_file_open(arena, opening, &form, reason_r);
}

const struct table_driver table_pcre = {
    .type = "pcre",
    .file_suffix = "",
    .open = pcre_open,
    .find = table_file_answer,
    .whole_keys_only = true,
    .each = table_file_each,
};
