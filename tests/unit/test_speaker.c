/* Whole connections, packet by packet: what each order of commands is answered, and that it is the
 * same however the octets are cut. */
#include "native/speaker.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/log.h"
#include "base/pool.h"
#include "native/packet.h"
#include "tap.h"

static const char policy_text[] = "set earliest-verdict mail\n"
                                  "rule m if sender == \"bad@example.com\" reject\n"
                                  "rule r if rcpt == \"bad@example.net\" reject \"100%\"\n"
                                  "rule h if any header[\"Subject\"] == \"bad\" reject\n"
                                  "rule b if any body ~ /bad/ reject\n"
                                  "rule c if command.verb == \"TURN\" reject\n"
                                  "rule x add-header \"X-A\" \"b\"\n";

/* Letters of packets, and what they stand for. */
static const struct {
    char letter;
    struct slice packet;
} packets[] = {
    {'A', SLICE("A")},
    {'B', SLICE("Btext\r\n")},
    {'b', SLICE("Bbad\r\n")},
    {'C', SLICE("Cclient.example\0004\0\031192.0.2.7\0")},
    {'D', SLICE("DMi\0004ABC\0")},
    {'E', SLICE("E")},
    {'e', SLICE("Etext\r\n")},
    {'f', SLICE("Ebad\r\n")},
    {'H', SLICE("Hclient.example\0")},
    {'K', SLICE("K")},
    {'L', SLICE("LSubject\0x\0")},
    {'l', SLICE("LSubject\0bad\0")},
    {'M', SLICE("M<a@example.com>\0")},
    {'m', SLICE("M<bad@example.com>\0")},
    {'N', SLICE("N")},
    {'o', SLICE("O\0\0\0\6\0\0\1\377\0\20\0\0")},     /* every action, and no step to be left out */
    {'O', SLICE("O\0\0\0\6\0\0\1\377\0\37\377\377")}, /* all that there is */
    {'q', SLICE("O\0\0\0\2\0\0\0\77\0\0\0\377")},     /* version 2 */
    {'P', SLICE("O\0\0\0\6\0\0\0\0\0\20\0\0")},       /* only the actions of version 1 */
    {'Q', SLICE("Q")},
    {'R', SLICE("R<b@example.net>\0")},
    {'r', SLICE("R<bad@example.net>\0")},
    {'T', SLICE("T")},
    {'U', SLICE("UXFOO\0")},
    {'u', SLICE("UTURN\0")},
    {'z', SLICE("M<a@example.com>")}, /* malformed */
    {'Z', SLICE("z")},                /* of no command */
};

static struct slice
packet_named(char letter)
{
    for (size_t i = 0; i < sizeof packets / sizeof packets[0]; i++)
        if (packets[i].letter == letter)
            return packets[i].packet;
    abort();
}

struct trial {
    struct outflow out; /* the first */
    FILE *heard;
    bool ended;
};

/* The letters of what was said, with replies of the client in quotes. */
static bool
trial_relieve(struct outflow *out)
{
    struct trial *trial = (struct trial *)out;
    struct slice rest = buffer_slice(&out->buffer);

    while (rest.len > PACKET_HEAD) {
        size_t length = (unsigned char)rest.at[2] * 256u + (unsigned char)rest.at[3];

        if (length == 0 || length > rest.len - PACKET_HEAD)
            break;
        fputc(rest.at[PACKET_HEAD], trial->heard);
        if (rest.at[PACKET_HEAD] == PACKET_REPLY_CODE)
            fprintf(trial->heard, "%.3s", rest.at + PACKET_HEAD + 1);
        rest = slice_from(rest, PACKET_HEAD + length);
    }
    if (rest.len > 0)
        fputs("?", trial->heard);
    buffer_clear(&out->buffer);
    return true;
}

static void
trial_slow(struct outflow *out, bool slow)
{
    (void)out, (void)slow;
}

static void
octets_add(struct buffer *octets, struct slice packet)
{
    const char head[] = {0, 0, (char)(packet.len >> 8), (char)packet.len};

    buffer_add(octets, (struct slice){head, sizeof head});
    buffer_add(octets, packet);
}

struct connection {
    struct arena *arena, *other;
    struct speaker *speaker;
    struct buffer *octets; /* that weren't taken yet */
    struct trial trial;
    char *text;
    size_t size;
};

static struct speaker_count counted;

