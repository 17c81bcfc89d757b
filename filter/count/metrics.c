/* The table of all that is counted. Which number goes up where is for the callers. */
#include "metrics.h"

static const struct metric_row metric_rows[METRICS] = {
    [METRIC_BUILD_INFO] =
        {
            .name = "postern_build_info",
            .type = METRIC_GAUGE,
            .labels = "version policy engine",
            .help =
                "What serves: the version, a hash over all files of the policy (its own text and\n"
                "list files), and the engine; always 1",
        },
    [METRIC_MODE] =
        {
            .name = "postern_mode",
            .type = METRIC_GAUGE,
            .labels = "mode",
            .help = "The mode of the policy; always 1",
            .values = "enforce soft audit",
        },
    [METRIC_RULES] =
        {
            .name = "postern_rules",
            .type = METRIC_GAUGE,
            .help = "Rules of the policy that are not off",
        },
    [METRIC_START_TIME] =
        {
            .name = "postern_start_time_seconds",
            .type = METRIC_GAUGE,
            .help = "When the service was started, in seconds since 1970; all counts began then",
        },
    [METRIC_SESSIONS] =
        {
            .name = "postern_sessions",
            .type = METRIC_GAUGE,
            .help = "Sessions of MTAs that are open just now",
        },
    [METRIC_SESSIONS_STARTED] =
        {
            .name = "postern_sessions_started_total",
            .type = METRIC_COUNTER,
            .help = "Sessions of MTAs that were begun",
        },
    [METRIC_TRANSACTIONS] =
        {
            .name = "postern_transactions_total",
            .type = METRIC_COUNTER,
            .help = "Transactions: each MAIL command begins one",
        },
    [METRIC_MESSAGES] =
        {
            .name = "postern_messages_total",
            .type = METRIC_COUNTER,
            .help = "Messages: transactions that came as far as DATA",
        },
    [METRIC_VERDICTS] =
        {
            .name = "postern_verdicts_total",
            .type = METRIC_COUNTER,
            .labels = "rule stage verdict",
            .help = "Verdicts that were given, as the log has them, and accepted messages; the "
                    "rule is\n"
                    "\"-\" where Postern itself decided, or no rule had anything against it",
            .values = "accept reject soft-reject tempfail discard",
        },
    [METRIC_AUDIT_VERDICTS] =
        {
            .name = "postern_audit_verdicts_total",
            .type = METRIC_COUNTER,
            .labels = "rule stage verdict",
            .help =
                "Verdicts that were only logged: of rules that are watched, and of all in mode\n"
                "audit",
            .values = "accept reject soft-reject tempfail discard",
        },
    [METRIC_RULE_EVALUATIONS] =
        {
            .name = "postern_rule_evaluations_total",
            .type = METRIC_COUNTER,
            .labels = "rule outcome",
            .help =
                "How often a rule was decided, for a message or for one of its recipients; error\n"
                "is for a table that could not be asked, and the like",
            .values = "true false error",
        },
    [METRIC_RULE_LAST_FIRED] =
        {
            .name = "postern_rule_last_fired_timestamp_seconds",
            .type = METRIC_GAUGE,
            .labels = "rule",
            .help = "When a rule was last true, in seconds since 1970",
        },
    [METRIC_RULE_SAMPLES] =
        {
            .name = "postern_rule_samples_total",
            .type = METRIC_COUNTER,
            .labels = "rule",
            .help = "How often the time of a rule was taken: one evaluation in some 1,000 is",
        },
    [METRIC_RULE_SAMPLED_TIME] =
        {
            .name = "postern_rule_sampled_seconds_total",
            .type = METRIC_COUNTER,
            .unit = UNIT_SECONDS,
            .labels = "rule",
            .help =
                "The time that was taken of a rule, with the facts and lookups that it was the\n"
                "first to need",
        },
    [METRIC_STAGE_DURATION] =
        {
            .name = "postern_stage_duration_seconds",
            .type = METRIC_HISTOGRAM,
            .unit = UNIT_SECONDS,
            .labels = "stage",
            .help = "How long Postern took to answer the MTA, by stage; the end of the message is\n"
                    "body",
            .values = "connect helo mail rcpt data header body unknown",
        },
    [METRIC_LOOKUPS] =
        {
            .name = "postern_lookups_total",
            .type = METRIC_COUNTER,
            .labels = "table outcome",
            .help = "Lookups in a table, each with all keys of its ladder",
            .values = "found not-found could-not-ask not-a-key",
        },
    [METRIC_LOOKUP_DURATION] =
        {
            .name = "postern_lookup_duration_seconds",
            .type = METRIC_HISTOGRAM,
            .unit = UNIT_SECONDS,
            .labels = "table",
            .help = "How long a lookup took",
        },
    [METRIC_BOUNDS_REACHED] =
        {
            .name = "postern_bounds_reached_total",
            .type = METRIC_COUNTER,
            .labels = "bound",
            .help =
                "How often a message, a session or a rule came up against a limit; the bound is\n"
                "the name of its setting",
        },
    [METRIC_CONVERSIONS] =
        {
            .name = "postern_conversions_total",
            .type = METRIC_COUNTER,
            .labels = "kind",
            .help = "Conversions of messages that were made",
            .values = "8bit utf8",
        },
    [METRIC_LOG_LINES_DROPPED] =
        {
            .name = "postern_log_lines_dropped_total",
            .type = METRIC_COUNTER,
            .help = "Lines of the log that nobody read in time",
        },
    [METRIC_GENERATIONS] =
        {
            .name = "postern_generations_total",
            .type = METRIC_COUNTER,
            .labels = "end",
            .help = "Generations, by how they ended: refused before they served, drained once\n"
                    "another served, failed, or killed by a signal",
            .values = "refused drained failed killed",
        },
    [METRIC_RELOADS] =
        {
            .name = "postern_reloads_total",
            .type = METRIC_COUNTER,
            .labels = "result",
            .help = "Reloads of the policy",
            .values = "success failure",
        },
    [METRIC_LAST_RELOAD_SUCCESS] =
        {
            .name = "postern_last_reload_success_timestamp_seconds",
            .type = METRIC_GAUGE,
            .help = "When the policy that serves was taken, in seconds since 1970",
        },
    [METRIC_LAST_RELOAD_FAILURE] =
        {
            .name = "postern_last_reload_failure_timestamp_seconds",
            .type = METRIC_GAUGE,
            .help = "When a policy was last not taken, in seconds since 1970; the log says why",
        },
    [METRIC_SERIES_LOST] =
        {
            .name = "postern_series_lost_total",
            .type = METRIC_COUNTER,
            .help = "Additions to series that there was no room for: a restart makes room",
        },
};

const long long metric_bound_ns[METRIC_BOUNDS] = {
    10000,    25000,    50000,     100000,    250000,     500000,     1000000,     2500000,
    10000000, 25000000, 100000000, 250000000, 1000000000, 5000000000, 20000000000,
};

const struct metric_row *
metric_row(enum metric metric)
{
    return &metric_rows[metric];
}

const char *
metric_type_name(enum metric_type type)
{
    static const char *const names[] = {
        [METRIC_COUNTER] = "counter", [METRIC_GAUGE] = "gauge", [METRIC_HISTOGRAM] = "histogram"};

    return names[type];
}

size_t
metric_cells(enum metric metric)
{
    return metric_rows[metric].type == METRIC_HISTOGRAM ? METRIC_BOUNDS + 2 : 1;
}
