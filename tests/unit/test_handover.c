/* A message given to another program, and what is told of its end. */
#include "handover.h"

#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include "spool.h"
#include "tap.h"

static const struct {
    const char *program; /* for sh(1), behind which stands the message's length */
    const char *reason;  /* NULL: it ends well */
} cases[] = {
    {"test $(wc -c) = $0", NULL},
    {"exit 0", NULL},
    {"cat >/dev/null; echo kept; echo one; echo two >&2", NULL},
    {"cat >/dev/null; exit 1", "/bin/sh ended with status 1"},
    {"exit 75", "/bin/sh ended with status 75"},
    {"echo no; echo 'space  left' >&2; exit 2", "/bin/sh ended with status 2: no; space  left"},
    {"printf '\\n 5.1.1 \\303\\274\\007 \\n\\n'; exit 3", "/bin/sh ended with status 3: 5.1.1 ???"},
    {"kill -9 $$", "/bin/sh was ended by signal 9"},
    {"echo oh; kill -15 $$", "/bin/sh was ended by signal 15: oh"},
    /* More than a pipe would hold. */
    {"yes | head -c 1000000; exit 0", NULL},
};

/* A file of that many octets, at its end. */
static int
message(struct arena *arena, size_t length)
{
    int file = spool_file(arena);
    char *text = arena_alloc(arena, length);

    memset(text, 'x', length);
    return write(file, text, length) == (ssize_t)length ? file : -1;
}

static void
run(size_t i, size_t length)
{
    struct arena *arena = arena_new(1 << 24);
    const char *arguments[] = {"/bin/sh", "-c", cases[i].program,
                               arena_printf(arena, "%zu", length), NULL};
    int file = message(arena, length);
    const char *reason = "";
    bool taken = handover(arena, file, arguments, &reason);

    tap_check(cases[i].reason ? !taken && strcmp(reason, cases[i].reason) == 0 : taken,
              "%s (%zu octets): %s", cases[i].program, length, reason);
    close(file);
    arena_free(&arena);
}

static void
start_none(int file, const char *program, const char *expected)
{
    struct arena *arena = arena_new(1 << 20);
    const char *arguments[] = {program, NULL};
    const char *reason = "";

    tap_check(!handover(arena, file, arguments, &reason) && strstr(reason, expected), "%s: %s",
              program, reason);
    arena_free(&arena);
}

int
main(void)
{
    struct arena *arena = arena_new(1 << 20);
    int file = message(arena, 10);

    /* As whoever started this may have left it. */
    signal(SIGCHLD, SIG_IGN);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        run(i, 10);
        run(i, 3000000);
    }
    start_none(file, "/nowhere/sendmail", "No such file or directory");
    start_none(file, "/", "Permission denied");
    start_none(-1, "/bin/true", "Bad file descriptor");
    close(file);
    arena_free(&arena);
    return tap_done();
}
