/* Seccomp, through libseccomp: which system calls a process may make. */
#include "sandbox_inside.h"

#ifdef HAVE_SECCOMP

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <seccomp.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/log.h"
#include "base/system.h"

#ifndef __has_feature
#define __has_feature(it) 0
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__) ||                               \
    __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define WITH_SANITIZER 1
#endif

/* With any arguments. What this machine's kernels don't have is passed over. */
static const char seccomp_always[] =
    /* what is open */
    "read readv pread64 write writev lseek _llseek close dup2 dup3 fcntl fcntl64 pipe pipe2 "
    "eventfd2 "
    "poll ppoll ppoll_time64 epoll_create1 epoll_ctl epoll_wait epoll_pwait sendfile sendfile64 "
    /* connections, which others made */
    "accept accept4 recv recvfrom send shutdown setsockopt getsockopt getsockname getpeername "
    /* files, as far as Landlock lets */
    "stat stat64 lstat lstat64 fstat fstat64 newfstatat fstatat64 statx statfs statfs64 fstatfs "
    "fstatfs64 access faccessat faccessat2 readlink readlinkat getdents64 memfd_create "
    /* memory */
    "brk munmap mremap madvise "
    /* threads, signals, and ends */
    "futex futex_time64 set_robust_list rseq gettid sched_getaffinity sched_yield getcpu "
    "rt_sigaction rt_sigprocmask rt_sigreturn sigreturn rt_sigtimedwait rt_sigtimedwait_time64 "
    "restart_syscall exit exit_group "
    /* clocks, chance, and what one is */
    "clock_gettime clock_gettime64 gettimeofday time nanosleep clock_nanosleep "
    "clock_nanosleep_time64 getrandom getpid getuid geteuid getgid getegid getuid32 geteuid32 "
    "getgid32 getegid32 getrlimit ugetrlimit sysinfo "
#ifdef WITH_SANITIZER
    /* a sanitizer's own: the stacks of threads, its limit of memory, what it says at the end */
    "prctl sigaltstack open getrusage "
#endif
    ;

static const char seccomp_for_files[] = "unlink unlinkat";

static const char seccomp_for_changes[] =
    "fchmod fchown fchown32 pwrite64 ftruncate ftruncate64 fsync fdatasync";

static const char seccomp_for_connections[] = "connect sendto";

/* By one argument: what it is under the mask. */
struct seccomp_condition {
    const char *call;
    uint32_t action;
    unsigned argument;
    uint64_t mask, value;
};

/* Where clone(2) has its flags. */
#if defined(__s390__) || defined(__s390x__)
enum { CLONE_FLAGS = 1 };
#else
enum { CLONE_FLAGS = 0 };
#endif

enum {
    THREAD = CLONE_VM | CLONE_SIGHAND | CLONE_THREAD,
    NEW_FILE = O_CREAT | O_EXCL,
    NO_NAME = O_TMPFILE & ~O_DIRECTORY,
};

#ifdef WITH_SANITIZER
enum { OPEN_IS_LIMITED = false };
#else
enum { OPEN_IS_LIMITED = true };
#endif

#define ALLOW SCMP_ACT_ALLOW
#define REFUSE SCMP_ACT_ERRNO(EACCES)

/* What is refused libraries ask for, and do without. */
static const struct seccomp_condition seccomp_conditions[] = {
    {"clone", ALLOW, CLONE_FLAGS, THREAD, THREAD},
    {"clone3", SCMP_ACT_ERRNO(ENOSYS), 0, 0, 0},
    {"mmap", ALLOW, 2, PROT_EXEC, 0},
    {"mmap", REFUSE, 2, PROT_EXEC, PROT_EXEC},
    {"mmap2", ALLOW, 2, PROT_EXEC, 0},
    {"mmap2", REFUSE, 2, PROT_EXEC, PROT_EXEC},
    {"mprotect", ALLOW, 2, PROT_EXEC, 0},
    {"mprotect", REFUSE, 2, PROT_EXEC, PROT_EXEC},
    {"prlimit64", ALLOW, 2, UINT64_MAX, 0},
    {"openat", ALLOW, 2, O_ACCMODE | O_CREAT | O_TRUNC, O_RDONLY},
    {"openat", REFUSE, 2, O_ACCMODE, O_WRONLY},
#ifdef WITH_SANITIZER
    {"ioctl", ALLOW, 1, UINT32_MAX, TCGETS}, /* has its report colours? */
#endif
};

/* Nothing that is there is written to. */
static const struct seccomp_condition seccomp_unwritten[] = {
    {"openat", REFUSE, 2, O_ACCMODE, O_RDWR},
};
static const struct seccomp_condition seccomp_new_files[] = {
    {"openat", ALLOW, 2, O_ACCMODE | NO_NAME, O_RDWR | NO_NAME},
    {"openat", ALLOW, 2, O_ACCMODE | NO_NAME | NEW_FILE, O_RDWR | NEW_FILE},
    {"openat", REFUSE, 2, O_ACCMODE | NO_NAME | NEW_FILE, O_RDWR | O_CREAT},
    {"openat", REFUSE, 2, O_ACCMODE | NO_NAME | O_CREAT, O_RDWR},
};
static const struct seccomp_condition seccomp_changes[] = {
    {"openat", ALLOW, 2, O_ACCMODE, O_RDWR},
};

static const struct seccomp_condition seccomp_unconnected[] = {
    {"sendto", ALLOW, 4, UINT64_MAX, 0},
};
static const struct seccomp_condition seccomp_connected[] = {
    {"socket", ALLOW, 0, UINT32_MAX, AF_UNIX},
};

