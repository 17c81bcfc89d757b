/* The lines of the log. */
#include "audit.h"

#include <stdio.h>

#include "tap.h"

static struct arena *arena;
static struct settings settings;

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
static const struct given forging = {"a; rule=x",
                                     "192.0.2.7",
                                     "h; rule=x from=<y>",
                                     "u\xc2\xa0v;\xe2\x80\xaew",
                                     "4; rule=x",
                                     "<\"; rule=x\"@x.example>",
                                     "<\"\xe3\x80\x80\xe2\x80\x8b\xc2\xad\xc3\xb6\"@y.example>",
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
     "4ABC: reject: RCPT from mail.example.net[192.0.2.7]: 553 5.7.1 no; rule=not-yours id=T "
     "from=<bob@x.example> "
     "to=<carol@y.example> helo=<client.example> sasl_username=alice",
     "all there is"},
    {&by_sendmail,
     {.verb = "reject", .stage = STAGE_RCPT, .text = "550 5.7.1 no", .rule = "r"},
     "NOQUEUE: reject: RCPT from unknown: 550 5.7.1 no; rule=r id=T from=<> to=<a@b.example> "
     "sasl_username=al+ice",
     "a login in xtext"},
    {&early,
     {.verb = "tempfail", .stage = STAGE_CONNECT, .text = "450 4.7.1 later", .rule = "r"},
     "NOQUEUE: tempfail: CONNECT from unknown[2001:db8::1]: 450 4.7.1 later; rule=r id=S",
     "before MAIL"},
    {&bare,
     {.verb = "discard", .stage = STAGE_DATA, .text = "", .rule = "r"},
     "NOQUEUE: discard: DATA from unknown; rule=r id=T from=<> to=<a@b.example> nrcpt=3",
     "no name, no address, three recipients"},
    {&all,
     {.verb = "reject", .withheld = true, .stage = STAGE_BODY, .text = "550 5.7.1 no", .rule = "r"},
     "4ABC: audit-reject: END-OF-MESSAGE from mail.example.net[192.0.2.7]: 550 5.7.1 no; rule=r "
     "id=T from=<bob@x.example> to=<carol@y.example> helo=<client.example> sasl_username=alice",
     "mode audit"},
    {&all,
     {.verb = "tempfail",
      .withheld = true,
      .stage = STAGE_RCPT,
      .text = "451 4.3.0 no",
      .rule = "b",
      .after = "a",
      .reason = "why"},
     "4ABC: audit-tempfail-also: RCPT from mail.example.net[192.0.2.7]: 451 4.3.0 no; rule=b "
     "id=T after=a reason=\"why\" from=<bob@x.example> to=<carol@y.example> helo=<client.example> "
     "sasl_username=alice",
     "mode audit, behind a verdict"},
    {&early,
     {.verb = "error", .stage = STAGE_HELO, .text = "", .rule = NULL, .reason = "a \"b\"\n"},
     "NOQUEUE: error: EHLO from unknown[2001:db8::1]; rule=- id=S reason=\"a "
     "\\x{22}b\\x{22}\\x{0A}\"",
     "Postern's own, with a reason"},
    {&hostile,
     {.verb = "log", .stage = STAGE_MAIL, .text = "a\nb\xff\\", .rule = "r"},
     "4A\\x{3A}\\x{20}B: log: MAIL from a\\x{20}b\\x{0A}c[192.0.2.7]: a\\x{0A}b\\x{FF}\\\\; "
     "rule=r id=T from=<\"a\\x{3E}\\x{20}to=\\x{3C}b\"@x.example> to=<"
     "\xc3\xb6\\x{01}@y.example> "
     "helo=<x\\x{3E}\\x{20}to=\\x{3C}y> "
     "sasl_username=al\\x{20}ice\\x{3B}x\\x{3D}\\x{3C}y\\x{3E}",
     "no field can be forged, no line broken"},
    {&forging,
     {.verb = "log",
      .stage = STAGE_MAIL,
      .text = "; rule=a;  rule=b;; rule=c; rulex; RULE= \\; rule=",
      .rule = "r",
      .reason = "x; rule=y from=<z>"},
     "4\\x{3B}\\x{20}rule\\x{3D}x: log: MAIL from a\\x{3B}\\x{20}rule\\x{3D}x[192.0.2.7]: "
     "\\x{3B} rule=a;  rule=b;\\x{3B} rule=c; rulex; RULE= \\\\\\x{3B} rule=; rule=r id=T "
     "reason=\"x\\x{3B} rule\\x{3D}y from\\x{3D}\\x{3C}z\\x{3E}\" "
     "from=<\"\\x{3B}\\x{20}rule=x\"@x.example> "
     "to=<\"\\x{E3}\\x{80}\\x{80}\\x{E2}\\x{80}\\x{8B}\\x{C2}\\x{AD}\xc3\xb6\"@y.example> "
     "helo=<h\\x{3B}\\x{20}rule=x\\x{20}from=\\x{3C}y\\x{3E}> "
     "sasl_username=u\\x{C2}\\x{A0}v\\x{3B}\\x{E2}\\x{80}\\x{AE}w",
     "a second rule= stands nowhere"},
    {&early,
     {.verb = "reject",
      .stage = STAGE_CONNECT,
      .text = "550 5.7.1 a\\b\\x{C3}\\x{3}; rule=c\\",
      .is_reply = true,
      .rule = "r"},
     "NOQUEUE: reject: CONNECT from unknown[2001:db8::1]: "
     "550 5.7.1 a\\\\b\\x{C3}\\\\x{3}\\x{3B} rule=c\\\\; rule=r id=S",
     "nor in a reply, whose own escapes stay"},
    {&early,
     {.verb = "log",
      .stage = STAGE_CONNECT,
      .text = "\xd7\xa9\xd7\x9c a\xcc\x81 \xf0\x9f\x98\x80 \xe2\x80\xae\xe2\x80\x8f\xd8\x9c"
              "\xcd\xbe\xe2\x80\xa8\xc2\x85\xef\xbf\xbd\xed\xa0\x80\xcd\xb8\xee\x80\x80",
      .rule = "r"},
     "NOQUEUE: log: CONNECT from unknown[2001:db8::1]: \xd7\xa9\xd7\x9c a\xcc\x81 "
     "\xf0\x9f\x98\x80 \\x{E2}\\x{80}\\x{AE}\\x{E2}\\x{80}\\x{8F}\\x{D8}\\x{9C}"
     "\\x{CD}\\x{BE}\\x{E2}\\x{80}\\x{A8}\\x{C2}\\x{85}\xef\xbf\xbd"
     "\\x{ED}\\x{A0}\\x{80}\\x{CD}\\x{B8}\\x{EE}\\x{80}\\x{80}; rule=r id=S",
     "what is seen is written as it is: not marks of direction, separators, a Greek question "
     "mark, surrogates, what is unassigned or private"},
};

