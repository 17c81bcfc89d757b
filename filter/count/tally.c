/* Finds the series for what happens. Those that each message needs are found once, and kept. */
#include "tally.h"

#include <time.h>

#include "base/clock.h"
#include "counters.h"
#include "policy/explain.h"

/* SAMPLES: of so many rules that are asked the time of one is taken. */
enum { SAMPLES = 1000 };

/* A series that is looked for when it is first needed: threads that are both the first find the
 * same. */
struct tally_series {
    _Atomic(struct counter_cell *) cell;
};

static __attribute__((noinline)) struct counter_cell *
tally_look(struct tally_series *series, enum metric metric, struct slice a, const char *b)
{
    struct counter_cell *cell = counters_find(metric, (struct slice[]){a, slice_of(b)});

    atomic_store_explicit(&series->cell, cell, memory_order_relaxed);
    return cell;
}

/* NULL: it is to be looked for. */
static inline struct counter_cell *
tally_known(const struct tally_series *series)
{
    return atomic_load_explicit(&series->cell, memory_order_relaxed);
}

static inline struct counter_cell *
tally_of(struct tally_series *series, enum metric metric, struct slice a, const char *b)
{
    struct counter_cell *cell = tally_known(series);

    return cell ? cell : tally_look(series, metric, a, b);
}

enum { RESULTS = TABLE_NOT_A_KEY + 1, TRUTHS = TRUTH_ERROR + 1 };

struct tally_rule {
    struct slice name;
    struct tally_series decided[TRUTHS];
    struct tally_series last_fired, samples, sampled_time;
};

struct tally_table {
    const struct table *table;
    struct tally_series lookups[RESULTS];
    struct tally_series duration;
};

/* Of a policy. */
struct tally {
    struct tally_rule *rule;
    struct tally_table *table;
    size_t tables;
    struct policy_watch watch;
};

static __attribute__((noinline)) void
tally_rule_decided(struct tally_rule *rule, enum truth truth)
{
    static const char *const outcomes[TRUTHS] = {
        [TRUTH_FALSE] = "false", [TRUTH_TRUE] = "true", [TRUTH_ERROR] = "error"};

    counters_add(
        tally_of(&rule->decided[truth], METRIC_RULE_EVALUATIONS, rule->name, outcomes[truth]), 1);
    if (truth == TRUTH_TRUE)
        counters_set(tally_of(&rule->last_fired, METRIC_RULE_LAST_FIRED, rule->name, ""),
                     (unsigned long long)time(NULL));
}

/* Of all that is counted this happens most often, and nearly always it is false: so that takes but
 * few instructions. */
static void
tally_decided(void *context, size_t number, enum truth truth)
{
    const struct tally *tally = context;
    struct tally_rule *rule = &tally->rule[number];
    struct counter_cell *known = tally_known(&rule->decided[TRUTH_FALSE]);

    if (truth == TRUTH_FALSE && known)
        counters_add(known, 1);
    else
        tally_rule_decided(rule, truth);
}

static struct tally_table *
tally_table_of(const struct tally *tally, const struct table *table)
{
    size_t i = 0;

    while (i < tally->tables && tally->table[i].table != table)
        i++;
    return i < tally->tables ? &tally->table[i] : NULL;
}

static void
tally_looked_up(void *context, const struct table *asked, enum table_result result, int64_t ns)
{
    static const char *const results[RESULTS] = {[TABLE_FOUND] = "found",
                                                 [TABLE_NOT_FOUND] = "not-found",
                                                 [TABLE_COULD_NOT_ASK] = "could-not-ask",
                                                 [TABLE_NOT_A_KEY] = "not-a-key"};
    struct tally_table *table = tally_table_of(context, asked);

    if (table == NULL)
        return;
    counters_add(tally_of(&table->lookups[result], METRIC_LOOKUPS, asked->name, results[result]),
                 1);
    counters_observe(tally_of(&table->duration, METRIC_LOOKUP_DURATION, asked->name, ""), ns);
}

static void
tally_reached(void *context, enum setting_id limit)
{
    (void)context;
    tally_bound(setting_row(limit)->name);
}

/* Wherever a walk begins, each rule that is asked has the same chance. */
static unsigned
tally_first_sample(void *context)
{
    static atomic_uint drawn;
    unsigned number = atomic_fetch_add_explicit(&drawn, 0x9E3779B9, memory_order_relaxed);

    (void)context;
    return (unsigned)((uint64_t)number * SAMPLES >> 32);
}

