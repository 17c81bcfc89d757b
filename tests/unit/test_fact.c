/* Facts: what each reads out of the records. */
#include "policy/fact.h"

#include <stdlib.h>

#include "tap.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static struct arena *arena;
static struct settings settings;
static struct session session;
static struct transaction transaction;
static struct recipient recipients[3];

/* What a case begins from; NULL: not said. */
struct scene {
    const char *host, *ip, *helo;
    bool local;
    const char *connect_macros, *mail_macros, *rcpt_macros; /* NAME=VALUE, separated by "|" */
    const char *mail;    /* path and parameters, separated by spaces */
    const char *rcpt[3]; /* the last one is the recipient that is looked at */
    const char *header;  /* fields that end in \r\n, folded with \n */
    const char *body;
    const char *command;
};

static void
set_macros(struct macros *macros, const char *text)
{
    struct slice rest = slice_of(text ? text : ""), one;

    *macros = (struct macros){0};
    while (slice_word(&rest, "|", &one)) {
        size_t equals = slice_find(one, '=');

        macros_set(arena, macros, slice_first(one, equals), slice_from(one, equals + 1));
    }
}

static size_t
split(const char *text, struct slice words[16])
{
    struct slice rest = slice_of(text);
    size_t count = 0;

    while (count < 16 && slice_word(&rest, " ", &words[count]))
        count++;
    return count;
}

static void
set_session(const struct scene *scene)
{
    session = (struct session){.arena = arena, .time = 1000000000};
    session.host = slice_of(scene->host ? scene->host : "mail.example.net");
    session.has_ip = scene->ip && ip_parse(slice_of(scene->ip), &session.ip);
    session.local = scene->local;
    session.has_helo = scene->helo != NULL;
    session.helo = slice_of(scene->helo ? scene->helo : "");
    set_macros(&session.macros, scene->connect_macros);
}

static void
set_mail(const char *mail)
{
    struct slice words[16];
    size_t count = split(mail, words);

    transaction = (struct transaction){.arena = arena, .session = &session, .time = 1793608200};
    transaction.recipients_end = &transaction.recipients;
    transaction.header_end = &transaction.header;
    transaction.sender_argument = words[0];
    address_parse_reverse_path(arena, words[0], &transaction.sender);
    esmtp_parse_mail(arena, words + 1, count - 1, &transaction.parameters);
}

static struct recipient *
add_recipient(const char *rcpt, struct recipient *recipient)
{
    struct slice words[16];
    size_t count = split(rcpt, words);

    *recipient = (struct recipient){.argument = words[0], .number = ++transaction.offered_count};
    address_parse_forward_path(arena, words[0], &recipient->address);
    esmtp_parse_rcpt(arena, words + 1, count - 1, &recipient->parameters);
    *transaction.recipients_end = recipient;
    transaction.recipients_end = &recipient->next;
    transaction.recipient_count++;
    return recipient;
}

static void
set_header(const char *text)
{
    while (*text) {
        const char *end = strstr(text, "\r\n");
        struct slice line = {text, (size_t)(end - text)};
        struct header_field *field = ARENA_NEW(arena, struct header_field);
        size_t colon = slice_find(line, ':');

        field->name = slice_first(line, colon);
        field->body = slice_from(line, colon + 2);
        *transaction.header_end = field;
        transaction.header_end = &field->next;
        transaction.header_size += line.len + 2;
        text = end + 2;
    }
}

static struct moment
stage_scene(const struct scene *scene)
{
    struct moment moment = {.settings = &settings, .session = &session, .arena = arena};

    set_session(scene);
    record_write_id(IDS - 1, session.id);
    if (scene->mail == NULL && scene->command == NULL)
        return moment;
    set_mail(scene->mail ? scene->mail : "<>");
    moment.transaction = &transaction;
    record_write_id(35, transaction.id);
    set_macros(&transaction.macros, scene->mail_macros);
    for (size_t i = 0; i < 3 && scene->rcpt[i]; i++) {
        struct recipient *recipient = add_recipient(scene->rcpt[i], &recipients[i]);

        set_macros(&recipient->macros, scene->rcpt_macros);
        moment.recipient = recipient;
    }
    set_header(scene->header ? scene->header : "");
    transaction.body_text = slice_of(scene->body ? scene->body : "");
    body_scan_add(&transaction.body, transaction.body_text);
    body_scan_end(&transaction.body);
    transaction.command = slice_of(scene->command ? scene->command : "");
    return moment;
}

