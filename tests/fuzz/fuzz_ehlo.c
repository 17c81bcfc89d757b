/* Replies of servers, and a table of next hops, out of any octets. */
#include <stdlib.h>

#include "mail/ehlo.h"
#include "next_hop/table.h"

static void
must(bool held)
{
    if (!held)
        abort();
}

static void
examine_reply(struct slice in)
{
    struct server_reply reply = {0}, again;
    enum server_reply_state state = ehlo_reply_read(in, &reply);

    must(state < SERVER_REPLY_STATES);
    must(state != SERVER_REPLY_PARTIAL || in.len < SERVER_REPLY_MAX);
    if (state != SERVER_REPLY_WHOLE)
        return;
    must(reply.code >= 200 && reply.code <= 599 && reply.text.at == in.at);
    must(reply.text.len > 3 && reply.text.len <= in.len && reply.text.len <= SERVER_REPLY_MAX);
    must(reply.text.at[reply.text.len - 1] == '\n');
    must(ehlo_reply_read(reply.text, &again) == SERVER_REPLY_WHOLE);
    must(ehlo_reply_read(slice_first(in, reply.text.len - 1), &again) == SERVER_REPLY_PARTIAL);
    ehlo_read(reply.text);
}

/* Merging twice is merging once, and takes nothing from the lines of others. */
static void
examine_table(struct arena *arena, struct slice in)
{
    const struct next_hop hops[] = {
        {.key = SLICE("a"), .asked = true},
        {.key = SLICE("b"), .reason = "is away"},
    };
    struct buffer *first = ARENA_NEW(arena, struct buffer);
    struct buffer *again = ARENA_NEW(arena, struct buffer);

    buffer_init(first, arena, SIZE_MAX);
    buffer_init(again, arena, SIZE_MAX);
    next_hops_merge(arena, in, hops, 2, first);
    next_hops_merge(arena, buffer_slice(first), hops, 2, again);
    must(slice_equal(buffer_slice(first), buffer_slice(again)));
    buffer_clear(again);
    next_hops_merge(arena, in, hops + 1, 1, again);
    must(again->len >= in.len && slice_equal(slice_first(buffer_slice(again), in.len), in));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *arena = arena_new(SIZE_MAX);
    struct slice in = {(const char *)data, size};
    struct next_hop hop;

    examine_reply(in);
    examine_table(arena, in);
    if (next_hop_parse(arena, arena_string(arena, slice_first(in, 300)), &hop))
        must(hop.key.len > 0 && hop.port[0] != '\0');
    arena_free(&arena);
    return 0;
}