static void
connection_begin(struct connection *connection, struct policy *policy)
{
    *connection = (struct connection){.arena = arena_new_counted(SIZE_MAX, 0),
                                      .other = arena_new(SIZE_MAX)};
    connection->speaker = speaker_begin(connection->arena, policy_ref(policy), -1, &counted);
    connection->octets = ARENA_NEW(connection->other, struct buffer);
    connection->trial = (struct trial){.out = {.relieve = trial_relieve, .slow = trial_slow}};
    connection->trial.heard = open_memstream(&connection->text, &connection->size);
    buffer_init(connection->octets, connection->other, SIZE_MAX);
    buffer_init(&connection->trial.out.buffer, connection->other, SIZE_MAX);
}

/* What was heard. */
static char *
connection_end(struct connection *connection)
{
    fclose(connection->trial.heard);
    speaker_end(connection->speaker);
    arena_free(&connection->arena);
    arena_free(&connection->other);
    return connection->text;
}

static void
connection_hear(struct connection *connection, struct slice octets)
{
    struct trial *trial = &connection->trial;
    struct buffer *rest = connection->octets;
    size_t taken;

    buffer_add(rest, octets);
    taken = speaker_take(connection->speaker, buffer_slice(rest), &trial->out);
    trial_relieve(&trial->out);
    trial->ended = taken == LOOP_END;
    if (trial->ended)
        return;
    memmove(rest->at, rest->at + taken, rest->len - taken);
    rest->len -= taken;
}

/* What is answered to each of these packets, a word each; "." where nothing is, "!" at the end of
 * the connection. */
static char *
session(struct policy *policy, const char *letters)
{
    struct connection connection;
    struct trial *trial = &connection.trial;
    struct buffer packet;

    connection_begin(&connection, policy);
    buffer_init(&packet, connection.other, SIZE_MAX);
    for (; *letters && !trial->ended; letters++) {
        long before = ftell(trial->heard);

        buffer_clear(&packet);
        octets_add(&packet, packet_named(*letters));
        connection_hear(&connection, buffer_slice(&packet));
        if (ftell(trial->heard) == before && !trial->ended)
            fputc('.', trial->heard);
        fputs(trial->ended ? "!" : letters[1] ? " " : "", trial->heard);
    }
    return connection_end(&connection);
}

/* What is answered to octets of which so many come at a time. */
static char *
hear(struct policy *policy, struct slice octets, size_t cut)
{
    struct connection connection;

    connection_begin(&connection, policy);
    while (octets.len > 0 && !connection.trial.ended) {
        connection_hear(&connection, slice_first(octets, cut));
        octets = slice_from(octets, cut);
    }
    if (connection.trial.ended)
        fputc('!', connection.trial.heard);
    return connection_end(&connection);
}

/* Hostile sequences: whole packets in any order, some of them spoilt. */

static uint64_t random_state = 20261128;

static size_t
random_below(size_t end)
{
    random_state = random_state * 6364136223846793005u + 1442695040888963407u;
    return (size_t)(random_state >> 33) % end;
}

static void
spoil_octets(char *at, size_t len)
{
    static const char strange[] = {0, 1, 2, 6, 7, 'B', 'D', 'M', (char)0x7f, (char)0x80};

    for (size_t times = 1 + random_below(3); times > 0 && len > 0; times--)
        at[random_below(len)] = strange[random_below(sizeof strange)];
}

/* An octet is another, the length is, or some octets are missing, or too many. */
static void
hostile_add(struct buffer *octets)
{
    size_t begin = octets->len, kind = random_below(100);

    octets_add(octets, packets[random_below(sizeof packets / sizeof packets[0])].packet);
    if (kind < 10)
        spoil_octets(octets->at + begin + PACKET_HEAD + 1, octets->len - begin - PACKET_HEAD - 1);
    else if (kind < 12)
        spoil_octets(octets->at + begin, PACKET_HEAD + 1);
    else if (kind < 14)
        octets->len -= random_below(octets->len - begin);
    else if (kind < 16)
        buffer_add(octets, slice_first(SLICE("\0\0\0\377\377"), random_below(6)));
}

/* Its versions and masks are odd, too. */
static void
hostile_begin(struct buffer *octets)
{
    char offer[13] = "O";

    if (random_below(10) == 0)
        return;
    for (size_t i = 1; i < sizeof offer; i++)
        offer[i] = (char)(random_below(3) ? 0 : random_below(256));
    offer[4] = (char)random_below(9);
    octets_add(octets, (struct slice){offer, sizeof offer});
    octets_add(octets, packet_named('C'));
    octets_add(octets, packet_named('H'));
}

