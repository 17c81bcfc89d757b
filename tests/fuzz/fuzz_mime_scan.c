/* The structure of a message, out of any octets: however they are cut, the same is found, and
 * places lie in each other as parts do. */
#include <stdlib.h>

#include "mail/mime_scan.h"

#include "../mime/mime_convert.h"

static void
must(bool held)
{
    if (!held)
        abort();
}

static const struct mime_message *
scan(struct arena *arena, struct slice text, uint32_t seed)
{
    static const struct mime_limits limits = {.depth = 5, .parts = 50, .header = 2000};
    struct mime_scan *scan = mime_scan_new(arena, &limits);

    while (text.len > 0)
        mime_scan_add(scan, mime_next_piece(&text, &seed));
    return mime_scan_end(scan);
}

static void
examine_part(const struct mime_part *part, const struct mime_message *message)
{
    must(part->header_at <= part->body_at && part->body_at <= part->end);
    must(part->end <= message->size);
    must(part->last->number >= part->number && part->last->end <= part->end);
    must((part->defects & ~message->defects) == 0);
    must(part->kind != MIME_MULTIPART || part->boundary.len > 0);
    if (!part->parent) {
        must(part == message->first && part->depth == 0);
        return;
    }
    must(part->depth == part->parent->depth + 1);
    must(part->header_at >= part->parent->body_at && part->end <= part->parent->end);
    must(part->parent->eightbit || !(part->eightbit || part->header_8bit));
}

static void
compare(const struct mime_message *a, const struct mime_message *b)
{
    const struct mime_part *part = a->first, *other = b->first;

    must(a->parts == b->parts && a->size == b->size && a->defects == b->defects);
    for (; part && other; part = part->next, other = other->next)
        must(part->number == other->number && part->kind == other->kind &&
             part->defects == other->defects && part->header_at == other->header_at &&
             part->body_at == other->body_at && part->end == other->end &&
             part->eightbit == other->eightbit && part->encoding == other->encoding &&
             part->header_closed == other->header_closed &&
             part->header_8bit == other->header_8bit && part->body.size == other->body.size &&
             slice_equal(part->header_text, other->header_text) &&
             slice_equal(part->type.value, other->type.value));
    must(!part && !other);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *arena = arena_new(SIZE_MAX);
    struct slice text = {(const char *)data, size};
    const struct mime_message *message = scan(arena, text, 0);
    unsigned parts = 0;

    must(message->size == size);
    for (const struct mime_part *part = message->first; part; part = part->next) {
        must(part->number == ++parts);
        examine_part(part, message);
    }
    must(parts == message->parts && parts <= 50);
    for (uint32_t seed = 1; seed < 4; seed++)
        compare(message, scan(arena, text, seed + (uint32_t)size));
    arena_free(&arena);
    return 0;
}
