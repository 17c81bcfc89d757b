/* Skeletons of lists: which names people would take for an item (UTS #39 section 4). */
#include "list_looks.h"

#include "list_inside.h"
#include "mail/domain.h"
#include "mail/looks.h"
#include "names.h"

/* RFC 5321 section 4.5.3.1.3: nothing longer reaches anybody, and it would cost much. */
enum { LONGEST = 256 };

struct list_looks {
    struct names *items; /* domains and addresses as they are compared */
    struct names *skeletons;
    const struct list_looks *next; /* of another list that counts beside this one */
};

static void
remember(struct arena *arena, struct names *names, struct slice name)
{
    if (names_find(names, name) == NULL)
        names_add(arena, names, name, names);
}

/* A domain or an address by its key, as people see it. */
static struct slice
shown(struct arena *arena, struct slice key)
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

static bool
is_name(const struct entry *entry)
{
    return entry->kind == KEY_DOMAIN || entry->kind == KEY_BELOW || entry->kind == KEY_AT ||
           entry->kind == KEY_ADDRESS;
}

const struct list_looks *
list_looks_new(struct arena *arena, const struct list *list)
{
    struct list_looks *looks = ARENA_NEW(arena, struct list_looks);

    looks->next = NULL;
    looks->items = names_new(arena);
    looks->skeletons = names_new(arena);
    for (size_t i = 0; i < list->buckets; i++)
        for (const struct entry *entry = list->bucket[i]; entry; entry = entry->next)
            if (is_name(entry)) {
                remember(arena, looks->items, entry->key);
                remember(arena, looks->skeletons, looks_skeleton(arena, shown(arena, entry->key)));
            }
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

static bool
is_item(const struct list_looks *looks, struct slice key)
{
    for (; looks; looks = looks->next)
        if (names_find(looks->items, key))
            return true;
    return false;
}

static bool
has_skeleton(const struct list_looks *looks, struct arena *arena, struct slice text)
{
    struct slice skeleton = looks_skeleton(arena, text);

    for (; looks; looks = looks->next)
        if (names_find(looks->skeletons, skeleton))
            return true;
    return false;
}

/* The domain itself and those above it, one after the other, until one is really in the list. */
static bool
domain_looks_like(const struct list_looks *looks, struct arena *arena, struct slice domain)
{
    if (domain.len > LONGEST)
        return false;
    do {
        struct slice key = domain_key(arena, domain);
        struct slice seen = shown(arena, key);

        if (is_item(looks, key))
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
    if (value->key.len > LONGEST || value->key.len == 0 || is_item(looks, value->key))
        return false;
    return domain_looks_like(looks, arena, value->address->domain) ||
           has_skeleton(looks, arena, shown(arena, value->key));
}

bool
list_looks_like(const struct list_looks *looks, struct arena *arena, const struct value *value)
{
    if (value->address)
        return address_looks_like(looks, arena, value);
    return domain_looks_like(looks, arena, value->text);
}
