/* Lists of mailboxes out of any octets. */
#include <stdlib.h>

#include "mail/mailbox.h"

static void
must(bool held)
{
    if (!held)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *arena = arena_new(SIZE_MAX);
    struct slice field = {(const char *)data, size};
    struct mailboxes mailboxes;
    size_t count = 0;

    mailboxes_parse(arena, field, &mailboxes);
    for (const struct mailbox *m = mailboxes.first; m; m = m->next) {
        struct address again, *hidden;
        size_t found = mailbox_hidden(arena, m, &hidden);

        for (size_t i = 0; i < found; i++)
            must(hidden[i].raw.len > 0);
        must(m->around.len <= size);
        must(m->address.raw.len <= size && !m->address.null && !m->address.postmaster);
        count++;
        if (mailboxes.defect != NULL || m->address.defect != ADDRESS_FINE)
            continue;
        /* A good mailbox is the same address where an envelope carries it. */
        address_parse_mailbox(arena, m->address.path, &again);
        must(again.defect == ADDRESS_FINE && slice_equal(again.local, m->address.local) &&
             slice_equal(again.domain, m->address.domain));
    }
    must(count == mailboxes.count);
    must(count == mailboxes_count(field, MAILBOXES_MAX));
    arena_free(&arena);
    return 0;
}
