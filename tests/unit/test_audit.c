/* The lines of the log. */
#include "audit.h"

#include <stdio.h>

#include "tap.h"

static struct arena *arena;

struct given {
    const char *host, *ip, *helo, *login, *id, *from, *to;
    size_t more;         /* other recipients */
    const char *version; /* of the MTA, where it says one */
};

static const struct given all = {"mail.example.net",
                                 "192.0.2.7",
                                 "client.example",
                                 "alice",
                                 "4ABC",
                                 "<bob@x.example>",
                                 "<carol@y.example>",
                                 0,
                                 NULL};
static const struct given early = {.host = "[2001:db8::1]", .ip = "2001:db8::1"};
static const struct given bare = {.host = "", .from = "<>", .to = "<a@b.example>", .more = 2};
static const struct given hostile = {"a b\nc",
                                     "192.0.2.7",
                                     "x> to=<y",
                                     "al ice;x=<y>",
                                     "4A: B",
                                     "<\"a> to=<b\"@x.example>",
                                     "<\xc3\xb6\x01@y.example>",
                                     0,
                                     NULL};
static const struct given by_sendmail = {
    .host = "", .from = "<>", .to = "<a@b.example>", .login = "al+2Bice", .version = "8.17.1.9"};

static const struct {
    const struct given *given;
    struct audit_entry entry;
    const char *line;
    const char *why;
} cases[] = {
    {&all,
     {.verb = "reject", .stage = STAGE_RCPT, .text = "553 5.7.1 no", .rule = "not-yours"},
     "4ABC: reject: RCPT from mail.example.net[192.0.2.7]: 553 5.7.1 no; rule=not-yours "
     "from=<bob@x.example> "
     "to=<carol@y.example> helo=<client.example> sasl_username=alice",
     "all there is"},
    {&by_sendmail,
     {.verb = "reject", .stage = STAGE_RCPT, .text = "550 5.7.1 no", .rule = "r"},
     "NOQUEUE: reject: RCPT from unknown: 550 5.7.1 no; rule=r from=<> to=<a@b.example> "
     "sasl_username=al+ice",
     "a login in xtext"},
    {&early,
     {.verb = "tempfail", .stage = STAGE_CONNECT, .text = "450 4.7.1 later", .rule = "r"},
     "NOQUEUE: tempfail: CONNECT from unknown[2001:db8::1]: 450 4.7.1 later; rule=r",
     "before MAIL"},
    {&bare,
     {.verb = "discard", .stage = STAGE_DATA, .text = "", .rule = "r"},
     "NOQUEUE: discard: DATA from unknown; rule=r from=<> nrcpt=3",
     "no name, no address, three recipients"},
    {&all,
     {.verb = "reject", .withheld = true, .stage = STAGE_BODY, .text = "550 5.7.1 no", .rule = "r"},
     "4ABC: audit-reject: END-OF-MESSAGE from mail.example.net[192.0.2.7]: 550 5.7.1 no; rule=r "
     "from=<bob@x.example> to=<carol@y.example> helo=<client.example> sasl_username=alice",
     "mode audit"},
    {&early,
     {.verb = "error", .stage = STAGE_HELO, .text = "", .rule = NULL, .reason = "a \"b\"\n"},
     "NOQUEUE: error: EHLO from unknown[2001:db8::1]; rule=- reason=\"a \\x{22}b\\x{22}\\x{0A}\"",
     "Postern's own, with a reason"},
    {&hostile,
     {.verb = "log", .stage = STAGE_MAIL, .text = "a\nb\xff\\", .rule = "r"},
     "4A\\x{3A}\\x{20}B: log: MAIL from a\\x{20}b\\x{0A}c[192.0.2.7]: a\\x{0A}b\\x{FF}\\\\; rule=r "
     "from=<\"a\\x{3E} to=\\x{3C}b\"@x.example> to=<\\x{C3}\\x{B6}\\x{01}@y.example> "
     "helo=<x\\x{3E} to=\\x{3C}y> "
     "sasl_username=al\\x{20}ice\\x{3B}x\\x{3D}\\x{3C}y\\x{3E}",
     "no field can be forged, no line broken"},
};

static struct session *
make_session(const struct given *given)
{
    struct session *session = ARENA_NEW(arena, struct session);

    session->arena = arena;
    session->host = slice_of(given->host);
    session->has_ip = given->ip && ip_parse(slice_of(given->ip), &session->ip);
    session->has_helo = given->helo != NULL;
    if (given->helo)
        session->helo = slice_of(given->helo);
    if (given->version)
        macros_set(arena, &session->macros, SLICE("v"), slice_of(given->version));
    return session;
}

static struct transaction *
make_transaction(const struct given *given)
{
    struct transaction *transaction = ARENA_NEW(arena, struct transaction);
    struct recipient *recipient = ARENA_NEW(arena, struct recipient);

    if (given->from == NULL)
        return NULL;
    transaction->sender_argument = slice_of(given->from);
    address_parse_reverse_path(arena, transaction->sender_argument, &transaction->sender);
    address_parse_forward_path(arena, slice_of(given->to), &recipient->address);
    transaction->recipients = recipient;
    transaction->recipient_count = 1 + given->more;
    if (given->id)
        transaction->queue_id = slice_of(given->id);
    if (given->login)
        macros_set(arena, &transaction->macros, SLICE("{auth_authen}"), slice_of(given->login));
    return transaction;
}

static void
check_bounds(void)
{
    static char octets[100000];
    struct given given = all;
    const char *line;

    memset(octets, 0xC3, sizeof octets - 1);
    given.helo = given.login = given.id = given.from = given.to = octets;
    line = audit_line(
        arena, make_session(&given), make_transaction(&given),
        &(struct audit_entry){.verb = "reject", .stage = STAGE_RCPT, .text = octets, .rule = "r"});
    tap_check(strlen(line) <= 4096, "a line is bounded: %zu octets", strlen(line));
    given = all;
    given.helo = octets;
    line = audit_line(
        arena, make_session(&given), make_transaction(&given),
        &(struct audit_entry){.verb = "reject", .stage = STAGE_RCPT, .text = "no", .rule = "r"});
    tap_check(strstr(line, "...> sasl_username=alice"),
              "a long field is cut, and those behind it stay");
}

int
main(void)
{
    arena = arena_new(1 << 24);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const char *line = audit_line(arena, make_session(cases[i].given),
                                      make_transaction(cases[i].given), &cases[i].entry);

        tap_check(strcmp(line, cases[i].line) == 0, "%s", cases[i].why);
        if (strcmp(line, cases[i].line) != 0)
            printf("# got      %s\n# expected %s\n", line, cases[i].line);
    }
    check_bounds();
    arena_free(&arena);
    return tap_done();
}
