/* `postern resend`: for pipe(8) of Postfix. Takes a message and its envelope, makes both fit for a
 * next hop that offers neither 8BITMIME nor SMTPUTF8, and hands them to sendmail(1), so that
 * Postfix queues the message anew, and nothing is left that says it needs SMTPUTF8.
 *
 * Postfix reads an enhanced status code at the beginning of what the program says, which wins over
 * the exit status. Each way to fail says one that agrees. */
#include <errno.h>
#include <stdio.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/system.h"
#include "command.h"
#include "handover.h"
#include "mail/address.h"
#include "message_file.h"
#include "spool.h"

static int resend_run(int argc, char **argv);

enum { RESEND_SENDMAIL = OPTION_LONG };

static const struct command_option resend_options[] = {
    {RESEND_SENDMAIL, "sendmail", "PATH", "what takes the message (/usr/sbin/sendmail)",
     OPTION_FREE},
    {'N', NULL, "NOTIFY", "when to tell the sender, as DSN has it", OPTION_FREE},
    {'R', NULL, "RETURN", "what to return", OPTION_FREE},
    {'V', NULL, "ENVID", "the envelope's id", OPTION_FREE},
    {'f', NULL, "SENDER", "the envelope sender; \"\" is the null sender", OPTION_NEEDED},
    COMMAND_OPTIONS_END,
};

const struct command command_resend = {
    .name = "resend",
    .operands = "RECIPIENT...",
    .help = "convert the message on standard input, and hand it to sendmail(1)",
    .options = resend_options,
    .examples = {"resend -f alice@example.com bob@example.net <message.eml",
                 "resend -f '' -N never bob@example.net <message.eml"},
    .is_filter = true,
    .run = resend_run,
};

enum {
    MOST_ROUNDS = 4, /* a list may send a message back here once or twice */
    MOST_OPTIONS = 6,
    HOST_MAX = 256,
};

#define TRACE_FIELD "X-Postern-Resent"

struct resend {
    struct arena *arena;
    const char *sendmail;
    const char *sender;                /* NULL: none was given */
    const char *options[MOST_OPTIONS]; /* DSN parameters (RFC 3461), as sendmail(1) takes them */
    size_t option_count;
    char **recipients;
    size_t recipient_count;
    char host[HOST_MAX];
};

static int
resend_fail(int status, const char *enhanced, const char *text)
{
    fprintf(stderr, "%s %s\n", enhanced, text);
    return status;
}

/* Postfix would bounce for EX_USAGE, though nothing is wrong with the mail: the code, which it
 * reads first, makes it wait. */
static int
complain_of_usage(const char *text)
{
    return resend_fail(EX_USAGE, "4.3.5", text);
}

/* One address and nothing else for whoever reads it: sendmail(1) sends to two where white space or
 * a comma parts them, and mends what it can't read. Postfix quotes what must be quoted. */
static bool
is_one_address(struct slice s)
{
    bool quoted = false, literal = false;

    for (size_t i = 0; i < s.len; i++) {
        char c = s.at[i];

        if ((unsigned char)c < ' ' || c == 127)
            return false;
        if (c == '"')
            quoted = !quoted;
        else if (c == '\\' && quoted)
            i++;
        else if (c == '[' && !quoted)
            literal = true;
        else if (!quoted && (strchr(" ,;()<>\\", c) || (c == ':' && !literal)))
            return false;
    }
    return s.len > 0 && !quoted;
}

/* The sender as it can be said in ASCII; EX_OK, or complained of. */
static int
exchange_sender(struct resend *resend)
{
    struct slice given = slice_of(resend->sender);
    struct address address;
    struct slice ascii;

    /* What pipe(8) says for the null sender, unless master.cf has null_sender= for it. */
    if (given.len == 0 || slice_equal(given, SLICE("<>")) ||
        slice_equal(given, SLICE("MAILER-DAEMON"))) {
        resend->sender = "";
        return EX_OK;
    }
    if (!is_one_address(given))
        return resend_fail(EX_DATAERR, "5.1.7", "the sender's address can't be passed on");
    if (slice_is_ascii(given))
        return EX_OK;
    address_parse_mailbox(resend->arena, given, &address);
    if (!address_ascii(resend->arena, &address, &ascii))
        return resend_fail(EX_DATAERR, "5.6.7", "the sender's address has no form in ASCII");
    resend->sender = arena_string(resend->arena, ascii);
    return EX_OK;
}

/* A recipient that has no form in ASCII stays as it is: Postfix sees what it takes to reach him. */
static int
exchange_recipient(struct resend *resend, char **recipient)
{
    struct slice given = slice_of(*recipient);
    struct address address;
    struct slice ascii;

    if (!is_one_address(given))
        return resend_fail(EX_DATAERR, "5.1.3", "a recipient's address can't be passed on");
    if (slice_is_ascii(given))
        return EX_OK;
    address_parse_mailbox(resend->arena, given, &address);
    if (address_ascii(resend->arena, &address, &ascii))
        *recipient = arena_string(resend->arena, ascii);
    return EX_OK;
}

static int
exchange_envelope(struct resend *resend)
{
    int status = exchange_sender(resend);

    for (size_t i = 0; status == EX_OK && i < resend->recipient_count; i++)
        status = exchange_recipient(resend, &resend->recipients[i]);
    return status;
}

