/* A hash table that grows by doubling. */
#include "names.h"

struct entry {
    struct slice name;
    void *of;
};

struct names {
    struct entry *entry;
    size_t room; /* a power of two */
    size_t count;
};

struct names *
names_new(struct arena *arena)
{
    struct names *names = ARENA_NEW(arena, struct names);

    names->room = 64;
    names->entry = ARENA_ARRAY(arena, names->room, struct entry);
    return names;
}

/* Where the name is, or the free place where it belongs. */
static struct entry *
place_of(const struct names *names, struct slice name)
{
    size_t at = slice_hash(name) & (names->room - 1);

    while (names->entry[at].of && !slice_equal(names->entry[at].name, name))
        at = (at + 1) & (names->room - 1);
    return &names->entry[at];
}

void *
names_find(const struct names *names, struct slice name)
{
    return place_of(names, name)->of;
}

static void
grow(struct arena *arena, struct names *names)
{
    struct names old = *names;

    names->room *= 2;
    names->entry = ARENA_ARRAY(arena, names->room, struct entry);
    for (size_t i = 0; i < old.room; i++)
        if (old.entry[i].of)
            *place_of(names, old.entry[i].name) = old.entry[i];
}

void
names_add(struct arena *arena, struct names *names, struct slice name, void *of)
{
    if (names->count * 2 >= names->room)
        grow(arena, names);
    *place_of(names, name) = (struct entry){name, of};
    names->count++;
}

void
names_offer(const struct names *names, struct suggestion *suggestion)
{
    for (size_t i = 0; i < names->room; i++)
        if (names->entry[i].of)
            suggest_offer(suggestion, names->entry[i].name);
}
