/* Facts of the header. Fields of one name are read together, however many there are. */
#include "facts_inside.h"

#include "mail/date.h"
#include "mail/header.h"
#include "mail/utf8.h"

static struct reading
read_header(const struct moment *moment, struct slice index)
{
    const struct header_field *field = header_find(moment->transaction->header, index);
    struct value *items;
    size_t count = 0;

    if (field == NULL)
        return reading_absent();
    items = ARENA_ARRAY(moment->arena, header_count_named(field, index), struct value);
    for (; field; field = header_find(field->next, index))
        items[count++] = value_text(header_unfold(moment->arena, field->body));
    return given_items(items, count);
}

size_t
header_count(const struct moment *moment)
{
    size_t count = 0;

    for (const struct header_field *f = moment->transaction->header; f; f = f->next)
        count++;
    return count;
}

static struct reading
read_header_count(const struct moment *moment, UNUSED struct slice index)
{
    return reading_one(moment->arena, value_number(TYPE_NUMBER, (int64_t)header_count(moment)));
}

static struct reading
read_header_size(const struct moment *moment, UNUSED struct slice index)
{
    return reading_one(moment->arena,
                       value_number(TYPE_SIZE, (int64_t)moment->transaction->header_size));
}

static bool
has_8bit(const struct header_field *field)
{
    while (field && slice_is_ascii(field->name) && slice_is_ascii(field->body))
        field = field->next;
    return field != NULL;
}

static bool
is_utf8(const struct header_field *field)
{
    while (field && utf8_is_valid(field->name) && utf8_is_valid(field->body))
        field = field->next;
    return field == NULL;
}

static struct reading
read_header_8bit(const struct moment *moment, UNUSED struct slice index)
{
    return given_truth(has_8bit(moment->transaction->header));
}

static struct reading
read_header_utf8(const struct moment *moment, UNUSED struct slice index)
{
    const struct header_field *header = moment->transaction->header;

    return given_truth(has_8bit(header) && is_utf8(header));
}

/* Of the first Date, when the transaction begins. */
static struct reading
read_header_date_age(const struct moment *moment, UNUSED struct slice index)
{
    const struct header_field *date = header_find(moment->transaction->header, SLICE("Date"));
    int64_t seconds;

    if (date == NULL || !date_parse(date->body, &seconds))
        return reading_absent();
    return reading_one(moment->arena,
                       value_number(TYPE_TIME, 1000 * (moment->transaction->time - seconds)));
}

static const struct fact header_rows[] = {
    {"header", TYPE_TEXT, STAGE_HEADER, MANY | INDEX | HEADER | SPLIT | STAYS, "", NULL,
     read_header, .help = "the fields of that name, unfolded"},
    {"header.count", TYPE_NUMBER, STAGE_HEADER, HEADER, "", NULL, read_header_count,
     .help = "the number of header fields"},
    {"header.size", TYPE_SIZE, STAGE_HEADER, HEADER, "", NULL, read_header_size,
     .help = "the octets of all header fields"},
    {"header.date.age", TYPE_TIME, STAGE_HEADER, HEADER | ABSENT, "", NULL, read_header_date_age,
     .help = "how long ago the first Date says that the message was written: less than 0s where "
             "that is in the future; absent where it can't be read"},
    {"header.8bit", TYPE_TRUTH, STAGE_HEADER, HEADER | STAYS, "", NULL, read_header_8bit,
     .help = "whether the header has octets beyond ASCII"},
    {"header.utf8", TYPE_TRUTH, STAGE_HEADER, HEADER | STAYS, "", NULL, read_header_utf8,
     .help = "whether the header has octets beyond ASCII, and all of it is valid UTF-8"},
};

const struct fact_rows facts_header = {header_rows, sizeof header_rows / sizeof header_rows[0]};
