/* Facts that never wait, macros, and the unknown command. */
#include "facts_inside.h"

static const struct {
    enum stage stage;
    const char *names;
} macro_stages[] = {
    {STAGE_CONNECT,
     "j _ v {daemon_name} {daemon_addr} {daemon_port} {daemon_family} {if_name} {if_addr} "
     "{client_addr} {client_name} {client_port} {client_ptr} {client_resolve} "
     "{client_connections} {client_rate} {total_rate}"},
    {STAGE_MAIL, "f r s {auth_type} {auth_authen} {auth_author} {auth_ssf} {tls_version} {cipher} "
                 "{cipher_bits} {cert_subject} {cert_issuer} {cn_subject} {cn_issuer} {verify} "
                 "{mail_addr} {mail_host} {mail_mailer} {dsn_envid} {dsn_ret} {ntries}"},
    {STAGE_RCPT, "{rcpt_addr} {rcpt_host} {rcpt_mailer} {dsn_notify} {nrcpts} {nbadrcpts}"},
    /* Postfix has none before the first recipient is accepted. */
    {STAGE_DATA, "i"},
    {STAGE_BODY, "{msg_id} {msg_size}"},
};

static const char sendmails_macros[] =
    "{daemon_family} {if_name} {if_addr} {client_rate} {total_rate} f r s {auth_ssf} {cn_subject} "
    "{cn_issuer} {verify} {dsn_envid} {dsn_ret} {ntries} {dsn_notify} {nrcpts} {nbadrcpts} "
    "{msg_id} {msg_size}";

static bool
macro_is_among(struct slice name, const char *names)
{
    struct slice rest = slice_of(names), known;

    while (slice_word(&rest, " ", &known))
        if (slice_equal(known, name))
            return true;
    return false;
}

bool
fact_macro_stage(struct slice name, enum stage *stage_r)
{
    for (size_t i = 0; i < sizeof macro_stages / sizeof macro_stages[0]; i++)
        if (macro_is_among(name, macro_stages[i].names)) {
            *stage_r = macro_stages[i].stage;
            return true;
        }
    return false;
}

bool
fact_macro_is_sendmails(struct slice name)
{
    return macro_is_among(name, sendmails_macros);
}

/* One that was sent empty is there. */
static struct reading
read_macro(const struct moment *moment, struct slice index)
{
    struct slice value;

    if (!given_find_macro(moment, index, &value))
        return reading_absent();
    return reading_one(moment->arena, value_text(value));
}

static struct reading
read_queue_id(const struct moment *moment, UNUSED struct slice index)
{
    const struct transaction *transaction = moment->transaction;
    bool known = transaction && transaction->queue_id.len > 0;

    return given_text(moment, known ? transaction->queue_id : SLICE("NOQUEUE"));
}

static struct reading
read_transaction_id(const struct moment *moment, UNUSED struct slice index)
{
    return given_text(moment, slice_of(record_id(moment->session, moment->transaction)));
}

static struct tm
local_time(const struct moment *moment)
{
    time_t time = moment->transaction ? moment->transaction->time : moment->session->time;
    struct tm local = {.tm_mday = 1};

    localtime_r(&time, &local);
    return local;
}

/* RFC 3339 section 5.6, whose offset has a colon that strftime() leaves out. */
static struct reading
read_time(const struct moment *moment, UNUSED struct slice index)
{
    struct tm local = local_time(moment);
    char text[64];
    size_t len = strftime(text, sizeof text - 1, "%Y-%m-%dT%H:%M:%S%z", &local);

    if (len > 2) {
        memmove(text + len - 1, text + len - 2, 2);
        text[len - 2] = ':';
        len++;
    }
    return given_text(moment, arena_copy(moment->arena, (struct slice){text, len}));
}

static struct reading
read_time_hour(const struct moment *moment, UNUSED struct slice index)
{
    return reading_one(moment->arena, value_number(TYPE_NUMBER, local_time(moment).tm_hour));
}

static struct reading
read_time_weekday(const struct moment *moment, UNUSED struct slice index)
{
    static const char *const days[] = {"sun", "mon", "tue", "wed", "thu", "fri", "sat"};

    return given_word(moment, slice_of(days[local_time(moment).tm_wday]));
}

static struct slice
command_of(const struct moment *moment)
{
    return moment->transaction ? moment->transaction->command : SLICE("");
}

static struct reading
read_command(const struct moment *moment, UNUSED struct slice index)
{
    return given_text(moment, command_of(moment));
}

static struct reading
read_command_verb(const struct moment *moment, UNUSED struct slice index)
{
    struct slice command = command_of(moment), verb;

    if (!slice_word(&command, " \t\r\n", &verb))
        return reading_absent();
    return given_word(moment, verb);
}

static const struct fact moment_rows[] = {
    {"command", TYPE_TEXT, STAGE_UNKNOWN, ABSENT, "", NULL, read_command,
     .help = "a command that the MTA doesn't know: from Postfix its verb, from Sendmail the whole "
             "line"},
    {"command.verb", TYPE_WORD, STAGE_UNKNOWN, ABSENT, "", "command", read_command_verb,
     .help = "the first word of that command"},
    {"macro", TYPE_TEXT, STAGE_CONNECT, ABSENT | INDEX, "", NULL, read_macro,
     .help = "a macro of the MTA, by its name with braces; one of which the stage isn't known "
             "needs a rule with at"},
    {"queue.id", TYPE_TEXT, STAGE_MAIL, ANY, "i", NULL, read_queue_id,
     .help = "the message's queue id, or NOQUEUE before there is one"},
    {"transaction.id", TYPE_TEXT, STAGE_CONNECT, ANY, "", NULL, read_transaction_id,
     .help = "12 of 0-9 and A-Z, new with each MAIL and never given twice, as the log has them "
             "behind id=; before MAIL those of the connection"},
    {"time", TYPE_TEXT, STAGE_CONNECT, ANY, "", NULL, read_time,
     .help = "the local time at which the transaction began, as in 2026-11-02T09:30:00+01:00"},
    {"time.hour", TYPE_NUMBER, STAGE_CONNECT, ANY, "", NULL, read_time_hour,
     .help = "its hour, from 0 to 23"},
    {"time.weekday", TYPE_WORD, STAGE_CONNECT, ANY, "", NULL, read_time_weekday,
     .help = "its day of the week: mon, tue, wed, thu, fri, sat or sun",
     .words = "mon tue wed thu fri sat sun"},
};

const struct fact_rows facts_moment = {moment_rows, sizeof moment_rows / sizeof moment_rows[0]};
