/* Takes recipients off: knows how an MTA looks for them, and that it takes off every copy. */
#include <stdlib.h>

#include "edits_inside.h"

/* An address as the MTA is told of it, and how many stay who have it. */
struct copies {
    const char *value;
    size_t staying;
    bool removed;
};

/* Postfix forgets a source route, and then finds nobody under a name that has one (RFC 5321,
 * appendix C). */
const char *
edits_recipient(struct arena *arena, struct slice argument)
{
    struct address address;

    address_parse_forward_path(arena, argument, &address);
    if (address.path.len == 0 || !slice_starts_nocase(argument, SLICE("<@")))
        return arena_string(arena, argument);
    return arena_printf(arena, "<%s>", arena_string(arena, address.path));
}

static int
compare_copies(const void *a, const void *b)
{
    return strcmp(((const struct copies *)a)->value, ((const struct copies *)b)->value);
}

static void
merge_equal(struct maker *maker, size_t count)
{
    struct copies *copies = maker->copies;

    for (size_t i = 0; i < count; i++) {
        if (maker->addresses > 0 && compare_copies(&copies[maker->addresses - 1], &copies[i]) == 0)
            copies[maker->addresses - 1].staying += copies[i].staying;
        else
            copies[maker->addresses++] = copies[i];
    }
}

/* Sorted, since strangers name recipients, and could name them so that a hash is of no use. */
static void
count_copies(struct maker *maker)
{
    size_t count = 0;

    for (const struct recipient *r = maker->transaction->recipients; r; r = r->next)
        count++;
    maker->copies = ARENA_ARRAY(maker->arena, count, struct copies);
    count = 0;
    for (const struct recipient *r = maker->transaction->recipients; r; r = r->next)
        maker->copies[count++] =
            (struct copies){.value = edits_recipient(maker->arena, r->argument),
                            .staying = !walk_recipient_is_off(r)};
    qsort(maker->copies, count, sizeof *maker->copies, compare_copies);
    merge_equal(maker, count);
}

/* True once an address, and only where nobody stays who has it. */
static bool
recipient_take_off(struct maker *maker, const char *value, size_t himself)
{
    struct copies *copies;

    if (maker->copies == NULL)
        count_copies(maker);
    copies = bsearch(&(struct copies){.value = value}, maker->copies, maker->addresses,
                     sizeof *copies, compare_copies);
    if (copies == NULL || copies->staying > himself || copies->removed)
        return false;
    copies->removed = true;
    return true;
}

/* That he was taken off was logged when a rule decided it. */
void
edits_remove_recipient(struct maker *maker, const struct change *change)
{
    const char *value = edits_recipient(maker->arena, change->recipient->argument);

    if (recipient_take_off(maker, value, !walk_recipient_is_off(change->recipient)))
        edits_append(&maker->deleted, edits_new(maker, EDIT_DELETE_RECIPIENT, change, value));
}
