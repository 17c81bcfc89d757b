/* Names one slip of the finger away from a domain of a list. The first label of a domain is found
 * by itself and by what is left of it without one of its characters: two that are one edit apart
 * have such a form in common. */
#include "list_looks_inside.h"
#include "mail/domain.h"
#include "mail/utf8.h"

/* Below that honest labels are one edit from each other. */
enum { SHORTEST_LABEL = 4, LONGEST_LABEL = 63, VARIANT_SIZE = 4 * LONGEST_LABEL + 4 };

/* A domain as people see it, cut behind its first label. */
struct near_name {
    struct slice label, rest;
    size_t labels;
};

struct near_names {
    struct near_name name;
    struct near_names *next;
};

struct characters {
    uint32_t at[LONGEST_LABEL + 1];
    size_t count;
};

/* False: there are more than a label has. */
static bool
take_characters(struct slice text, struct characters *characters_r)
{
    characters_r->count = 0;
    while (text.len > 0 && characters_r->count < LONGEST_LABEL)
        characters_r->at[characters_r->count++] = utf8_next(&text);
    return text.len == 0;
}

static bool
same_from(const struct characters *a, size_t i, const struct characters *b, size_t k)
{
    return a->count - i == b->count - k &&
           memcmp(a->at + i, b->at + k, (a->count - i) * sizeof *a->at) == 0;
}

/* One character more, less or another, or two neighbours that have changed places. */
static bool
is_one_edit(const struct characters *a, const struct characters *b)
{
    size_t i = 0;

    if (a->count > b->count + 1 || b->count > a->count + 1)
        return false;
    while (i < a->count && i < b->count && a->at[i] == b->at[i])
        i++;
    if (a->count != b->count)
        return a->count > b->count ? same_from(a, i + 1, b, i) : same_from(a, i, b, i + 1);
    if (i == a->count)
        return false;
    return same_from(a, i + 1, b, i + 1) ||
           (i + 1 < a->count && a->at[i] == b->at[i + 1] && a->at[i + 1] == b->at[i] &&
            same_from(a, i + 2, b, i + 2));
}

static size_t
count_labels(struct slice domain)
{
    size_t labels = 1;

    while (domain_parent(&domain))
        labels++;
    return labels;
}

static struct near_name
cut_name(struct arena *arena, struct slice key)
{
    bool plain = slice_is_ascii(key) && memmem(key.at, key.len, "xn--", 4) == NULL;
    struct slice seen = plain ? key : domain_unicode(arena, key);
    size_t dot = slice_find(seen, '.');

    return (struct near_name){slice_first(seen, dot), slice_from(seen, dot + 1), count_labels(key)};
}

/* Without the character at this place; with all of them where there is no such place. */
static struct slice
write_variant(char text[VARIANT_SIZE], const struct characters *label, size_t without)
{
    size_t len = 0;

    for (size_t i = 0; i < label->count; i++)
        if (i != without)
            len += utf8_put(text + len, label->at[i]);
    return (struct slice){text, len};
}

static void
remember_variant(struct arena *arena, struct list_looks *looks, const struct near_name *name,
                 struct slice variant)
{
    struct near_names *first = map_find(looks->variants, variant);
    struct near_names *names = ARENA_NEW(arena, struct near_names);

    names->name = *name;
    if (first == NULL) {
        map_add(looks->variants, variant, names);
    } else {
        names->next = first->next;
        first->next = names;
    }
}

/* A domain of one label is near to too much. */
static void
remember_name(struct arena *arena, struct list_looks *looks, struct slice key)
{
    struct near_name name = cut_name(arena, key);
    char text[VARIANT_SIZE];
    struct characters label;

    if (name.labels < 2 || key.at[0] == '[' || !map_add(looks->items, key, looks) ||
        !take_characters(name.label, &label))
        return;
    if (name.labels > looks->most_labels)
        looks->most_labels = name.labels;
    for (size_t i = 0; i <= label.count; i++)
        remember_variant(arena, looks, &name, arena_copy(arena, write_variant(text, &label, i)));
}

const struct list_looks *
list_near_new(struct arena *arena, const struct list *list)
{
    static const enum key_kind names[] = {KEY_DOMAIN, KEY_BELOW, KEY_AT, KEY_ADDRESS};
    struct list_looks *looks = ARENA_NEW(arena, struct list_looks);
    struct slice key;

    looks->items = map_new(arena);
    looks->variants = map_new(arena);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        for (size_t at = 0; map_next(list->keys[names[i]], &at, &key);) {
            size_t sign = slice_find_last(key, '@');

            remember_name(arena, looks, slice_from(key, sign < key.len ? sign + 1 : 0));
        }
    return looks;
}

/* The same label and one edit behind it; or one in the label, whatever is behind it. */
static bool
is_near(const struct near_name *name, const struct near_name *item)
{
    struct characters a, b;

    if (name->labels != item->labels)
        return false;
    if (slice_equal(name->label, item->label))
        return take_characters(name->rest, &a) && take_characters(item->rest, &b) &&
               is_one_edit(&a, &b);
    return take_characters(name->label, &a) && take_characters(item->label, &b) &&
           b.count >= SHORTEST_LABEL && is_one_edit(&a, &b);
}

static bool
is_near_some(const struct list_looks *looks, struct arena *arena, struct slice key)
{
    enum { STEPS_A_VARIANT = 2, STEPS_A_NAME = 4 };
    struct near_name name = cut_name(arena, key);
    char text[VARIANT_SIZE];
    struct characters label;

    if (!take_characters(name.label, &label))
        return false;
    meter_take(arena_meter(arena), STEPS_A_VARIANT * label.count);
    for (size_t i = 0; i <= label.count; i++) {
        const struct near_names *near = map_find(looks->variants, write_variant(text, &label, i));

        for (; near; near = near->next) {
            meter_take(arena_meter(arena), STEPS_A_NAME);
            if (is_near(&name, &near->name))
                return true;
        }
    }
    return false;
}

/* example.com.evil.net */
static bool
begins_with_item(const struct list_looks *looks, struct slice key)
{
    size_t end = 0;

    for (size_t labels = 1; end < key.len && labels <= looks->most_labels; labels++) {
        end += slice_find(slice_from(key, end), '.');
        if (end < key.len && map_find(looks->items, slice_first(key, end)))
            return true;
        end++;
    }
    return false;
}

bool
list_is_near(const struct list_looks *looks, struct arena *arena, const struct value *value)
{
    struct slice domain = value->address ? value->address->domain : value->text;
    struct slice key, rest;

    if (domain.len == 0 || domain.len > LONGEST_LOOKED_AT)
        return false;
    rest = key = domain_key(arena, domain);
    do {
        if (list_looks_has_item(looks, rest))
            return false;
    } while (domain_parent(&rest));
    for (; looks; looks = looks->next) {
        rest = key;
        do {
            if (begins_with_item(looks, rest) ||
                (count_labels(rest) <= looks->most_labels && is_near_some(looks, arena, rest)))
                return true;
        } while (domain_parent(&rest));
    }
    return false;
}