/* Items with a part taken of each; a single value that has none is absent. */
static const char *
print_items(const struct moment *moment, const struct fact *fact, struct reading reading,
            const struct fact_part *const *taken)
{
    const char *printed = NULL;
    struct value item;
    size_t cursor = 0;

    while (reading_next(&reading, &cursor, &item)) {
        struct slice text = SLICE("(absent)");

        for (size_t i = 0; taken[i] && item.type != TYPE_ABSENT; i++)
            item = taken[i]->take.one(moment, &item);
        if (item.type == TYPE_ABSENT && !(fact->flags & FACT_MANY))
            return "nothing";
        if (item.type != TYPE_ABSENT)
            text = value_print(arena, &item);
        printed = arena_printf(arena, "%s%s%.*s", printed ? printed : "", printed ? " | " : "",
                               (int)text.len, text.at);
    }
    return printed ? printed : "nothing";
}

/* "client.name", mail.params["SIZE"], header["Subject"].decoded: read as an expression is. */
static const char *
read_text(const struct moment *moment, const char *text)
{
    struct slice written = slice_of(text), name, index = SLICE(""), parts, part;
    size_t open = slice_find(written, '[');
    const struct fact *fact;
    const struct fact_part *taken[4] = {NULL};
    enum value_type of;

    name = slice_first(written, open);
    fact = fact_find(name, open < written.len, &parts);
    if (fact == NULL)
        return "no fact";
    if (open < written.len) {
        size_t close = slice_find(written, ']');

        index = slice_from(slice_first(written, close - 1), open + 2);
        parts = slice_from(written, close + 2);
    }
    of = fact->type;
    for (size_t i = 0; i < 3 && slice_word(&parts, ".", &part); i++) {
        taken[i] = fact_part_find(of, part);
        if (taken[i] == NULL)
            return "no part";
        of = taken[i]->type;
    }
    return print_items(moment, fact, fact_read(fact, moment, index), taken);
}

static const struct scene plain = {
    .host = "mail.example.net",
    .ip = "192.0.2.7",
    .helo = "Mail.Example.NET",
    .connect_macros =
        "j=mx.example.com|v=Postfix 3.7.11|{daemon_name}=smtp|{daemon_addr}=192.0.2.1|"
        "{daemon_port}=587|{client_port}=40123|{client_ptr}=host7.example.net|"
        "{client_resolve}=OK",
    .mail = "<Alice+tag@M\xC3\xBCll.example> SIZE=2000 body=8bitmime SMTPUTF8 AUTH=b+2Bc@c.example "
            "RET=HDRS "
            "ENVID=QQ+2B314159",
    .mail_macros = "{auth_type}=PLAIN|{auth_authen}=Alice@Example.com|{auth_ssf}=256|"
                   "{auth_author}=root@example.com|{tls_version}=TLSv1.3|"
                   "{cipher}=TLS_AES_256_GCM_SHA384|{cipher_bits}=256",
    .rcpt = {"<bob@example.com>", "<carol@example.org>",
             "<\"d@e\"@example.org> NOTIFY=SUCCESS,DELAY ORCPT=rfc822;d@example.org"},
    .rcpt_macros = "{rcpt_mailer}=smtp|{rcpt_host}=[relay.example.org]:2525",
    .header = "From: =?utf-8?q?J=C3=B6rg?= <joerg@example.com>, \"A. Nother\" <a@example.net>\r\n"
              "Subject: one\n two\r\n"
              "subject: =?utf-8?q?gr=C3=BCn?=\r\n"
              "Sender: joerg@example.com\r\n",
    .body = "first\r\n\r\nlast line\r\n",
};

static const struct scene empty = {.mail = "<>", .rcpt = {"<Postmaster>"}};
static const struct scene connection = {.ip = "192.0.2.7", .helo = "mx.example.net"};
static const struct scene at_command = {.command = "XFOO  bar"};