static void
test_hostile(struct policy *policy)
{
    struct arena *arena = arena_new(SIZE_MAX);
    struct buffer *octets = ARENA_NEW(arena, struct buffer);
    unsigned times = tap_times(5000, 100000);
    size_t differ = 0;

    buffer_init(octets, arena, SIZE_MAX);
    for (unsigned i = 0; i < times; i++) {
        char *whole, *pieces;

        buffer_clear(octets);
        hostile_begin(octets);
        for (size_t count = random_below(20); count > 0; count--)
            hostile_add(octets);
        whole = hear(policy, buffer_slice(octets), SIZE_MAX);
        pieces = hear(policy, buffer_slice(octets), 1 + random_below(50));
        differ += strcmp(whole, pieces) != 0 || strchr(whole, '?') != NULL;
        free(whole);
        free(pieces);
    }
    tap_check(differ == 0, "%u hostile sequences get whole packets, however cut", times);
    arena_free(&arena);
}

struct order_case {
    const char *letters, *heard, *text;
};

static const struct order_case cases[] = {
    {"oCHMRTLNBE", "O c c c c c c c c ic", "a message"},
    {"oCHMRTLNBEMRTLNBEQ", "O c c c c c c c c ic c c c c c c ic !", "two messages"},
    {"oCMRTLNBE", "O c c c c c c c ic", "without HELO"},
    {"oCHMRRrTLNBE", "O c c c c c y550 c c c c ic", "one recipient of three is refused"},
    {"oCHMRTLLLNBBBE", "O c c c c c c c c c c c c ic", "many fields and pieces"},
    {"oCHMRTNE", "O c c c c c c ic", "neither fields nor body"},
    {"oCHMRLNBE", "O c c c c c c c ic", "without DATA"},
    {"oCHMRTLNe", "O c c c c c c c ic", "the last piece comes with the end"},
    {"oCHMRTLNBf", "O c c c c c c c c y550", "and is refused there"},
    {"oCHmM", "O c c y550 c", "a sender is refused"},
    {"oCHmR", "O c c y550 y550", "RCPT behind a sender that was refused"},
    {"oCHMRTlNBE", "O c c c c c c y550 . t", "a header is refused, and the end behind it"},
    {"oCHMRTLNbE", "O c c c c c c c c y550", "a body is refused"},
    {"oCHMRAMRTLNBE", "O c c c c . c c c c c c ic", "ABORT in mid-transaction"},
    {"oCHMRTLNBEA", "O c c c c c c c c ic .", "ABORT behind the end"},
    {"oAHA", "O . c .", "ABORT where there is nothing"},
    {"oCHMRTLAMRTNE", "O c c c c c c . c c c c ic", "ABORT in the header"},
    {"oCHMMR", "O c c c c c", "MAIL twice"},
    {"oCHHMHMR", "O c c c c c c c", "HELO in mid-transaction"},
    {"oCHR", "O c c y451", "RCPT without MAIL"},
    {"oCHT", "O c c t", "DATA without MAIL"},
    {"oCHMT", "O c c c t", "DATA without RCPT"},
    {"oCHMRTR", "O c c c c c y451", "RCPT behind DATA"},
    {"oCHMRTT", "O c c c c c t", "DATA twice"},
    {"oCHMRTLNBERT", "O c c c c c c c c ic y451 t", "RCPT and DATA behind the end"},
    {"oCHMRTLNBERM", "O c c c c c c c c ic y451 c", "and MAIL goes on behind that"},
    {"oCHL", "O c c .", "a field without MAIL"},
    {"oCHN", "O c c .", "the end of a header without MAIL"},
    {"oCHB", "O c c .", "a body without MAIL"},
    {"oCHE", "O c c t", "the end of a message without MAIL"},
    {"oCHML", "O c c c .", "a field without RCPT"},
    {"oCHMRTB", "O c c c c c .", "a body without the end of the header"},
    {"oCHe", "O c c t", "and with a last piece"},
    {"oCHMRTE", "O c c c c c t", "the end without the end of the header"},
    {"oCHMRTEMRTLNBE", "O c c c c c t c c c c c c ic", "and another message behind that"},
    {"oCHMRTLNBEE", "O c c c c c c c c ic t", "the end twice"},
    {"oCHMRTLNBAE", "O c c c c c c c c . t", "the end behind ABORT"},
    {"oCHMRTLNL", "O c c c c c c c .", "a field behind the header"},
    {"oCHMRTLNBL", "O c c c c c c c c .", "a field behind the body"},
    {"oCHMRTLNBEBE", "O c c c c c c c c ic . t", "a body behind the end"},
    {"oCHMRTLNLBE", "O c c c c c c c . . t", "and nothing is accepted behind that"},
    {"oUCUHUMURUTLNBEU", "O c c c c c c c c c c c c c ic c", "unknown commands disturb nothing"},
    {"oCHuMuRuTLNBE", "O c c y550 c y550 c y550 c c c c ic", "nor do those that are refused"},
    {"oCHMRTU", "O c c c c c c", "an unknown command behind DATA"},
    {"M", "t", "MAIL without negotiation"},
    {"CM", ". t", "CONNECT without negotiation"},
    {"HMRTLNBE", "t t t t . . . t", "a message without negotiation"},
    {"U", "t", "an unknown command without negotiation"},
    {"R", "t", "RCPT without negotiation"},
    {"E", "t", "the end of a message without negotiation"},
    {"oo", "O .", "negotiation twice"},
    {"oCoMR", "O c . c c", "and later"},
    {"oCHDMDR", "O c c . c . c", "macros"},
    {"D", ".", "macros without negotiation"},
    {"Q", "!", "QUIT at once"},
    {"oCHMRQ", "O c c c c !", "QUIT in mid-transaction"},
    {"oCHMRTLNBEKCHMRTLNBE", "O c c c c c c c c ic . c c c c c c c c ic", "another session"},
    {"oCHMRKCHR", "O c c c c . c c y451", "another session, in mid-transaction"},
    {"oKC", "O . c", "another session, before the first"},
    {"KC", ". .", "another session without negotiation"},
    {"MKCM", "t . . t", "and behind a command"},
    {"qCHMRLNBE", "O c c c c . c c ic", "version 2"},
    {"PCHMRTLNBE", "O c c c c c c c c ic", "the actions of version 1"},
    {"OCHMRLNBE", "O . . c c . c c ic", "with all that can be left out"},
    {"oCHz", "O c c !", "a malformed packet"},
    {"oCHZM", "O c c !", "a packet of no command"},
    {"Z", "!", "at once"},
};

