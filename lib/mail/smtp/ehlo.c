/* Takes apart what an SMTP server answers, bounded in lines and octets. */
#include "mail/ehlo.h"

enum { CODE_LENGTH = 3 };

static const char *const state_texts[SERVER_REPLY_STATES] = {
    [SERVER_REPLY_WHOLE] = "",
    [SERVER_REPLY_PARTIAL] = "",
    [SERVER_REPLY_NO_CODE] = "began a line without a reply code",
    [SERVER_REPLY_CODES_DIFFER] = "gave one reply two codes",
    [SERVER_REPLY_LINE_TOO_LONG] = "sent a line that is too long",
    [SERVER_REPLY_TOO_LONG] = "sent a reply that is too long",
};

const char *
ehlo_state_text(enum server_reply_state state)
{
    return state < SERVER_REPLY_STATES ? state_texts[state] : "";
}

static struct slice
without_line_end(struct slice line)
{
    if (line.len > 0 && line.at[line.len - 1] == '\r')
        line.len--;
    return line;
}

/* RFC 5321 section 4.2: a code may stand alone, as some servers have it. */
static bool
read_code(struct slice line, int *code_r, bool *last_r)
{
    int64_t number;

    if (!slice_number(slice_first(line, CODE_LENGTH), &number) || number < 200 || number > 599)
        return false;
    *code_r = (int)number;
    *last_r = line.len == CODE_LENGTH || line.at[CODE_LENGTH] == ' ';
    return *last_r || line.at[CODE_LENGTH] == '-';
}

/* Judges the line at `at`, of which there may be only a part. */
static enum server_reply_state
find_line(struct slice received, size_t at, struct slice *line_r)
{
    struct slice rest = slice_from(received, at);
    size_t end = slice_find(rest, '\n');

    if (end >= SERVER_LINE_MAX)
        return SERVER_REPLY_LINE_TOO_LONG;
    if (at + end >= SERVER_REPLY_MAX)
        return SERVER_REPLY_TOO_LONG;
    *line_r = slice_first(rest, end);
    return end == rest.len ? SERVER_REPLY_PARTIAL : SERVER_REPLY_WHOLE;
}

enum server_reply_state
ehlo_reply_read(struct slice received, struct server_reply *reply_r)
{
    int first = 0, code = 0;
    bool last = false;
    size_t at = 0;

    while (!last) {
        struct slice line;
        enum server_reply_state state = find_line(received, at, &line);

        if (state != SERVER_REPLY_WHOLE)
            return state;
        if (!read_code(without_line_end(line), &code, &last))
            return SERVER_REPLY_NO_CODE;
        if (first != 0 && code != first)
            return SERVER_REPLY_CODES_DIFFER;
        first = code;
        at += line.len + 1;
    }
    *reply_r = (struct server_reply){code, slice_first(received, at)};
    return SERVER_REPLY_WHOLE;
}

/* RFC 5321 section 4.1.1.1: parameters behind a keyword that has none are no reason not to know it
 * (RFC 6531 section 3.1). */
static void
note_keyword(struct slice line, struct ehlo *ehlo)
{
    struct slice rest = slice_from(without_line_end(line), CODE_LENGTH + 1), keyword, mechanism;

    if (!slice_word(&rest, " \t", &keyword))
        return;
    ehlo->eightbitmime |= slice_equal_nocase(keyword, SLICE("8BITMIME"));
    ehlo->smtputf8 |= slice_equal_nocase(keyword, SLICE("SMTPUTF8"));
    ehlo->starttls |= slice_equal_nocase(keyword, SLICE("STARTTLS"));
    while (slice_equal_nocase(keyword, SLICE("AUTH")) && slice_word(&rest, " \t", &mechanism)) {
        ehlo->auth_plain |= slice_equal_nocase(mechanism, SLICE("PLAIN"));
        ehlo->auth_login |= slice_equal_nocase(mechanism, SLICE("LOGIN"));
    }
}

struct ehlo
ehlo_read(struct slice reply)
{
    struct slice rest = slice_from(reply, slice_find(reply, '\n') + 1);
    struct ehlo ehlo = {0};

    while (rest.len > 0) {
        size_t end = slice_find(rest, '\n');

        note_keyword(slice_first(rest, end), &ehlo);
        rest = slice_from(rest, end + 1);
    }
    return ehlo;
}
