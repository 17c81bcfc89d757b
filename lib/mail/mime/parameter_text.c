/* Takes one parameter of a MIME field apart (RFC 2045 section 5.1, RFC 2231 sections 3 and 4). */
#include "parameter_text.h"

#include "header/tokens.h"
#include "text/atext.h"

bool
parameter_is_token(char c)
{
    return c > 32 && c < 127 && strchr("()<>@,;:\\\"/[]?=", c) == NULL;
}

static size_t
token_length(struct slice s)
{
    size_t i = 0;

    while (i < s.len && parameter_is_token(s.at[i]))
        i++;
    return i;
}

/* "name*7*" is the name, section 7, extended. A number as RFC 2231 section 7 has none, with a zero
 * in front, is read as part of the name. */
static void
split_name(struct parameter_text *parameter)
{
    struct slice name = parameter->name;
    size_t asterisk;
    int64_t section;
    struct slice number;

    parameter->extended = name.len > 1 && name.at[name.len - 1] == '*';
    name.len -= parameter->extended;
    asterisk = slice_find_last(name, '*');
    number = slice_from(name, asterisk + 1);
    parameter->name = name;
    if (asterisk == 0 || asterisk >= name.len || !slice_number(number, &section))
        return;
    parameter->odd_section = section >= PARAMETERS_MAX || (number.at[0] == '0' && number.len > 1);
    if (parameter->odd_section)
        return;
    parameter->has_section = true;
    parameter->section = (unsigned)section;
    parameter->name.len = asterisk;
}

/* Up to the last octet that is neither white space nor in a comment. */
static size_t
bare_length(struct slice s)
{
    size_t end = 0;
    bool closed;

    for (size_t i = 0; i < s.len;) {
        if (s.at[i] == '(') {
            i += token_comment_length(slice_from(s, i), &closed);
        } else if (ascii_is_space(s.at[i])) {
            i++;
        } else {
            i = token_step(s, i);
            end = i;
        }
    }
    return end;
}

static void
take_value(struct slice text, struct parameter_text *parameter)
{
    size_t len;

    parameter->quoted = text.len > 0 && text.at[0] == '"';
    if (parameter->quoted) {
        bool closed;

        len = token_enclosed_length(text, '"', &closed);
        parameter->malformed = !closed;
    } else {
        len = bare_length(text);
        parameter->malformed = len == 0 || token_length(text) < len;
    }
    parameter->value = slice_first(text, len);
    text = slice_from(text, len);
    if (token_space_length(text) < text.len)
        parameter->malformed = true;
}

void
parameter_text_parse(struct slice text, struct parameter_text *parameter_r)
{
    size_t len;

    *parameter_r = (struct parameter_text){.name = SLICE(""), .value = SLICE("")};
    text = slice_from(text, token_space_length(text));
    parameter_r->empty = text.len == 0;
    len = token_length(text);
    parameter_r->name = slice_first(text, len);
    text = slice_from(text, len);
    text = slice_from(text, token_space_length(text));
    if (len == 0 || text.len == 0 || text.at[0] != '=') {
        parameter_r->malformed = !parameter_r->empty;
        parameter_r->name = SLICE("");
        return;
    }
    split_name(parameter_r);
    text = slice_from(text, 1);
    take_value(slice_from(text, token_space_length(text)), parameter_r);
}