static const struct scene sendmail = {
    .host = "[192.0.2.7]",
    .connect_macros = "{daemon_addr}=IPv6:2001:db8::1|{client_resolve}=FORGED",
    .mail = "a@example.com SIZE=5 SIZE=6",
    .mail_macros = "{auth_type}=|{tls_version}=TLSv1.2|{verify}=FAIL|{cert_subject}=/O=Lab/CN=mx|"
                   "{cert_issuer}=/O=Lab",
    .rcpt = {"<bob@example.com> NOTIFY=\xFF"},
    .rcpt_macros = "{rcpt_host}=dest.example.|{nrcpts}=3",
};
static const struct scene verified = {.mail = "<>", .mail_macros = "{verify}=OK"};
static const struct scene trusted = {.connect_macros = "v=Postfix 3.7.11",
                                     .mail = "<>",
                                     .mail_macros =
                                         "{tls_version}=TLSv1.3|{cert_subject}=mx.example.com"};
static const struct scene named_only = {
    .mail = "<>", .mail_macros = "{tls_version}=TLSv1.3|{cert_subject}=mx.example.com"};
static const struct scene sendmail_login = {
    .connect_macros = "v=8.17.1.9",
    .mail = "<>",
    .mail_macros = "{auth_type}=PLAIN|{auth_authen}=al+2Bi+3Dce+20+C3+BC@Example.com"};
static const struct scene sendmail_odd_login = {.connect_macros = "v=8.17.1.9",
                                                .mail = "<>",
                                                .mail_macros =
                                                    "{auth_type}=PLAIN|{auth_authen}=a+2"};
static const struct scene postfix_login = {
    .connect_macros = "v=Postfix 3.7.11",
    .mail = "<>",
    .mail_macros = "{auth_type}=PLAIN|{auth_authen}=al+2Bice@example.com"};
static const struct scene anonymous = {.mail = "<>",
                                       .mail_macros = "{auth_type}=anonymous|{auth_authen}=joe"};
static const struct scene author_only = {.mail = "<>",
                                         .mail_macros = "{auth_author}=root@example.com"};
static const struct scene older_macro = {
    .connect_macros = "{cipher}=old|{x}=connection", .mail = "<>", .mail_macros = "{cipher}=new"};
static const struct scene submitted = {
    .ip = "127.0.0.1", .local = true, .mail = "a@example.com", .rcpt = {"b..c@example.com"}};
static const struct scene odd_header = {
    .mail = "<>",
    .header =
        "From: a@example.com, (\r\nX: \xC3\xBC\r\nResent-From: b@example.com\r\nFrom: group:;\r\n"
        "Sender: <x@example.com\r\n",
    .body = "\xC3\xBC\nlonger line",
};
static const struct scene addressed = {
    .ip = "2001:db8:1:2:3::4",
    .mail = "<>",
    .header = "To: a@example.com, Team: b@example.com, C <c@example.com>;\r\n"
              "TO: <d@example.com>\r\nCc: \r\nBcc: e@example.net\r\n"
              "Date: Fri, 30 Oct 2026 12:30:00 +0100\r\n"
              "Date: Fri, 30 Oct 2020 12:30:00 +0100\r\n"};
static const struct scene tomorrow = {.mail = "<>",
                                      .header = "Date: Tue, 3 Nov 2026 09:30:00 +0100\r\n"};
static const struct scene latin_header = {.mail = "<>", .header = "Subject: \xFC\r\n"};

