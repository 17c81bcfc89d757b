/* Packets of the milter protocol: commands that are read, what is refused, replies by octet. */
#include "native/packet.h"

#include <stdlib.h>

#include "tap.h"

static char octets[2 * PACKET_LONGEST];

static struct slice
packet_of(struct slice letter_and_data)
{
    size_t length = letter_and_data.len;

    octets[0] = (char)(length >> 24);
    octets[1] = (char)(length >> 16);
    octets[2] = (char)(length >> 8);
    octets[3] = (char)length;
    memcpy(octets + PACKET_HEAD, letter_and_data.at, length);
    return (struct slice){octets, PACKET_HEAD + length};
}

/* In memory of its own, so that a sanitizer sees what is read behind it. */
static enum packet_state
read_copy(struct slice s, enum packet_command *command_r)
{
    char *copy = malloc(s.len ? s.len : 1);
    struct packet packet = {0};
    enum packet_state state;
    size_t length;

    if (copy == NULL)
        abort();
    memcpy(copy, s.at, s.len);
    state = packet_read((struct slice){copy, s.len}, &packet, &length);
    *command_r = packet.command;
    free(copy);
    return state;
}

static void
test_states(void)
{
    static const struct {
        struct slice in; /* letter and data */
        enum packet_state state;
        const char *text;
    } cases[] = {
        {SLICE("A"), PACKET_WHOLE, "ABORT"},
        {SLICE("Awhat"), PACKET_WHOLE, "ABORT with data, which are nothing to it"},
        {SLICE("B"), PACKET_WHOLE, "an empty piece of a body"},
        {SLICE("Btext\r\n"), PACKET_WHOLE, "a piece of a body"},
        {SLICE("E"), PACKET_WHOLE, "BODYEOB"},
        {SLICE("Elast"), PACKET_WHOLE, "BODYEOB with the last piece"},
        {SLICE("K"), PACKET_WHOLE, "QUIT_NC"},
        {SLICE("N"), PACKET_WHOLE, "EOH"},
        {SLICE("Q"), PACKET_WHOLE, "QUIT"},
        {SLICE("T"), PACKET_WHOLE, "DATA"},
        {SLICE("Chost\0004\0\031192.0.2.7\0"), PACKET_WHOLE, "CONNECT of IPv4"},
        {SLICE("Chost\0006\0\0312001:db8::1\0"), PACKET_WHOLE, "CONNECT of IPv6"},
        {SLICE("Chost\0006\0\031IPv6:2001:db8::1\0"), PACKET_WHOLE, "CONNECT of IPv6, marked"},
        {SLICE("Chost\0L\0\0/path\0"), PACKET_WHOLE, "CONNECT of a unix socket"},
        {SLICE("Chost\0U"), PACKET_WHOLE, "CONNECT of nothing known"},
        {SLICE("C\0U"), PACKET_WHOLE, "CONNECT of an empty host"},
        {SLICE("C"), PACKET_MALFORMED, "CONNECT of nothing"},
        {SLICE("Chost"), PACKET_MALFORMED, "CONNECT without NUL"},
        {SLICE("Chost\0"), PACKET_MALFORMED, "CONNECT without family"},
        {SLICE("Chost\0\0\0\031192.0.2.7\0"), PACKET_MALFORMED, "CONNECT of the family NUL"},
        {SLICE("Chost\0X\0\031192.0.2.7\0"), PACKET_MALFORMED, "CONNECT of a strange family"},
        {SLICE("Chost\0004"), PACKET_MALFORMED, "CONNECT without port"},
        {SLICE("Chost\0004\0"), PACKET_MALFORMED, "CONNECT with half a port"},
        {SLICE("Chost\0004\0\031"), PACKET_MALFORMED, "CONNECT without address"},
        {SLICE("Chost\0004\0\0"), PACKET_MALFORMED, "CONNECT of a port alone that ends in NUL"},
        {SLICE("Chost\0004\0\031\0"), PACKET_MALFORMED, "CONNECT with an empty address"},
        {SLICE("Chost\0004\0\031192.0.2.7"), PACKET_MALFORMED, "CONNECT, address without NUL"},
        {SLICE("Chost\0004\0\031999.0.2.7\0"), PACKET_MALFORMED, "CONNECT, no address"},
        {SLICE("Chost\0006\0\031IPv6:\0"), PACKET_MALFORMED, "CONNECT, a mark alone"},
        {SLICE("Hclient.example\0"), PACKET_WHOLE, "HELO"},
        {SLICE("H\0"), PACKET_WHOLE, "HELO with nothing"},
        {SLICE("H"), PACKET_MALFORMED, "HELO without data"},
        {SLICE("Hclient.example"), PACKET_MALFORMED, "HELO without NUL"},
        {SLICE("UTURN x\0"), PACKET_WHOLE, "UNKNOWN"},
        {SLICE("U"), PACKET_MALFORMED, "UNKNOWN without data"},
        {SLICE("UTURN"), PACKET_MALFORMED, "UNKNOWN without NUL"},
        {SLICE("M<a@b>\0"), PACKET_WHOLE, "MAIL"},
        {SLICE("M\0\0\0"), PACKET_WHOLE, "MAIL of NULs"},
        {SLICE("M"), PACKET_MALFORMED, "MAIL without data"},
        {SLICE("M<a@b>"), PACKET_MALFORMED, "MAIL without NUL"},
        {SLICE("M<a@b>\0SIZE=1"), PACKET_MALFORMED, "MAIL, a parameter without NUL"},
        {SLICE("R<a@b>\0NOTIFY=NEVER\0"), PACKET_WHOLE, "RCPT"},
        {SLICE("R"), PACKET_MALFORMED, "RCPT without data"},
        {SLICE("R<a@b>"), PACKET_MALFORMED, "RCPT without NUL"},
        {SLICE("LSubject\0x\0"), PACKET_WHOLE, "HEADER"},
        {SLICE("LSubject\0\0"), PACKET_WHOLE, "HEADER without a value"},
        {SLICE("LSubject\0x\0more\0"), PACKET_WHOLE, "HEADER with more than a value"},
        {SLICE("L"), PACKET_MALFORMED, "HEADER without data"},
        {SLICE("L\0x\0"), PACKET_MALFORMED, "HEADER without a name"},
        {SLICE("LSubject\0"), PACKET_MALFORMED, "HEADER of one string"},
        {SLICE("LSubject\0x"), PACKET_MALFORMED, "HEADER, value without NUL"},
        {SLICE("LSubject"), PACKET_MALFORMED, "HEADER without NUL"},
        {SLICE("DC"), PACKET_WHOLE, "MACRO of no macros"},
        {SLICE("DCj\0mx\0"), PACKET_WHOLE, "MACRO"},
        {SLICE("D?j\0mx\0"), PACKET_WHOLE, "MACRO of a command that there isn't"},
        {SLICE("D"), PACKET_MALFORMED, "MACRO without a command"},
        {SLICE("DCj\0"), PACKET_MALFORMED, "MACRO of an odd number"},
        {SLICE("DCj\0mx\0v\0"), PACKET_MALFORMED, "MACRO of an odd number, 3"},
        {SLICE("DCj"), PACKET_MALFORMED, "MACRO without NUL"},
        {SLICE("DCj\0mx"), PACKET_MALFORMED, "MACRO, value without NUL"},
        {SLICE("DCj\0mx\0v\0x"), PACKET_MALFORMED, "MACRO, the second value without NUL"},
        {SLICE("O\0\0\0\6\0\0\1\377\0\37\377\377"), PACKET_WHOLE, "OPTNEG"},
        {SLICE("O\0\0\0\6\0\0\1\377\0\37\377\377more"), PACKET_WHOLE, "OPTNEG and more"},
        {SLICE("O\0\0\0\2\0\0\0\0\0\0\0\0"), PACKET_WHOLE, "OPTNEG of the oldest version"},
        {SLICE("O\0\0\0\1\0\0\0\0\0\0\0\0"), PACKET_MALFORMED, "OPTNEG of version 1"},
        {SLICE("O\0\0\0\0\0\0\0\0\0\0\0\0"), PACKET_MALFORMED, "OPTNEG of version 0"},
        {SLICE("O\177\377\377\377\0\0\0\0\0\0\0\0"), PACKET_WHOLE, "OPTNEG of a version to come"},
        {SLICE("O\377\377\377\377\0\0\0\0\0\0\0\0"), PACKET_MALFORMED, "OPTNEG of version -1"},
        {SLICE("O\0\0\0\6"), PACKET_MALFORMED, "OPTNEG of 4 octets"},
        {SLICE("O\0\0\0\6\0\0\1\377\0\37\377"), PACKET_MALFORMED, "OPTNEG of 11 octets"},
        {SLICE("O"), PACKET_MALFORMED, "OPTNEG of nothing"},
        {SLICE(""), PACKET_EMPTY, "no command"},
        {SLICE("z"), PACKET_STRANGE, "a command that there isn't"},
        {SLICE("a"), PACKET_STRANGE, "a reply"},
        {SLICE("\0"), PACKET_STRANGE, "NUL"},
        {SLICE("\377\377"), PACKET_STRANGE, "an octet that isn't ASCII"},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct slice whole = packet_of(cases[i].in);
        enum packet_command command;
        enum packet_state state = read_copy(whole, &command);
        size_t cut = 0;

        tap_check(state == cases[i].state, "%s: %s", cases[i].text, packet_state_text(state));
        if (state == PACKET_WHOLE || state == PACKET_MALFORMED)
            tap_check((char)command == cases[i].in.at[0], "%s: its command", cases[i].text);
        while (state != PACKET_EMPTY && cut < whole.len &&
               read_copy(slice_first(whole, cut), &command) == PACKET_PARTIAL)
            cut++;
        tap_check(state == PACKET_EMPTY || cut == (state == PACKET_STRANGE ? 5 : whole.len),
                  "%s: partial up to octet %zu", cases[i].text, cut);
    }
}

