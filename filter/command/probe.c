/* `postern probe`: asks next hops what they offer, and prints or updates the table that says so. */
#include <signal.h>
#include <stdio.h>
#include <sysexits.h>

#include "command.h"
#include "mail/domain.h"
#include "next_hop/smtp_client.h"
#include "next_hop/table.h"
#include "replace.h"

static int probe_run(int argc, char **argv);

static const struct command_option probe_options[] = {
    {'p', NULL, NULL, "leave STARTTLS alone", OPTION_FREE},
    {'n', NULL, "NAME", "the name to give with EHLO", OPTION_FREE},
    {'t', NULL, "SECONDS", "the time for each host, from 1 to 600 (10)", OPTION_FREE},
    {'o', NULL, "FILE", "update this file, and print nothing", OPTION_FREE},
    COMMAND_OPTIONS_END,
};

const struct command command_probe = {
    .name = "probe",
    .operands = "HOST[:PORT]...",
    .help = "ask next hops what they offer, for the table next-hops",
    .options = probe_options,
    .examples = {"probe mx.example.com", "probe -o /etc/postern/next-hops mx.example.com:25"},
    .run = probe_run,
};

enum { DEFAULT_SECONDS = 10, MOST_SECONDS = 600 };

struct probe {
    struct arena *arena;
    struct smtp_question question; /* but for host and port */
    const char *file;              /* NULL: standard output */
    struct next_hop *hops;
    size_t count;
};

static int
complain(const char *what, const char *wrong)
{
    fprintf(stderr, "postern: probe: \"%s\" %s\n", what, wrong);
    return EX_USAGE;
}

static int
read_seconds(struct probe *probe, const char *text)
{
    int64_t seconds;

    if (!slice_number(slice_of(text), &seconds) || seconds < 1 || seconds > MOST_SECONDS)
        return complain(text, "is no time: a number of seconds from 1 to 600 belongs there");
    probe->question.milliseconds = seconds * 1000;
    return EX_OK;
}

static int
read_own_name(struct probe *probe, const char *text)
{
    struct ip ip;

    if (!domain_is_valid(slice_of(text), false) && !domain_literal_parse(slice_of(text), &ip))
        return complain(text, "is no name for EHLO: a domain or [address] belongs there");
    probe->question.hello = text;
    return EX_OK;
}

static int
read_option(struct probe *probe, int option)
{
    switch (option) {
    case 'n':
        return read_own_name(probe, optarg);
    case 'o':
        probe->file = optarg;
        return EX_OK;
    case 'p':
        probe->question.plain = true;
        return EX_OK;
    case 't':
        return read_seconds(probe, optarg);
    default:
        return EX_USAGE;
    }
}

/* One key can have one line only. */
static int
read_hop(struct probe *probe, const char *text)
{
    struct next_hop *hop = &probe->hops[probe->count];

    if (!next_hop_parse(probe->arena, text, hop))
        return complain(text, "is no host: a name, an address or [address] belongs there, with or "
                              "without :PORT");
    for (size_t i = 0; i < probe->count; i++)
        if (slice_equal(probe->hops[i].key, hop->key))
            return complain(text, "would have the same key in the table as another host");
    probe->count++;
    return EX_OK;
}

static int
read_arguments(struct probe *probe, int argc, char **argv)
{
    int option, status = EX_OK;

    while (status == EX_OK && (option = command_option(&command_probe, argc, argv)) != -1)
        status = read_option(probe, option);
    if (status != EX_OK || optind == argc)
        return EX_USAGE;
    probe->hops = ARENA_ARRAY(probe->arena, (size_t)(argc - optind), struct next_hop);
    for (; status == EX_OK && optind < argc; optind++)
        status = read_hop(probe, argv[optind]);
    return status;
}

static void
ask_hop(struct probe *probe, struct next_hop *hop)
{
    struct smtp_answer answer;

    probe->question.host = hop->host;
    probe->question.port = hop->port;
    smtp_ask(probe->arena, &probe->question, &answer);
    hop->asked = answer.reason == NULL;
    hop->offers = answer.offers;
    hop->reason = answer.reason;
    if (answer.reason)
        fprintf(stderr, "postern: probe: %s: %s\n", hop->host, answer.reason);
    else if (answer.note)
        fprintf(stderr, "postern: probe: %s: what it offers without TLS counts: %s\n", hop->host,
                answer.note);
}

static int
print(struct probe *probe)
{
    struct buffer *text = ARENA_NEW(probe->arena, struct buffer);
    int status = EX_OK;

    buffer_init(text, probe->arena, SIZE_MAX);
    for (size_t i = 0; i < probe->count; i++) {
        next_hop_print(text, &probe->hops[i]);
        if (!probe->hops[i].asked)
            status = EX_TEMPFAIL;
    }
    if (fputs(buffer_slice(text).at, stdout) >= 0 && fflush(stdout) == 0)
        return status;
    perror("postern: probe: standard output");
    return EX_IOERR;
}

/* Read only now, so that what was changed meanwhile stays changed. */
static int
update(struct probe *probe)
{
    struct buffer *text = ARENA_NEW(probe->arena, struct buffer);
    struct slice old;
    const char *reason = replace_read(probe->arena, probe->file, &old);
    size_t lacking = 0;

    buffer_init(text, probe->arena, SIZE_MAX);
    if (reason == NULL) {
        lacking = next_hops_merge(probe->arena, old, probe->hops, probe->count, text);
        if (!slice_equal(buffer_slice(text), old))
            reason = replace_write(probe->arena, probe->file, buffer_slice(text));
    }
    if (reason) {
        fprintf(stderr, "postern: probe: %s: %s\n", probe->file, reason);
        return EX_IOERR;
    }
    return lacking > 0 ? EX_TEMPFAIL : EX_OK;
}

static int
probe_run(int argc, char **argv)
{
    struct probe probe = {.arena = arena_new(SIZE_MAX)};
    int status;

    probe.question.milliseconds = DEFAULT_SECONDS * 1000;
    status = read_arguments(&probe, argc, argv);
    if (status == EX_OK) {
        signal(SIGPIPE, SIG_IGN);
        for (size_t i = 0; i < probe.count; i++)
            ask_hop(&probe, &probe.hops[i]);
        status = probe.file ? update(&probe) : print(&probe);
    }
    arena_free(&probe.arena);
    return status;
}