static void
tally_took(void *context, size_t number, int64_t ns)
{
    struct tally *tally = context;
    struct tally_rule *rule = &tally->rule[number];

    counters_add(tally_of(&rule->samples, METRIC_RULE_SAMPLES, rule->name, ""), 1);
    counters_add(tally_of(&rule->sampled_time, METRIC_RULE_SAMPLED_TIME, rule->name, ""),
                 (unsigned long long)ns);
}

static void
tally_take_names(struct tally *tally, struct arena *arena, const struct policy *policy)
{
    size_t rules = policy_rules(policy);

    tally->rule = ARENA_ARRAY(arena, rules, struct tally_rule);
    for (size_t i = 0; i < rules; i++)
        tally->rule[i].name = slice_of(policy_rule(policy, arena, i).name);
    while (policy_table_at(policy, tally->tables))
        tally->tables++;
    tally->table = ARENA_ARRAY(arena, tally->tables, struct tally_table);
    for (size_t i = 0; i < tally->tables; i++)
        tally->table[i].table = policy_table_at(policy, i);
}

void
tally_policy(struct arena *arena, struct policy *policy)
{
    struct tally *tally;

    if (!counters_are_made())
        return;
    tally = ARENA_NEW(arena, struct tally);
    tally_take_names(tally, arena, policy);
    tally->watch = (struct policy_watch){
        .context = tally,
        .decided = tally_decided,
        .looked_up = tally_looked_up,
        .reached = tally_reached,
        .sample_each = SAMPLES,
        .first_sample = tally_first_sample,
        .took = tally_took,
    };
    policy_set_watch(policy, &tally->watch);
}

/* What has no labels. */
static void
tally_one(struct tally_series *series, enum metric metric)
{
    counters_add(tally_of(series, metric, SLICE(""), ""), 1);
}

void
tally_session_began(void)
{
    static struct tally_series started;

    counters_sessions_add(1);
    tally_one(&started, METRIC_SESSIONS_STARTED);
}

void
tally_session_ended(void)
{
    counters_sessions_add(-1);
}

void
tally_transaction(void)
{
    static struct tally_series transactions;

    tally_one(&transactions, METRIC_TRANSACTIONS);
}

void
tally_message(void)
{
    static struct tally_series messages;

    tally_one(&messages, METRIC_MESSAGES);
}

void
tally_verdict(const char *rule, enum stage stage, const char *verdict, bool withheld)
{
    struct slice values[] = {slice_of(rule ? rule : "-"), slice_of(stage_name(stage)),
                             slice_of(verdict)};

    counters_count(withheld ? METRIC_AUDIT_VERDICTS : METRIC_VERDICTS, values);
}

void
tally_bound(const char *setting)
{
    struct slice value = slice_of(setting);

    counters_count(METRIC_BOUNDS_REACHED, &value);
}

int64_t
tally_clock(void)
{
    return counters_are_made() ? clock_ns() : 0;
}

void
tally_stage(enum stage stage, int64_t began_ns)
{
    static struct tally_series durations[STAGES];
    struct counter_cell *duration;

    if (began_ns == 0)
        return;
    duration = tally_known(&durations[stage]);
    if (duration == NULL)
        duration =
            tally_look(&durations[stage], METRIC_STAGE_DURATION, slice_of(stage_name(stage)), "");
    counters_observe(duration, clock_ns() - began_ns);
}

void
tally_conversion(bool utf8)
{
    struct slice value = utf8 ? SLICE("utf8") : SLICE("8bit");

    counters_count(METRIC_CONVERSIONS, &value);
}

void
tally_dropped_line(void)
{
    counters_count(METRIC_LOG_LINES_DROPPED, NULL);
}

void
tally_generation_end(const char *end)
{
    struct slice value = slice_of(end);

    counters_count(METRIC_GENERATIONS, &value);
}

static void
tally_moment(enum metric metric)
{
    counters_set(counters_find(metric, NULL), (unsigned long long)time(NULL));
}

void
tally_policy_taken(void)
{
    tally_moment(METRIC_LAST_RELOAD_SUCCESS);
    counters_tell_failure("");
}

void
tally_policy_failed(const char *reason)
{
    tally_moment(METRIC_LAST_RELOAD_FAILURE);
    counters_tell_failure(reason);
}

void
tally_reloaded(void)
{
    counters_count(METRIC_RELOADS, &SLICE("success"));
}

void
tally_not_reloaded(const char *reason)
{
    counters_count(METRIC_RELOADS, &SLICE("failure"));
    tally_policy_failed(reason);
}
