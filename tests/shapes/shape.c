/* Writes shapes. */
#include "shape.h"

enum { LARGEST = 256 << 20, PAIRS = 12, FIRST = 100000 };

/* 'a' * 31 + '_' is 'b' * 31 + '@'. */
static void
add_colliding(struct buffer *to, unsigned number)
{
    for (unsigned i = 0; i < PAIRS; i++)
        buffer_text(to, number >> i & 1 ? "b@" : "a_");
}

static void
add_unit(struct buffer *to, const char *unit, unsigned number)
{
    for (; *unit; unit++) {
        if (*unit == '#')
            buffer_printf(to, "%06u", FIRST + number);
        else if (*unit == '^')
            buffer_printf(to, "%u", number);
        else if (*unit == '$')
            add_colliding(to, number);
        else
            buffer_octet(to, *unit);
    }
}

struct slice
shape_text(struct arena *arena, const struct shape *shape, unsigned times)
{
    struct buffer *text = ARENA_NEW(arena, struct buffer);

    buffer_init(text, arena, LARGEST);
    buffer_text(text, shape->head);
    for (unsigned i = 0; i < times; i++)
        add_unit(text, shape->open, i);
    buffer_text(text, shape->middle);
    for (unsigned i = times; i > 0; i--)
        add_unit(text, shape->close, i - 1);
    buffer_text(text, shape->tail);
    return buffer_slice(text);
}

unsigned
shape_times(const struct shape *shape, size_t octets)
{
    struct arena *arena = arena_new(SIZE_MAX);
    size_t none = shape_text(arena, shape, 0).len;
    size_t unit = shape_text(arena, shape, 1).len - none;
    size_t times = octets > none ? (octets - none) / unit : 0;

    arena_free(&arena);
    return shape->most > 0 && times > shape->most ? shape->most : (unsigned)times;
}
