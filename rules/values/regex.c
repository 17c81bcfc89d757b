/* Patterns through PCRE2. A compiled pattern is shared by all threads; what a match needs to write
 * to is kept by thread, taken at the thread's first match and given back when it ends.
 *
 * PCRE2's own limit begins anew at each place where a match may begin, and leaves out much of the
 * work, with JIT more than without. So each pattern is compiled twice. As it stands it is tried
 * first, on short texts, with a small limit. What takes more, or is longer, goes to the second,
 * which calls back at each item of the pattern: there steps are counted, the octets in between too,
 * and a match can be ended anywhere. */
#define PCRE2_CODE_UNIT_WIDTH 8

#include "regex.h"

#include <pcre2.h>
#include <pthread.h>
#include <stdatomic.h>

#include "base/buffer.h"
#include "policy/regex_library.h"

struct regex {
    pcre2_code *code;
    pcre2_code *counted;
    bool by_start; /* too large to call back at each item: it does where a match may begin */
    uint32_t groups;
};

/* The interpreter's memory in KiB, and how deep it may go back and forth: a pattern that needs more
 * than this on a line of mail is a mistake. The JIT compiler's stack is in octets. */
enum {
    HEAP_KIB = 16 * 1024,
    DEPTH = 200000,
    MATCH_LIMIT = 100000,
    JIT_STACK_FIRST = 32 * 1024,
    JIT_STACK_MOST = 1024 * 1024,
    GROUPS_AT_FIRST = 16,
    REGEX_VERSION_MAX = 64,
};

/* The first try: its limit times the text's length twice stays below FIRST_WORK, a tenth of a
 * second. What a match costs: a step, and another for so many octets gone through. */
enum {
    SHORT = 2048,
    FIRST_LIMIT = 1000,
    FIRST_WORK = 1 << 27,
    OCTETS_A_STEP = 16,
    STEPS_A_CHARGE = 64,
    STEPS_WITHOUT_METER = 50000000,
};

static atomic_bool without_jit, jit_is_refused;

void
regex_use_jit(bool use)
{
    without_jit = !use;
}

struct scratch {
    pcre2_match_context *context;
    pcre2_match_data *data;
    pcre2_jit_stack *stack;
    uint32_t groups; /* that data has room for */
};

static _Thread_local struct scratch thread_scratch;
static pthread_key_t scratch_key;
static pthread_once_t scratch_once = PTHREAD_ONCE_INIT;

static void
scratch_release(void *of)
{
    struct scratch *scratch = of;

    pcre2_match_data_free(scratch->data);
    pcre2_match_context_free(scratch->context);
    pcre2_jit_stack_free(scratch->stack);
    *scratch = (struct scratch){0};
}

static void
make_scratch_key(void)
{
    pthread_key_create(&scratch_key, scratch_release);
}

/* This thread's; NULL when there is no memory for one. */
static struct scratch *
scratch_take(uint32_t groups)
{
    struct scratch *scratch = &thread_scratch;

    if (scratch->context == NULL) {
        pthread_once(&scratch_once, make_scratch_key);
        pthread_setspecific(scratch_key, scratch);
        scratch->context = pcre2_match_context_create(NULL);
        scratch->stack = pcre2_jit_stack_create(JIT_STACK_FIRST, JIT_STACK_MOST, NULL);
        if (scratch->context && scratch->stack)
            pcre2_jit_stack_assign(scratch->context, NULL, scratch->stack);
    }
    if (scratch->data == NULL || scratch->groups < groups) {
        pcre2_match_data_free(scratch->data);
        scratch->groups = groups > GROUPS_AT_FIRST ? groups : GROUPS_AT_FIRST;
        scratch->data = pcre2_match_data_create(scratch->groups + 1, NULL);
    }
    return scratch->context && scratch->data ? scratch : NULL;
}

static void
release_code(void *of)
{
    pcre2_code_free(of);
}

bool
regex_flags_are_valid(struct slice flags)
{
    for (size_t i = 0; i < flags.len; i++)
        if (flags.at[i] == '\0' || strchr("ismx", flags.at[i]) == NULL ||
            slice_find(flags, flags.at[i]) != i)
            return false;
    return true;
}

