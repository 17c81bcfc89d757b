/* The words of a Received field. */
#include "mail/received.h"

#include "tokens.h"

static struct slice
received_word(struct slice *rest)
{
    struct slice word;
    size_t len = 0;

    *rest = slice_from(*rest, token_space_length(*rest));
    while (len < rest->len && !ascii_is_space(rest->at[len]) &&
           strchr("();", rest->at[len]) == NULL)
        len++;
    word = slice_first(*rest, len);
    *rest = slice_from(*rest, len);
    return word;
}

struct received
received_parse(struct slice field)
{
    struct received received = {SLICE(""), SLICE("")};

    for (;;) {
        struct slice name = received_word(&field), value = received_word(&field);

        if (value.len == 0)
            return received;
        if (received.by.len == 0 && slice_equal_nocase(name, SLICE("by")))
            received.by = value;
        if (received.id.len == 0 && slice_equal_nocase(name, SLICE("id")))
            received.id = value;
    }
}
