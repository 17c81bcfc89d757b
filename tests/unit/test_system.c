/* What the rest of the program takes for granted of Linux and of the C library. */
#include "base/system.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tap.h"

/* Texts that POSIX's own words make alike in each C library, and one that no library knows. */
static void
test_errors(void)
{
    static const struct {
        int error;
        const char *text;
    } cases[] = {
        {ENOENT, "No such file or directory"},
        {EACCES, "Permission denied"},
        {ENOSPC, "No space left on device"},
        {EISDIR, "Is a directory"},
    };
    const char *first = system_error(cases[0].error);

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        tap_check(strcmp(system_error(cases[i].error), cases[i].text) == 0, "%s", cases[i].text);
    tap_check(system_error(9999) && *system_error(9999), "an error that nobody knows has a text");
    tap_check(system_error(ENOENT) == first, "what was said of an error before still stands");
}

static bool
is_readable(int descriptor)
{
    struct pollfd waiting = {.fd = descriptor, .events = POLLIN};

    return poll(&waiting, 1, 0) == 1;
}

static void
test_bell(void)
{
    int bell = system_bell();

    tap_check(bell >= 0 && !is_readable(bell), "a new bell is quiet");
    system_bell_mute(bell);
    system_bell_ring(bell);
    system_bell_ring(bell);
    system_bell_wait(bell);
    tap_check(is_readable(bell), "rung, it can be read, and waiting for it takes nothing away");
    system_bell_mute(bell);
    tap_check(!is_readable(bell), "muted once, it is quiet, however often it was rung");
    close(bell);
}

static void
test_memory_file(void)
{
    int file = system_memory_file("test");
    char path[SYSTEM_PATH], said[8] = "";
    int again;

    tap_check(file >= 0 && write(file, "kept", 4) == 4, "a file in memory can be written");
    tap_check(system_memory_seal(file), "it can be sealed");
    tap_check(write(file, "more", 4) < 0 && ftruncate(file, 0) < 0, "and then not be changed");
    again = open(system_memory_path(file, path), O_RDONLY | O_CLOEXEC);
    tap_check(again >= 0 && read(again, said, sizeof said) == 4 && strcmp(said, "kept") == 0,
              "by its path it is read");
    close(again);
    close(file);
}

static void
test_nameless_file(void)
{
    int file = system_nameless_file("."), pair[2];
    int64_t at = 2;
    char said[8] = "";

    if (file < 0) {
        tap_skip("files without a name: %s", system_error(errno));
        return;
    }
    tap_check(socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0 && write(file, "octets", 6) == 6,
              "a file without a name can be written");
    tap_check(system_send_file(pair[0], file, &at, 3) == 3 && at == 5 &&
                  read(pair[1], said, sizeof said) == 3 && strcmp(said, "tet") == 0,
              "and what is in it sent, from where it was said");
    close(pair[0]);
    close(pair[1]);
    close(file);
}

static void
test_poll(void)
{
    int poll = system_poll(), pair[2], bell = system_bell();
    void *of = NULL;

    tap_check(poll >= 0 && socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0 &&
                  system_poll_add(poll, pair[0], SYSTEM_READABLE, &pair) &&
                  system_poll_wait(poll, 0, &of) == 0,
              "nothing is told of a socket that nobody wrote to");
    tap_check(write(pair[1], "x", 1) == 1 && system_poll_wait(poll, 1000, &of) == 1 &&
                  of == (void *)&pair,
              "what was written is told of");
    tap_check(system_poll_wait(poll, 0, &of) == 0, "once");
    tap_check(system_poll_again(poll, pair[0], SYSTEM_WRITABLE, &bell) &&
                  system_poll_wait(poll, 1000, &of) == 1 && of == &bell,
              "armed again, for something else, it is told of anew");
    system_poll_again(poll, pair[0], SYSTEM_READABLE, &pair);
    system_poll_drop(poll, pair[0]);
    tap_check(system_poll_wait(poll, 0, &of) == 0, "and never, once it was dropped");
    tap_check(system_poll_always(poll, bell, &poll) && system_poll_wait(poll, 0, &of) == 0,
              "a bell that is watched for always is quiet at first");
    system_bell_ring(bell);
    tap_check(system_poll_wait(poll, 0, &of) == 1 && system_poll_wait(poll, 0, &of) == 1 &&
                  of == &poll,
              "and then told of each time");
    close(pair[0]);
    close(pair[1]);
    close(bell);
    close(poll);
}

static void
test_malloc(void)
{
    void *block = calloc(1, 100);

    tap_check(system_malloc_size(block) >= 100, "a block has what was asked for");
    free(block);
}

int
main(void)
{
    test_errors();
    test_bell();
    test_memory_file();
    test_nameless_file();
    test_poll();
    test_malloc();
    return tap_done();
}
