/* Conversions of any octets: however they are cut, the same comes out; it says what was there
 * before, is 7-bit, and stays as it is when it is converted again. */
#include <stdio.h>
#include <stdlib.h>

#include "mail/convert_message.h"

#include "../mime/mime_convert.h"
#include "../mime/mime_oracle.h"

static void
must(bool held, const char *what)
{
    if (held)
        return;
    fprintf(stderr, "%s\n", what);
    abort();
}

static void
examine(struct arena *arena, struct slice text, unsigned what)
{
    struct mime_converted whole = mime_convert(arena, text, what, 0);
    struct mime_converted again;
    const char *wrong;

    for (uint32_t seed = 1; seed < 4; seed++) {
        struct mime_converted pieces = mime_convert(arena, text, what, seed + (uint32_t)text.len);

        must(mime_converted_equal(&whole, &pieces), "pieces of another size give something else");
    }
    must(whole.reasons_hold, "the reasons against it are others than that of its refusal");
    if (!whole.done) {
        must((slice_starts_nocase(whole.said, SLICE("554 5.6.")) ||
              slice_starts_nocase(whole.said, SLICE("550 5.6.7"))) &&
                 whole.said.len > 10 && slice_is_ascii(whole.said),
             "a refusal without reply");
        must(!slice_is_ascii(text) || slice_starts_nocase(whole.said, SLICE("554 5.6.2 ")),
             "refused, but all of it is 7-bit");
        return;
    }
    wrong = mime_oracle(arena, text, whole.said, what);
    must(!wrong, wrong);
    again = mime_convert(arena, whole.said, what, 0);
    must(again.done && slice_equal(again.said, whole.said), "a second pass changes it");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *arena = arena_new(SIZE_MAX);

    for (unsigned what = CONVERT_8BIT; what <= (CONVERT_8BIT | CONVERT_UTF8); what++)
        examine(arena, (struct slice){(const char *)data, size}, what);
    arena_free(&arena);
    return 0;
}