static struct session *
make_session(const struct given *given)
{
    struct session *session = ARENA_NEW(arena, struct session);

    session->arena = arena;
    session->id[0] = 'S';
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
    struct recipient **end = &transaction->recipients;

    if (given->from == NULL)
        return NULL;
    transaction->id[0] = 'T';
    transaction->sender_argument = slice_of(given->from);
    address_parse_reverse_path(arena, transaction->sender_argument, &transaction->sender);
    for (size_t i = 0; i <= given->more; i++, end = &(*end)->next) {
        *end = ARENA_NEW(arena, struct recipient);
        address_parse_forward_path(arena, slice_of(given->to), &(*end)->address);
    }
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
        arena, &settings, make_session(&given), make_transaction(&given),
        &(struct audit_entry){
            .verb = "reject", .stage = STAGE_RCPT, .text = octets, .rule = "r", .reason = octets});
    tap_check(strlen(line) < 4000, "a line is bounded: %zu octets", strlen(line));
    tap_check(strstr(line, "...; rule=r id=T reason=\"\\x{C3}") &&
                  strstr(line, "...\" from=<") &&
                  strstr(line, "...> helo=<\\x{C3}") && strstr(line, "... helo") == NULL &&
                  strcmp(line + strlen(line) - 3, "...") == 0,
              "however much each of its fields is, all of them are there");
    given = all;
    given.helo = octets;
    line = audit_line(
        arena, &settings, make_session(&given), make_transaction(&given),
        &(struct audit_entry){.verb = "reject", .stage = STAGE_RCPT, .text = "no", .rule = "r"});
    tap_check(strstr(line, "...> sasl_username=alice"),
              "a long field is cut, and those behind it stay");
}

/* Both of these in JSON. */
static void
check_json(void)
{
    const char *line;

    settings.value[SET_LOG_FORMAT].number = LOG_FORMAT_JSON;
    line = audit_line(
        arena, &settings, make_session(&all), make_transaction(&all),
        &(struct audit_entry){
            .verb = "reject", .stage = STAGE_RCPT, .text = "550 5.7.1 \"no\"", .rule = "r"});
    tap_check(
        strcmp(line,
               "{\"queue_id\":\"4ABC\",\"verb\":\"reject\",\"stage\":\"RCPT\",\"client\":\"mail."
               "example.net\",\"ip\":\"192.0.2.7\",\"text\":\"550 5.7.1 \\\"no\\\"\",\"rule\":"
               "\"r\",\"id\":\"T\",\"from\":\"bob@x.example\",\"to\":\"carol@y.example\","
               "\"helo\":\"client.example\",\"sasl_username\":\"alice\"}") == 0,
        "JSON: all there is");
    line = audit_line(
        arena, &settings, make_session(&forging), make_transaction(&forging),
        &(struct audit_entry){
            .verb = "log", .stage = STAGE_MAIL, .text = "a\nb\xff\\; rule=x", .rule = "r"});
    tap_check(strstr(line, "\"text\":\"a\\\\x{0A}b\\\\x{FF}\\\\\\\\; rule=x\",") &&
                  strstr(line, "\"from\":\"\\\"; rule=x\\\"@x.example\"") &&
                  strstr(line, "\"sasl_username\":\"u\\\\x{C2}\\\\x{A0}v;\\\\x{E2}\\\\x{80}"
                               "\\\\x{AE}w\"}"),
              "JSON: what is escaped everywhere is so here, and space isn't");
    settings.value[SET_LOG_FORMAT].number = LOG_FORMAT_TEXT;
}

