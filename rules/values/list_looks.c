/* Skeletons of lists: which names people would take for an item (UTS #39 section 4). */
#include "list_looks_inside.h"
#include "mail/domain.h"
#include "mail/looks.h"

/* A domain or an address by its key, as people see it. */
static struct slice
shown_key(struct arena *arena, struct slice key)
{
    size_t at = slice_find_last(key, '@');
    struct slice local, domain;

    if (at == key.len)
        return domain_unicode(arena, key);
    local = slice_first(key, at);
    domain = domain_unicode(arena, slice_from(key, at + 1));
    return slice_of(
        arena_printf(arena, "%.*s@%.*s", (int)local.len, local.at, (int)domain.len, domain.at));
}

static void
remember_keys(struct arena *arena, struct list_looks *looks, const struct map *keys)
{
    struct slice key, skeleton;
    size_t at = 0;

    while (map_next(keys, &at, &key)) {
        skeleton = looks_skeleton(arena, shown_key(arena, key));
        map_add(looks->items, key, looks);
        map_add(looks->skeletons, skeleton, looks);
    }
}

const struct list_looks *
list_looks_new(struct arena *arena, const struct list *list)
{
    static const enum key_kind names[] = {KEY_DOMAIN, KEY_BELOW, KEY_AT, KEY_ADDRESS};
    struct list_looks *looks = ARENA_NEW(arena, struct list_looks);

    looks->items = map_new(arena);
    looks->skeletons = map_new(arena);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        remember_keys(arena, looks, list->keys[names[i]]);
    return looks;
}

const struct list_looks *
list_looks_beside(struct arena *arena, const struct list_looks *looks,
                  const struct list_looks *others)
{
    struct list_looks *both = ARENA_NEW(arena, struct list_looks);

    *both = *looks;
    both->next = others;
    return both;
}

bool
list_looks_has_item(const struct list_looks *looks, struct slice key)
{
    for (; looks; looks = looks->next)
        if (map_find(looks->items, key))
            return true;
    return false;
}

static bool
has_skeleton(const struct list_looks *looks, struct arena *arena, struct slice text)
{
    struct slice skeleton = looks_skeleton(arena, text);

    for (; looks; looks = looks->next)
        if (map_find(looks->skeletons, skeleton))
            return true;
    return false;
}

/* The domain itself and those above it, one after the other, until one is really in the list. */
static bool
domain_looks_like(const struct list_looks *looks, struct arena *arena, struct slice domain)
{
    if (domain.len > LONGEST_LOOKED_AT)
        return false;
    do {
        struct slice key = domain_key(arena, domain);
        struct slice seen = shown_key(arena, key);

        if (list_looks_has_item(looks, key))
            return false;
        if (has_skeleton(looks, arena, seen))
            return true;
        /* As it was written: with a capital I for an l, say. */
        if (!slice_equal(domain, seen) && has_skeleton(looks, arena, domain))
            return true;
    } while (domain_parent(&domain));
    return false;
}

static bool
address_looks_like(const struct list_looks *looks, struct arena *arena, const struct value *value)
{
    if (value->key.len > LONGEST_LOOKED_AT || value->key.len == 0 ||
        list_looks_has_item(looks, value->key))
        return false;
    return domain_looks_like(looks, arena, value->address->domain) ||
           has_skeleton(looks, arena, shown_key(arena, value->key));
}

bool
list_looks_like(const struct list_looks *looks, struct arena *arena, const struct value *value)
{
    if (value->address)
        return address_looks_like(looks, arena, value);
    return domain_looks_like(looks, arena, value->text);
}
