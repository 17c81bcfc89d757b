/* Runs a program that reads a message from a file, and tells how it ended. What the program says
 * goes to a file too: a pipe that nobody empties would hold it up. */
#include "handover.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/file.h"
#include "base/system.h"

enum { WORDS_MAX = 400, MOST_SAID = 16 << 20 };

extern char **environ;

/* What a program's standard input, output and error are. */
struct streams {
    int input, output, error;
};

/* 0, or the errno of what failed. */
static int
start(const struct streams *streams, const char *const *arguments, pid_t *child_r)
{
    posix_spawn_file_actions_t actions;
    int error = posix_spawn_file_actions_init(&actions);

    if (error != 0)
        return error;
    error = posix_spawn_file_actions_adddup2(&actions, streams->input, STDIN_FILENO);
    if (error == 0)
        error = posix_spawn_file_actions_adddup2(&actions, streams->output, STDOUT_FILENO);
    if (error == 0)
        error = posix_spawn_file_actions_adddup2(&actions, streams->error, STDERR_FILENO);
    if (error == 0)
        error =
            posix_spawnp(child_r, arguments[0], &actions, NULL, (char *const *)arguments, environ);
    posix_spawn_file_actions_destroy(&actions);
    return error;
}

static int
wait_for_child(pid_t child, int *status_r)
{
    while (waitpid(child, status_r, 0) < 0)
        if (errno != EINTR)
            return errno;
    return 0;
}

/* The beginning of what it said, its lines parted by "; ". */
static struct slice
said_words(struct arena *arena, int said)
{
    struct buffer *words = ARENA_NEW(arena, struct buffer);
    char text[WORDS_MAX];
    ssize_t length = pread(said, text, sizeof text, 0);
    struct slice rest = slice_trim((struct slice){text, length > 0 ? (size_t)length : 0});

    buffer_init(words, arena, 2 * WORDS_MAX);
    for (size_t i = 0; i < rest.len; i++) {
        if (rest.at[i] == '\n')
            buffer_text(words, "; ");
        else
            buffer_octet(words, rest.at[i] < ' ' || rest.at[i] > '~' ? '?' : rest.at[i]);
    }
    return buffer_slice(words);
}

static const char *
ending_of(struct arena *arena, const char *program, int status, struct slice words)
{
    const char *colon = words.len > 0 ? ": " : "";

    if (WIFSIGNALED(status))
        return arena_printf(arena, "%s was ended by signal %d%s%s", program, WTERMSIG(status),
                            colon, words.at);
    return arena_printf(arena, "%s ended with status %d%s%s", program, WEXITSTATUS(status), colon,
                        words.at);
}

/* 0, or the errno of what failed. */
static int
run_program(const struct streams *streams, const char *const *arguments, int *status_r)
{
    pid_t child;
    int error;

    /* Where it is ignored, nobody can wait for a child. */
    signal(SIGCHLD, SIG_DFL);
    error = start(streams, arguments, &child);
    return error != 0 ? error : wait_for_child(child, status_r);
}

static bool
run_and_tell(struct arena *arena, const struct streams *streams, const char *const *arguments,
             const char **reason_r)
{
    int status = 0, error;

    if (streams->input < 0 || streams->output < 0 || streams->error < 0)
        error = errno;
    else
        error = run_program(streams, arguments, &status);
    if (error != 0)
        *reason_r = arena_printf(arena, "%s: %s", arguments[0], system_error(error));
    else if (status != 0)
        *reason_r = ending_of(arena, arguments[0], status, said_words(arena, streams->error));
    return error == 0 && status == 0;
}

bool
handover(struct arena *arena, int message, const char *const *arguments, const char **reason_r)
{
    int said = system_memory_file("said");
    int from_start = lseek(message, 0, SEEK_SET) == 0 ? message : -1;
    struct streams streams = {from_start, said, said};
    bool done = run_and_tell(arena, &streams, arguments, reason_r);

    if (said >= 0)
        close(said);
    return done;
}

bool
handover_ask(struct arena *arena, const char *const *arguments, struct slice *said_r,
             struct slice *complained_r, const char **reason_r)
{
    struct streams streams = {
        .input = open("/dev/null", O_RDONLY | O_CLOEXEC),
        .output = system_memory_file("said"),
        .error = system_memory_file("complained"),
    };
    bool done = run_and_tell(arena, &streams, arguments, reason_r);

    if (done && lseek(streams.output, 0, SEEK_SET) == 0)
        *reason_r = file_read_open(arena, streams.output, FILE_ANY, MOST_SAID, said_r);
    if (done && lseek(streams.error, 0, SEEK_SET) == 0 && *reason_r == NULL)
        *reason_r = file_read_open(arena, streams.error, FILE_ANY, MOST_SAID, complained_r);
    if (streams.input >= 0)
        close(streams.input);
    if (streams.output >= 0)
        close(streams.output);
    if (streams.error >= 0)
        close(streams.error);
    return done && *reason_r == NULL;
}
