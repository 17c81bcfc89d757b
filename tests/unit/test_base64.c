/* Base64, in whatever pieces the octets come. */
#include "convert/base64.h"

#include "base/buffer.h"
#include "tap.h"

static struct arena *arena;

static bool
gather(void *context, struct slice piece)
{
    buffer_add(context, piece);
    return true;
}

static struct slice
encode(struct slice in, size_t first, size_t second)
{
    struct base64 state = {0};
    struct buffer *out = ARENA_NEW(arena, struct buffer);
    struct outlet *outlet = ARENA_NEW(arena, struct outlet);

    buffer_init(out, arena, SIZE_MAX);
    outlet->sink = gather;
    outlet->context = out;
    base64_encode(&state, slice_first(in, first), false, outlet);
    base64_encode(&state, slice_first(slice_from(in, first), second - first), false, outlet);
    base64_encode(&state, slice_from(in, second), true, outlet);
    outlet_flush(outlet);
    return buffer_slice(out);
}

#define F10 "foofoofoofoofoofoofoofoofoofoo"
#define F19 F10 "foofoofoofoofoofoofoofoofoo"
#define Z10 "Zm9vZm9vZm9vZm9vZm9vZm9vZm9vZm9vZm9vZm9v"
#define Z19 Z10 "Zm9vZm9vZm9vZm9vZm9vZm9vZm9vZm9vZm9v"

int
main(void)
{
    const struct {
        struct slice in, out;
        const char *section;
    } cases[] = {
        {SLICE(""), SLICE(""), "RFC 4648 10"},
        {SLICE("f"), SLICE("Zg=="), "RFC 4648 10"},
        {SLICE("fo"), SLICE("Zm8="), "RFC 4648 10"},
        {SLICE("foo"), SLICE("Zm9v"), "RFC 4648 10"},
        {SLICE("foob"), SLICE("Zm9vYg=="), "RFC 4648 10"},
        {SLICE("fooba"), SLICE("Zm9vYmE="), "RFC 4648 10"},
        {SLICE("foobar"), SLICE("Zm9vYmFy"), "RFC 4648 10"},
        {SLICE("\0\377\376\373\357\276"), SLICE("AP/+++++"), "RFC 4648 4"},
        {SLICE(F19), SLICE(Z19), "RFC 2045 6.8: no line end behind the last line"},
        {SLICE(F19 "f"), SLICE(Z19 "\r\nZg=="), "RFC 2045 6.8: lines of 76"},
        {SLICE(F19 F19 "fo"), SLICE(Z19 "\r\n" Z19 "\r\nZm8="), "RFC 2045 6.8: lines of 76"},
    };

    arena = arena_new(SIZE_MAX);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        bool all = true;

        for (size_t first = 0; first <= cases[i].in.len; first++)
            for (size_t second = first; second <= cases[i].in.len; second++) {
                arena_reset(arena);
                all = all && slice_equal(encode(cases[i].in, first, second), cases[i].out);
            }
        tap_check(all, "%s: octets %zu, cut in every way", cases[i].section, i);
    }
    arena_free(&arena);
    return tap_done();
}