static void
test_lengths(void)
{
    static const struct {
        struct slice head;
        enum packet_state state;
    } cases[] = {
        {SLICE("\0\0\0\0"), PACKET_EMPTY},
        {SLICE("\0\1\0\0B"), PACKET_PARTIAL},
        {SLICE("\0\1\0\0"), PACKET_PARTIAL},
        {SLICE("\0\1\0\1"), PACKET_TOO_LONG},
        {SLICE("\0\1\0\1B"), PACKET_TOO_LONG},
        {SLICE("\1\0\0\0B"), PACKET_TOO_LONG},
        {SLICE("\200\0\0\0B"), PACKET_TOO_LONG},
        {SLICE("\377\377\377\377B"), PACKET_TOO_LONG},
        {SLICE("\377\377\377"), PACKET_PARTIAL},
    };
    static char longest[1 + PACKET_MOST_DATA] = "B";
    struct packet packet;
    size_t length = 0;

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        tap_check(packet_read(cases[i].head, &packet, &length) == cases[i].state,
                  "length %zu: %s", i, packet_state_text(cases[i].state));
    tap_check(packet_read(packet_of((struct slice){longest, sizeof longest}), &packet, &length) ==
                      PACKET_WHOLE &&
                  packet.first.len == PACKET_MOST_DATA && length == PACKET_LONGEST,
              "the longest packet");
}

