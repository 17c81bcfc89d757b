/* Macros as an MTA said them last. */
#include "macros_said.h"

struct macros_resizing {
    struct arena *arena;
    struct slice *at;
    size_t length;
};

static void
macros_resize(void *of)
{
    struct macros_resizing *resizing = of;
    struct slice *at = resizing->at;

    at->at = arena_resize(resizing->arena, (void *)(uintptr_t)at->at, at->len, resizing->length);
    at->len = resizing->length;
}

static bool
macros_said_set(struct macros_said *macros, size_t place, struct slice strings)
{
    struct slice *at = &macros->at[place];
    struct macros_resizing resizing = {macros->arena, at, strings.len};

    if (at->len != strings.len && !arena_guard(macros->arena, macros_resize, &resizing))
        return false;
    if (strings.len > 0)
        memcpy((char *)(uintptr_t)at->at, strings.at, strings.len);
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
        macros_said_set(macros, i, SLICE(""));
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
        struct slice rest = macros->at[i];

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
