/* The rules as a table for people: those that do most first, and those that do nothing by name. */
#include <stdlib.h>
#include <time.h>

#include "base/log.h"
#include "count/counters.h"
#include "exposition_inside.h"
#include "policy/explain.h"

/* What was counted of a rule. */
struct rule_line {
    struct slice name;
    size_t number;
    unsigned long long hits, misses, errors, last_fired, samples, sampled_ns;
};

static unsigned long long
rule_count(struct slice name, const char *outcome)
{
    return counters_value(METRIC_RULE_EVALUATIONS, (struct slice[]){name, slice_of(outcome)});
}

static struct rule_line
rule_read(struct arena *arena, const struct policy *policy, size_t number)
{
    struct rule_line line = {.name = slice_of(policy_rule(policy, arena, number).name),
                             .number = number};

    line.hits = rule_count(line.name, "true");
    line.misses = rule_count(line.name, "false");
    line.errors = rule_count(line.name, "error");
    line.last_fired = counters_value(METRIC_RULE_LAST_FIRED, &line.name);
    line.samples = counters_value(METRIC_RULE_SAMPLES, &line.name);
    line.sampled_ns = counters_value(METRIC_RULE_SAMPLED_TIME, &line.name);
    return line;
}

static int
rule_compare(const void *a, const void *b)
{
    const struct rule_line *x = a, *y = b;

    if (x->hits != y->hits)
        return x->hits > y->hits ? -1 : 1;
    return x->number < y->number ? -1 : 1;
}

/* "2026-03-01 12:00:00", local time as the log has it. */
static const char *
moment_text(unsigned long long seconds, char text[32])
{
    time_t time = (time_t)seconds;
    struct tm moment;

    strftime(text, 32, "%F %T", localtime_r(&time, &moment));
    return text;
}

static void
write_rule(struct buffer *to, const struct rule_line *line, int width)
{
    char moment[32];

    buffer_printf(to, "%-*.*s %10llu %10llu %8llu  ", width, (int)line->name.len, line->name.at,
                  line->hits, line->misses, line->errors);
    buffer_printf(to, "%-19s", line->last_fired ? moment_text(line->last_fired, moment) : "never");
    if (line->samples > 0)
        buffer_printf(to, " %9.1f", (double)line->sampled_ns / 1e3 / (double)line->samples);
    else
        buffer_printf(to, " %9s", "-");
    buffer_octet(to, '\n');
}

static void
write_failure(struct buffer *to)
{
    char reason[COUNTERS_REASON], at[32];
    struct buffer *escaped = ARENA_NEW(to->arena, struct buffer);

    counters_failure(reason);
    if (reason[0] == '\0')
        return;
    buffer_init(escaped, to->arena, EXPOSITION_MOST);
    log_escape(escaped, slice_of(reason));
    buffer_printf(to, "NOT RELOADED at %s, the policy of before serves: %s\n",
                  moment_text(counters_value(METRIC_LAST_RELOAD_FAILURE, NULL), at),
                  buffer_slice(escaped).at);
}

static void
write_head(struct buffer *to, struct arena *arena, const struct exposition_about *about)
{
    struct slice engine = exposition_word(about, SET_ENGINE),
                 mode = exposition_word(about, SET_MODE);
    char since[32];

    buffer_printf(to, "version %s, policy %s, hash %s: %zu rules, mode %.*s, engine %.*s\n",
                  about->version, about->path, exposition_hash(arena, about->policy),
                  policy_needs(about->policy)->rules, (int)mode.len, mode.at, (int)engine.len,
                  engine.at);
    write_failure(to);
    buffer_printf(to, "counted since %s\n\n",
                  moment_text(counters_value(METRIC_START_TIME, NULL), since));
}

static int
widest_name(const struct rule_line *line, size_t count)
{
    size_t width = strlen("rule");

    for (size_t i = 0; i < count; i++)
        width = line[i].name.len > width ? line[i].name.len : width;
    return (int)width;
}

static void
write_never(struct buffer *to, const struct rule_line *line, size_t count)
{
    size_t first = 0;

    while (first < count && line[first].hits > 0)
        first++;
    if (first == count)
        return;
    buffer_printf(to, "\nnever true since then: %zu of %zu\n", count - first, count);
    for (size_t i = first; i < count; i++)
        buffer_printf(to, "    %.*s\n", (int)line[i].name.len, line[i].name.at);
}

struct slice
exposition_rules(struct arena *arena, const struct exposition_about *about)
{
    struct buffer *to = ARENA_NEW(arena, struct buffer);
    size_t count = policy_rules(about->policy);
    struct rule_line *line = ARENA_ARRAY(arena, count, struct rule_line);
    int width;

    for (size_t i = 0; i < count; i++)
        line[i] = rule_read(arena, about->policy, i);
    qsort(line, count, sizeof *line, rule_compare);
    width = widest_name(line, count);
    buffer_init(to, arena, EXPOSITION_MOST);
    write_head(to, arena, about);
    buffer_printf(to, "%-*s %10s %10s %8s  %-19s %9s\n", width, "rule", "true", "false", "error",
                  "last true", "usec each");
    for (size_t i = 0; i < count; i++)
        write_rule(to, &line[i], width);
    write_never(to, line, count);
    return buffer_slice(to);
}