static const struct {
    const struct scene *scene;
    const char *fact;
    const char *expected;
} reads[] = {
    {&plain, "client.ip", "192.0.2.7"},
    {&plain, "client.ip.network", "192.0.2.0/24"},
    {&addressed, "client.ip.network", "2001:db8:1:2::/64"},
    {&empty, "client.ip.network", "nothing"},
    {&plain, "client.name", "mail.example.net"},
    {&plain, "client.ptr", "host7.example.net"},
    {&plain, "client.resolve", "OK"},
    {&plain, "client.port", "40123"},
    {&plain, "client.local", "no"},
    {&submitted, "client.local", "yes"},
    {&plain, "daemon.name", "smtp"},
    {&plain, "daemon.ip", "192.0.2.1"},
    {&plain, "daemon.port", "587"},
    {&plain, "mta.host", "mx.example.com"},
    {&plain, "mta.version", "Postfix 3.7.11"},
    {&sendmail, "client.name", "nothing"},
    {&sendmail, "client.ip", "nothing"},
    {&sendmail, "client.port", "nothing"},
    {&sendmail, "client.resolve", "FORGED"},
    {&sendmail, "daemon.ip", "2001:db8::1"},
    {&sendmail, "mta.host", "nothing"},

    {&plain, "helo", "Mail.Example.NET"},
    {&plain, "helo.error", "nothing"},
    {&sendmail, "helo", "nothing"},
    {&sendmail, "helo.error", "nothing"},

    {&plain, "sender", "Alice+tag@M\xC3\xBCll.example"},
    {&plain, "sender.local", "Alice+tag"},
    {&plain, "sender.domain", "M\xC3\xBCll.example"},
    {&plain, "sender.detail", "tag"},
    {&plain, "sender.null", "no"},
    {&plain, "sender.utf8", "yes"},
    {&plain, "sender.error", "nothing"},
    {&plain, "sender.ascii", "Alice+tag@xn--mll-hoa.example"},
    {&plain, "sender.unicode", "Alice+tag@m\xC3\xBCll.example"},
    {&plain, "sender.name", "no part"},
    {&plain, "sender.decoded", "no part"},
    {&empty, "sender", ""},
    {&empty, "sender.local", ""},
    {&empty, "sender.domain", "nothing"},
    {&empty, "sender.detail", "nothing"},
    {&empty, "sender.null", "yes"},
    {&empty, "sender.ascii", ""},
    {&empty, "sender.unicode", ""},
    {&empty, "rcpt", "Postmaster"},
    {&empty, "rcpt.domain", "nothing"},
    {&empty, "rcpt.null", "no"},
    {&empty, "rcpt.ascii", "Postmaster"},
    {&plain, "rcpt.local", "d@e"},
    {&plain, "rcpt.ascii", "\"d@e\"@example.org"},
    {&sendmail, "sender.error", "it stands without < and >"},
    {&submitted, "sender.error", "nothing"},

    {&plain, "auth.user", "Alice@Example.com"},
    {&plain, "auth.mechanism", "PLAIN"},
    {&plain, "auth.ssf", "256"},
    {&anonymous, "auth.user", "nothing"},
    {&sendmail_login, "auth.user", "al+i=ce \xC3\xBC@Example.com"},
    {&sendmail_odd_login, "auth.user", "a+2"},
    {&postfix_login, "auth.user", "al+2Bice@example.com"},
    {&anonymous, "auth.mechanism", "anonymous"},
    {&sendmail, "auth.user", "nothing"},
    {&sendmail, "auth.mechanism", "nothing"},
    {&author_only, "auth.user", "nothing"},
    {&plain, "tls", "yes"},
    {&plain, "tls.version", "TLSv1.3"},
    {&plain, "tls.cipher", "TLS_AES_256_GCM_SHA384"},
    {&plain, "tls.bits", "256"},
    {&plain, "tls.subject", "nothing"},
    {&plain, "tls.verified", "no"},
    {&empty, "tls", "no"},
    {&empty, "tls.version", "nothing"},
    {&empty, "tls.verified", "no"},
    {&sendmail, "tls.subject", "/O=Lab/CN=mx"},
    {&sendmail, "tls.issuer", "/O=Lab"},
    {&sendmail, "tls.verified", "no"},
    {&verified, "tls.verified", "yes"},
    {&trusted, "tls.verified", "yes"},
    {&named_only, "tls.verified", "no"},
    {&older_macro, "tls.cipher", "new"},

    {&plain, "mail.size", "2000"},
    {&plain, "mail.body", "8bitmime"},
    {&plain, "mail.smtputf8", "yes"},
    {&plain, "mail.auth", "b+c@c.example"},
    {&plain, "mail.ret", "HDRS"},
    {&plain, "mail.envid", "QQ+314159"},
    {&plain, "mail.params", "SIZE | body | SMTPUTF8 | AUTH | RET | ENVID"},
    {&plain, "mail.params[\"BODY\"]", "8bitmime"},
    {&plain, "mail.params[\"smtputf8\"]", ""},
    {&plain, "mail.params[\"X\"]", "nothing"},
    {&plain, "mail.error", "nothing"},
    {&empty, "mail.size", "nothing"},
    {&empty, "mail.body", "nothing"},
    {&empty, "mail.smtputf8", "no"},
    {&empty, "mail.auth", "nothing"},
    {&empty, "mail.params", "nothing"},
    {&sendmail, "mail.size", "5"},
    {&sendmail, "mail.error", "SIZE=6 appears twice"},

    {&plain, "rcpt", "\"d@e\"@example.org"},
    {&plain, "rcpt.notify", "SUCCESS | DELAY"},
    {&plain, "rcpt.orcpt", "rfc822;d@example.org"},
    {&plain, "rcpt.params", "NOTIFY | ORCPT"},
    {&plain, "rcpt.params[\"notify\"]", "SUCCESS,DELAY"},
    {&plain, "rcpt.error", "nothing"},
    {&plain, "rcpt.mailer", "smtp"},
    {&plain, "rcpt.host", "relay.example.org"},
    {&plain, "rcpt.port", "2525"},
    {&plain, "rcpt.count", "3"},
    {&plain, "first-rcpt", "bob@example.com"},
    {&plain, "first-rcpt.domain", "example.com"},
    {&plain, "first-rcpt.host", "relay.example.org"},
    {&empty, "first-rcpt.host", "nothing"},
    {&plain, "recipients", "bob@example.com | carol@example.org | \"d@e\"@example.org"},
    {&plain, "recipients.domain", "example.com | example.org | example.org"},
    {&empty, "rcpt.notify", "nothing"},
    {&empty, "rcpt.host", "nothing"},
    {&empty, "rcpt.count", "1"},
    {&empty, "first-rcpt", "nothing"},
    {&empty, "recipients.domain", "(absent)"},
    {&sendmail, "rcpt.error", "NOTIFY=\\x{FF} has a value that it can't have"},
    {&sendmail, "rcpt.host", "dest.example"},
    {&sendmail, "rcpt.port", "nothing"},

    {&plain, "header[\"subject\"]", "one two | =?utf-8?q?gr=C3=BCn?="},
    {&plain, "header[\"Subject\"].decoded", "one two | gr\xC3\xBCn"},
    {&plain, "header[\"X\"]", "nothing"},
    {&plain, "header.from", "joerg@example.com | a@example.net"},
    {&plain, "header.from.domain", "example.com | example.net"},
    {&plain, "header.from.name", "J\xC3\xB6rg | A. Nother"},
    {&plain, "header.sender.name", "(absent)"},
    {&plain, "header.sender", "joerg@example.com"},
    {&plain, "header.reply-to", "nothing"},
    {&plain, "header.error", "nothing"},
    {&plain, "header.count", "4"},
    {&plain, "header.size", "156"},
    {&plain, "header.8bit", "no"},
    {&plain, "header.utf8", "no"},
    {&odd_header, "header.from", "a@example.com"},
    {&odd_header, "header.resent-from", "b@example.com"},
    {&odd_header, "header.8bit", "yes"},
    {&odd_header, "header.utf8", "yes"},
    {&addressed, "header.to", "a@example.com | b@example.com | c@example.com | d@example.com"},
    {&addressed, "header.to.name", "(absent) | (absent) | C | (absent)"},
    {&addressed, "header.cc", "nothing"},
    {&addressed, "header.bcc.domain", "example.net"},
    {&addressed, "header.date.age", "69h"},
    {&tomorrow, "header.date.age", "-1d"},
    {&odd_header, "header.to", "nothing"},
    {&odd_header, "header.date.age", "nothing"},
    {&latin_header, "header.8bit", "yes"},
    {&latin_header, "header.utf8", "no"},
    {&latin_header, "header[\"Subject\"]", "\xFC"},

    {&plain, "message.size", "178"},
    {&plain, "message.8bit", "no"},
    {&plain, "message.nul", "no"},
    {&plain, "message.longest-line", "9"},
    {&plain, "message.bare-newline", "no"},
    {&plain, "body", "first |  | last line"},
    {&odd_header, "message.8bit", "yes"},
    {&odd_header, "message.longest-line", "11"},
    {&odd_header, "message.bare-newline", "yes"},
    {&empty, "body", "nothing"},
    {&empty, "message.size", "2"},

    {&at_command, "command", "XFOO  bar"},
    {&at_command, "command.verb", "XFOO"},
    {&connection, "command", "nothing"},
    {&plain, "command.verb", "nothing"},

    {&plain, "macro[\"{client_port}\"]", "40123"},
    {&plain, "macro[\"{rcpt_mailer}\"]", "smtp"},
    {&plain, "macro[\"i\"]", "nothing"},
    {&sendmail, "macro[\"{auth_type}\"]", ""},
    {&sendmail, "macro[\"{nrcpts}\"]", "3"},
    {&older_macro, "macro[\"{cipher}\"]", "new"},
    {&older_macro, "macro[\"{x}\"]", "connection"},
    {&plain, "queue.id", "NOQUEUE"},
    {&connection, "queue.id", "NOQUEUE"},
    {&plain, "transaction.id", "00000000000Z"},
    {&connection, "transaction.id", "ZZZZZZZZZZZZ"},
    {&plain, "time", "2026-11-02T09:30:00+01:00"},
    {&plain, "time.hour", "9"},
    {&plain, "time.weekday", "mon"},
    {&connection, "time", "2001-09-09T02:46:40+01:00"},

    {&plain, "header", "no fact"},
    {&plain, "macro", "no fact"},
    {&plain, "header.frum", "no fact"},
    {&plain, "message.sealed", "no fact"},
    {&plain, "senders", "no fact"},
    {&plain, "sender[\"x\"]", "no fact"},
    {&plain, "header.from[\"x\"]", "no fact"},
    {&plain, "mail", "no fact"},
};

