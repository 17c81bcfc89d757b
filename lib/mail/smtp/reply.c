/* Makes replies that neither a client nor libmilter can stumble over. */
#include "mail/reply.h"

#include <stdio.h>

#include "base/buffer.h"

struct writer {
    struct arena *arena;
    struct reply *reply;
    size_t room; /* octets of text that fit into one line */
    char line[REPLY_MAX_LINE];
    size_t len;
    size_t width; /* as libmilter gets it, with "%" doubled: it limits that form too */
    size_t space; /* index of the last space, 0 for none */
    bool full;
};

bool
reply_code_is_valid(int64_t code)
{
    return code >= 400 && code <= 599 && code != 421;
}

/* RFC 3463 section 2: no leading zeros. */
static bool
is_sub_code(struct slice s)
{
    int64_t number;

    return s.len <= 3 && slice_number(s, &number) && (s.len == 1 || s.at[0] != '0');
}

bool
reply_enhanced_is_valid(struct slice enhanced)
{
    struct slice rest = slice_from(enhanced, 2);
    size_t dot = slice_find(rest, '.');

    if (enhanced.len < 5 || (enhanced.at[0] != '4' && enhanced.at[0] != '5') ||
        enhanced.at[1] != '.')
        return false;
    return dot < rest.len && is_sub_code(slice_first(rest, dot)) &&
           is_sub_code(slice_from(rest, dot + 1));
}

static void
keep_line(struct writer *to, size_t len)
{
    struct reply *reply = to->reply;

    reply->line[reply->lines++] = arena_string(to->arena, (struct slice){to->line, len});
}

static size_t
width_of(const char *text, size_t len)
{
    size_t width = len;

    for (size_t i = 0; i < len; i++)
        width += text[i] == '%';
    return width;
}

/* The line under way up to its last space becomes a line, and what is behind begins the next. */
static void
wrap(struct writer *to)
{
    size_t end = to->space ? to->space : to->len;
    size_t next = to->space ? to->space + 1 : to->len;

    if (to->reply->lines == REPLY_MAX_LINES - 1) {
        to->full = true;
        return;
    }
    keep_line(to, end);
    to->len -= next;
    memmove(to->line, to->line + next, to->len);
    to->width = width_of(to->line, to->len);
    to->space = 0;
}

static void
add_octet(struct writer *to, char octet)
{
    char unit[8] = {octet};
    size_t len = 1;
    size_t width = octet == '%' ? 2 : 1;

    if (octet < 32 || octet > 126)
        len = width = (size_t)snprintf(unit, sizeof unit, "\\x{%02X}", (unsigned char)octet);
    while (!to->full && to->width + width > to->room)
        wrap(to);
    if (to->full)
        return;
    if (octet == ' ')
        to->space = to->len;
    memcpy(to->line + to->len, unit, len);
    to->len += len;
    to->width += width;
}

static void
add_text(struct writer *to, struct slice text)
{
    to->len = to->width = to->space = 0;
    for (size_t i = 0; i < text.len && !to->full; i++)
        add_octet(to, text.at[i]);
}

/* Ends the last line that there may be in "...". */
static void
cut(struct writer *to)
{
    while (to->len > 0 && to->width + 3 > to->room)
        to->width -= to->line[--to->len] == '%' ? 2 : 1;
    memcpy(to->line + to->len, "...", 3);
    keep_line(to, to->len + 3);
}

void
reply_build(struct arena *arena, int code, const char *enhanced, const struct slice *texts,
            size_t count, struct reply *reply_r)
{
    struct writer to = {.arena = arena, .reply = reply_r};

    *reply_r = (struct reply){0};
    snprintf(reply_r->code, sizeof reply_r->code, "%d", code);
    snprintf(reply_r->enhanced, sizeof reply_r->enhanced, "%s", enhanced);
    to.room = REPLY_MAX_LINE - strlen("550  \r\n") - strlen(reply_r->enhanced);
    for (size_t i = 0; i < count && !to.full; i++) {
        add_text(&to, texts[i]);
        if (to.full || (reply_r->lines == REPLY_MAX_LINES - 1 && i + 1 < count))
            to.full = true;
        else
            keep_line(&to, to.len);
    }
    if (to.full)
        cut(&to);
    else if (count == 0)
        keep_line(&to, 0);
}

const struct reply *
reply_soften(struct arena *arena, const struct reply *reply)
{
    struct reply *soft;

    if (reply->code[0] != '5')
        return reply;
    soft = ARENA_NEW(arena, struct reply);
    *soft = *reply;
    snprintf(soft->code, sizeof soft->code, "4%s",
             strcmp(reply->code, "521") == 0 ? "51" : reply->code + 1);
    if (soft->enhanced[0] == '5')
        soft->enhanced[0] = '4';
    return soft;
}

const char *
reply_text(struct arena *arena, const struct reply *reply)
{
    struct buffer *text = ARENA_NEW(arena, struct buffer);

    buffer_init(text, arena, (REPLY_MAX_LINE + 1) * REPLY_MAX_LINES);
    for (size_t i = 0; i < reply->lines; i++) {
        bool last = i + 1 == reply->lines;

        buffer_printf(text, "%s%c%s%s%s%s", reply->code, last ? ' ' : '-', reply->enhanced,
                      *reply->line[i] ? " " : "", reply->line[i], last ? "" : "\n");
    }
    return buffer_slice(text).at;
}