static uint32_t
options_of(struct slice flags)
{
    uint32_t options = PCRE2_UTF | PCRE2_MATCH_INVALID_UTF | PCRE2_NEVER_BACKSLASH_C;

    for (size_t i = 0; i < flags.len; i++)
        switch (flags.at[i]) {
        case 'i':
            options |= PCRE2_CASELESS;
            break;
        case 's':
            options |= PCRE2_DOTALL;
            break;
        case 'm':
            options |= PCRE2_MULTILINE;
            break;
        case 'x':
            options |= PCRE2_EXTENDED;
            break;
        case 'A':
            options |= PCRE2_ANCHORED;
            break;
        case 'E':
            options |= PCRE2_DOLLAR_ENDONLY;
            break;
        case 'U':
            options |= PCRE2_UNGREEDY;
            break;
        }
    return options;
}

static const char *
error_text(struct arena *arena, int error)
{
    PCRE2_UCHAR text[256];

    if (pcre2_get_error_message(error, text, sizeof text) < 0)
        return "PCRE2 gives no reason";
    return arena_printf(arena, "%s", (const char *)text);
}

/* LF alone ends a line, whatever PCRE2 was built with: a lone CR in a field can't stop a dot. */
static pcre2_code *
compile_code(struct slice pattern, uint32_t options, int *error_r, size_t *offset_r)
{
    pcre2_compile_context *context = pcre2_compile_context_create(NULL);
    pcre2_code *code;

    if (context)
        pcre2_set_newline(context, PCRE2_NEWLINE_LF);
    code = pcre2_compile((PCRE2_SPTR)(pattern.len ? pattern.at : ""), pattern.len, options, error_r,
                         offset_r, context);
    pcre2_compile_context_free(context);
    return code;
}

/* Behind the settings that a pattern may begin with, as (*UCP). */
static size_t
settings_end(struct slice pattern)
{
    size_t end = 0;

    while (slice_starts_nocase(slice_from(pattern, end), SLICE("(*"))) {
        struct slice rest = slice_from(pattern, end + 2);
        size_t len = 0;

        while (len < rest.len && (ascii_is_alnum(rest.at[len]) || strchr("_=", rest.at[len])) &&
               rest.at[len] != '\0')
            len++;
        if (len == rest.len || rest.at[len] != ')')
            break;
        end += 2 + len + 1;
    }
    return end;
}

/* The same pattern with a call back in front: its first alternative is tried wherever a match may
 * begin. */
static struct slice
call_at_start(struct arena *arena, struct slice pattern)
{
    size_t end = settings_end(pattern);
    struct buffer *text = ARENA_NEW(arena, struct buffer);

    buffer_init(text, arena, SIZE_MAX / 4);
    buffer_add(text, slice_first(pattern, end));
    buffer_text(text, "(?C1)");
    buffer_add(text, slice_from(pattern, end));
    return buffer_slice(text);
}

/* Where the JIT compiler can't, the interpreter does the same, slower. */
static void
finish(struct arena *arena, pcre2_code *code)
{
    arena_on_end(arena, release_code, code);
    if (pcre2_jit_compile(code, PCRE2_JIT_COMPLETE) == PCRE2_ERROR_NOMEMORY)
        jit_is_refused = true;
}

bool
regex_jit_is_refused(void)
{
    return jit_is_refused;
}

static const struct regex *
make_regex(struct arena *arena, struct slice pattern, uint32_t options, const char **reason_r,
           size_t *offset_r)
{
    struct regex *regex = ARENA_NEW(arena, struct regex);
    size_t offset;
    int error;

    regex->code = compile_code(pattern, options, &error, offset_r);
    if (regex->code == NULL) {
        *reason_r = error_text(arena, error);
        return NULL;
    }
    finish(arena, regex->code);
    regex->counted = compile_code(pattern, options | PCRE2_AUTO_CALLOUT, &error, &offset);
    regex->by_start = regex->counted == NULL;
    if (regex->by_start)
        regex->counted = compile_code(call_at_start(arena, pattern), options, &error, &offset);
    if (regex->counted == NULL) {
        *reason_r = error_text(arena, error);
        return NULL;
    }
    finish(arena, regex->counted);
    pcre2_pattern_info(regex->code, PCRE2_INFO_CAPTURECOUNT, &regex->groups);
    return regex;
}

