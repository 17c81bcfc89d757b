/* The sandbox: what it forbids is tried from inside. */
#include <dlfcn.h>
#include <sched.h>
#include <spawn.h>
#include <signal.h>
#include <sys/ptrace.h>
#include <sys/un.h>

#include "base/system.h"
#include "sandbox_kit.h"

static int listening;

/* What may be tried gives 0 where it went through, or errno. */

static int
try_exec(void)
{
    char *none[] = {NULL};

    return errno_of(execve("/bin/true", none, none));
}

static int
try_exec_open(void)
{
    char *none[] = {NULL};

    return errno_of(syscall(SYS_execveat, pair[0], "", none, none, AT_EMPTY_PATH));
}

static int
try_fork(void)
{
    return errno_of(fork());
}

static int
try_spawn(void)
{
    char *none[] = {NULL};
    pid_t child;

    return posix_spawn(&child, "/bin/true", NULL, NULL, none, none);
}

static int
try_inet_socket(void)
{
    return errno_of(socket(AF_INET, SOCK_STREAM, 0));
}

static int
try_unix_socket(void)
{
    return errno_of(socket(AF_UNIX, SOCK_STREAM, 0));
}

static int
try_socketpair(void)
{
    return errno_of(socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
}

static int
try_bind(void)
{
    struct sockaddr_un at = {.sun_family = AF_UNIX, .sun_path = "/tmp/test_sandbox.socket"};

    return errno_of(bind(pair[0], (const void *)&at, sizeof at));
}

static int
try_listen(void)
{
    return errno_of(listen(listening, 5));
}

static int
try_connect(void)
{
    struct sockaddr_un at = {.sun_family = AF_UNIX, .sun_path = "/dev/log"};

    return errno_of(connect(pair[0], (const void *)&at, sizeof at));
}

static int
try_send_to(void)
{
    struct sockaddr_un at = {.sun_family = AF_UNIX, .sun_path = "/dev/log"};

    return errno_of(sendto(pair[0], "x", 1, 0, (const void *)&at, sizeof at));
}

static int
try_ptrace(void)
{
    return errno_of(ptrace(PTRACE_TRACEME, 0, NULL, NULL));
}

static int
try_read_other(void)
{
    return errno_of(syscall(SYS_process_vm_readv, parent, NULL, 0, NULL, 0, 0));
}

static int
try_kill_parent(void)
{
    return errno_of(kill(parent, 0));
}

static int
try_signal_parent(void)
{
    return errno_of(syscall(SYS_tgkill, parent, parent, 0));
}

static int
try_setuid(void)
{
    return errno_of(setresuid(0, 0, 0));
}

static int
try_ioctl(void)
{
    return errno_of(syscall(SYS_ioctl, 0, 0x5412 /* TIOCSTI */, "x"));
}

static int
try_rename(void)
{
    return errno_of(rename(path_of("tables/table"), path_of("tables/renamed")));
}

static int
try_link(void)
{
    return errno_of(link(path_of("tables/table"), path_of("spool/linked")));
}

static int
try_mkdir(void)
{
    return errno_of(mkdir(path_of("spool/folder"), 0700));
}

static int
try_chmod(void)
{
    return errno_of(chmod(path_of("tables/table"), 0777));
}

static int
try_truncate(void)
{
    return errno_of(truncate(path_of("tables/table"), 0));
}

static int
try_bpf(void)
{
    return errno_of(syscall(SYS_bpf, 0, NULL, 0));
}

static int
try_io_uring(void)
{
    return errno_of(syscall(SYS_io_uring_setup, 1, NULL));
}

static int
try_namespace(void)
{
    return errno_of(unshare(CLONE_NEWUSER));
}

static int
try_executable_map(void)
{
    void *at =
        mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    return at == MAP_FAILED ? errno : 0;
}

static int
try_executable_change(void)
{
    void *at = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    return at == MAP_FAILED ? EFAULT : errno_of(mprotect(at, 4096, PROT_READ | PROT_EXEC));
}

static int
try_load_module(void)
{
    return dlopen("libanl.so.1", RTLD_NOW) ? 0 : EACCES;
}

static int
try_write_table(void)
{
    return open_at("tables/table", O_WRONLY);
}

static int
try_change_table(void)
{
    return open_at("tables/table", O_RDWR);
}

static int
try_append_table(void)
{
    return open_at("tables/table", O_WRONLY | O_APPEND);
}

static int
try_make_table(void)
{
    return open_at("tables/made", O_RDWR | O_CREAT | O_EXCL);
}

static int
try_nameless_table(void)
{
    return open_at("tables", O_RDWR | O_TMPFILE);
}

static int
try_change_spool(void)
{
    return open_at("spool/old", O_RDWR);
}

static int
try_clear_spool(void)
{
    return open_at("spool/old", O_RDWR | O_CREAT);
}

static int
try_read_elsewhere(void)
{
    return errno_of(open("/etc/passwd", O_RDONLY));
}

static int
try_read_beside(void)
{
    return open_at("beside", O_RDONLY);
}

static int
try_list_root(void)
{
    return errno_of(open("/", O_RDONLY | O_DIRECTORY));
}

static int
try_unlink_elsewhere(void)
{
    return errno_of(unlink(path_of("tables/table")));
}

static const struct {
    const char *what;
    int (*try)(void);
    const char *killed_for; /* NULL: EACCES */
    enum by by;
} forbidden[] = {
    {"a program is started", try_exec, "execve", BY_SECCOMP},
    {"a program that is open is started", try_exec_open, "execveat", BY_SECCOMP},
    {"a process is made", try_fork, "clone", BY_SECCOMP},
    {"a program is spawned", try_spawn, SIGNALS_BLOCKED, BY_SECCOMP},
    {"a socket of inet is made", try_inet_socket, "socket", BY_SECCOMP},
    {"a unix socket is made, where the log is standard error", try_unix_socket, "socket",
     BY_SECCOMP},
    {"a pair of sockets is made", try_socketpair, "socketpair", BY_SECCOMP},
    {"a socket is bound", try_bind, "bind", BY_SECCOMP},
    {"a socket listens", try_listen, "listen", BY_SECCOMP},
    {"a socket is connected", try_connect, "connect", BY_SECCOMP},
    {"a datagram is sent elsewhere", try_send_to, "sendto", BY_SECCOMP},
    {"a process is traced", try_ptrace, "ptrace", BY_SECCOMP},
    {"another's memory is read", try_read_other, "process_vm_readv", BY_SECCOMP},
    {"another is sent a signal", try_kill_parent, "kill", BY_SECCOMP},
    {"a thread of another is sent a signal", try_signal_parent, "tgkill", BY_SECCOMP},
    {"the user is changed", try_setuid, "setresuid", BY_SECCOMP},
    {"a terminal is typed to", try_ioctl, "ioctl", BY_SECCOMP},
    {"a file gets another name", try_rename, "rename", BY_SECCOMP},
    {"a file gets one more name", try_link, "link", BY_SECCOMP},
    {"a directory is made", try_mkdir, "mkdir", BY_SECCOMP},
    {"a mode is changed", try_chmod, "chmod", BY_SECCOMP},
    {"a file is cut off", try_truncate, "truncate", BY_SECCOMP},
    {"a program is given to the kernel", try_bpf, "bpf", BY_SECCOMP},
    {"a way around system calls is made", try_io_uring, "io_uring_setup", BY_SECCOMP},
    {"namespaces are made", try_namespace, "unshare", BY_SECCOMP},
    {"memory to write and execute is asked for", try_executable_map, NULL, BY_SECCOMP},
    {"memory is made executable", try_executable_change, NULL, BY_SECCOMP},
    {"a library is loaded", try_load_module, NULL, BY_SECCOMP},
    {"a table is written to", try_write_table, NULL, BY_SECCOMP},
    {"a table is read and written", try_change_table, NULL, BY_SECCOMP},
    {"a table is added to", try_append_table, NULL, BY_SECCOMP},
    {"a file is made beside a table", try_make_table, NULL, BY_LANDLOCK},
    {"a file without a name is made beside a table", try_nameless_table, NULL, BY_LANDLOCK},
    {"a file that was there is changed where spools are", try_change_spool, NULL, BY_SECCOMP},
    {"the same as if it were made", try_clear_spool, NULL, BY_SECCOMP},
    {"a file elsewhere is read", try_read_elsewhere, NULL, BY_LANDLOCK},
    {"a file beside the directory of a table is read", try_read_beside, NULL, BY_LANDLOCK},
    {"a directory elsewhere is listed", try_list_root, NULL, BY_LANDLOCK},
    {"a table is taken away", try_unlink_elsewhere, NULL, BY_LANDLOCK},
};

static void
test_forbidden(void)
{
    const char *text = policy_with("set sandbox yes");

    for (size_t i = 0; i < sizeof forbidden / sizeof forbidden[0]; i++) {
        const char *skipped = why_skipped(forbidden[i].by), *call;
        int status;

        if (skipped) {
            tap_skip("%s: %s", forbidden[i].what, skipped);
            continue;
        }
        status = run_inside(text, forbidden[i].try);
        call = shared->report.syscall ? sandbox_syscall_name(arena, shared->report.syscall) : "";
        if (forbidden[i].killed_for)
            tap_check(WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS &&
                          strcmp(call, forbidden[i].killed_for) == 0,
                      "%s: the end, by %s", forbidden[i].what, call);
        else
            tap_check(status == 0 && shared->result == EACCES, "%s: %s", forbidden[i].what,
                      system_error(shared->result));
    }
}

/* Or trying it would say nothing. */
static void
test_open(void)
{
    const char *text = policy_with("set sandbox no");

    for (size_t i = 0; i < sizeof forbidden / sizeof forbidden[0]; i++)
        if (forbidden[i].killed_for == NULL) {
            int status = run_inside(text, forbidden[i].try);

            tap_check(status == 0 && shared->result == 0, "with \"set sandbox no\", %s",
                      forbidden[i].what);
        }
}

/* What stands on standard error meanwhile. */
static const char *
said_by(int (*try)(void))
{
    char *text = arena_alloc(arena, 4096);
    int before = dup(2), said[2];
    ssize_t got;

    if (pipe(said) < 0 || dup2(said[1], 2) < 0)
        return "";
    run_inside(policy_with(""), try);
    dup2(before, 2);
    close(before);
    close(said[1]);
    got = read(said[0], text, 4095);
    close(said[0]);
    text[got > 0 ? got : 0] = '\0';
    return text;
}

static void
test_said(void)
{
    const char *said;

    if (why_skipped(BY_SECCOMP)) {
        tap_skip("what is said: %s", why_skipped(BY_SECCOMP));
        return;
    }
    said = said_by(try_listen);
    tap_check(strstr(said, "postern: error: sandbox: system call ") &&
                  strstr(said, "\"set sandbox no\"") && said[strlen(said) - 1] == '\n',
              "the log says why it ended, and what may be done: %s",
              arena_string(arena, slice_trim(slice_of(said))));
}

int
main(void)
{
    listening = socket(AF_UNIX, SOCK_STREAM, 0);
    if (!kit_begin() || listening < 0)
        return 1;
    test_forbidden();
    test_open();
    test_said();
    return kit_end();
}