static void
test_reads(void)
{
    for (size_t i = 0; i < COUNT(reads); i++) {
        struct moment moment = stage_scene(reads[i].scene);
        const char *read = read_text(&moment, reads[i].fact);

        tap_check(strcmp(read, reads[i].expected) == 0, "%s is \"%s\" (\"%s\")", reads[i].fact,
                  reads[i].expected, read);
    }
}

static const struct {
    const char *argument;
    bool fine;
} helos[] = {
    {"mx.example.com", true}, /* RFC 5321 section 4.1.1.1 */
    {"localhost", true},
    {"xn--bcher-kva.example", true},
    {"[192.0.2.1]", true}, /* section 4.1.3 */
    {"[IPv6:2001:db8::1]", true},
    {"", false},
    {"192.0.2.1", false},
    {"2001:db8::1", false},
    {"[192.0.2.999]", false},
    {"[2001:db8::1]", false},
    {"my_pc", false},
    {"mx.example.com.", false},
    {"a b", false},
    {"m\xC3\xBCll.example", false}, /* RFC 6531 section 3.7.1 */
};

static void
test_helo(void)
{
    for (size_t i = 0; i < COUNT(helos); i++) {
        struct moment moment = stage_scene(&(struct scene){.helo = helos[i].argument});
        const char *error = read_text(&moment, "helo.error");

        tap_check((strcmp(error, "nothing") == 0) == helos[i].fine, "HELO \"%s\": %s",
                  helos[i].argument, error);
        tap_check(strcmp(read_text(&moment, "helo"), helos[i].argument) == 0,
                  "and it is the fact's value");
    }
}