/* A filter, as it is made. */
struct seccomp_filter {
    struct arena *arena;
    scmp_filter_ctx context;
    int error; /* below 0: of the first that couldn't be added */
};

static void
seccomp_add(struct seccomp_filter *filter, const struct seccomp_condition *condition)
{
    int call = seccomp_syscall_resolve_name(condition->call);
    const struct scmp_arg_cmp compare = {.arg = condition->argument,
                                         .op = SCMP_CMP_MASKED_EQ,
                                         .datum_a = condition->mask,
                                         .datum_b = condition->value};

    if (call == __NR_SCMP_ERROR || filter->error < 0)
        return;
    filter->error = seccomp_rule_add_array(filter->context, condition->action, call,
                                           condition->mask ? 1 : 0, &compare);
}

/* musl opens files by open(2), where there is one, which has its flags in another place. */
static void
seccomp_add_opening(struct seccomp_filter *filter, const struct seccomp_condition *condition)
{
    struct seccomp_condition open = *condition;

    open.call = "open";
    open.argument--;
    seccomp_add(filter, &open);
}

static void
seccomp_add_names(struct seccomp_filter *filter, const char *names)
{
    struct slice rest = slice_of(names), name;

    while (slice_word(&rest, " ", &name))
        seccomp_add(filter, &(struct seccomp_condition){.call = arena_string(filter->arena, name),
                                                        .action = ALLOW});
}

static void
seccomp_add_conditions(struct seccomp_filter *filter, const struct seccomp_condition *condition,
                       size_t count)
{
    for (size_t i = 0; i < count; i++) {
        seccomp_add(filter, &condition[i]);
        if (OPEN_IS_LIMITED && strcmp(condition[i].call, "openat") == 0)
            seccomp_add_opening(filter, &condition[i]);
    }
}

#define ADD_CONDITIONS(filter, conditions)                                                         \
    seccomp_add_conditions(filter, conditions, sizeof conditions / sizeof conditions[0])

static void
seccomp_fill(struct seccomp_filter *filter, const struct sandbox_calls *calls)
{
    const struct seccomp_condition own_signals = {"tgkill", ALLOW, 0, UINT32_MAX,
                                                  (uint64_t)getpid()};

    seccomp_add_names(filter, seccomp_always);
    ADD_CONDITIONS(filter, seccomp_conditions);
    seccomp_add(filter, &own_signals);
    if (calls->makes_files || calls->changes_files)
        seccomp_add_names(filter, seccomp_for_files);
    if (calls->changes_files) {
        seccomp_add_names(filter, seccomp_for_changes);
        ADD_CONDITIONS(filter, seccomp_changes);
    } else if (calls->makes_files) {
        ADD_CONDITIONS(filter, seccomp_new_files);
    } else {
        ADD_CONDITIONS(filter, seccomp_unwritten);
    }
    if (calls->connects) {
        seccomp_add_names(filter, seccomp_for_connections);
        ADD_CONDITIONS(filter, seccomp_connected);
    } else {
        ADD_CONDITIONS(filter, seccomp_unconnected);
    }
}

static struct sandbox_report *seccomp_report;

/* SIGSYS: the thread stands at the system call. The signal comes once more, and ends the process.
 */
static void
seccomp_tell(int signal, siginfo_t *info, void *unused)
{
    (void)unused;
    if (seccomp_report)
        seccomp_report->syscall = info->si_syscall;
    log_past(LOG_LEVEL_ERROR,
             "sandbox: system call %d isn't allowed, and ends the process; if it is needed here, "
             "\"set sandbox no\" allows it",
             info->si_syscall);
    raise(signal);
}

static bool
seccomp_listen(struct sandbox_report *report)
{
    struct sigaction action = {.sa_sigaction = seccomp_tell,
                               .sa_flags = SA_SIGINFO | SA_RESETHAND | SA_NODEFER};

    seccomp_report = report;
    sigemptyset(&action.sa_mask);
    return sigaction(SIGSYS, &action, NULL) == 0;
}

const char *
sandbox_seccomp(struct arena *arena, const struct sandbox_calls *calls,
                struct sandbox_report *report)
{
    struct seccomp_filter filter = {.arena = arena, .context = seccomp_init(SCMP_ACT_TRAP)};

    if (filter.context == NULL || !seccomp_listen(report))
        return "libseccomp can't be set up";
    filter.error = seccomp_attr_set(filter.context, SCMP_FLTATR_CTL_TSYNC, 1);
    seccomp_fill(&filter, calls);
    if (filter.error >= 0)
        filter.error = seccomp_load(filter.context);
    seccomp_release(filter.context);
    return filter.error < 0 ? arena_printf(arena, "seccomp: %s", system_error(-filter.error))
                            : NULL;
}

const char *
sandbox_syscall_name(struct arena *arena, int number)
{
    char *name = seccomp_syscall_resolve_num_arch(SCMP_ARCH_NATIVE, number);

    if (name == NULL)
        return arena_printf(arena, "%d", number);
    arena_on_end(arena, free, name);
    return name;
}

#else

const char *
sandbox_seccomp(struct arena *arena, const struct sandbox_calls *calls,
                struct sandbox_report *report)
{
    (void)arena;
    (void)calls;
    (void)report;
    return "this program was built without libseccomp";
}

const char *
sandbox_syscall_name(struct arena *arena, int number)
{
    return arena_printf(arena, "%d", number);
}

#endif