static bool
read_whole(struct slice letter_and_data, struct packet *packet_r)
{
    struct slice whole = packet_of(letter_and_data);
    size_t length;

    whole.len += 3; /* what follows is another's */
    return packet_read(whole, packet_r, &length) == PACKET_WHOLE && length == whole.len - 3;
}

static bool
is_text(struct slice s, const char *text)
{
    return slice_equal(s, slice_of(text));
}

static void
test_terms_read(void)
{
    struct packet packet;

    tap_check(read_whole(SLICE("O\0\0\0\6\0\0\1\377\0\37\377\377"), &packet) &&
                  packet.version == 6 && packet.actions == 0x1ff && packet.steps == 0x1fffff,
              "OPTNEG: version, actions, steps");
    tap_check(read_whole(SLICE("O\0\0\0\2\0\0\0\0\0\0\0\0"), &packet) && packet.version == 2 &&
                  packet.actions == 0xf && packet.steps == 0x3f,
              "OPTNEG that offers nothing means what version 1 had");
}

static void
test_connect(void)
{
    static const struct {
        struct slice in;
        const char *host, *ip;
        unsigned port;
    } cases[] = {
        {SLICE("Ch.example\0004\0\031192.0.2.7\0"), "h.example", "192.0.2.7", 25},
        {SLICE("Ch.example\0004\377\376192.0.2.7\0"), "h.example", "192.0.2.7", 65534},
        {SLICE("C[::1]\0006\20\1::1\0"), "[::1]", "::1", 4097},
        {SLICE("Ch\0006\0\1IPv6:2001:db8::1\0"), "h", "2001:db8::1", 1},
        {SLICE("Ch\0006\0\1ipv6:2001:db8::1\0"), "h", "2001:db8::1", 1},
        {SLICE("Ch\0006\0\1::ffff:192.0.2.7\0"), "h", "192.0.2.7", 1},
        {SLICE("Clocalhost\0L\0\0/path\0"), "localhost", NULL, 0},
        {SLICE("C\0U"), "", NULL, 0},
        {SLICE("Clocalhost\0U\0\0\0"), "localhost", NULL, 0},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char text[IP_TEXT_SIZE];
        struct packet packet;

        tap_check(read_whole(cases[i].in, &packet) && is_text(packet.first, cases[i].host) &&
                      packet.port == cases[i].port && packet.has_ip == (cases[i].ip != NULL),
                  "CONNECT %zu: host %s, port %u", i, cases[i].host, cases[i].port);
        if (cases[i].ip)
            tap_check(is_text(slice_of(ip_text(&packet.ip, text)), cases[i].ip),
                      "CONNECT %zu: address %s", i, text);
    }
}

