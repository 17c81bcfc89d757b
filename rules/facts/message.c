/* Facts of the whole message, at its end. */
#include "facts_inside.h"

enum { EMPTY_LINE = 2 };

/* With the empty line between header and body. */
static struct reading
read_message_size(const struct moment *moment, UNUSED struct slice index)
{
    const struct transaction *transaction = moment->transaction;
    uint64_t size = transaction->header_size + EMPTY_LINE + transaction->body.size;

    return reading_one(moment->arena, value_number(TYPE_SIZE, (int64_t)size));
}

static struct reading
read_message_8bit(const struct moment *moment, UNUSED struct slice index)
{
    return given_truth(moment->transaction->body.eightbit > 0);
}

static struct reading
read_message_nul(const struct moment *moment, UNUSED struct slice index)
{
    return given_truth(moment->transaction->body.nul);
}

static struct reading
read_message_longest_line(const struct moment *moment, UNUSED struct slice index)
{
    int64_t octets = (int64_t)moment->transaction->body.longest_line;

    return reading_one(moment->arena, value_number(TYPE_NUMBER, octets));
}

static struct reading
read_message_bare_newline(const struct moment *moment, UNUSED struct slice index)
{
    return given_truth(moment->transaction->body.bare_newline);
}

static struct reading
read_body(const struct moment *moment, UNUSED struct slice index)
{
    return (struct reading){
        .state = READ_KNOWN, .lines = moment->transaction->body_text, .is_lines = true};
}

static const struct fact message_rows[] = {
    {"message.size", TYPE_SIZE, STAGE_BODY, HEADER | BODY | STAYS, "", NULL, read_message_size,
     .help = "the octets of header and body, with the empty line between them"},
    {"message.8bit", TYPE_TRUTH, STAGE_BODY, BODY | STAYS, "", NULL, read_message_8bit,
     .help = "whether the body has octets beyond ASCII"},
    {"message.nul", TYPE_TRUTH, STAGE_BODY, BODY | STAYS, "", NULL, read_message_nul,
     .help = "whether the body has a NUL"},
    {"message.longest-line", TYPE_NUMBER, STAGE_BODY, BODY | STAYS, "", NULL,
     read_message_longest_line, .help = "the octets of the body's longest line, without its end"},
    {"message.bare-newline", TYPE_TRUTH, STAGE_BODY, BODY | STAYS, "", NULL,
     read_message_bare_newline, .help = "whether the body has a CR or an LF that stands alone"},
    {"body", TYPE_TEXT, STAGE_BODY, MANY | WHOLE | STAYS, "", NULL, read_body,
     .help = "the lines of the body, as they came"},
};

const struct fact_rows facts_message = {message_rows, sizeof message_rows / sizeof message_rows[0]};