static const struct {
    const char *macro, *host, *port;
} hops[] = {
    {"relay.example.org", "relay.example.org", "nothing"},
    {"relay.example.org:25", "relay.example.org", "25"},
    {"[relay.example.org]", "relay.example.org", "nothing"},
    {"[192.0.2.1]:2525", "192.0.2.1", "2525"},
    {"[192.0.2.1]925", "192.0.2.1", "nothing"},
    {"[IPv6:2001:db8::1]:25", "2001:db8::1", "25"},
    {"[2001:db8::1]", "2001:db8::1", "nothing"},
    {"2001:db8::1", "2001:db8::1", "nothing"},
    {"inet:127.0.0.1:24", "127.0.0.1", "24"},
    {"inet:[::1]:24", "::1", "24"},
    {"a.example:b.example", "a.example:b.example", "nothing"},
    {"private/dovecot-lmtp", "private/dovecot-lmtp", "nothing"},
    {"dest.example.", "dest.example", "nothing"},
    {"[broken", "broken", "nothing"},
    {"host:", "host:", "nothing"},
    {":25", "nothing", "25"},
    {".", ".", "nothing"},
};

static void
test_hops(void)
{
    for (size_t i = 0; i < COUNT(hops); i++) {
        struct scene scene = {.mail = "<>", .rcpt = {"<a@example.com>"}};
        struct moment moment;

        scene.rcpt_macros = arena_printf(arena, "{rcpt_host}=%s", hops[i].macro);
        moment = stage_scene(&scene);
        tap_check(strcmp(read_text(&moment, "rcpt.host"), hops[i].host) == 0 &&
                      strcmp(read_text(&moment, "rcpt.port"), hops[i].port) == 0,
                  "next hop %s is host %s, port %s", hops[i].macro, read_text(&moment, "rcpt.host"),
                  read_text(&moment, "rcpt.port"));
    }
}

