/* Facts of the whole message, at its end. */
#include "facts.h"

enum { EMPTY_LINE = 2 };

/* With the empty line between header and body. */
struct reading
read_message_size(const struct moment *moment, UNUSED struct slice index)
{
    const struct transaction *transaction = moment->transaction;
    uint64_t size = transaction->header_size + EMPTY_LINE + transaction->body.size;

    return reading_one(moment->arena, value_number(TYPE_SIZE, (int64_t)size));
}

struct reading
read_message_8bit(const struct moment *moment, UNUSED struct slice index)
{
    return given_truth(moment->transaction->body.eightbit > 0);
}

struct reading
read_message_nul(const struct moment *moment, UNUSED struct slice index)
{
    return given_truth(moment->transaction->body.nul);
}

struct reading
read_message_longest_line(const struct moment *moment, UNUSED struct slice index)
{
    int64_t octets = (int64_t)moment->transaction->body.longest_line;

    return reading_one(moment->arena, value_number(TYPE_NUMBER, octets));
}

struct reading
read_message_bare_newline(const struct moment *moment, UNUSED struct slice index)
{
    return given_truth(moment->transaction->body.bare_newline);
}

struct reading
read_body(const struct moment *moment, UNUSED struct slice index)
{
    return (struct reading){
        .state = READ_KNOWN, .lines = moment->transaction->body_text, .is_lines = true};
}
