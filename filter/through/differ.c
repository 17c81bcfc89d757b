/* Compares commands and messages, and says in words what isn't the same. */
#include "differ.h"

#include <stdio.h>

#include "base/log.h"
#include "play/message.h"

enum { MOST_SHOWN = 200 };

void
differ_note(struct arena *arena, struct differences *to, bool unplayed, const char *format, ...)
{
    struct difference *difference;
    struct buffer *escaped;
    char line[2048];
    va_list args;

    va_start(args, format);
    vsnprintf(line, sizeof line, format, args);
    va_end(args);
    escaped = ARENA_NEW(arena, struct buffer);
    buffer_init(escaped, arena, SIZE_MAX);
    log_escape(escaped, slice_of(line));
    for (difference = to->first; difference; difference = difference->next)
        if (slice_equal(slice_of(difference->text), buffer_slice(escaped)))
            return;
    difference = ARENA_NEW(arena, struct difference);
    difference->text = buffer_slice(escaped).at;
    difference->unplayed = unplayed;
    *to->end = difference;
    to->end = &difference->next;
}

static struct slice
words_text(struct arena *arena, const struct step *step)
{
    struct buffer *text = ARENA_NEW(arena, struct buffer);

    buffer_init(text, arena, SIZE_MAX);
    for (size_t i = 0; i < step->words; i++) {
        if (i > 0)
            buffer_octet(text, ' ');
        buffer_add(text, step->word[i]);
    }
    return buffer_slice(text);
}

void
differ_command(struct arena *arena, struct differences *to, const char *verb,
               const struct step *test, const struct step *told)
{
    struct slice said = words_text(arena, test), heard = words_text(arena, told);

    if (!slice_equal(said, heard))
        differ_note(arena, to, false, "%s%.*s came to Postern as %.*s", verb, (int)said.len,
                    said.at, (int)heard.len, heard.at);
}

static struct slice
shown(struct arena *arena, const struct header_field *field)
{
    return slice_first(header_unfold(arena, field->body), MOST_SHOWN);
}

static bool
is_same_field(struct arena *arena, const struct header_field *a, const struct header_field *b)
{
    return slice_equal_nocase(a->name, b->name) &&
           slice_equal(header_unfold(arena, a->body), header_unfold(arena, b->body));
}

/* The same field in the other header, where no other one has been taken for it yet. */
static const struct header_field *
find_same(struct arena *arena, const struct header_field *field, const struct header_field *among,
          size_t which)
{
    for (; among; among = among->next)
        if (is_same_field(arena, field, among) && which-- == 0)
            return among;
    return NULL;
}

/* How many before it say the same. */
static size_t
count_before(struct arena *arena, const struct header_field *first,
             const struct header_field *field)
{
    size_t count = 0;

    for (; first != field; first = first->next)
        count += is_same_field(arena, first, field);
    return count;
}

/* Each field of `from` that `other` lacks is noted. */
static bool
differ_fields(struct arena *arena, struct differences *to, const struct header_field *from,
              const struct header_field *other, const char *format)
{
    bool differs = false;

    for (const struct header_field *field = from; field; field = field->next) {
        struct slice body = shown(arena, field);

        if (find_same(arena, field, other, count_before(arena, from, field)))
            continue;
        differs = true;
        differ_note(arena, to, false, "%s %.*s: %.*s", format, (int)field->name.len, field->name.at,
                    (int)body.len, body.at);
    }
    return differs;
}

static bool
is_in_order(struct arena *arena, const struct header_field *a, const struct header_field *b)
{
    while (a && b && is_same_field(arena, a, b)) {
        a = a->next;
        b = b->next;
    }
    return a == NULL && b == NULL;
}

bool
differ_header(struct arena *arena, struct differences *to, struct slice test, struct slice told)
{
    struct play_message said, heard;
    bool lacks, adds;

    play_message_split(arena, test, &said);
    play_message_split(arena, told, &heard);
    lacks = differ_fields(arena, to, said.header, heard.header, "Postern was not told the field");
    adds = differ_fields(arena, to, heard.header, said.header, "Postern was told a field");
    if (lacks || adds)
        return true;
    if (is_in_order(arena, said.header, heard.header))
        return false;
    differ_note(arena, to, false, "Postern was told the header's fields in another order");
    return true;
}

static struct slice
body_line(struct slice *rest)
{
    size_t len = slice_find(*rest, '\n');
    struct slice line = slice_first(*rest, len);

    *rest = slice_from(*rest, len + 1);
    while (line.len > 0 && ascii_is_space(line.at[line.len - 1]))
        line.len--;
    return line;
}

static bool
is_white(struct slice text)
{
    return slice_trim(text).len == 0;
}

bool
differ_body(struct slice test, struct slice told)
{
    while (!is_white(test) && !is_white(told))
        if (!slice_equal(body_line(&test), body_line(&told)))
            return true;
    return !is_white(test) || !is_white(told);
}