static const struct {
    const char *login, *from, *to, *text, *reason;
    const char *line; /* # for each mask */
} masked[] = {
    {"alice", "<Alice@x.example>", "<carol@y.example>",
     "550 5.7.1 alice may not be Alice@x.example, Alice", "no answer for alice@x.example: x",
     "550 5.7.1 # may not be #@x.example, #; rule=r id=T reason=\"no answer for #@x.example: "
     "x\" from=<#@x.example> to=<#@y.example> sasl_username=#"},
    {"bob@x.example", "<>", "<Postmaster>",
     "\"a \\\" b\"@x.example <bob@x.example>,<c@[192.0.2.7]>", NULL,
     "#@x.example <#@x.example>,<#@[192.0.2.7]>; rule=r id=T from=<> to=<#> "
     "sasl_username=#@x.example"},
    {NULL, "<\xc3\xb6@x.example>", "<\"c d\"@y.example>", "at 5 @ night, x@ @y \"@z \xc3\xb6@x",
     NULL, "at 5 @ night, #@ @y \"@z #@x; rule=r id=T from=<#@x.example> to=<#@y.example>"},
    {"ali", "<a@x.example>", NULL, "alice ali-baba ali. ali's bali ali", NULL,
     "alice ali-baba #. #'s bali #; rule=r id=T from=<#@x.example> sasl_username=#"},
};

/* "#" and 12 digits, with those gone. */
static void
strip_masks(char *line)
{
    char *to = line;

    for (; *line; line++) {
        *to++ = *line;
        if (*line == '#' && strspn(line + 1, "0123456789abcdefghijklmnopqrstuv") >= 12)
            line += 12;
    }
    *to = '\0';
}

static char *
masked_line(size_t i, time_t when)
{
    struct given given = {.host = "",
                          .login = masked[i].login,
                          .from = masked[i].from,
                          .to = masked[i].to ? masked[i].to : "<>"};
    struct transaction *transaction = make_transaction(&given);

    if (masked[i].to == NULL)
        transaction->recipients = NULL;
    transaction->time = when;
    return (char *)audit_line(arena, &settings, make_session(&given), transaction,
                              &(struct audit_entry){.verb = "log",
                                                    .stage = STAGE_MAIL,
                                                    .text = masked[i].text,
                                                    .reason = masked[i].reason,
                                                    .rule = "r"});
}

static void
check_masks(void)
{
    const time_t noon = 1764331200, day = 24 * 60 * 60;
    const char *line, *login, *from;

    settings.value[SET_LOG_MASK].number = 1;
    for (size_t i = 0; i < sizeof masked / sizeof masked[0]; i++) {
        char *stripped = masked_line(i, noon);

        strip_masks(stripped);
        stripped = strstr(stripped, "unknown: ") + strlen("unknown: ");
        tap_check(strcmp(stripped, masked[i].line) == 0, "masked: %s", masked[i].line);
        if (strcmp(stripped, masked[i].line) != 0)
            printf("# got %s\n", stripped);
    }
    line = masked_line(0, noon);
    login = strstr(line, "sasl_username=#") + strlen("sasl_username=#");
    from = strstr(line, "from=<#") + strlen("from=<#");
    tap_check(strncmp(login, from, 12) == 0 && strncmp(from, strstr(line, "to=<#") + 5, 12) != 0,
              "one name has one mask, as login and as local part, and another another");
    tap_check(strcmp(line, masked_line(0, noon + 60 * 60)) == 0 &&
                  strcmp(line, masked_line(0, noon + day)) != 0,
              "the same for a day, and another on the next");
    settings.value[SET_LOG_MASK].number = 0;
}

int
main(void)
{
    arena = arena_new(1 << 24);
    settings_init(&settings);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const char *line = audit_line(arena, &settings, make_session(cases[i].given),
                                      make_transaction(cases[i].given), &cases[i].entry);

        tap_check(strcmp(line, cases[i].line) == 0, "%s", cases[i].why);
        if (strcmp(line, cases[i].line) != 0)
            printf("# got      %s\n# expected %s\n", line, cases[i].line);
    }
    check_bounds();
    check_json();
    check_masks();
    arena_free(&arena);
    return tap_done();
}
