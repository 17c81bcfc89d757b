/* Macros as an MTA said them last. */
#include "macros_said.h"

static void
macros_grow(void *of)
{
    struct macros_said *macros = of;

    macros->text = arena_resize(macros->arena, macros->text, macros->room, macros->wanted);
    macros->room = macros->wanted;
}

/* Of the places from one to another. */
static size_t
macros_length(const struct macros_said *macros, size_t from, size_t to)
{
    size_t length = 0;

    for (size_t i = from; i < to; i++)
        length += macros->length[i];
    return length;
}

static bool
macros_said_set(struct macros_said *macros, size_t place, struct slice strings)
{
    size_t before = macros_length(macros, 0, place);
    size_t behind = macros_length(macros, place + 1, PACKET_PLACES);
    char *at;

    macros->wanted = (uint32_t)(before + strings.len + behind);
    if (macros->wanted > macros->room && !arena_guard(macros->arena, macros_grow, macros))
        return false;
    at = macros->text + before;
    if (behind > 0)
        memmove(at + strings.len, at + macros->length[place], behind);
    memcpy(at, strings.at, strings.len);
    macros->length[place] = (uint16_t)strings.len;
    return true;
}

bool
macros_said_take(struct macros_said *macros, const struct packet *packet)
{
    int place = packet_place(packet->macros_of);

    return place < 0 || packet->count == 0 ||
           macros_said_set(macros, (size_t)place, packet->strings);
}

void
macros_said_clear(struct macros_said *macros, size_t from)
{
    for (size_t i = from; i < PACKET_PLACES; i++)
        macros->length[i] = 0;
}

void
macros_said_end(struct macros_said *macros)
{
    macros->wanted = 0;
    macros_grow(macros);
}

/* A name of one letter may stand in braces. */
static struct slice
macro_bare(struct slice name)
{
    if (name.len == 3 && name.at[0] == '{' && name.at[2] == '}')
        return (struct slice){name.at + 1, 1};
    return name;
}

/* What was kept are pairs of strings, each with its NUL. */
const char *
macros_said_find(void *of, const char *name)
{
    const struct macros_said *macros = of;
    struct slice wanted = macro_bare(slice_of(name));

    for (size_t i = PACKET_PLACES; i-- > 0;) {
        struct slice rest = {NULL, macros->length[i]};

        if (rest.len > 0)
            rest.at = macros->text + macros_length(macros, 0, i);
        while (rest.len > 0) {
            struct slice said = slice_of(rest.at);
            const char *value = said.at + said.len + 1;

            if (slice_equal(macro_bare(said), wanted))
                return value;
            rest = slice_from(rest, said.len + 1 + strlen(value) + 1);
        }
    }
    return NULL;
}
