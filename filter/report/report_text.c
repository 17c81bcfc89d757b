/* The report for a terminal, or for a mail of cron(8). */
#include "report_inside.h"
#include "report_safe.h"

enum { MOST_NAMES = 5, MOST_DAYS = 7, NARROW = 20 };

static void
put_period(FILE *to, const struct report *report)
{
    const char *first = report->days ? report->day[0]->day : "";
    const char *last = report->days ? report->day[report->days - 1]->day : "";

    fprintf(to, "%zu verdict%s, %zu day%s", report->verdicts, report->verdicts == 1 ? "" : "s",
            report->days, report->days == 1 ? "" : "s");
    if (*last)
        fprintf(to, ", %s to %s", *first ? first : "?", last);
    fprintf(to, "\n");
}

static int
widest_rule(const struct report *report)
{
    size_t widest = NARROW;

    for (size_t i = 0; i < report->rows; i++)
        widest = strlen(report->row[i]->rule) > widest ? strlen(report->row[i]->rule) : widest;
    return (int)widest;
}

static void
put_rows(FILE *to, const struct report *report)
{
    int width = widest_rule(report);

    fprintf(to, "\n%-*s  %-24s %9s  %6s  %-10s  %-10s\n", width, "RULE", "VERB", "COUNT", "SHARE",
            "FIRST", "LAST");
    for (size_t i = 0; i < report->rows; i++) {
        const struct report_row *row = report->row[i];

        report_put_safe(to, row->rule, width);
        fputs("  ", to);
        report_put_safe(to, row->verb, 24);
        fprintf(to, " %9zu  %5.1f%%  %-10s  %-10s\n", row->count,
                100.0 * (double)row->count / (double)report->verdicts, report_day_name(row->first),
                report_day_name(row->last));
    }
}

static void
put_days(FILE *to, const struct report *report)
{
    fprintf(to, "\n%-10s %9s", "DAY", "COUNT");
    for (int kind = 0; kind < REPORT_KINDS; kind++)
        fprintf(to, " %10s", report_kind_name((enum report_kind)kind));
    putc('\n', to);
    for (size_t i = 0; i < report->days; i++) {
        const struct report_day *day = report->day[i];

        fprintf(to, "%-10s %9zu", report_day_name(day->day), report_day_count(day));
        for (int kind = 0; kind < REPORT_KINDS; kind++)
            fprintf(to, " %10zu", day->count[kind]);
        putc('\n', to);
    }
}

static void
put_tally(FILE *to, enum report_whom whom, const struct tally *tally)
{
    size_t rest = tally->left_out;

    if (tally->names == 0)
        return;
    fprintf(to, "  %-11s", report_whom_name(whom));
    for (size_t i = 0; i < tally->names; i++) {
        if (i >= MOST_NAMES) {
            rest += tally->name[i]->count;
            continue;
        }
        fputs(i ? ", " : "", to);
        report_put_safe(to, tally->name[i]->name.at, 0);
        fprintf(to, " %zu", tally->name[i]->count);
    }
    if (rest > 0)
        fprintf(to, ", others %zu", rest);
    putc('\n', to);
}

/* The newest days of a rule. */
static void
put_row_days(FILE *to, const struct report *report, const struct report_row *row)
{
    size_t told = 0, before = 0;

    fprintf(to, "  %-11s", "days");
    for (size_t i = report->days; i-- > 0;) {
        size_t count = report_row_on(row, report->day[i]);

        if (count > 0 && told++ < MOST_DAYS)
            fprintf(to, "%s%s %zu", told > 1 ? ", " : "", report_day_name(report->day[i]->day),
                    count);
        else
            before += count;
    }
    if (before > 0)
        fprintf(to, ", before %zu", before);
    putc('\n', to);
}

static void
put_details(FILE *to, const struct report *report, const struct report_row *row)
{
    const char *example;

    putc('\n', to);
    report_put_safe(to, row->rule, 0);
    fprintf(to, " (%s) %zu\n", row->verb, row->count);
    put_row_days(to, report, row);
    for (int whom = 0; whom < REPORT_WHOM; whom++)
        put_tally(to, (enum report_whom)whom, &row->whom[whom]);
    for (size_t i = 0; (example = report_example(row, i)); i++) {
        fprintf(to, "  %-11s", i ? "" : "newest");
        report_put_safe(to, example, 0);
        putc('\n', to);
    }
}

static void
put_silent(FILE *to, const struct report *report)
{
    if (report->silent == NULL)
        return;
    fprintf(to, "\nRULES THAT NO LINE NAMES: %zu\n", report->silents);
    for (size_t i = 0; i < report->silents; i++)
        fprintf(to, "  %s\n", report->silent[i]);
}

static void
put_left_out(FILE *to, const struct report *report)
{
    size_t names = 0;

    for (size_t i = 0; i < report->rows; i++)
        for (int whom = 0; whom < REPORT_WHOM; whom++)
            names += report->row[i]->whom[whom].left_out;
    if (report->undated > 0)
        fprintf(to, "\nleft out, since they have no time: %zu lines\n", report->undated);
    if (report->left_out_rows > 0)
        fprintf(to, "\nleft out of the tables, since there are too many rules: %zu lines\n",
                report->left_out_rows);
    if (report->left_out_days > 0)
        fprintf(to, "\nleft out of the tables, since there are too many days: %zu lines\n",
                report->left_out_days);
    if (names > 0)
        fprintf(to, "\nrare names that weren't kept, among \"others\": %zu\n", names);
}

void
report_text(FILE *to, const struct report *report)
{
    put_period(to, report);
    if (report->rows > 0) {
        put_rows(to, report);
        put_days(to, report);
    }
    put_silent(to, report);
    for (size_t i = 0; i < report->rows; i++)
        put_details(to, report, report->row[i]);
    put_left_out(to, report);
}
