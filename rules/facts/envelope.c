/* Facts of MAIL and RCPT: addresses, parameters, and where a recipient's mail goes next. */
#include "facts_inside.h"

#include "base/log.h"
#include "mail/next_hop.h"

enum { SHOWN_PARAMETER = 100 };

static struct reading
read_sender(const struct moment *moment, UNUSED struct slice index)
{
    return given_address(moment, &moment->transaction->sender);
}

static struct reading
keywords(const struct moment *moment, const struct parameters *parameters)
{
    struct value *items = ARENA_ARRAY(moment->arena, parameters->count, struct value);

    for (size_t i = 0; i < parameters->count; i++)
        items[i] = value_word(moment->arena, parameters->item[i].keyword);
    return given_items(items, parameters->count);
}

/* A parameter without a value is there all the same. */
static struct reading
parameter_named(const struct moment *moment, const struct parameters *parameters, struct slice name)
{
    const struct parameter *parameter = esmtp_find(parameters, name);

    return parameter ? reading_one(moment->arena, value_text(parameter->value)) : reading_absent();
}

static struct reading
parameter_defect(const struct moment *moment, enum parameter_defect defect, struct slice defective)
{
    struct buffer *text;

    if (defect == PARAMETER_FINE)
        return reading_absent();
    text = ARENA_NEW(moment->arena, struct buffer);
    buffer_init(text, moment->arena, 1000);
    log_escape(text, slice_first(defective, SHOWN_PARAMETER));
    if (defective.len > SHOWN_PARAMETER)
        buffer_text(text, "...");
    buffer_printf(text, " %s", esmtp_defect_text(defect));
    return given_text(moment, buffer_slice(text));
}

static struct reading
read_mail_size(const struct moment *moment, UNUSED struct slice index)
{
    const struct parameters *parameters = &moment->transaction->parameters;

    if (!parameters->has_size)
        return reading_absent();
    return reading_one(moment->arena, value_number(TYPE_SIZE, parameters->size));
}

static struct reading
read_mail_body(const struct moment *moment, UNUSED struct slice index)
{
    return given_word(moment, moment->transaction->parameters.body);
}

static struct reading
read_mail_smtputf8(const struct moment *moment, UNUSED struct slice index)
{
    return given_truth(moment->transaction->parameters.smtputf8);
}

/* AUTH=<> is there, and empty. */
static struct reading
read_mail_auth(const struct moment *moment, UNUSED struct slice index)
{
    const struct parameters *parameters = &moment->transaction->parameters;

    if (!parameters->has_auth)
        return reading_absent();
    return reading_one(moment->arena, value_text(parameters->auth));
}

static struct reading
read_mail_ret(const struct moment *moment, UNUSED struct slice index)
{
    return given_word(moment, moment->transaction->parameters.ret);
}

static struct reading
read_mail_envid(const struct moment *moment, UNUSED struct slice index)
{
    return given_text(moment, moment->transaction->parameters.envid);
}

static struct reading
read_mail_params(const struct moment *moment, UNUSED struct slice index)
{
    return keywords(moment, &moment->transaction->parameters);
}

static struct reading
read_mail_param(const struct moment *moment, struct slice index)
{
    return parameter_named(moment, &moment->transaction->parameters, index);
}

static struct reading
read_mail_error(const struct moment *moment, UNUSED struct slice index)
{
    const struct parameters *parameters = &moment->transaction->parameters;

    return parameter_defect(moment, parameters->defect, parameters->defective);
}

static struct reading
read_rcpt(const struct moment *moment, UNUSED struct slice index)
{
    return given_address(moment, &moment->recipient->address);
}

static struct reading
read_rcpt_notify(const struct moment *moment, UNUSED struct slice index)
{
    struct slice rest = moment->recipient->parameters.notify, word;
    struct value *items = ARENA_ARRAY(moment->arena, rest.len / 2 + 1, struct value);
    size_t count = 0;

    while (slice_word(&rest, ",", &word))
        items[count++] = value_word(moment->arena, word);
    return given_items(items, count);
}

static struct reading
read_rcpt_orcpt(const struct moment *moment, UNUSED struct slice index)
{
    return given_text(moment, moment->recipient->parameters.orcpt);
}

static struct reading
read_rcpt_params(const struct moment *moment, UNUSED struct slice index)
{
    return keywords(moment, &moment->recipient->parameters);
}

