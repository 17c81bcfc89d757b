/* Adds lines up, within bounds. */
#include <stdlib.h>

#include "report_inside.h"

enum { MOST_NAME = 255, MOST_EXAMPLE = 4096 };

static const char *const kind_names[REPORT_KINDS] = {
    [KIND_REFUSED] = "refused",
    [KIND_DEFERRED] = "deferred",
    [KIND_WATCHED] = "watched",
    [KIND_OTHER] = "other",
};
static const char *const whom_names[REPORT_WHOM] = {
    [WHOM_SENDERS] = "senders",
    [WHOM_LOGINS] = "logins",
    [WHOM_RECIPIENTS] = "recipients",
};

const char *
report_kind_name(enum report_kind kind)
{
    return kind_names[kind];
}

const char *
report_whom_name(enum report_whom whom)
{
    return whom_names[whom];
}

/* Discards are no refusals: nobody was told. */
static enum report_kind
kind_of_verb(struct slice verb)
{
    if (slice_starts_nocase(verb, SLICE("audit-")))
        return KIND_WATCHED;
    if (slice_equal(verb, SLICE("reject")))
        return KIND_REFUSED;
    if (slice_equal(verb, SLICE("tempfail")) || slice_equal(verb, SLICE("soft-reject")))
        return KIND_DEFERRED;
    return KIND_OTHER;
}

/* An array of pointers with room for one more. */
static void *
with_room(struct arena *arena, void *array, size_t count)
{
    void **more;

    if (count & (count - 1))
        return array;
    more = ARENA_ARRAY(arena, count ? 2 * count : 1, void *);
    if (count)
        memcpy(more, array, count * sizeof *more);
    return more;
}

/* NULL: there are too many already. */
static struct report_day *
day_of(struct report *report, const char *name)
{
    struct report_day *day = map_find(report->days_by_name, slice_of(name));

    if (day || report->days == REPORT_DAYS)
        return day;
    day = ARENA_NEW(report->arena, struct report_day);
    memcpy(day->day, name, sizeof day->day);
    day->number = report->days;
    report->day = with_room(report->arena, report->day, report->days);
    report->day[report->days++] = day;
    map_add(report->days_by_name, slice_of(day->day), day);
    return day;
}

static struct report_row *
row_of(struct report *report, struct slice rule, struct slice verb)
{
    char key[512];
    struct report_row *row;

    snprintf(key, sizeof key, "%.*s %.*s", (int)slice_first(rule, MOST_NAME).len, rule.at,
             (int)slice_first(verb, MOST_NAME).len, verb.at);
    row = map_find(report->rows_by_key, slice_of(key));
    if (row || report->rows == REPORT_ROWS)
        return row;
    row = ARENA_NEW(report->arena, struct report_row);
    row->rule = arena_string(report->arena, rule);
    row->verb = arena_string(report->arena, verb);
    row->kind = kind_of_verb(verb);
    for (int i = 0; i < REPORT_EXAMPLES; i++) {
        row->example[i] = ARENA_NEW(report->arena, struct buffer);
        buffer_init(row->example[i], report->arena, SIZE_MAX);
    }
    report->row = with_room(report->arena, report->row, report->rows);
    report->row[report->rows++] = row;
    map_add(report->rows_by_key, slice_of(arena_string(report->arena, slice_of(key))), row);
    return row;
}

static int
compare_names(const void *a, const void *b)
{
    const struct tally_name *left = *(struct tally_name *const *)a;
    const struct tally_name *right = *(struct tally_name *const *)b;

    if (left->count != right->count)
        return left->count < right->count ? 1 : -1;
    return slice_compare(left->name, right->name);
}

void
report_sort_names(struct tally *tally)
{
    if (tally->names > 0)
        qsort(tally->name, tally->names, sizeof *tally->name, compare_names);
}

static void
tally_add_name(struct tally *tally, struct slice name, size_t count)
{
    struct tally_name *added = ARENA_NEW(tally->arena, struct tally_name);

    added->name = arena_copy(tally->arena, name);
    added->count = count;
    tally->name = with_room(tally->arena, tally->name, tally->names);
    tally->name[tally->names++] = added;
    map_add(tally->map, added->name, added);
}

