/* Patterns of POSIX's kind, through the C library: regexp_table(5). Its flags change what holds
 * without them: i and x do. */
#include <regex.h>

#include "file.h"
#include "patterns.h"
#include "table_inside.h"

static void
regexp_release(void *of)
{
    regfree(of);
}

/* false for a letter that is none. */
static bool
read_flags(struct slice flags, int *flags_r)
{
    *flags_r = REG_ICASE | REG_EXTENDED;
    for (size_t i = 0; i < flags.len; i++)
        switch (flags.at[i]) {
        case 'i':
            *flags_r ^= REG_ICASE;
            break;
        case 'm':
            *flags_r ^= REG_NEWLINE;
            break;
        case 'x':
            *flags_r ^= REG_EXTENDED;
            break;
        default:
            return false;
        }
    return true;
}

/* "(?", \d and their like are PCRE's. */
static const char *
regexp_reason(struct arena *arena, struct slice pattern, const char *said)
{
    bool is_pcre = strstr(arena_string(arena, pattern), "(?");

    return arena_printf(arena, "%s%s", said,
                        is_pcre ? "; \"(?\" belongs to tables of type pcre" : "");
}

static const void *
regexp_compile(struct arena *arena, struct slice pattern, struct slice flags, unsigned *groups_r,
               const char **reason_r)
{
    regex_t *regex = ARENA_NEW(arena, regex_t);
    char text[256];
    int options, error;

    if (!read_flags(flags, &options)) {
        *reason_r = arena_printf(arena, "the flags of a pattern are i, m and x, not \"%s\"",
                                 arena_string(arena, flags));
        return NULL;
    }
    error = regcomp(regex, arena_string(arena, pattern), options);
    if (error != 0) {
        regerror(error, regex, text, sizeof text);
        *reason_r = regexp_reason(arena, pattern, text);
        return NULL;
    }
    arena_on_end(arena, regexp_release, regex);
    *groups_r = (unsigned)regex->re_nsub;
    return regex;
}

#ifdef REG_STARTEND
enum { REGEXP_NEEDS_NUL = false };

/* A key may hold NULs, and end without one. */
static int
regexp_run(const regex_t *regex, struct slice subject, size_t places, regmatch_t *at)
{
    at[0] = (regmatch_t){.rm_so = 0, .rm_eo = (regoff_t)subject.len};
    return regexec(regex, subject.len ? subject.at : "", places, at, REG_STARTEND);
}
#else
enum { REGEXP_NEEDS_NUL = true };

static int
regexp_run(const regex_t *regex, struct slice subject, size_t places, regmatch_t *at)
{
    return regexec(regex, subject.at, places, at, 0);
}
#endif

static enum regex_result
regexp_match(const void *compiled, struct slice subject, struct meter *meter, struct slice *group,
             unsigned groups, const char **reason_r)
{
    enum { GUESS_AN_OCTET = 1000 };
    regmatch_t at[MOST_GROUPS + 1];
    int error;

    if (REGEXP_NEEDS_NUL && slice_find(subject, '\0') < subject.len) {
        *reason_r = "the patterns of this system can't see behind a NUL";
        return REGEX_LIMIT;
    }
    if (!meter_take(meter, 1 + subject.len)) {
        *reason_r = "max-message-steps is reached";
        return REGEX_LIMIT;
    }
    meter_watch(meter);
    error = regexp_run(compiled, subject, groups + 1, at);
    meter_guess(meter, GUESS_AN_OCTET * (1 + subject.len));
    if (error == REG_NOMATCH)
        return REGEX_NO_MATCH;
    if (error != 0) {
        *reason_r = "there was no memory left for the pattern";
        return REGEX_LIMIT;
    }
    for (unsigned i = 0; i <= groups; i++)
        group[i] = at[i].rm_so < 0 ? SLICE("")
                                   : slice_first(slice_from(subject, (size_t)at[i].rm_so),
                                                 (size_t)(at[i].rm_eo - at[i].rm_so));
    return REGEX_MATCH;
}

static const void *
regexp_build(struct arena *arena, struct slice text, const char **reason_r)
{
    static const struct pattern_engine engine = {
        .compile = regexp_compile, .match = regexp_match, .needs_nul = REGEXP_NEEDS_NUL};

    return patterns_build(arena, &engine, text, reason_r);
}

static void *
regexp_open(struct arena *arena, const struct table_opening *opening, const char **reason_r)
{
    static const struct table_file_form form = {
        .build = regexp_build, .find = patterns_answer, .walk = patterns_each};

    return table_file_open(arena, opening, &form, reason_r);
}

const struct table_driver table_regexp = {
    .type = "regexp",
    .file_suffix = "",
    .open = regexp_open,
    .find = table_file_answer,
    .whole_keys_only = true,
    .each = table_file_each,
};