static struct reading
read_rcpt_param(const struct moment *moment, struct slice index)
{
    return parameter_named(moment, &moment->recipient->parameters, index);
}

static struct reading
read_rcpt_error(const struct moment *moment, UNUSED struct slice index)
{
    bool smtputf8 = moment->transaction->parameters.smtputf8;
    struct slice defective;
    enum parameter_defect defect =
        esmtp_defect_rcpt(&moment->recipient->parameters, smtputf8, &defective);

    return parameter_defect(moment, defect, defective);
}

static struct reading
read_rcpt_address_error(const struct moment *moment, UNUSED struct slice index)
{
    const struct address *address = &moment->recipient->address;

    return given_text(moment, slice_of(address_defect_text(given_address_defect(moment, address))));
}

/* LMTP may have "inet:" before it. */
static void
read_next_hop(const struct moment *moment, struct slice *host_r, struct slice *port_r)
{
    struct slice hop = given_macro(moment, "{rcpt_host}");

    if (slice_starts_nocase(hop, SLICE("inet:")))
        hop = slice_from(hop, 5);
    next_hop_read(hop, host_r, port_r);
}

static struct reading
read_rcpt_host(const struct moment *moment, UNUSED struct slice index)
{
    struct slice host, port;

    read_next_hop(moment, &host, &port);
    return given_domain(moment, host);
}

static struct reading
read_rcpt_port(const struct moment *moment, UNUSED struct slice index)
{
    struct slice host, port;

    read_next_hop(moment, &host, &port);
    return given_number(moment, port);
}

static struct reading
read_rcpt_count(const struct moment *moment, UNUSED struct slice index)
{
    return reading_one(moment->arena,
                       value_number(TYPE_NUMBER, (int64_t)moment->recipient->number));
}

/* The first of those before this one that was let in; in mode audit others are walked too. */
static const struct recipient *
first_before(const struct moment *moment)
{
    const struct recipient *first = moment->transaction->recipients;

    return first && first->number < moment->recipient->number ? first : NULL;
}

static struct reading
read_first_rcpt(const struct moment *moment, UNUSED struct slice index)
{
    const struct recipient *first = first_before(moment);

    return first ? given_address(moment, &first->address) : reading_absent();
}

/* The first one's, which came with him. */
static struct reading
read_first_rcpt_host(const struct moment *moment, UNUSED struct slice index)
{
    struct moment then = *moment;
    struct slice host, port;

    then.recipient = first_before(moment);
    if (then.recipient == NULL)
        return reading_absent();
    read_next_hop(&then, &host, &port);
    return given_domain(moment, host);
}

static struct reading
read_recipients(const struct moment *moment, UNUSED struct slice index)
{
    const struct transaction *transaction = moment->transaction;
    struct value *items = ARENA_ARRAY(moment->arena, transaction->recipient_count, struct value);
    size_t count = 0;

    for (const struct recipient *r = transaction->recipients; r; r = r->next)
        if (count < transaction->recipient_count)
            items[count++] =
                value_address(moment->arena, &r->address, settings_local_case(moment->settings));
    return given_items(items, count);
}

