/* Reads date and time, comments between any two words among them. */
#include "mail/date.h"

#include "tokens.h"

enum { MINUTE = 60, HOUR = 60 * MINUTE, DAY = 24 * HOUR };

struct date_reader {
    struct slice rest;
    bool wrong;
};

static struct slice
date_atom(struct date_reader *reader)
{
    struct token token = token_next_word(&reader->rest);

    reader->wrong = reader->wrong || token.kind != TOKEN_ATOM || token.defect;
    return token.text;
}

static int64_t
date_number(struct date_reader *reader, size_t digits, int64_t least, int64_t most)
{
    struct slice text = date_atom(reader);
    int64_t number = 0;

    reader->wrong = reader->wrong || text.len == 0 || text.len > digits ||
                    !slice_number(text, &number) || number < least || number > most;
    return number;
}

static bool
date_accept(struct date_reader *reader, const char *special)
{
    struct slice ahead = reader->rest;
    struct token token = token_next_word(&ahead);
    bool accepted = token_is_special(&token, special);

    if (accepted)
        reader->rest = ahead;
    return accepted;
}

/* Its place among the words, from 0; -1: it is none of them. */
static int
date_place(struct slice name, const char *words)
{
    struct slice rest = slice_of(words), word;

    for (int place = 0; slice_word(&rest, " ", &word); place++)
        if (slice_equal_nocase(word, name))
            return place;
    return -1;
}

static void
date_weekday(struct date_reader *reader)
{
    struct date_reader ahead = *reader;

    if (date_place(date_atom(&ahead), "mon tue wed thu fri sat sun") < 0)
        return;
    reader->wrong = !date_accept(&ahead, ",");
    reader->rest = ahead.rest;
}

static int
date_month(struct date_reader *reader)
{
    int month =
        date_place(date_atom(reader), "jan feb mar apr may jun jul aug sep oct nov dec") + 1;

    reader->wrong = reader->wrong || month == 0;
    return month;
}

/* Section 4.3: two digits are of 1950 to 2049, three count from 1900. */
static int64_t
date_year(struct date_reader *reader)
{
    enum { CENTURY = 1900, LAST = 99999 };
    struct slice ahead = reader->rest;
    size_t digits = token_next_word(&ahead).text.len;
    int64_t year = date_number(reader, 5, 0, LAST);

    if (digits == 2)
        return year + (year < 50 ? CENTURY + 100 : CENTURY);
    if (digits == 3)
        return year + CENTURY;
    reader->wrong = reader->wrong || year < CENTURY;
    return year;
}

/* Days since 1970 began, by years that begin in March, so that the leap day is a year's last. */
static int64_t
date_days(int64_t year, int month, int64_t day)
{
    int64_t from_march = (month + 9) % 12;

    year -= month < 3;
    return 365 * year + year / 4 - year / 100 + year / 400 + (153 * from_march + 2) / 5 + day - 1 -
           719468;
}

static int64_t
date_month_days(int64_t year, int month)
{
    return date_days(month < 12 ? year : year + 1, month % 12 + 1, 1) - date_days(year, month, 1);
}

static int64_t
date_time_of_day(struct date_reader *reader)
{
    int64_t hour = date_number(reader, 2, 0, 23), minute, second = 0;

    reader->wrong = reader->wrong || !date_accept(reader, ":");
    minute = date_number(reader, 2, 0, 59);
    if (date_accept(reader, ":"))
        second = date_number(reader, 2, 0, 60);
    return HOUR * hour + MINUTE * minute + second;
}

/* Seconds east of UTC. */
static int64_t
date_zone(struct date_reader *reader)
{
    static const char names[] = "edt est cdt cst mdt mst pdt pst";
    struct slice zone = date_atom(reader), digits = slice_from(zone, 1);
    int64_t number;
    int place;

    if (zone.len > 0 && ascii_is_alpha(zone.at[0])) {
        place = date_place(zone, names);
        return place < 0 ? 0 : -HOUR * (4 + (place + 1) / 2);
    }
    if (zone.len != 5 || (zone.at[0] != '+' && zone.at[0] != '-') ||
        !slice_number(digits, &number) || number % 100 > 59) {
        reader->wrong = true;
        return 0;
    }
    number = HOUR * (number / 100) + MINUTE * (number % 100);
    return zone.at[0] == '-' ? -number : number;
}

bool
date_parse(struct slice field, int64_t *seconds_r)
{
    struct date_reader reader = {.rest = field};
    int64_t day, year, seconds;
    struct token end;
    int month;

    date_weekday(&reader);
    day = date_number(&reader, 2, 1, 31);
    month = date_month(&reader);
    year = date_year(&reader);
    seconds = date_time_of_day(&reader);
    seconds -= date_zone(&reader);
    end = token_next_word(&reader.rest);
    if (reader.wrong || day > date_month_days(year, month) || end.kind != TOKEN_END || end.defect)
        return false;
    *seconds_r = DAY * date_days(year, month, day) + seconds;
    return true;
}