static void
test_strings(void)
{
    struct packet packet;
    struct slice string;

    tap_check(read_whole(SLICE("M<a@b>\0\0SIZE=1\0"), &packet) && packet.count == 3, "3 words");
    tap_check(packet_next_string(&packet.strings, &string) && is_text(string, "<a@b>"), "a word");
    tap_check(packet_next_string(&packet.strings, &string) && string.len == 0, "an empty one");
    tap_check(packet_next_string(&packet.strings, &string) && is_text(string, "SIZE=1"), "last");
    tap_check(!packet_next_string(&packet.strings, &string), "none behind it");
    tap_check(read_whole(SLICE("DMi\0004ABC\0{auth_type}\0\0"), &packet) && packet.count == 4 &&
                  packet.macros_of == 'M',
              "macros of MAIL");
    tap_check(packet_next_string(&packet.strings, &string) && is_text(string, "i"), "a name");
    tap_check(packet_next_string(&packet.strings, &string) && is_text(string, "4ABC"), "a value");
    tap_check(read_whole(SLICE("DC"), &packet) && packet.count == 0 && packet.macros_of == 'C',
              "no macros");
    tap_check(read_whole(SLICE("LSubject\0 a\n b\0more\0"), &packet) &&
                  is_text(packet.first, "Subject") && is_text(packet.second, " a\n b"),
              "name and value of a field");
    tap_check(read_whole(SLICE("Ha.b\0more\0"), &packet) && is_text(packet.first, "a.b"),
              "HELO ends at its first NUL");
    tap_check(read_whole(SLICE("Ba\0b"), &packet) && slice_equal(packet.first, SLICE("a\0b")),
              "a piece of a body may hold NUL");
}

static struct buffer *
new_buffer(struct arena *arena)
{
    struct buffer *buffer = ARENA_NEW(arena, struct buffer);

    buffer_init(buffer, arena, SIZE_MAX);
    return buffer;
}

static void
check_written(struct buffer *to, struct slice letter_and_data, const char *text)
{
    tap_check(slice_equal(buffer_slice(to), packet_of(letter_and_data)), "%s", text);
    buffer_clear(to);
}

static void
test_replies(struct arena *arena)
{
    struct buffer *to = new_buffer(arena);

    packet_put(to, PACKET_CONTINUE);
    check_written(to, SLICE("c"), "continue");
    packet_put(to, PACKET_PROGRESS);
    check_written(to, SLICE("p"), "progress");
    packet_put_strings(to, PACKET_ADD_RECIPIENT, "<a@b>", NULL);
    check_written(to, SLICE("+<a@b>\0"), "a recipient");
    packet_put_strings(to, PACKET_ADD_RECIPIENT_WITH, "<a@b>", "NOTIFY=NEVER");
    check_written(to, SLICE("2<a@b>\0NOTIFY=NEVER\0"), "a recipient with parameters");
    packet_put_strings(to, PACKET_ADD_HEADER, "X-A", " b");
    check_written(to, SLICE("hX-A\0 b\0"), "a field");
    packet_put_field(to, PACKET_INSERT_HEADER, 0, "X-A", "b");
    check_written(to, SLICE("i\0\0\0\0X-A\0b\0"), "a field on top");
    packet_put_field(to, PACKET_CHANGE_HEADER, 258, "X-A", "");
    check_written(to, SLICE("m\0\0\1\2X-A\0\0"), "a field that is taken away");
}

