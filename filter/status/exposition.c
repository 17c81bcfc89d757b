/* The text format of Prometheus: https://prometheus.io/docs/instrumenting/exposition_formats/. */
#include "exposition_inside.h"

#include <inttypes.h>

#include "count/counters.h"

/* Nanoseconds. */
static double
in_seconds(unsigned long long ns)
{
    return (double)ns / 1e9;
}

struct slice
exposition_word(const struct exposition_about *about, enum setting_id id)
{
    return policy_settings(about->policy)->value[id].text;
}

const char *
exposition_hash(struct arena *arena, const struct policy *policy)
{
    return arena_printf(arena, "%016" PRIx64, policy_hash(policy));
}

/* A help is a line here, without the ends of lines that the manual has it with. */
static void
metric_head(struct buffer *to, const struct metric_row *row)
{
    buffer_printf(to, "# HELP %s ", row->name);
    for (const char *at = row->help; *at; at++)
        buffer_octet(to, *at == '\n' ? ' ' : *at);
    buffer_printf(to, "\n# TYPE %s %s\n", row->name, metric_type_name(row->type));
}

/* more: another label behind those of the series, or "". */
static void
series_name(struct buffer *to, const struct counters_series *series, const char *suffix,
            const char *more)
{
    buffer_printf(to, "%s%s", metric_row(series->metric)->name, suffix);
    if (series->labels.len > 0 || *more)
        buffer_printf(to, "{%.*s%s%s}", (int)series->labels.len, series->labels.at,
                      series->labels.len > 0 && *more ? "," : "", more);
    buffer_octet(to, ' ');
}

static unsigned long long
cell_value(const struct counter_cell *cell)
{
    return atomic_load_explicit(&cell->value, memory_order_relaxed);
}

static void
histogram_write(struct buffer *to, const struct counters_series *series)
{
    unsigned long long count = 0;
    char bound[32];

    for (size_t i = 0; i <= METRIC_BOUNDS; i++) {
        count += cell_value(&series->cells[i]);
        if (i < METRIC_BOUNDS)
            snprintf(bound, sizeof bound, "le=\"%g\"",
                     in_seconds((unsigned long long)metric_bound_ns[i]));
        series_name(to, series, "_bucket", i < METRIC_BOUNDS ? bound : "le=\"+Inf\"");
        buffer_printf(to, "%llu\n", count);
    }
    series_name(to, series, "_sum", "");
    buffer_printf(to, "%.9f\n", in_seconds(cell_value(&series->cells[METRIC_BOUNDS + 1])));
    series_name(to, series, "_count", "");
    buffer_printf(to, "%llu\n", count);
}

static void
series_write(struct buffer *to, const struct counters_series *series)
{
    const struct metric_row *row = metric_row(series->metric);

    if (row->type == METRIC_HISTOGRAM) {
        histogram_write(to, series);
        return;
    }
    series_name(to, series, "", "");
    if (row->unit == UNIT_SECONDS)
        buffer_printf(to, "%.9f\n", in_seconds(cell_value(series->cells)));
    else
        buffer_printf(to, "%llu\n", cell_value(series->cells));
}

static bool
series_is_zero(const struct counters_series *series)
{
    size_t cells = metric_cells(series->metric);

    for (size_t i = 0; i < cells; i++)
        if (cell_value(&series->cells[i]) > 0)
            return false;
    return true;
}

/* What isn't counted, but is so as long as this process serves. */
static void
write_about(struct buffer *to, struct arena *arena, const struct exposition_about *about)
{
    struct slice engine = exposition_word(about, SET_ENGINE),
                 mode = exposition_word(about, SET_MODE);

    metric_head(to, metric_row(METRIC_BUILD_INFO));
    buffer_printf(to, "postern_build_info{version=\"%s\",policy=\"%s\",engine=\"%.*s\"} 1\n",
                  about->version, exposition_hash(arena, about->policy), (int)engine.len,
                  engine.at);
    metric_head(to, metric_row(METRIC_MODE));
    buffer_printf(to, "postern_mode{mode=\"%.*s\"} 1\n", (int)mode.len, mode.at);
    metric_head(to, metric_row(METRIC_RULES));
    buffer_printf(to, "postern_rules %zu\n", policy_needs(about->policy)->rules);
}

struct slice
exposition_metrics(struct arena *arena, const struct exposition_about *about)
{
    struct buffer *to = ARENA_NEW(arena, struct buffer);
    enum metric headed = METRICS;
    size_t count;
    const struct counters_series *series = counters_all(arena, &count);

    buffer_init(to, arena, EXPOSITION_MOST);
    write_about(to, arena, about);
    for (size_t i = 0; i < count; i++) {
        if (series_is_zero(&series[i]))
            continue;
        if (series[i].metric != headed)
            metric_head(to, metric_row(series[i].metric));
        headed = series[i].metric;
        series_write(to, &series[i]);
    }
    return buffer_slice(to);
}
