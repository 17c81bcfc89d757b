/* The catalogue: one row for each fact, in the order of the manual. */
#include "facts.h"

enum {
    MANY = FACT_MANY,
    ABSENT = FACT_MAY_BE_ABSENT,
    INDEX = FACT_NEEDS_INDEX,
    TOO = FACT_TAKES_INDEX,
    EACH = FACT_OF_RECIPIENT,
    ANY = FACT_ANY_STAGE,
    HEADER = FACT_READS_HEADER,
    BODY = FACT_READS_BODY,
    WHOLE = FACT_READS_BODY | FACT_HOLDS_BODY,
    PARTS = FACT_READS_HEADER | FACT_READS_BODY | FACT_READS_PARTS,
    SPLIT = FACT_HAS_PARTS,
    AUTHORS = FACT_OF_AUTHORS,
    STAYS = FACT_STAYS,
    NO_POSTFIX = FACT_NEVER_POSTFIX,
    NO_SENDMAIL = FACT_NEVER_SENDMAIL,
};

static const struct fact facts[] = {
    {"client.ip", TYPE_IP, STAGE_CONNECT, ABSENT, "", NULL, read_client_ip,
     "the client's IP address"},
    {"client.name", TYPE_DOMAIN, STAGE_CONNECT, ABSENT, "", NULL, read_client_name,
     "the client's host name, where the MTA found one that leads back to its address"},
    {"client.ptr", TYPE_DOMAIN, STAGE_CONNECT, ABSENT, "{client_ptr}", NULL, read_client_ptr,
     "the name that DNS has for the client's address, whether it leads back or not"},
    {"client.resolve", TYPE_WORD, STAGE_CONNECT, ABSENT, "{client_resolve}", NULL,
     read_client_resolve, "how the search for the client's name ended: OK, FAIL, FORGED or TEMP"},
    {"client.port", TYPE_NUMBER, STAGE_CONNECT, ABSENT, "{client_port}", NULL, read_client_port,
     "the client's TCP port"},
    {"client.local", TYPE_TRUTH, STAGE_CONNECT, 0, "", NULL, read_client_local,
     "whether the message is handed in on the MTA's own machine, not by SMTP; refusing it makes a "
     "bounce"},
    {"daemon.name", TYPE_WORD, STAGE_CONNECT, ABSENT, "{daemon_name}", NULL, read_daemon_name,
     "the name of the MTA's listening service"},
    {"daemon.ip", TYPE_IP, STAGE_CONNECT, ABSENT, "{daemon_addr}", NULL, read_daemon_ip,
     "the address at which the MTA took the connection"},
    {"daemon.port", TYPE_NUMBER, STAGE_CONNECT, ABSENT, "{daemon_port}", NULL, read_daemon_port,
     "the port at which the MTA took the connection, which tells submission from relay"},
    {"mta.host", TYPE_DOMAIN, STAGE_CONNECT, ABSENT, "j", NULL, read_mta_host,
     "the MTA's own host name"},
    {"mta.version", TYPE_TEXT, STAGE_CONNECT, ABSENT, "v", NULL, read_mta_version,
     "the MTA's version, as in \"Postfix 3.7.11\""},

    {"helo", TYPE_WORD, STAGE_HELO, ABSENT, "", NULL, read_helo,
     "the argument of HELO or EHLO; absent where none was said"},
    {"helo.error", TYPE_TEXT, STAGE_HELO, ABSENT, "", NULL, read_helo_error,
     "why that argument is neither a domain name nor an address literal; absent when it is one"},

    {"sender", TYPE_ADDRESS, STAGE_MAIL, STAYS, "", NULL, read_sender,
     "the envelope sender; <> is there, and empty"},
    {"auth.user", TYPE_FOLDED, STAGE_MAIL, ABSENT, "{auth_type} {auth_authen} v", NULL,
     read_auth_user, "the login of the client; absent for one who didn't log in, or as ANONYMOUS"},
    {"auth.mechanism", TYPE_WORD, STAGE_MAIL, ABSENT, "{auth_type}", "auth.user",
     read_auth_mechanism, "the SASL mechanism of the login"},
    {"auth.ssf", TYPE_NUMBER, STAGE_MAIL, ABSENT | NO_POSTFIX, "{auth_ssf}", "auth.user",
     read_auth_ssf, "the strength, in bits, of the encryption that the login brought"},
    {"tls", TYPE_TRUTH, STAGE_MAIL, 0, "{tls_version}", NULL, read_tls,
     "whether the connection is encrypted by TLS"},
    {"tls.version", TYPE_TLS, STAGE_MAIL, ABSENT, "{tls_version}", "tls", read_tls_version,
     "the version of TLS; versions are ordered"},
    {"tls.cipher", TYPE_WORD, STAGE_MAIL, ABSENT, "{cipher}", "tls", read_tls_cipher,
     "the cipher suite"},
    {"tls.bits", TYPE_NUMBER, STAGE_MAIL, ABSENT, "{cipher_bits}", "tls", read_tls_bits,
     "the length of the cipher's key in bits"},
    {"tls.subject", TYPE_TEXT, STAGE_MAIL, ABSENT, "{cert_subject}", NULL, read_tls_subject,
     "the subject of the client's certificate, on Postfix its common name; only tls.verified says "
     "whether to believe it"},
    {"tls.issuer", TYPE_TEXT, STAGE_MAIL, ABSENT, "{cert_issuer}", NULL, read_tls_issuer,
     "the issuer of the client's certificate, on Postfix its common name"},
    {"tls.verified", TYPE_TRUTH, STAGE_MAIL, 0, "{verify} {cert_subject} v", NULL,
     read_tls_verified, "whether the MTA trusts the client's certificate"},
    {"mail.size", TYPE_SIZE, STAGE_MAIL, ABSENT | STAYS, "", NULL, read_mail_size,
     "the size that SIZE= declares"},
    {"mail.body", TYPE_WORD, STAGE_MAIL, ABSENT | STAYS, "", NULL, read_mail_body,
     "the value of BODY=: 7BIT, 8BITMIME or BINARYMIME"},
    {"mail.smtputf8", TYPE_TRUTH, STAGE_MAIL, NO_SENDMAIL | STAYS, "", NULL, read_mail_smtputf8,
     "whether SMTPUTF8 was declared"},
    {"mail.auth", TYPE_TEXT, STAGE_MAIL, ABSENT | STAYS, "", NULL, read_mail_auth,
     "the value of AUTH=, decoded; anybody can write anything there, so it identifies nobody"},
    {"mail.ret", TYPE_WORD, STAGE_MAIL, ABSENT | STAYS, "", NULL, read_mail_ret,
     "the value of RET=: FULL or HDRS"},
    {"mail.envid", TYPE_TEXT, STAGE_MAIL, ABSENT | STAYS, "", NULL, read_mail_envid,
     "the value of ENVID=, decoded"},
    {"mail.params", TYPE_WORD, STAGE_MAIL, MANY | TOO | STAYS, "", NULL, read_mail_params,
     "the keywords of all parameters of MAIL"},
    {"mail.params", TYPE_TEXT, STAGE_MAIL, ABSENT | INDEX | STAYS, "", NULL, read_mail_param,
     "the value of the first parameter of that keyword, as sent; empty for one without a value"},
    {"mail.error", TYPE_TEXT, STAGE_MAIL, ABSENT | STAYS, "", NULL, read_mail_error,
     "what is wrong with the parameters of MAIL; absent when nothing is"},

    {"rcpt", TYPE_ADDRESS, STAGE_RCPT, EACH | STAYS, "", NULL, read_rcpt, "the envelope recipient"},
    {"rcpt.notify", TYPE_WORD, STAGE_RCPT, MANY | EACH | STAYS, "", NULL, read_rcpt_notify,
     "the words of NOTIFY=: NEVER, or SUCCESS, FAILURE, DELAY"},
    {"rcpt.orcpt", TYPE_TEXT, STAGE_RCPT, ABSENT | EACH | STAYS, "", NULL, read_rcpt_orcpt,
     "the value of ORCPT=, type and address, as sent"},
    {"rcpt.params", TYPE_WORD, STAGE_RCPT, MANY | TOO | EACH | STAYS, "", NULL, read_rcpt_params,
     "the keywords of all parameters of RCPT"},
    {"rcpt.params", TYPE_TEXT, STAGE_RCPT, ABSENT | INDEX | EACH | STAYS, "", NULL, read_rcpt_param,
     "the value of the first parameter of that keyword, as sent; empty for one without a value"},
    {"rcpt.error", TYPE_TEXT, STAGE_RCPT, ABSENT | EACH | STAYS, "", NULL, read_rcpt_error,
     "what is wrong with the parameters of RCPT; absent when nothing is"},
    {"rcpt.address-error", TYPE_TEXT, STAGE_RCPT, ABSENT | EACH | STAYS, "", NULL,
     read_rcpt_address_error,
     "what is wrong with the recipient's address, as sender.error says of the sender's"},
    {"rcpt.mailer", TYPE_WORD, STAGE_RCPT, ABSENT | EACH, "{rcpt_mailer}", NULL, read_rcpt_mailer,
     "the transport or mailer that the MTA will use"},
    {"rcpt.host", TYPE_DOMAIN, STAGE_RCPT, ABSENT | EACH, "{rcpt_host}", NULL, read_rcpt_host,
     "the next hop as the transport is told it, without brackets and port"},
    {"rcpt.port", TYPE_NUMBER, STAGE_RCPT, ABSENT | EACH | NO_SENDMAIL, "{rcpt_host}", NULL,
     read_rcpt_port, "the port of the next hop, where one is given"},
    {"rcpt.count", TYPE_NUMBER, STAGE_RCPT, EACH, "", NULL, read_rcpt_count,
     "which one this recipient is of those that were offered, from 1"},
    {"first-rcpt", TYPE_ADDRESS, STAGE_RCPT, ABSENT | EACH, "", NULL, read_first_rcpt,
     "the first recipient that was accepted; absent for himself"},

    {"recipients", TYPE_ADDRESS, STAGE_DATA, MANY, "", NULL, read_recipients,
     "the recipients that were accepted"},

    {"header", TYPE_TEXT, STAGE_HEADER, MANY | INDEX | HEADER | SPLIT | STAYS, "", NULL,
     read_header, "the fields of that name, unfolded"},
    {"header.from", TYPE_MAILBOX, STAGE_HEADER, MANY | HEADER | STAYS, "", NULL, read_header_from,
     "the mailboxes of all From fields"},
    {"header.sender", TYPE_MAILBOX, STAGE_HEADER, MANY | HEADER | STAYS, "", NULL,
     read_header_sender, "the mailboxes of all Sender fields"},
    {"header.reply-to", TYPE_MAILBOX, STAGE_HEADER, MANY | HEADER | STAYS, "", NULL,
     read_header_reply_to, "the mailboxes of all Reply-To fields"},
    {"header.resent-from", TYPE_MAILBOX, STAGE_HEADER, MANY | HEADER | STAYS, "", NULL,
     read_header_resent_from, "the mailboxes of all Resent-From fields"},
    {"header.resent-sender", TYPE_MAILBOX, STAGE_HEADER, MANY | HEADER | STAYS, "", NULL,
     read_header_resent_sender, "the mailboxes of all Resent-Sender fields"},
    {"header.error", TYPE_TEXT, STAGE_HEADER, MANY | HEADER | STAYS, "", NULL, read_header_error,
     "what is wrong with From, Sender, Reply-To, Resent-From and Resent-Sender fields, each with "
     "its name: malformed, there again, missing, or more mailboxes than may be"},
    {"header.ambiguous", TYPE_TEXT, STAGE_HEADER, MANY | INDEX | HEADER | AUTHORS | STAYS, "", NULL,
     read_header_ambiguous,
     "why the fields of that name, one of From, Sender, Reply-To, Resent-From and Resent-Sender, "
     "have more than one reading: a reason for each field or item"},
    {"header.count", TYPE_NUMBER, STAGE_HEADER, HEADER, "", NULL, read_header_count,
     "the number of header fields"},
    {"header.size", TYPE_SIZE, STAGE_HEADER, HEADER, "", NULL, read_header_size,
     "the octets of all header fields"},
    {"header.8bit", TYPE_TRUTH, STAGE_HEADER, HEADER | STAYS, "", NULL, read_header_8bit,
     "whether the header has octets beyond ASCII"},
    {"header.utf8", TYPE_TRUTH, STAGE_HEADER, HEADER | STAYS, "", NULL, read_header_utf8,
     "whether the header has octets beyond ASCII, and all of it is valid UTF-8"},

    {"message.size", TYPE_SIZE, STAGE_BODY, HEADER | BODY | STAYS, "", NULL, read_message_size,
     "the octets of header and body, with the empty line between them"},
    {"message.8bit", TYPE_TRUTH, STAGE_BODY, BODY | STAYS, "", NULL, read_message_8bit,
     "whether the body has octets beyond ASCII"},
    {"message.nul", TYPE_TRUTH, STAGE_BODY, BODY | STAYS, "", NULL, read_message_nul,
     "whether the body has a NUL"},
    {"message.longest-line", TYPE_NUMBER, STAGE_BODY, BODY | STAYS, "", NULL,
     read_message_longest_line, "the octets of the body's longest line, without its end"},
    {"message.bare-newline", TYPE_TRUTH, STAGE_BODY, BODY | STAYS, "", NULL,
     read_message_bare_newline, "whether the body has a CR or an LF that stands alone"},
    {"message.needs-smtputf8", TYPE_TRUTH, STAGE_BODY, PARTS | STAYS, "", NULL,
     read_message_needs_smtputf8,
     "whether a header field, at the top or of a part at any depth, is UTF-8 beyond ASCII, so that "
     "it takes SMTPUTF8 to send the message, whatever its envelope"},
    {"message.signed", TYPE_TRUTH, STAGE_BODY, PARTS | STAYS, "", NULL, read_message_signed,
     "whether it has a signature that a change would break: DKIM, ARC, S/MIME or PGP"},
    {"message.mime-error", TYPE_TEXT, STAGE_BODY, MANY | PARTS | STAYS, "", NULL,
     read_message_mime_error,
     "what is wrong with its structure, as \"part 2 (text/plain) has an unknown "
     "Content-Transfer-Encoding\", or why parts weren't looked into"},
    {"part.type", TYPE_WORD, STAGE_BODY, MANY | PARTS | STAYS, "", NULL, read_part_type,
     "the type of the message and of each part, as \"text/plain\""},
    {"part.filename", TYPE_TEXT, STAGE_BODY, MANY | PARTS | SPLIT | STAYS, "", NULL,
     read_part_filename,
     "the names that parts give to files, decoded: filename of Content-Disposition and name of "
     "Content-Type"},
    {"part", TYPE_TEXT, STAGE_BODY, MANY | INDEX | PARTS | SPLIT | STAYS, "", NULL, read_part,
     "the fields of that name of all parts, unfolded, but for the message's own"},
    {"body", TYPE_TEXT, STAGE_BODY, MANY | WHOLE | STAYS, "", NULL, read_body,
     "the lines of the body, as they came"},

    {"command", TYPE_TEXT, STAGE_UNKNOWN, ABSENT, "", NULL, read_command,
     "a command that the MTA doesn't know: from Postfix its verb, from Sendmail the whole line"},
    {"command.verb", TYPE_WORD, STAGE_UNKNOWN, ABSENT, "", "command", read_command_verb,
     "the first word of that command"},

    {"macro", TYPE_TEXT, STAGE_CONNECT, ABSENT | INDEX, "", NULL, read_macro,
     "a macro of the MTA, by its name with braces; one of which the stage isn't known needs a rule "
     "with at"},
    {"queue.id", TYPE_TEXT, STAGE_MAIL, ANY, "i", NULL, read_queue_id,
     "the message's queue id, or NOQUEUE before there is one"},
    {"time", TYPE_TEXT, STAGE_CONNECT, ANY, "", NULL, read_time,
     "the local time at which the transaction began, as in 2026-11-02T09:30:00+01:00"},
    {"time.hour", TYPE_NUMBER, STAGE_CONNECT, ANY, "", NULL, read_time_hour,
     "its hour, from 0 to 23"},
    {"time.weekday", TYPE_WORD, STAGE_CONNECT, ANY, "", NULL, read_time_weekday,
     "its day of the week: mon, tue, wed, thu, fri, sat or sun"},
};