static void
test_reply_codes(struct arena *arena)
{
    static const struct slice one[] = {{"100%% sure", 10}};
    struct buffer *to = new_buffer(arena);
    struct slice many[REPLY_MAX_LINES];
    struct packet_terms none = {0};
    struct reply reply;

    reply_build(arena, 550, "5.7.1", one, 1, &reply);
    packet_put_reply_code(to, &reply);
    check_written(to, SLICE("y550 5.7.1 100%% sure\0"), "a reply");
    many[0] = SLICE("a");
    many[1] = SLICE("b");
    reply_build(arena, 451, "4.3.0", many, 2, &reply);
    packet_put_reply_code(to, &reply);
    check_written(to, SLICE("y451-4.3.0 a\r\n451 4.3.0 b\0"), "a reply of two lines");
    for (size_t i = 0; i < REPLY_MAX_LINES; i++)
        many[i] = SLICE("%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%");
    reply_build(arena, 550, "5.7.1", many, REPLY_MAX_LINES, &reply);
    packet_put_reply_code(to, &reply);
    tap_check(to->len == PACKET_HEAD + 1 + REPLY_MAX_LINES * (10 + 64 + 2) - 2 + 1 &&
                  slice_equal(slice_first(buffer_slice(to), 8), SLICE("\0\0\x09\x80y550")),
              "a reply of 32 lines: %zu octets", to->len);
    buffer_clear(to);
    tap_check(packet_put_terms(to, &none) && to->len == PACKET_HEAD + 13, "terms of nothing");
}

static void
test_places(void)
{
    static const char commands[] = "CHMRTENABDKLOQUz";

    for (int i = 0; commands[i]; i++)
        tap_check(packet_place(commands[i]) == (i < PACKET_PLACES ? i : -1), "the place of %c",
                  commands[i]);
}

static void
test_terms(struct arena *arena)
{
    static const char *const connect[] = {"j", "{client_addr}", NULL};
    static const char *const eoh[] = {"i", NULL};
    static const char *const empty[] = {NULL};
    struct packet_terms terms = {.version = 6, .actions = 0x101, .steps = 0x400};
    struct buffer *to = new_buffer(arena);

    terms.macros[packet_place(PACKET_CONNECT)] = connect;
    terms.macros[packet_place(PACKET_MAIL)] = empty;
    terms.macros[packet_place(PACKET_EOH)] = eoh;
    packet_put_terms(to, &terms);
    check_written(to,
                  SLICE("O\0\0\0\6\0\0\1\1\0\0\4\0\0\0\0\0j {client_addr}\0\0\0\0\6i\0"),
                  "terms with lists of macros");
}

/* Of as many octets as the data of a packet may have, and of one more. */
static void
test_longest(struct arena *arena)
{
    char *text = arena_alloc(arena, PACKET_MOST_DATA + 1);
    struct buffer *to = new_buffer(arena);

    memset(text, 'x', PACKET_MOST_DATA);
    tap_check(!packet_put_strings(to, PACKET_QUARANTINE, text, NULL) && to->len == 0,
              "a string that is too long");
    tap_check(packet_put_strings(to, PACKET_QUARANTINE, text + 1, NULL) &&
                  to->len == PACKET_LONGEST,
              "the longest string");
    buffer_clear(to);
    tap_check(!packet_put_field(to, PACKET_CHANGE_HEADER, 1, "X", text + 6) && to->len == 0,
              "a field that is too long");
    tap_check(packet_put_field(to, PACKET_CHANGE_HEADER, 1, "X", text + 7) &&
                  to->len == PACKET_LONGEST,
              "the longest field");
    buffer_clear(to);
    packet_put_body(to, (struct slice){text, PACKET_MOST_DATA});
    tap_check(to->len == PACKET_LONGEST, "a piece of a body");
    buffer_clear(to);
    packet_put_body(to, (struct slice){text, PACKET_MOST_DATA + 1});
    tap_check(to->len == PACKET_LONGEST + 6 && buffer_slice(to).at[PACKET_LONGEST + 4] == 'b',
              "a piece of one octet more is two packets");
    packet_put_body(to, SLICE(""));
    tap_check(to->len == PACKET_LONGEST + 6, "nothing is no packet");
}

int
main(void)
{
    struct arena *arena = arena_new(SIZE_MAX);

    test_states();
    test_lengths();
    test_terms_read();
    test_connect();
    test_strings();
    test_replies(arena);
    test_reply_codes(arena);
    test_places();
    test_terms(arena);
    test_longest(arena);
    arena_free(&arena);
    return tap_done();
}
