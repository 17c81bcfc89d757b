/* A log is read file by file, and what was counted is put in order. */
#include "report.h"

#include <stdlib.h>
#include <unistd.h>

#include "policy/explain.h"
#include "report_inside.h"
#include "source.h"

enum { LINES_A_LOOK = 1 << 16, MB = 1 << 20 };

struct report *
report_new(struct arena *arena, const struct report_wish *wish)
{
    struct report *report = ARENA_NEW(arena, struct report);

    report->arena = arena;
    report->wish = *wish;
    report->reader = ARENA_NEW(arena, struct line_reader);
    report->reader->name = wish->name;
    report->rows_by_key = map_new(arena);
    report->days_by_name = map_new(arena);
    return report;
}

static void
tell_progress(const struct report *report, const struct source_file *file)
{
    uint64_t at = source_position(file);

    if (!report->wish.progress)
        return;
    if (file->size > 0)
        fprintf(stderr, "\r%s: %llu of %llu MB, %zu verdicts\033[K", file->name,
                (unsigned long long)(at / MB), (unsigned long long)(file->size / MB),
                report->verdicts);
    else
        fprintf(stderr, "\r%s: %zu verdicts\033[K", file->name, report->verdicts);
}

static bool
is_wished_rule(const struct report_wish *wish, struct slice rule)
{
    size_t len = wish->rule ? strlen(wish->rule) : 0;

    if (wish->rule == NULL)
        return true;
    if (len > 0 && wish->rule[len - 1] == '*')
        return slice_equal(slice_first(rule, len - 1), (struct slice){wish->rule, len - 1});
    return slice_equal(rule, slice_of(wish->rule));
}

static void
take_line(struct report *report, struct slice whole)
{
    const struct report_wish *wish = &report->wish;
    struct line line;

    if (!line_read(report->reader, whole, &line) || !is_wished_rule(wish, line.value[AUDIT_RULE]) ||
        (wish->id && !slice_equal(line.value[AUDIT_ID], slice_of(wish->id))))
        return;
    if (wish->has_since && line.stamp.day[0] == '\0') {
        report->undated++;
        return;
    }
    if (wish->has_since && line.stamp.when < wish->since)
        return;
    if (wish->id) {
        fwrite(whole.at, 1, whole.len, wish->to);
        putc('\n', wish->to);
        report->shown++;
        return;
    }
    report_count(report, &line);
}

static void
add_name(struct report *report, const char *name)
{
    size_t len = strlen(report->names);

    snprintf(report->names + len, sizeof report->names - len, "%s%s", len ? ", " : "", name);
}

const char *
report_read(struct report *report, const char *name)
{
    struct source_file file;
    struct slice line;
    const char *reason;

    if (!source_open(report->arena, name, &file, &reason))
        return reason;
    add_name(report, file.name);
    report->reader->stamps.latest = file.changed;
    report->reader->stamps.hour[0] = '\0';
    while (source_line(&file, &line)) {
        if (report->lines++ % LINES_A_LOOK == 0)
            tell_progress(report, &file);
        take_line(report, line);
    }
    if (report->wish.progress)
        fputs("\r\033[K", stderr);
    return source_close(&file);
}

size_t
report_lines_shown(const struct report *report)
{
    return report->shown;
}

static int
compare_rows(const void *a, const void *b)
{
    const struct report_row *left = *(struct report_row *const *)a;
    const struct report_row *right = *(struct report_row *const *)b;
    int by_rule = strcmp(left->rule, right->rule);

    if (left->count != right->count)
        return left->count < right->count ? 1 : -1;
    return by_rule ? by_rule : strcmp(left->verb, right->verb);
}

static int
compare_days(const void *a, const void *b)
{
    return strcmp((*(struct report_day *const *)a)->day, (*(struct report_day *const *)b)->day);
}

static void
finish_row(struct report *report, struct report_row *row)
{
    for (int whom = 0; whom < REPORT_WHOM; whom++)
        report_sort_names(&row->whom[whom]);
    for (size_t i = 0; i < report->days; i++) {
        const char *day = report->day[i]->day;

        if (report_row_on(row, report->day[i]) == 0)
            continue;
        row->first = row->first ? row->first : day;
        row->last = day;
    }
}

static void
find_silent(struct report *report, const struct policy *policy)
{
    struct map *seen = map_new(report->arena);

    for (size_t i = 0; i < report->rows; i++)
        map_add(seen, slice_of(report->row[i]->rule), report->row[i]);
    report->silent = ARENA_ARRAY(report->arena, policy_rules(policy) + 1, const char *);
    for (size_t i = 0; i < policy_rules(policy); i++) {
        const char *name = policy_rule(policy, report->arena, i).name;

        if (map_find(seen, slice_of(name)) == NULL && is_wished_rule(&report->wish, slice_of(name)))
            report->silent[report->silents++] = name;
    }
}

void
report_finish(struct report *report, const struct policy *policy)
{
    if (report->days > 0)
        qsort(report->day, report->days, sizeof *report->day, compare_days);
    if (report->rows > 0)
        qsort(report->row, report->rows, sizeof *report->row, compare_rows);
    for (size_t i = 0; i < report->rows; i++)
        finish_row(report, report->row[i]);
    if (policy)
        find_silent(report, policy);
}
