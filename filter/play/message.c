/* Reads, makes up and splits the messages that a scenario sends. */
#include "message.h"

#include "base/file.h"

#include "base/buffer.h"

enum { LARGEST_MESSAGE = 64 << 20 };

static struct buffer *
message_buffer(struct arena *arena)
{
    struct buffer *buffer = ARENA_NEW(arena, struct buffer);

    buffer_init(buffer, arena, LARGEST_MESSAGE);
    return buffer;
}

static struct slice
with_crlf(struct arena *arena, struct slice text)
{
    struct buffer *whole;

    if (memmem(text.at, text.len, "\r\n", 2))
        return text;
    whole = message_buffer(arena);
    while (text.len > 0) {
        size_t line = slice_find(text, '\n');

        buffer_add(whole, slice_first(text, line));
        buffer_text(whole, "\r\n");
        text = slice_from(text, line + 1);
    }
    return buffer_slice(whole);
}

bool
play_message_read(struct arena *arena, const char *path, struct slice *text_r,
                  const char **reason_r)
{
    struct slice whole;

    *reason_r = file_read(arena, path, FILE_ANY, LARGEST_MESSAGE, &whole);
    *text_r = with_crlf(arena, whole);
    return *reason_r == NULL;
}

struct slice
play_message_default(struct arena *arena, struct slice sender)
{
    struct slice author = sender.len ? sender : SLICE("MAILER-DAEMON@example.org");

    return slice_of(arena_printf(arena,
                                 "From: %.*s\r\n"
                                 "Date: Thu, 01 Jan 2026 12:00:00 +0000\r\n"
                                 "Message-ID: <1@client.example>\r\n"
                                 "Subject: a message\r\n"
                                 "\r\n"
                                 "text\r\n",
                                 (int)author.len, author.at));
}

/* Cuts a line off, without its end. */
static struct slice
cut_message_line(struct slice *rest)
{
    size_t end = slice_find(*rest, '\n');
    struct slice line = slice_first(*rest, end);

    *rest = slice_from(*rest, end + 1);
    if (line.len > 0 && line.at[line.len - 1] == '\r')
        line.len--;
    return line;
}

/* As MTAs hand it on: lines joined by "\n". */
static struct slice
join_lines(struct arena *arena, struct slice text)
{
    struct buffer *joined;

    if (slice_find(text, '\n') == text.len)
        return text;
    joined = message_buffer(arena);
    while (slice_find(text, '\n') < text.len) {
        buffer_add(joined, cut_message_line(&text));
        buffer_octet(joined, '\n');
    }
    buffer_add(joined, text);
    return buffer_slice(joined);
}

static bool
begins_field(struct slice line)
{
    return line.len > 0 && line.at[0] != ' ' && line.at[0] != '\t' &&
           slice_find(line, ':') < line.len;
}

/* A line that is no field ends the header, and begins the body. */
void
play_message_split(struct arena *arena, struct slice text, struct play_message *message_r)
{
    struct header_field **end = &message_r->header;
    struct slice rest = text;

    *message_r = (struct play_message){0};
    while (rest.len > 0) {
        struct slice behind = rest, line = cut_message_line(&behind);

        if (!begins_field(line)) {
            message_r->body = line.len == 0 ? behind : rest;
            return;
        }
        *end = ARENA_NEW(arena, struct header_field);
        **end = header_cut(header_take(&rest));
        (*end)->body = join_lines(arena, (*end)->body);
        end = &(*end)->next;
    }
}
