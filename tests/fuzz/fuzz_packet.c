/* Packets of the milter protocol out of any octets: what is read lies within them, and is as long
 * as it says. */
#include <stdlib.h>

#include "native/packet.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
must(bool held)
{
    if (!held)
        abort();
}

static void
must_lie_in(struct slice whole, struct slice part)
{
    must(part.len == 0 || (part.at >= whole.at && part.at + part.len <= whole.at + whole.len));
}

static void
examine(struct slice whole, const struct packet *packet)
{
    struct slice rest = packet->strings, string;
    size_t count = 0;

    must(whole.len > PACKET_HEAD && whole.len <= PACKET_LONGEST);
    must(whole.at[PACKET_HEAD] == (char)packet->command);
    must_lie_in(whole, packet->first);
    must_lie_in(whole, packet->second);
    must_lie_in(whole, packet->strings);
    for (; packet_next_string(&rest, &string); count++) {
        must_lie_in(whole, string);
        must(memchr(string.at, '\0', string.len) == NULL);
        must(string.at[string.len] == '\0');
    }
    must(count == packet->count);
    must(packet->command != PACKET_MACRO || count % 2 == 0);
    must((packet->command != PACKET_MAIL && packet->command != PACKET_RCPT) || count > 0);
    must(!packet->has_ip || packet->ip.family == 4 || packet->ip.family == 6);
    must(packet->port <= 65535);
}

/* A packet that is cut is never taken for a whole one, nor for what is no packet. */
static void
examine_cut(struct slice whole, size_t cut)
{
    struct packet packet;
    size_t length;

    must(packet_read(slice_first(whole, cut), &packet, &length) == PACKET_PARTIAL);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct slice rest = {(const char *)data, size};
    struct packet packet = {0};
    size_t length;

    while (packet_read(rest, &packet, &length) == PACKET_WHOLE) {
        must(length <= rest.len);
        examine(slice_first(rest, length), &packet);
        examine_cut(rest, length - 1);
        examine_cut(rest, length / 2);
        rest = slice_from(rest, length);
        packet = (struct packet){0};
    }
    return 0;
}
