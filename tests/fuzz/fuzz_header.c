/* Header fields as text, bodies and replies, out of any octets. */
#include <stdlib.h>

#include "mail/body_scan.h"
#include "mail/header.h"
#include "mail/reply.h"
#include "mail/utf8.h"

static void
must(bool held)
{
    if (!held)
        abort();
}

static void
examine_folding(struct arena *arena, struct slice text)
{
    struct slice folded = utf8_fold(arena, text);

    must(slice_equal(utf8_fold(arena, folded), folded));
    must(utf8_is_valid(folded) == utf8_is_valid(text));
    folded = utf8_fold_case(arena, text);
    must(slice_equal(utf8_fold_case(arena, folded), folded));
    folded = utf8_nfc(arena, text);
    must(slice_equal(utf8_nfc(arena, folded), folded));
}

/* However a body is cut, the same is noted. */
static void
examine_body(struct slice text)
{
    struct body_scan whole = {0}, pieces = {0};

    body_scan_add(&whole, text);
    body_scan_end(&whole);
    for (size_t i = 0; i < text.len; i++)
        body_scan_add(&pieces, (struct slice){text.at + i, 1});
    body_scan_end(&pieces);
    must(whole.size == pieces.size && whole.longest_line == pieces.longest_line &&
         whole.eightbit == pieces.eightbit && whole.nul == pieces.nul &&
         whole.bare_newline == pieces.bare_newline);
}

static void
examine_reply(struct arena *arena, struct slice text)
{
    struct slice texts[2] = {slice_first(text, text.len / 2), slice_from(text, text.len / 2)};
    struct reply reply;

    reply_build(arena, 550, "5.7.1", texts, 2, &reply);
    must(reply.lines >= 1 && reply.lines <= REPLY_MAX_LINES);
    for (size_t i = 0; i < reply.lines; i++) {
        must(strlen(reply.line[i]) + strlen("550 5.7.1 \r\n") <= REPLY_MAX_LINE);
        for (const char *at = reply.line[i]; *at; at++)
            must(*at >= 32 && *at <= 126);
    }
    reply_text(arena, &reply);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *arena = arena_new(SIZE_MAX);
    struct slice text = {(const char *)data, size};
    struct slice unfolded = header_unfold(arena, text);

    must(unfolded.len <= size);
    header_decode(arena, unfolded);
    header_name_is_valid(text);
    examine_folding(arena, text);
    examine_body(text);
    examine_reply(arena, text);
    arena_free(&arena);
    return 0;
}