/* Mode audit withholds what disorder would be answered, too. */
static const struct order_case audit_cases[] = {
    {"oCHRTE", "O c c c c c", "RCPT, DATA and the end without MAIL"},
    {"qCHRTE", "O c c c c c", "the same in version 2"},
    {"oCHMRTLNBERTE", "O c c c c c c c c c c c c", "behind the end"},
    {"oCHMRTlNbE", "O c c c c c c c c c", "what would be refused"},
};

static void
test_orders(struct policy *policy, const struct order_case *tried, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        char *heard = session(policy, tried[i].letters);

        tap_check(strcmp(heard, tried[i].heard) == 0, "%s: %s", tried[i].text, heard);
        free(heard);
    }
}

static void
remove_all(char *text, char octet)
{
    char *to = text;

    for (; *text; text++)
        if (*text != octet)
            *to++ = *text;
    *to = '\0';
}

static void
test_cuts(struct policy *policy)
{
    struct arena *arena = arena_new(SIZE_MAX);
    struct buffer *octets = ARENA_NEW(arena, struct buffer);

    buffer_init(octets, arena, SIZE_MAX);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char *whole = session(policy, cases[i].letters);
        size_t differ = 0;

        buffer_clear(octets);
        for (const char *letter = cases[i].letters; *letter; letter++)
            octets_add(octets, packet_named(*letter));
        remove_all(whole, '.');
        remove_all(whole, ' ');
        for (size_t cut = 1; cut < 1000; cut += 1 + cut / 5) {
            char *pieces = hear(policy, buffer_slice(octets), cut);

            differ += strcmp(whole, pieces) != 0;
            free(pieces);
        }
        tap_check(differ == 0, "%s: the same in pieces", cases[i].text);
        free(whole);
    }
    arena_free(&arena);
}

static struct policy *
policy_in_mode(const char *mode)
{
    struct arena *arena = arena_new(SIZE_MAX);
    struct diagnostics diagnostics;
    struct policy *policy;
    const char *text = arena_printf(arena, "set mode %s\n%s", mode, policy_text);

    diagnostics_init(&diagnostics, arena);
    policy = policy_load_text("test", slice_of(text), &diagnostics);
    diagnostics_print(&diagnostics, stderr);
    if (policy == NULL)
        abort();
    arena_free(&arena);
    return policy;
}

int
main(void)
{
    struct policy *policy = policy_in_mode("enforce"), *audits = policy_in_mode("audit");

    log_open("test", "mail", "/nonexistent");
    test_orders(policy, cases, sizeof cases / sizeof cases[0]);
    test_orders(audits, audit_cases, sizeof audit_cases / sizeof audit_cases[0]);
    test_cuts(policy);
    test_hostile(policy);
    tap_check(counted.open == 0 && counted.total > 0, "%zu sessions were counted",
              (size_t)counted.total);
    policy_unref(&policy);
    policy_unref(&audits);
    tap_check(pool_used() == 0, "no memory is left: %zu octets", pool_used());
    return tap_done();
}