/* Which fields are named, in their order; the words behind belong to lib/mail. */
static void
test_header_errors(void)
{
    struct moment moment = stage_scene(&odd_header);
    struct slice rest = slice_of(read_text(&moment, "header.error")), one;
    const char *const names[] = {"From: ", "From: it stands there more than once", "Sender: "};
    size_t count = 0, right = 0;

    for (; slice_word(&rest, "|", &one); count++)
        right +=
            count < COUNT(names) && slice_starts_nocase(slice_trim(one), slice_of(names[count]));
    tap_check(count == 3 && right == 3, "header.error names all malformed fields (%zu)", count);
}

/* RFC 5322 sections 3.6 and 3.6.2. */
static void
test_header_counts(void)
{
    static const struct {
        const char *header, *error;
    } cases[] = {
        {"From: a@x.example\r\nSender: b@x.example\r\n", "nothing"},
        {"From: a@x.example, b@x.example\r\nSender: b@x.example\r\n", "nothing"},
        {"From: a@x.example, b@x.example\r\n",
         "From: it names 2 mailboxes, and there is no Sender"},
        {"From: a@x.example\r\nSender: b@x.example, c@x.example\r\n",
         "Sender: it names 2 mailboxes instead of one"},
        {"From: a@x.example\r\nReply-To: b@x.example, c@x.example\r\n", "nothing"},
        {"From: a@x.example\r\nReply-To: b@x.example\r\nreply-to: b@x.example\r\n",
         "Reply-To: it stands there more than once"},
        {"Resent-From: a@x.example\r\nResent-From: a@x.example\r\nFrom: a@x.example\r\n",
         "nothing"},
        {"Subject: x\r\n", "From: it is missing"},
        {"", "From: it is missing"},
        {"From: \r\n", "From: there is no mailbox in it"},
        {"From: nobody:;\r\n", "nothing"},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        struct scene scene = {.mail = "<>", .header = cases[i].header};
        struct moment moment = stage_scene(&scene);
        const char *error = read_text(&moment, "header.error");

        tap_check(strcmp(error, cases[i].error) == 0, "case %zu: header.error is %s", i, error);
    }
}

static void
test_presence(void)
{
    const struct fact *fact;
    static const struct scene *const scenes[] = {&plain, &empty, &sendmail, &trusted, &anonymous};

    for (size_t i = 0; (fact = fact_at(i)); i++)
        for (size_t s = 0; s < COUNT(scenes); s++) {
            struct moment moment = stage_scene(scenes[s]);

            if (fact->flags & (FACT_MAY_BE_ABSENT | FACT_MANY) ||
                (fact->flags & FACT_OF_RECIPIENT && moment.recipient == NULL))
                continue;
            tap_check(fact_read(fact, &moment, SLICE("")).count == 1, "%s is there", fact->name);
        }
}

int
main(void)
{
    setenv("TZ", "CET-1", 1);
    arena = arena_new(SIZE_MAX);
    settings_init(&settings);
    test_reads();
    test_helo();
    test_hops();
    test_header_errors();
    test_header_counts();
    test_presence();
    arena_free(&arena);
    return tap_done();
}