/* Makes room: the rarer half goes, so that whoever comes late and often is seen. */
static void
tally_thin_out(struct report *report, struct tally *tally)
{
    struct tally old = *tally;

    report_sort_names(&old);
    tally->arena = arena_new_child(report->arena, SIZE_MAX);
    tally->map = map_new(tally->arena);
    tally->name = NULL;
    tally->names = 0;
    for (size_t i = 0; i < old.names; i++) {
        if (i < old.names / 2)
            tally_add_name(tally, old.name[i]->name, old.name[i]->count);
        else
            tally->left_out += old.name[i]->count;
    }
    report->all_names -= old.names - tally->names;
    arena_free(&old.arena);
}

static void
tally_add(struct report *report, struct tally *tally, struct slice name)
{
    struct tally_name *known;

    if (tally->map == NULL) {
        tally->arena = arena_new_child(report->arena, SIZE_MAX);
        tally->map = map_new(tally->arena);
    }
    known = map_find(tally->map, name);
    if (known) {
        known->count++;
        return;
    }
    if (tally->names == REPORT_NAMES || report->all_names == REPORT_ALL_NAMES)
        tally_thin_out(report, tally);
    if (report->all_names == REPORT_ALL_NAMES) {
        tally->left_out++;
        return;
    }
    tally_add_name(tally, name, 1);
    report->all_names++;
}

static void
add_domain(struct report *report, struct tally *tally, struct slice address)
{
    char lower[256];
    struct slice domain;

    if (address.at == NULL)
        return;
    domain = slice_first(slice_from(address, slice_find_last(address, '@') + 1), sizeof lower);
    for (size_t i = 0; i < domain.len; i++)
        lower[i] = ascii_lower(domain.at[i]);
    if (address.len == 0)
        domain = SLICE("<>");
    else if (domain.len == 0)
        domain = SLICE("(no domain)");
    else
        domain.at = lower;
    tally_add(report, tally, domain);
}

static void
add_to_day(struct report *report, struct report_row *row, const struct report_day *day)
{
    size_t wanted = row->days ? row->days : 8;

    while (wanted <= day->number)
        wanted *= 2;
    if (wanted > row->days) {
        size_t *more = ARENA_ARRAY(report->arena, wanted, size_t);

        if (row->days)
            memcpy(more, row->by_day, row->days * sizeof *more);
        row->by_day = more;
        row->days = wanted;
    }
    row->by_day[day->number]++;
}

static void
add_example(struct report_row *row, struct slice text)
{
    struct buffer *example = row->example[row->count % REPORT_EXAMPLES];

    buffer_clear(example);
    buffer_add(example, slice_first(text, MOST_EXAMPLE));
}

void
report_count(struct report *report, const struct line *line)
{
    struct report_row *row = row_of(report, line->value[AUDIT_RULE], line->value[AUDIT_VERB]);
    struct report_day *day = day_of(report, line->stamp.day);

    report->verdicts++;
    if (day == NULL || row == NULL) {
        report->left_out_days += day == NULL;
        report->left_out_rows += row == NULL;
        return;
    }
    add_example(row, line->text);
    row->count++;
    day->count[row->kind]++;
    add_to_day(report, row, day);
    add_domain(report, &row->whom[WHOM_SENDERS], line->value[AUDIT_FROM]);
    add_domain(report, &row->whom[WHOM_RECIPIENTS], line->value[AUDIT_TO]);
    if (line->value[AUDIT_LOGIN].at)
        tally_add(report, &row->whom[WHOM_LOGINS], line->value[AUDIT_LOGIN]);
}

const char *
report_day_name(const char *day)
{
    return *day ? day : "unknown";
}

size_t
report_row_on(const struct report_row *row, const struct report_day *day)
{
    return day->number < row->days ? row->by_day[day->number] : 0;
}

size_t
report_day_count(const struct report_day *day)
{
    size_t count = 0;

    for (int kind = 0; kind < REPORT_KINDS; kind++)
        count += day->count[kind];
    return count;
}

const char *
report_example(const struct report_row *row, size_t number)
{
    if (number >= REPORT_EXAMPLES || number >= row->count)
        return NULL;
    return buffer_slice(row->example[(row->count - 1 - number) % REPORT_EXAMPLES]).at;
}