enum { FACTS = sizeof facts / sizeof facts[0] };

const struct fact *
facts_all(size_t *count_r)
{
    *count_r = FACTS;
    return facts;
}

/* What the MTA, or the grammar of MAIL and RCPT, lets through; other words never get here. */
static const struct {
    const char *fact;
    const char *words;
} closed[] = {
    {"client.resolve", "OK FAIL FORGED TEMP"},
    {"mail.body", "7BIT 8BITMIME BINARYMIME"},
    {"mail.ret", "FULL HDRS"},
    {"rcpt.notify", "NEVER SUCCESS FAILURE DELAY"},
    {"time.weekday", "mon tue wed thu fri sat sun"},
};

const char *
fact_words(const struct fact *fact)
{
    for (size_t i = 0; i < sizeof closed / sizeof closed[0]; i++)
        if (strcmp(closed[i].fact, fact->name) == 0)
            return closed[i].words;
    return NULL;
}

/* Is `known` the beginning of the name, up to a dot or its end? */
static bool
begins(struct slice known, struct slice name)
{
    return slice_equal(slice_first(name, known.len), known) &&
           (name.len == known.len || name.at[known.len] == '.');
}

const struct fact *
fact_find(struct slice name, bool indexed, struct slice *rest_r)
{
    const struct fact *found = NULL;
    size_t longest = 0;

    for (size_t i = 0; i < FACTS; i++) {
        struct slice known = slice_of(facts[i].name);
        bool wants_index = facts[i].flags & FACT_NEEDS_INDEX;

        if (wants_index != indexed || known.len <= longest || !begins(known, name))
            continue;
        if (indexed && known.len < name.len)
            continue;
        found = &facts[i];
        longest = known.len;
    }
    if (found)
        *rest_r = slice_from(name, longest + 1);
    return found;
}
