/* The report as a page to be shown: on a screen, a telephone, on paper. It has no script, and the
 * browser is told to fetch nothing. */
#include "report_inside.h"
#include "report_safe.h"

enum { PAGE_NAMES = 5 };

static const char style[] =
    ":root{color-scheme:light}"
    "body{font:16px/1.45 system-ui,sans-serif;color:#1b1b1b;background:#fff;max-width:62rem;"
    "margin:0 auto;padding:1.2rem}"
    "h1{font-size:1.7rem;margin:0}h2{font-size:1.25rem;margin:2.2rem 0 .6rem;"
    "border-bottom:2px solid #1b1b1b}h3{font-size:1.05rem;margin:0}"
    ".sub{color:#444;margin:.2rem 0 0}.defs{position:absolute}.scroll{overflow-x:auto}"
    ".tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(8.5rem,1fr));gap:.7rem;"
    "margin:1.2rem 0}.tile{border:1px solid #999;border-radius:.3rem;padding:.5rem .7rem}"
    ".tile b{display:block;font-size:1.6rem;font-variant-numeric:tabular-nums}"
    ".tile .bar{height:12px;width:2.2rem;vertical-align:-1px;margin-right:.4rem}"
    "table{border-collapse:collapse;width:100%}th{text-align:left;font-weight:600;"
    "border-bottom:1px solid #555}td,th{padding:.25rem .6rem .25rem 0;vertical-align:top}"
    "tbody tr{border-bottom:1px solid #ddd}.n{text-align:right;font-variant-numeric:tabular-nums;"
    "white-space:nowrap}td.name{overflow-wrap:anywhere}td.share{width:30%;min-width:5rem}"
    ".bar{display:inline-block;width:100%;height:12px}"
    ".chart{display:grid;grid-template-columns:auto 1fr;column-gap:.5rem}"
    ".chart svg{width:100%;height:160px;border-left:1px solid #555;border-bottom:1px solid #555}"
    ".chart.small svg{height:40px}rect{vector-effect:non-scaling-stroke;stroke-width:1}"
    ".scale,.time{display:flex;justify-content:space-between;font-size:.8rem;color:#333;"
    "font-variant-numeric:tabular-nums}.scale{flex-direction:column;text-align:right}"
    ".time{grid-column:2}"
    "section.rule{margin:1.2rem 0;padding-top:.8rem;border-top:1px solid #999}"
    "h2+section.rule{border:0;padding:0;margin-top:0}h3 small{font-weight:400}"
    ".whom{display:grid;grid-template-columns:repeat(auto-fit,minmax(13rem,1fr));gap:0 1.4rem;"
    "margin:.5rem 0}.whom table{font-size:.92rem;align-self:start}"
    "code{font:.82rem/1.4 ui-monospace,monospace;display:block;overflow-wrap:anywhere;"
    "background:#f2f2f2;padding:.35rem .5rem;margin:.3rem 0}"
    "ul.silent{columns:14rem;padding-left:1.2rem}"
    "@media(max-width:40rem){.wide{display:none}body{padding:.8rem}td,th{padding-right:.4rem}"
    "td.share{min-width:3rem;width:22%}table{font-size:.92rem}#days{font-size:.8rem}"
    "#days td:first-child{white-space:nowrap}}"
    "@media(max-width:24rem){body{padding:.5rem}#days{font-size:.7rem}#days td,#days "
    "th{padding-right:.25rem}}"
    "@media print{@page{margin:14mm}body{max-width:none;padding:0;font-size:11pt}"
    "section.rule,.chart,tr{break-inside:avoid}h2,h3{break-after:avoid}code{background:none;"
    "border:1px solid #bbb}}";

/* 12 345: the figures of thousands stand together, and the blank is no place to break a line. */
static void
put_figure(FILE *to, size_t number)
{
    char digits[32];
    int len = snprintf(digits, sizeof digits, "%zu", number);

    for (int i = 0; i < len; i++) {
        if (i > 0 && (len - i) % 3 == 0)
            fputs("\xE2\x80\xAF", to);
        putc(digits[i], to);
    }
}

static void
put_cell(FILE *to, size_t number)
{
    fputs("<td class=\"n\">", to);
    put_figure(to, number);
    fputs("</td>", to);
}

static void
put_name_cell(FILE *to, const char *name)
{
    fputs("<td class=\"name\">", to);
    report_put_html(to, name);
    fputs("</td>", to);
}

static size_t
kind_total(const struct report *report, int kind)
{
    size_t total = 0;

    for (size_t i = 0; i < report->days; i++)
        total += report->day[i]->count[kind];
    return total;
}

static void
put_head(FILE *to, const struct report *report, const char *version)
{
    const char *first = report->days ? report->day[0]->day : "";
    const char *last = report->days ? report->day[report->days - 1]->day : "";

    fputs("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
          "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
          "style-src 'unsafe-inline'; img-src data:\">"
          "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">"
          "<link rel=\"icon\" href=\"data:,\"><title>Postern: what the rules did</title><style>",
          to);
    fprintf(to, "%s</style></head><body>\n", style);
    report_chart_patterns(to);
    fputs("<header><h1>What the rules did</h1><p class=\"sub\">", to);
    if (*last)
        fprintf(to, "%s to %s &#183; ", *first ? first : "?", last);
    report_put_html(to, report->names);
    fprintf(to, " &#183; postern %s</p></header>\n", version);
}