const struct regex *
regex_compile(struct arena *arena, struct slice pattern, struct slice flags, const char **reason_r,
              size_t *offset_r)
{
    *offset_r = 0;
    if (regex_flags_are_valid(flags))
        return make_regex(arena, pattern, options_of(flags) | PCRE2_UCP, reason_r, offset_r);
    *reason_r = "the flags of a pattern are i, s, m and x, each once";
    return NULL;
}

const struct regex *
regex_compile_table(struct arena *arena, struct slice pattern, struct slice flags,
                    const char **reason_r, size_t *offset_r)
{
    return make_regex(arena, pattern, options_of(flags), reason_r, offset_r);
}

unsigned
regex_groups(const struct regex *regex)
{
    return regex->groups;
}

static const char *
limit_text(int error)
{
    switch (error) {
    case PCRE2_ERROR_MATCHLIMIT:
        return "the pattern took more steps than it may";
    case PCRE2_ERROR_DEPTHLIMIT:
        return "the pattern went back and forth deeper than it may";
    case PCRE2_ERROR_HEAPLIMIT:
    case PCRE2_ERROR_JIT_STACKLIMIT:
        return "the pattern took more memory than it may";
    case PCRE2_ERROR_CALLOUT:
        return "max-message-steps is reached";
    case PCRE2_ERROR_NOMEMORY:
        return "there was no memory left for the pattern";
    default:
        return "PCRE2 could not match the pattern";
    }
}

static int
try(const pcre2_code *code, struct slice subject, uint64_t limit, struct scratch *scratch)
{
    PCRE2_SPTR at = (PCRE2_SPTR)(subject.len ? subject.at : "");
    uint32_t options = without_jit ? PCRE2_NO_JIT : 0;
    int rc;

    pcre2_set_match_limit(scratch->context, limit < UINT32_MAX ? (uint32_t)limit : UINT32_MAX);
    pcre2_set_depth_limit(scratch->context, DEPTH);
    pcre2_set_heap_limit(scratch->context, HEAP_KIB);
    rc = pcre2_match(code, at, subject.len, 0, options, scratch->data, scratch->context);
    if (rc == PCRE2_ERROR_JIT_STACKLIMIT)
        rc = pcre2_match(code, at, subject.len, 0, PCRE2_NO_JIT, scratch->data, scratch->context);
    return rc;
}

/* What a match took so far. */
struct count {
    struct meter *meter;
    uint64_t limit; /* steps from one place of the text */
    uint64_t from_here;
    size_t start, at;
    uint64_t steps, octets; /* not charged yet */
};

static bool
charge(struct count *count)
{
    meter_take(count->meter, count->steps + count->octets / OCTETS_A_STEP);
    count->steps = count->octets = 0;
    return meter_look(count->meter);
}

static int
count_step(pcre2_callout_block *block, void *of)
{
    struct count *count = of;

    if (block->start_match != count->start) {
        count->start = block->start_match;
        count->from_here = 0;
    }
    if (block->current_position > count->at)
        count->octets += block->current_position - count->at;
    count->at = block->current_position;
    if (++count->from_here > count->limit)
        return PCRE2_ERROR_MATCHLIMIT;
    return ++count->steps < STEPS_A_CHARGE || charge(count) ? 0 : PCRE2_ERROR_CALLOUT;
}

/* Our count ends a match, not PCRE2's, which differs between JIT and interpreter; unless ours sees
 * beginnings alone. To go to the end of a long line and back is no mistake. */
static int
run_counted(const struct regex *regex, struct slice subject, uint32_t limit, struct meter *meter,
            struct scratch *scratch)
{
    enum { FAR_ABOVE = 8 };
    struct count count = {.meter = meter, .limit = limit + 2 * (uint64_t)subject.len};
    int rc;

    meter_watch(meter);
    pcre2_set_callout(scratch->context, count_step, &count);
    rc = try(regex->counted, subject, regex->by_start ? count.limit : FAR_ABOVE * count.limit,
             scratch);
    pcre2_set_callout(scratch->context, NULL, NULL);
    if (!charge(&count) && rc < 0)
        return PCRE2_ERROR_CALLOUT;
    return rc;
}

