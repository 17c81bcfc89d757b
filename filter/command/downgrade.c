/* `postern downgrade`: a message from standard input to standard output, converted where it must
 * be. */
#include <stdio.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/log.h"
#include "command.h"
#include "message_file.h"

static int downgrade_run(int argc, char **argv);

enum { DOWNGRADE_8BIT = OPTION_LONG, DOWNGRADE_UTF8 };

static const struct command_option downgrade_options[] = {
    {DOWNGRADE_8BIT, "8bit", NULL, "bodies alone", OPTION_FREE},
    {DOWNGRADE_UTF8, "utf8", NULL, "header fields alone", OPTION_FREE},
    COMMAND_OPTIONS_END,
};

const struct command command_downgrade = {
    .name = "downgrade",
    .operands = "",
    .help = "convert a message for a next hop that takes less",
    .options = downgrade_options,
    .examples = {"downgrade <message.eml >converted.eml", "downgrade --8bit <message.eml"},
    .run = downgrade_run,
};

static int
say_status(struct arena *arena, int status, const char *text)
{
    struct buffer *escaped = ARENA_NEW(arena, struct buffer);

    buffer_init(escaped, arena, SIZE_MAX);
    log_escape(escaped, slice_of(text));
    fprintf(stderr, "postern: downgrade: %s\n", buffer_slice(escaped).at);
    return status;
}

static int
convert_input(struct arena *arena, unsigned what)
{
    const char *reason;
    struct convert_refusal refusal;
    struct message_file *file = message_file_read(arena, STDIN_FILENO, &reason);

    if (file == NULL)
        return say_status(arena, EX_TEMPFAIL, reason);
    if (!message_file_plan(file, what, &refusal))
        return say_status(
            arena, EX_DATAERR,
            arena_printf(arena, "%d %s %s", refusal.code, refusal.enhanced, refusal.reason));
    if (!message_file_write(file, STDOUT_FILENO, &reason))
        return say_status(arena, EX_TEMPFAIL, reason);
    return EX_OK;
}

static int
downgrade_run(int argc, char **argv)
{
    unsigned what = 0;
    struct arena *arena;
    int option, status;

    while ((option = command_option(&command_downgrade, argc, argv)) != -1) {
        if (option == '?')
            return EX_USAGE;
        what |= option == DOWNGRADE_8BIT ? CONVERT_8BIT : CONVERT_UTF8;
    }
    if (optind < argc)
        return EX_USAGE;
    arena = arena_new(SIZE_MAX);
    status = convert_input(arena, what ? what : CONVERT_8BIT | CONVERT_UTF8);
    arena_free(&arena);
    return status;
}
