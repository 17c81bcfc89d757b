/* A growing run of octets. */
#include "base/buffer.h"

#include <stdio.h>
#include <stdlib.h>

static void
buffer_release(void *of)
{
    struct buffer *buffer = of;

    arena_resize(buffer->arena, buffer->at, buffer->room, 0);
    *buffer = (struct buffer){0};
}

void
buffer_init(struct buffer *buffer, struct arena *arena, size_t ceiling)
{
    *buffer = (struct buffer){.arena = arena, .ceiling = ceiling};
    arena_on_end(arena, buffer_release, buffer);
}

/* True when `more` octets and a NUL fit. */
static bool
buffer_make_room(struct buffer *buffer, size_t more)
{
    size_t room = buffer->room ? buffer->room : 256;

    if (more > buffer->ceiling || buffer->len > buffer->ceiling - more) {
        buffer->over = true;
        return false;
    }
    while (room < buffer->len + more + 1)
        room *= 2;
    if (room != buffer->room) {
        buffer->at = arena_resize(buffer->arena, buffer->at, buffer->room, room);
        buffer->room = room;
    }
    return true;
}

void
buffer_add(struct buffer *buffer, struct slice s)
{
    if (!buffer_make_room(buffer, s.len))
        return;
    if (s.len > 0)
        memcpy(buffer->at + buffer->len, s.at, s.len);
    buffer->len += s.len;
}

void
buffer_text(struct buffer *buffer, const char *text)
{
    buffer_add(buffer, slice_of(text));
}

void
buffer_octet(struct buffer *buffer, char octet)
{
    buffer_add(buffer, (struct slice){&octet, 1});
}

void
buffer_printf(struct buffer *buffer, const char *format, ...)
{
    va_list args;
    int len;

    va_start(args, format);
    len = vsnprintf(NULL, 0, format, args);
    va_end(args);
    if (len < 0)
        abort();
    if (!buffer_make_room(buffer, (size_t)len))
        return;
    va_start(args, format);
    vsnprintf(buffer->at + buffer->len, (size_t)len + 1, format, args);
    va_end(args);
    buffer->len += (size_t)len;
}

void
buffer_clear(struct buffer *buffer)
{
    buffer->len = 0;
    buffer->over = false;
}

struct slice
buffer_slice(struct buffer *buffer)
{
    if (buffer->at == NULL)
        return SLICE("");
    buffer->at[buffer->len] = '\0';
    return (struct slice){buffer->at, buffer->len};
}
