/* Charts: shapes alone, in SVG, as wide as the page lets them be. Texts stand around them in HTML,
 * so that they keep their size on a telephone. Kinds differ without colour: full, striped, empty
 * with thin lines, light. Stripes lie flat, since only the width is stretched. */
#include "report_inside.h"

/* CHART_DAYS: columns of a telephone would be thinner than its points. HEIGHT is that of CSS. */
enum { CHART_DAYS = 400, COLUMN = 10, GAP = 2, HEIGHT = 160, ROW_HEIGHT = 40 };

void
report_chart_patterns(FILE *to)
{
    fputs("<svg class=\"defs\" width=\"0\" height=\"0\" aria-hidden=\"true\"><defs>"
          "<pattern id=\"k1\" width=\"8\" height=\"4\" patternUnits=\"userSpaceOnUse\">"
          "<rect width=\"8\" height=\"4\" fill=\"#fff\"/>"
          "<rect width=\"8\" height=\"2.4\" fill=\"#b35900\"/></pattern>"
          "<pattern id=\"k2\" width=\"8\" height=\"6\" patternUnits=\"userSpaceOnUse\">"
          "<rect width=\"8\" height=\"6\" fill=\"#fff\"/>"
          "<rect width=\"8\" height=\"1\" fill=\"#1f4e8c\"/></pattern>"
          "</defs></svg>\n",
          to);
}

static const char *
chart_fill(enum report_kind kind)
{
    static const char *const fills[REPORT_KINDS] = {
        [KIND_REFUSED] = "#8b1a1a",
        [KIND_DEFERRED] = "url(#k1)",
        [KIND_WATCHED] = "url(#k2)",
        [KIND_OTHER] = "#c4c4c4",
    };

    return fills[kind];
}

static const char *
chart_stroke(enum report_kind kind)
{
    static const char *const strokes[REPORT_KINDS] = {
        [KIND_REFUSED] = "#8b1a1a",
        [KIND_DEFERRED] = "#b35900",
        [KIND_WATCHED] = "#1f4e8c",
        [KIND_OTHER] = "#8a8a8a",
    };

    return strokes[kind];
}

void
report_bar(FILE *to, enum report_kind kind, size_t part, size_t whole)
{
    fprintf(to,
            "<svg class=\"bar\" viewBox=\"0 0 1000 12\" preserveAspectRatio=\"none\" "
            "aria-hidden=\"true\"><rect x=\"1\" y=\"1\" width=\"%.1f\" height=\"10\" fill=\"%s\" "
            "stroke=\"%s\"/></svg>",
            whole > 0 ? 998.0 * (double)part / (double)whole : 0.0, chart_fill(kind),
            chart_stroke(kind));
}

/* What is drawn: columns for the days from `first` on, of which the highest is `most`. */
struct chart {
    FILE *to;
    const struct report *report;
    const struct report_row *row;
    long first;
    size_t columns, most;
    double height;
};

static size_t
chart_count(const struct chart *chart, const struct report_day *day, int kind)
{
    if (chart->row == NULL)
        return day->count[kind];
    return (int)chart->row->kind == kind ? report_row_on(chart->row, day) : 0;
}

static size_t
chart_height(const struct chart *chart, const struct report_day *day)
{
    return chart->row ? report_row_on(chart->row, day) : report_day_count(day);
}

static bool
is_in_chart(const struct chart *chart, const struct report_day *day)
{
    return *day->day && stamp_day_number(day->day) >= chart->first;
}

static void
chart_measure(struct chart *chart)
{
    const struct report *report = chart->report;
    const struct report_day *last = report->days ? report->day[report->days - 1] : NULL;
    size_t begin = report->days && *report->day[0]->day == '\0' ? 1 : 0;
    long end;

    if (last == NULL || *last->day == '\0')
        return;
    end = stamp_day_number(last->day);
    chart->first = stamp_day_number(report->day[begin]->day);
    if (end - chart->first >= CHART_DAYS)
        chart->first = end - CHART_DAYS + 1;
    chart->columns = (size_t)(end - chart->first + 1);
    for (size_t i = begin; i < report->days; i++)
        if (is_in_chart(chart, report->day[i]) && chart_height(chart, report->day[i]) > chart->most)
            chart->most = chart_height(chart, report->day[i]);
}

static void
chart_column(const struct chart *chart, const struct report_day *day)
{
    long column = stamp_day_number(day->day) - chart->first;
    double bottom = chart->height;

    for (int kind = 0; kind < REPORT_KINDS; kind++) {
        size_t count = chart_count(chart, day, kind);
        double height = chart->height * (double)count / (double)chart->most;

        if (count == 0)
            continue;
        bottom -= height;
        fprintf(chart->to,
                "<rect x=\"%ld\" y=\"%.2f\" width=\"%d\" height=\"%.2f\" fill=\"%s\" "
                "stroke=\"%s\"><title>%s: %zu %s</title></rect>",
                column * COLUMN + GAP / 2, bottom, COLUMN - GAP, height,
                chart_fill((enum report_kind)kind), chart_stroke((enum report_kind)kind), day->day,
                count, chart->row ? chart->row->verb : report_kind_name((enum report_kind)kind));
    }
}

void
report_chart(FILE *to, const struct report *report, const struct report_row *row)
{
    struct chart chart = {
        .to = to, .report = report, .row = row, .height = row ? ROW_HEIGHT : HEIGHT};
    const char *last = report->days ? report->day[report->days - 1]->day : "";

    chart_measure(&chart);
    if (chart.columns == 0)
        return;
    fprintf(to, "<div class=\"chart%s\"><div class=\"scale\"><span>%zu</span><span>0</span></div>",
            row ? " small" : "", chart.most);
    fprintf(to,
            "<svg viewBox=\"0 0 %zu %.0f\" preserveAspectRatio=\"none\" role=\"img\" "
            "aria-label=\"Lines a day, at most %zu\">",
            chart.columns * COLUMN, chart.height, chart.most);
    for (size_t i = 0; i < report->days; i++)
        if (is_in_chart(&chart, report->day[i]))
            chart_column(&chart, report->day[i]);
    fputs("</svg>", to);
    for (size_t i = 0; i < report->days; i++)
        if (is_in_chart(&chart, report->day[i])) {
            fprintf(to, "<div class=\"time\"><span>%s</span><span>%s</span></div></div>\n",
                    report->day[i]->day, strcmp(report->day[i]->day, last) == 0 ? "" : last);
            return;
        }
}
