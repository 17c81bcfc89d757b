/* A whole message through scan and conversion, as the command does it. */
#include "mime_convert.h"

#include "mail/mime_scan.h"

static const struct mime_limits limits = {
    .depth = MIME_CONVERT_DEPTH, .parts = 1000, .header = 1 << 20};

static uint32_t
next_random(uint32_t *state)
{
    *state = *state * 1664525u + 1013904223u;
    return *state >> 8;
}

/* Small ones mostly, so that every place of a short message is between two of them at some time. */
struct slice
mime_next_piece(struct slice *rest, uint32_t *seed)
{
    static const size_t most[] = {1, 3, 17, 100, 5000, SIZE_MAX - 1};
    size_t size = *seed ? 1 + next_random(seed) % most[next_random(seed) % 6] : rest->len;
    struct slice piece = slice_first(*rest, size);

    *rest = slice_from(*rest, size);
    return piece;
}

static bool
keep(void *context, struct slice piece)
{
    buffer_add(context, piece);
    return true;
}

static void
scan_message(struct arena *arena, struct slice text, uint32_t *seed, struct mime_converted *to)
{
    struct mime_scan *scan = mime_scan_new(arena, &limits);

    while (text.len > 0)
        mime_scan_add(scan, mime_next_piece(&text, seed));
    to->message = mime_scan_end(scan);
    to->needs_utf8 = mime_scan_needs_utf8(scan);
}

/* refusal: NULL where there is none. */
static bool
reasons_hold(struct arena *arena, const struct mime_message *message, unsigned what,
             const struct convert_refusal *refusal)
{
    struct convert_refusal reason[2];
    size_t count = convert_refusals(arena, message, what, 2, reason);

    if (refusal == NULL || count == 0)
        return refusal == NULL && count == 0;
    return reason[0].code == refusal->code && strcmp(reason[0].enhanced, refusal->enhanced) == 0 &&
           strcmp(reason[0].reason, refusal->reason) == 0;
}

struct mime_converted
mime_convert(struct arena *arena, struct slice text, unsigned what, uint32_t seed)
{
    struct buffer *to = ARENA_NEW(arena, struct buffer);
    struct mime_converted converted = {.said = text};
    struct convert_plan plan;
    struct convert_refusal refusal;

    scan_message(arena, text, &seed, &converted);
    converted.done = convert_plan(arena, converted.message, what, &plan, &refusal);
    converted.reasons_hold =
        reasons_hold(arena, converted.message, what, converted.done ? NULL : &refusal);
    if (!converted.done) {
        converted.said = slice_of(
            arena_printf(arena, "%d %s %s", refusal.code, refusal.enhanced, refusal.reason));
        return converted;
    }
    if (!plan.body)
        return converted;
    buffer_init(to, arena, SIZE_MAX);
    while (text.len > 0)
        convert_add(&plan, mime_next_piece(&text, &seed), keep, to);
    convert_end(&plan, keep, to);
    converted.said = buffer_slice(to);
    return converted;
}

bool
mime_converted_equal(const struct mime_converted *a, const struct mime_converted *b)
{
    return a->done == b->done && a->needs_utf8 == b->needs_utf8 && slice_equal(a->said, b->said);
}
