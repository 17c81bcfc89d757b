/* Nonces are given out, and what was played is shown. */
#include "plays.h"

#include "base/clock.h"
#include "count/nonces.h"
#include "count/recall.h"

/* False: this is no text of such octets. */
static bool
plays_read_lines(struct arena *arena, struct slice path, struct slice *lines_r)
{
    char *text = arena_alloc(arena, path.len + 1);
    size_t len = 0;

    for (size_t i = 0; i < path.len; i++) {
        int high, low;

        if (path.at[i] != '%') {
            text[len++] = path.at[i];
            continue;
        }
        high = path.len - i > 2 ? ascii_hex(path.at[i + 1]) : -1;
        low = path.len - i > 2 ? ascii_hex(path.at[i + 2]) : -1;
        if (high < 0 || low < 0)
            return false;
        text[len++] = (char)(high * 16 + low);
        i += 2;
    }
    *lines_r = (struct slice){text, len};
    return true;
}

const char *
plays_write_lines(struct arena *arena, struct slice lines)
{
    struct buffer *text = ARENA_NEW(arena, struct buffer);

    buffer_init(text, arena, SIZE_MAX);
    for (size_t i = 0; i < lines.len; i++) {
        if (ascii_is_alnum(lines.at[i]))
            buffer_octet(text, lines.at[i]);
        else
            buffer_printf(text, "%%%02X", (unsigned char)lines.at[i]);
    }
    return buffer_slice(text).at;
}

static enum http_status
plays_give(struct arena *arena, const struct policy *policy, struct slice path,
           struct slice *content_r)
{
    struct slice lines;
    struct nonce nonce;

    if (!recall_is_made(RECALL_PLAYS) || !plays_read_lines(arena, path, &lines) ||
        !nonces_give(clock_ms(), &nonce))
        return HTTP_NOT_FOUND;
    recall_keep(RECALL_PLAYS, slice_of(nonce.id), lines);
    *content_r = slice_of(arena_printf(arena, "nonce %s\nanswer %s\nhash %s\n", nonce.word,
                                       nonce.answer, exposition_hash(arena, policy)));
    return HTTP_OK;
}

enum http_status
plays_answer(struct arena *arena, const struct policy *policy, struct slice path,
             struct slice *content_r)
{
    struct slice nonce = SLICE("nonce/"), seen = SLICE("seen/");

    if (slice_starts_nocase(path, nonce))
        return plays_give(arena, policy, slice_from(path, nonce.len), content_r);
    if (slice_starts_nocase(path, seen))
        *content_r = nonces_was_seen(slice_from(path, seen.len)) ? SLICE("yes") : SLICE("no");
    else
        *content_r = recall_find(arena, RECALL_PLAYS, path);
    return HTTP_OK;
}
