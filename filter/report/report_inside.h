/* What is counted of a log: by rule and verb, by day, and for whom. */
#ifndef POSTERN_FILTER_REPORT_REPORT_INSIDE_H
#define POSTERN_FILTER_REPORT_REPORT_INSIDE_H

#include "base/map.h"
#include "line.h"
#include "report.h"

/* Most that is kept, however large the log is; what is beyond is counted together. */
enum { REPORT_ROWS = 2000, REPORT_NAMES = 1000, REPORT_ALL_NAMES = 200000, REPORT_DAYS = 4000 };

/* What is told apart in charts. */
enum report_kind { KIND_REFUSED, KIND_DEFERRED, KIND_WATCHED, KIND_OTHER, REPORT_KINDS };

enum report_whom { WHOM_SENDERS, WHOM_LOGINS, WHOM_RECIPIENTS, REPORT_WHOM };

struct tally_name {
    struct slice name;
    size_t count;
};

struct tally {
    struct arena *arena; /* of the names; NULL: there is none yet */
    struct map *map;
    struct tally_name **name; /* from the most frequent on, once all is read */
    size_t names;
    size_t left_out; /* lines with names that weren't kept */
};

struct report_day {
    char day[STAMP_DAY_SIZE]; /* "": nobody knows */
    size_t number;            /* in the order in which they came */
    size_t count[REPORT_KINDS];
};

enum { REPORT_EXAMPLES = 2 };

struct report_row {
    const char *rule, *verb;
    enum report_kind kind;
    size_t count;
    size_t *by_day; /* by the number of a day */
    size_t days;
    const char *first, *last;
    struct tally whom[REPORT_WHOM];
    struct buffer *example[REPORT_EXAMPLES]; /* the newest, in turns */
};

struct report {
    struct arena *arena;
    struct report_wish wish;
    struct line_reader *reader;
    uint64_t lines;  /* of all that was read */
    size_t verdicts; /* of ours that count */
    size_t undated;  /* left out, since nobody knows when they were written */
    size_t shown;    /* of the transaction that was asked for */
    size_t left_out_rows, left_out_days, all_names;
    struct map *rows_by_key, *days_by_name;
    struct report_row **row; /* from the most frequent on, once all is read */
    size_t rows;
    struct report_day **day; /* from the first on, once all is read */
    size_t days;
    const char **silent; /* rules of the policy that no line names */
    size_t silents;
    char names[512]; /* of the files */
};

/* Adds a line. */
void report_count(struct report *report, const struct line *line);

/* The most frequent first. */
void report_sort_names(struct tally *tally);

const char *report_kind_name(enum report_kind kind);
const char *report_whom_name(enum report_whom whom);

/* As people read it. */
const char *report_day_name(const char *day);

/* Of a day by its number, or 0. */
size_t report_row_on(const struct report_row *row, const struct report_day *day);

size_t report_day_count(const struct report_day *day);

/* The newest line, which is there, and so on; NULL behind the last. */
const char *report_example(const struct report_row *row, size_t number);

/* The columns of one day, of all kinds (row is NULL) or of one row: an element <svg>. */
void report_chart(FILE *to, const struct report *report, const struct report_row *row);

/* A bar as long as this part of the whole. */
void report_bar(FILE *to, enum report_kind kind, size_t part, size_t whole);

/* The patterns that both fill their shapes with. */
void report_chart_patterns(FILE *to);

#endif