static int
run_limited(const struct regex *regex, struct slice subject, uint32_t limit, struct meter *meter,
            struct scratch *scratch)
{
    uint64_t square = (uint64_t)subject.len * subject.len, first;
    int rc;

    if (!meter_take(meter, 1 + subject.len / OCTETS_A_STEP))
        return PCRE2_ERROR_CALLOUT;
    if (subject.len > SHORT)
        return run_counted(regex, subject, limit, meter, scratch);
    first = FIRST_WORK / (square + 1) < FIRST_LIMIT ? FIRST_WORK / (square + 1) : FIRST_LIMIT;
    meter_watch(meter);
    rc = try(regex->code, subject, first, scratch);
    if (!meter_guess(meter, first * (1 + subject.len)) && rc < 0)
        return PCRE2_ERROR_CALLOUT;
    if (rc != PCRE2_ERROR_MATCHLIMIT)
        return rc;
    return run_counted(regex, subject, limit, meter, scratch);
}

static enum regex_result
match_within(const struct regex *regex, struct slice subject, struct regex_bounds bounds,
             const char **reason_r, struct scratch **scratch_r)
{
    struct meter own = {.most = STEPS_WITHOUT_METER};
    uint32_t limit = bounds.limit ? bounds.limit : MATCH_LIMIT;
    int rc;

    *scratch_r = scratch_take(regex->groups);
    rc = *scratch_r
             ? run_limited(regex, subject, limit, bounds.meter ? bounds.meter : &own, *scratch_r)
             : PCRE2_ERROR_NOMEMORY;
    if (rc >= 0)
        return REGEX_MATCH;
    if (rc == PCRE2_ERROR_NOMATCH)
        return REGEX_NO_MATCH;
    if (reason_r)
        *reason_r = limit_text(rc);
    return REGEX_LIMIT;
}

enum regex_result
regex_match(const struct regex *regex, struct slice subject, struct regex_bounds bounds,
            const char **reason_r)
{
    struct scratch *scratch;

    return match_within(regex, subject, bounds, reason_r, &scratch);
}

/* What a group took of the subject; empty where it took no part. */
static struct slice
captured_text(const struct regex *regex, struct slice subject, const struct scratch *scratch,
              unsigned group)
{
    const PCRE2_SIZE *end = pcre2_get_ovector_pointer(scratch->data) + 2 * (size_t)group;

    /* \K in a lookahead may put the beginning behind the end. */
    if (group > regex->groups || subject.len == 0 || end[0] == PCRE2_UNSET || end[0] > end[1])
        return SLICE("");
    return (struct slice){subject.at + end[0], end[1] - end[0]};
}

enum regex_result
regex_group(const struct regex *regex, struct slice subject, struct regex_bounds bounds,
            struct arena *arena, unsigned group, struct slice *group_r)
{
    struct scratch *scratch;
    enum regex_result result = match_within(regex, subject, bounds, NULL, &scratch);

    *group_r = SLICE("");
    if (result == REGEX_MATCH)
        *group_r = arena_copy(arena, captured_text(regex, subject, scratch, group));
    return result;
}

enum regex_result
regex_match_groups(const struct regex *regex, struct slice subject, struct regex_bounds bounds,
                   struct slice *group_r, unsigned groups, const char **reason_r)
{
    struct scratch *scratch;
    enum regex_result result = match_within(regex, subject, bounds, reason_r, &scratch);

    for (unsigned i = 0; result == REGEX_MATCH && i <= groups; i++)
        group_r[i] = captured_text(regex, subject, scratch, i);
    return result;
}

const char *
regex_library_text(struct arena *arena)
{
    char version[REGEX_VERSION_MAX] = "";
    uint32_t jit = 0;

    if (pcre2_config(PCRE2_CONFIG_VERSION, NULL) <= REGEX_VERSION_MAX)
        pcre2_config(PCRE2_CONFIG_VERSION, version);
    pcre2_config(PCRE2_CONFIG_JIT, &jit);
    return arena_printf(arena, "PCRE2 %s, with%s JIT", version, jit ? "" : "out");
}
