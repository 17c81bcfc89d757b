/* Any octets as a whole connection of an MTA, under a policy that reads every fact and has every
 * action: what is said back is whole packets, no more answers than there were commands, the same
 * however the octets are cut, and no memory is left.
 *
 * The input: an octet of flags, and what the MTA sends; with SPLIT packets without their lengths,
 * which two octets of 255 stand between. */
#include <stdio.h>
#include <stdlib.h>

#include "base/log.h"
#include "base/pool.h"
#include "native/packet.h"
#include "native/speaker.h"

#include "tight_policy.h"

enum { CEILING = 64 * 1024 * 1024 };

enum flags { SPLIT = 1, AUDIT = 2, NEGOTIATED = 4 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct ear {
    struct outflow out; /* the first */
    struct buffer heard;
    bool slow;
};

static void
must(bool held)
{
    if (!held)
        abort();
}

static bool
ear_relieve(struct outflow *out)
{
    struct ear *ear = (struct ear *)out;

    must(out->buffer.len <= OUTFLOW_ROOM);
    buffer_add(&ear->heard, buffer_slice(&out->buffer));
    buffer_clear(&out->buffer);
    return true;
}

static void
ear_slow(struct outflow *out, bool slow)
{
    struct ear *ear = (struct ear *)out;

    must(slow != ear->slow);
    ear->slow = slow;
}

/* So many octets at a time; 0: all at once. What was heard lies in the arena. */
static struct slice
connect_once(struct arena *arena, struct policy *policy, struct slice sent, size_t cut)
{
    struct speaker_count count = {0};
    struct ear *ear = ARENA_NEW(arena, struct ear);
    struct arena *own = arena_new_counted(SIZE_MAX, 0);
    struct speaker *speaker = speaker_begin(own, policy_ref(policy), -1, &count);
    size_t from = 0, to = 0, taken = 0;

    ear->out.relieve = ear_relieve;
    ear->out.slow = ear_slow;
    buffer_init(&ear->out.buffer, arena, SIZE_MAX);
    buffer_init(&ear->heard, arena, SIZE_MAX);
    while (taken != LOOP_END && (to < sent.len || taken > 0)) {
        if (taken == 0)
            to = cut == 0 || sent.len - to < cut ? sent.len : to + cut;
        taken = speaker_take(speaker, (struct slice){sent.at + from, to - from}, &ear->out);
        ear_relieve(&ear->out);
        from += taken == LOOP_END ? 0 : taken;
        must(from <= to && !ear->slow);
    }
    speaker_end(speaker);
    arena_free(&own);
    must(pool_used() == 0 && count.open == 0 && count.total <= 1);
    return buffer_slice(&ear->heard);
}

static size_t
count_commands(struct slice sent)
{
    struct packet packet;
    size_t count = 0, length;

    for (; packet_read(sent, &packet, &length) == PACKET_WHOLE; count++)
        sent = slice_from(sent, length);
    return count;
}

static void
examine_reply_code(struct slice data)
{
    must(data.len > 10 && (data.at[0] == '4' || data.at[0] == '5'));
    must(data.at[data.len - 1] == '\0' && memchr(data.at, '\0', data.len - 1) == NULL);
}

static size_t
count_answers(struct slice heard)
{
    size_t count = 0;

    while (heard.len > 0) {
        size_t length;
        char letter;

        must(heard.len > PACKET_HEAD && heard.at[0] == 0);
        length = (size_t)(unsigned char)heard.at[1] << 16 |
                 (size_t)(unsigned char)heard.at[2] << 8 | (unsigned char)heard.at[3];
        letter = heard.at[PACKET_HEAD];
        must(length > 0 && length <= heard.len - PACKET_HEAD);
        must(letter != '\0' && strchr("Oacdrstyehimq+2-b", letter) != NULL);
        if (letter == PACKET_REPLY_CODE)
            examine_reply_code((struct slice){heard.at + PACKET_HEAD + 1, length - 1});
        count += strchr("Oacdrsty", letter) != NULL;
        heard = slice_from(heard, PACKET_HEAD + length);
    }
    return count;
}

static void
add_packet(struct buffer *to, struct slice packet)
{
    const char head[] = {0, (char)(packet.len >> 16), (char)(packet.len >> 8), (char)packet.len};

    buffer_add(to, (struct slice){head, sizeof head});
    buffer_add(to, packet);
}

static struct slice
write_split(struct arena *arena, struct slice rest, unsigned flags)
{
    struct buffer *to = ARENA_NEW(arena, struct buffer);

    buffer_init(to, arena, SIZE_MAX);
    if (flags & NEGOTIATED)
        add_packet(to, SLICE("O\0\0\0\6\0\0\1\377\0\37\377\377"));
    while (rest.len > 0) {
        const char *end = memmem(rest.at, rest.len, "\377\377", 2);
        size_t length = end ? (size_t)(end - rest.at) : rest.len;

        add_packet(to, slice_first(rest, length));
        rest = slice_from(rest, length + 2);
    }
    return buffer_slice(to);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct policy *enforces, *audits;
    struct arena *arena;
    struct policy *policy;
    struct slice sent, whole, pieces;
    size_t cut;

    if (size == 0)
        return 0;
    if (enforces == NULL) {
        log_open("fuzz", "mail", "/nonexistent");
        enforces = tight_policy_load("", 0);
        audits = tight_policy_load("set mode audit\n", 0);
    }
    arena = arena_new(CEILING);
    policy = data[0] & AUDIT ? audits : enforces;
    sent = (struct slice){(const char *)data + 1, size - 1};
    if (data[0] & SPLIT)
        sent = write_split(arena, sent, data[0]);
    cut = 1 + slice_hash(sent) % 37;
    whole = connect_once(arena, policy, sent, 0);
    pieces = connect_once(arena, policy, sent, cut);
    must(slice_equal(whole, pieces));
    must(count_answers(whole) <= count_commands(sent));
    arena_free(&arena);
    return 0;
}