/* -G: addresses and header are left as they are; -i: a dot alone is a line like others. */
static const char **
arguments_of(const struct resend *resend)
{
    size_t most = 6 + resend->option_count + resend->recipient_count + 1;
    const char **arguments = ARENA_ARRAY(resend->arena, most, const char *);
    size_t count = 0;

    arguments[count++] = resend->sendmail;
    arguments[count++] = "-G";
    arguments[count++] = "-i";
    for (size_t i = 0; i < resend->option_count; i++)
        arguments[count++] = resend->options[i];
    arguments[count++] = "-f";
    arguments[count++] = resend->sender;
    arguments[count++] = "--";
    for (size_t i = 0; i < resend->recipient_count; i++)
        arguments[count++] = resend->recipients[i];
    return arguments;
}

/* An empty value is what a macro of pipe(8) leaves where there is nothing to say. */
static void
take_option(struct resend *resend, int option)
{
    static const char *const names[] = {"-N", "-R", "-V"};

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (names[i][1] == option && optarg[0] != '\0' && resend->option_count < MOST_OPTIONS) {
            resend->options[resend->option_count++] = names[i];
            resend->options[resend->option_count++] = optarg;
        }
}

static int
put_off(const char *reason)
{
    return resend_fail(EX_TEMPFAIL, "4.3.0", reason);
}

/* The host may have sent the message on before, and somebody may have sent it back. */
static int
check_rounds(const struct resend *resend, const struct header_field *field)
{
    size_t rounds = 0;

    for (; field; field = field->next)
        rounds += slice_equal_nocase(field->name, SLICE(TRACE_FIELD)) &&
                  slice_equal_nocase(slice_trim(field->body), slice_of(resend->host));
    if (rounds < MOST_ROUNDS)
        return EX_OK;
    return resend_fail(EX_DATAERR, "5.4.6",
                       "the message goes in a circle, and comes back here each time");
}

static int
write_trace(const struct resend *resend, const struct mime_part *message, int file)
{
    /* It would take in what stands at the top of a message without header. That of a mailbox file
     * has a line there which sendmail(1) leaves out, but not behind a field. */
    if (message->header == NULL || slice_starts_nocase(message->header_text, SLICE("From ")))
        return EX_OK;
    if (dprintf(file, TRACE_FIELD ": %s\n", resend->host) > 0)
        return EX_OK;
    return put_off(
        arena_printf(resend->arena, "the message can't be kept: %s", system_error(errno)));
}

/* All of it is there before anybody reads it: a program that reads as it is written could take what
 * was cut off for the whole. */
static int
write_and_hand_over(struct resend *resend, struct message_file *message)
{
    int file = spool_file(resend->arena);
    const char *reason;
    int status;

    if (file < 0)
        return put_off(arena_printf(resend->arena, "there is no place for the message: %s",
                                    system_error(errno)));
    status = write_trace(resend, message_file_mime(message)->first, file);
    if (status == EX_OK && !message_file_write(message, file, &reason))
        status = put_off(reason);
    if (status == EX_OK && !handover(resend->arena, file, arguments_of(resend), &reason))
        status = put_off(reason);
    close(file);
    return status;
}

static int
resend_message(struct resend *resend)
{
    struct convert_refusal refusal;
    struct message_file *message;
    const char *reason;
    int status = exchange_envelope(resend);

    if (status != EX_OK)
        return status;
    message = message_file_read(resend->arena, STDIN_FILENO, &reason);
    if (message == NULL)
        return put_off(reason);
    if (message_file_mime(message)->size == 0)
        return put_off("there is no message");
    status = check_rounds(resend, message_file_mime(message)->first->header);
    if (status != EX_OK)
        return status;
    if (!message_file_plan(message, CONVERT_8BIT | CONVERT_UTF8, &refusal))
        return resend_fail(EX_DATAERR, refusal.enhanced, refusal.reason);
    return write_and_hand_over(resend, message);
}

static int
read_resend_options(struct resend *resend, int argc, char **argv)
{
    int option;

    while ((option = command_option(&command_resend, argc, argv)) != -1) {
        if (option == '?')
            return complain_of_usage("there is no such option, or it lacks its value");
        if (option == RESEND_SENDMAIL)
            resend->sendmail = optarg;
        else if (option == 'f')
            resend->sender = optarg;
        else
            take_option(resend, option);
    }
    if (resend->sender == NULL)
        return complain_of_usage("no sender is named");
    if (optind == argc)
        return complain_of_usage("no recipient is named");
    resend->recipients = argv + optind;
    resend->recipient_count = (size_t)(argc - optind);
    return EX_OK;
}

static int
resend_run(int argc, char **argv)
{
    struct resend resend = {.sendmail = "/usr/sbin/sendmail"};
    int status = read_resend_options(&resend, argc, argv);

    if (status != EX_OK)
        return status;
    if (gethostname(resend.host, sizeof resend.host - 1) != 0)
        return put_off("the host has no name");
    resend.arena = arena_new(SIZE_MAX);
    status = resend_message(&resend);
    arena_free(&resend.arena);
    return status;
}