static void
put_tiles(FILE *to, const struct report *report)
{
    fputs("<div class=\"tiles\"><div class=\"tile\" id=\"all\"><b>", to);
    put_figure(to, report->verdicts);
    fputs("</b>verdicts</div>", to);
    for (int kind = 0; kind < REPORT_KINDS; kind++) {
        fprintf(to, "<div class=\"tile\"><b>");
        put_figure(to, kind_total(report, kind));
        fputs("</b>", to);
        report_bar(to, (enum report_kind)kind, 1, 1);
        fprintf(to, "%s</div>", report_kind_name((enum report_kind)kind));
    }
    fputs("</div>\n<p>Refused: by <i>reject</i>. Deferred: by <i>tempfail</i>, or <i>reject</i> in "
          "mode soft. Watched: what would have been done, but for <i>audit</i>. Other: changes, "
          "discards, notes, and what was let pass.</p>\n",
          to);
}

static void
put_rule_table(FILE *to, const struct report *report)
{
    fputs("<h2>Rules</h2><table id=\"rules\"><thead><tr><th>Rule</th><th>Verb</th>"
          "<th class=\"n\">Lines</th><th>Share</th><th class=\"wide\">First</th>"
          "<th class=\"wide\">Last</th></tr></thead><tbody>\n",
          to);
    for (size_t i = 0; i < report->rows; i++) {
        const struct report_row *row = report->row[i];

        fputs("<tr>", to);
        put_name_cell(to, row->rule);
        put_name_cell(to, row->verb);
        put_cell(to, row->count);
        fputs("<td class=\"share\">", to);
        report_bar(to, row->kind, row->count, report->row[0]->count);
        fprintf(to, "</td><td class=\"wide\">%s</td><td class=\"wide\">%s</td></tr>\n",
                report_day_name(row->first), report_day_name(row->last));
    }
    fputs("</tbody></table>\n", to);
}

static void
put_silent_list(FILE *to, const struct report *report)
{
    if (report->silent == NULL)
        return;
    fprintf(to, "<h2>Rules that no line names: %zu</h2><ul class=\"silent\" id=\"silent\">",
            report->silents);
    for (size_t i = 0; i < report->silents; i++)
        fprintf(to, "<li>%s</li>", report->silent[i]);
    fputs("</ul>\n", to);
}

static void
put_name_row(FILE *to, const char *name, size_t count)
{
    fputs("<tr>", to);
    put_name_cell(to, name);
    put_cell(to, count);
    fputs("</tr>", to);
}

static void
put_whom_table(FILE *to, enum report_whom whom, const struct tally *tally)
{
    size_t rest = tally->left_out;

    if (tally->names == 0)
        return;
    fprintf(to,
            "<table class=\"%s\"><thead><tr><th>%s</th><th class=\"n\"></th></tr></thead><tbody>",
            report_whom_name(whom), report_whom_name(whom));
    for (size_t i = 0; i < tally->names; i++) {
        if (i < PAGE_NAMES)
            put_name_row(to, tally->name[i]->name.at, tally->name[i]->count);
        else
            rest += tally->name[i]->count;
    }
    if (rest > 0)
        put_name_row(to, "others", rest);
    fputs("</tbody></table>", to);
}

static void
put_rule_section(FILE *to, const struct report *report, const struct report_row *row)
{
    const char *example;

    fputs("<section class=\"rule\"><h3>", to);
    report_put_html(to, row->rule);
    fputs(" <small>", to);
    report_put_html(to, row->verb);
    fputs(" ", to);
    put_figure(to, row->count);
    fputs("</small></h3>", to);
    report_chart(to, report, row);
    fputs("<div class=\"whom\">", to);
    for (int whom = 0; whom < REPORT_WHOM; whom++)
        put_whom_table(to, (enum report_whom)whom, &row->whom[whom]);
    fputs("</div>", to);
    for (size_t i = 0; (example = report_example(row, i)); i++) {
        fputs("<code>", to);
        report_put_html(to, example);
        fputs("</code>", to);
    }
    fputs("</section>\n", to);
}

static void
put_day_table(FILE *to, const struct report *report)
{
    fputs("<h2>Figures by day</h2><div class=\"scroll\"><table id=\"days\"><thead><tr><th>Day</th>"
          "<th class=\"n\">Lines</th>",
          to);
    for (int kind = 0; kind < REPORT_KINDS; kind++)
        fprintf(to, "<th class=\"n\">%s</th>", report_kind_name((enum report_kind)kind));
    fputs("</tr></thead><tbody>\n", to);
    for (size_t i = 0; i < report->days; i++) {
        const struct report_day *day = report->day[i];

        fprintf(to, "<tr><td>%s</td>", report_day_name(day->day));
        put_cell(to, report_day_count(day));
        for (int kind = 0; kind < REPORT_KINDS; kind++)
            put_cell(to, day->count[kind]);
        fputs("</tr>\n", to);
    }
    fputs("</tbody></table></div>\n", to);
}

static void
put_missing(FILE *to, const struct report *report)
{
    size_t lines = report->undated + report->left_out_rows + report->left_out_days;

    if (lines > 0)
        fprintf(to,
                "<p>Not in these tables: %zu lines without a time, %zu of rules beyond the first "
                "%d, %zu of days beyond the first %d.</p>\n",
                report->undated, report->left_out_rows, REPORT_ROWS, report->left_out_days,
                REPORT_DAYS);
}

void
report_html(FILE *to, const struct report *report, const char *version)
{
    put_head(to, report, version);
    put_tiles(to, report);
    if (report->rows > 0) {
        fputs("<h2>By day</h2>", to);
        report_chart(to, report, NULL);
        put_rule_table(to, report);
    }
    put_silent_list(to, report);
    if (report->rows > 0)
        fputs("<h2>Each rule</h2>\n", to);
    for (size_t i = 0; i < report->rows; i++)
        put_rule_section(to, report, report->row[i]);
    if (report->rows > 0)
        put_day_table(to, report);
    put_missing(to, report);
    fputs("</body></html>\n", to);
}
