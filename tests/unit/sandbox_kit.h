/* What the tests of the sandbox share: something is tried inside, in a process of its own. */
#ifndef POSTERN_TESTS_SANDBOX_KIT_H
#define POSTERN_TESTS_SANDBOX_KIT_H

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "service/sandbox.h"
#include "tap.h"

static char directory[] = "/tmp/test_sandbox.XXXXXX";
static struct arena *arena;
static int pair[2];
static pid_t parent;
static struct shared {
    struct sandbox_report report;
    int result;
} * shared;

static inline const char *
path_of(const char *name)
{
    return arena_printf(arena, "%s/%s", directory, name);
}

static inline void
write_file(const char *name, const char *text)
{
    FILE *file = fopen(path_of(name), "w");

    fputs(text, file);
    fclose(file);
}

static inline int
open_at(const char *name, int flags)
{
    int descriptor = open(path_of(name), flags, 0600);

    return descriptor < 0 ? errno : 0;
}

static inline int
errno_of(long result)
{
    return result < 0 ? errno : 0;
}

/* Whose end is by SIGSYS tells of the system call; others get EACCES from seccomp, or from
 * Landlock, which not every kernel has. */
enum by { BY_SECCOMP, BY_LANDLOCK };

/* Then nothing is told but the signal. */
#define SIGNALS_BLOCKED ""

static inline void
make_files(void)
{
    mkdir(path_of("spool"), 0700);
    mkdir(path_of("other"), 0700);
    mkdir(path_of("tables"), 0700);
    write_file("beside", "text\n");
    write_file("tables/table", "alice@example.com x\n");
    write_file("spool/old", "text\n");
    write_file("other/table", "bob@example.com x\n");
    if (access(path_of("tables/linked"), F_OK) != 0 &&
        symlink("../other/table", path_of("tables/linked")) < 0)
        tap_check(false, "a link is made");
    setenv("TMPDIR", path_of("spool"), 1);
}

static inline void
enter(const char *text)
{
    struct diagnostics diagnostics;
    struct policy *policy;

    diagnostics_init(&diagnostics, arena);
    policy = policy_load_text("test", slice_of(text), &diagnostics);
    diagnostics_print(&diagnostics, stderr);
    if (policy == NULL)
        _exit(2);
    sandbox_close(arena, policy, &shared->report, false);
}

/* In a process of its own, under this policy; the status of its end. */
static inline int
run_inside(const char *text, int (*try)(void))
{
    pid_t child;
    int status = -1;

    make_files();
    *shared = (struct shared){.result = -1};
    fflush(stdout);
    child = fork();
    if (child == 0) {
        enter(text);
        shared->result = try();
        _exit(0);
    }
    waitpid(child, &status, 0);
    return status;
}

static inline const char *
policy_with(const char *settings)
{
    return arena_printf(arena,
                        "%s\n"
                        "table t = \"texthash:%s\", \"texthash:%s\"\n"
                        "rule d if sender in t downgrade 8bit\n",
                        settings, path_of("tables/table"), path_of("tables/linked"));
}

/* What can't be held here. */
static inline const char *
why_skipped(enum by by)
{
#ifndef HAVE_SECCOMP
    if (by == BY_SECCOMP)
        return "libseccomp isn't built in";
#endif
    if (by == BY_LANDLOCK &&
        syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION) < 1)
        return "this kernel has no Landlock";
    return NULL;
}

static inline void
remove_files(void)
{
    static const char *const names[] = {"tables/table", "tables/made", "tables/linked", "tables",
                                        "other/table",  "other",       "spool/old",     "spool",
                                        "beside",       "log"};

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        remove(path_of(names[i]));
    rmdir(directory);
}

static inline bool
kit_begin(void)
{
    arena = arena_new(SIZE_MAX);
    parent = getpid();
    shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    return mkdtemp(directory) != NULL && shared != MAP_FAILED &&
           socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0;
}

static inline int
kit_end(void)
{
    remove_files();
    arena_free(&arena);
    return tap_done();
}

#endif