static const struct fact envelope_rows[] = {
    {"sender", TYPE_ADDRESS, STAGE_MAIL, STAYS, "", NULL, read_sender,
     .help = "the envelope sender; <> is there, and empty"},
    {"mail.size", TYPE_SIZE, STAGE_MAIL, ABSENT | STAYS, "", NULL, read_mail_size,
     .help = "the size that SIZE= declares"},
    {"mail.body", TYPE_WORD, STAGE_MAIL, ABSENT | STAYS, "", NULL, read_mail_body,
     .help = "the value of BODY=: 7BIT, 8BITMIME or BINARYMIME",
     .words = "7BIT 8BITMIME BINARYMIME"},
    {"mail.smtputf8", TYPE_TRUTH, STAGE_MAIL, NO_SENDMAIL | STAYS, "", NULL, read_mail_smtputf8,
     .help = "whether SMTPUTF8 was declared"},
    {"mail.auth", TYPE_TEXT, STAGE_MAIL, ABSENT | STAYS, "", NULL, read_mail_auth,
     .help =
         "the value of AUTH=, decoded; anybody can write anything there, so it identifies nobody"},
    {"mail.ret", TYPE_WORD, STAGE_MAIL, ABSENT | STAYS, "", NULL, read_mail_ret,
     .help = "the value of RET=: FULL or HDRS", .words = "FULL HDRS"},
    {"mail.envid", TYPE_TEXT, STAGE_MAIL, ABSENT | STAYS, "", NULL, read_mail_envid,
     .help = "the value of ENVID=, decoded"},
    {"mail.params", TYPE_WORD, STAGE_MAIL, MANY | TOO | STAYS, "", NULL, read_mail_params,
     .help = "the keywords of all parameters of MAIL"},
    {"mail.params", TYPE_TEXT, STAGE_MAIL, ABSENT | INDEX | STAYS, "", NULL, read_mail_param,
     .help = "the value of the first parameter of that keyword, as sent; empty for one without a "
             "value"},
    {"mail.error", TYPE_TEXT, STAGE_MAIL, ABSENT | STAYS, "", NULL, read_mail_error,
     .help = "what is wrong with the parameters of MAIL; absent when nothing is"},
    {"rcpt", TYPE_ADDRESS, STAGE_RCPT, EACH | STAYS, "", NULL, read_rcpt,
     .help = "the envelope recipient"},
    {"rcpt.notify", TYPE_WORD, STAGE_RCPT, MANY | EACH | STAYS, "", NULL, read_rcpt_notify,
     .help = "the words of NOTIFY=: NEVER, or SUCCESS, FAILURE, DELAY",
     .words = "NEVER SUCCESS FAILURE DELAY"},
    {"rcpt.orcpt", TYPE_TEXT, STAGE_RCPT, ABSENT | EACH | STAYS, "", NULL, read_rcpt_orcpt,
     .help = "the value of ORCPT=, type and address, as sent"},
    {"rcpt.params", TYPE_WORD, STAGE_RCPT, MANY | TOO | EACH | STAYS, "", NULL, read_rcpt_params,
     .help = "the keywords of all parameters of RCPT"},
    {"rcpt.params", TYPE_TEXT, STAGE_RCPT, ABSENT | INDEX | EACH | STAYS, "", NULL, read_rcpt_param,
     .help = "the value of the first parameter of that keyword, as sent; empty for one without a "
             "value"},
    {"rcpt.error", TYPE_TEXT, STAGE_RCPT, ABSENT | EACH | STAYS, "", NULL, read_rcpt_error,
     .help = "what is wrong with the parameters of RCPT; absent when nothing is"},
    {"rcpt.address-error", TYPE_TEXT, STAGE_RCPT, ABSENT | EACH | STAYS, "", NULL,
     read_rcpt_address_error,
     .help = "what is wrong with the recipient's address, as sender.error says of the sender's"},
    {"rcpt.mailer", TYPE_WORD, STAGE_RCPT, ABSENT | EACH, "{rcpt_mailer}", NULL, NULL,
     .help = "the transport or mailer that the MTA will use"},
    {"rcpt.host", TYPE_DOMAIN, STAGE_RCPT, ABSENT | EACH, "{rcpt_host}", NULL, read_rcpt_host,
     .help = "the next hop as the transport is told it, without brackets and port"},
    {"rcpt.port", TYPE_NUMBER, STAGE_RCPT, ABSENT | EACH | NO_SENDMAIL, "{rcpt_host}", NULL,
     read_rcpt_port, .help = "the port of the next hop, where one is given"},
    {"rcpt.count", TYPE_NUMBER, STAGE_RCPT, EACH, "", NULL, read_rcpt_count,
     .help = "which one this recipient is of those that were offered, from 1"},
    {"first-rcpt", TYPE_ADDRESS, STAGE_RCPT, ABSENT | EACH, "", NULL, read_first_rcpt,
     .help = "the first recipient that was accepted; absent for that one itself"},
    {"first-rcpt.host", TYPE_DOMAIN, STAGE_RCPT, ABSENT | EACH, "{rcpt_host}", NULL,
     read_first_rcpt_host, .help = "the next hop of that recipient, as rcpt.host has it"},
    {"recipients", TYPE_ADDRESS, STAGE_DATA, MANY, "", NULL, read_recipients,
     .help = "the recipients that were accepted"},
};

const struct fact_rows facts_envelope = {envelope_rows,
                                         sizeof envelope_rows / sizeof envelope_rows[0]};
