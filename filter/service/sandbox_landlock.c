/* Landlock: which files a process may open. The C library has no functions for its system calls. */
#include "sandbox_inside.h"

#if __has_include(<linux/landlock.h>)

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/system.h"

/* Rights that came with later versions than the header that this may be built with. */
enum { TRUNCATE_BIT = 14, IOCTL_DEV_BIT = 15, NET_BITS = 3, SCOPE_BITS = 3 };

/* struct landlock_ruleset_attr as it has become; a kernel takes what it knows, if the rest is 0. */
struct landlock_rights {
    uint64_t files;  /* since version 1 */
    uint64_t net;    /* 4: TCP, bind and connect */
    uint64_t scoped; /* 6: abstract sockets and signals of others */
};

static struct landlock_rights
landlock_rights_of(int version)
{
    /* Up to MAKE_SYM, of version 1. */
    struct landlock_rights rights = {.files = (LANDLOCK_ACCESS_FS_MAKE_SYM << 1) - 1};

    if (version >= 2)
        rights.files |= LANDLOCK_ACCESS_FS_REFER;
    if (version >= 3)
        rights.files |= UINT64_C(1) << TRUNCATE_BIT;
    if (version >= 4)
        rights.net = NET_BITS;
    if (version >= 5)
        rights.files |= UINT64_C(1) << IOCTL_DEV_BIT;
    if (version >= 6)
        rights.scoped = SCOPE_BITS;
    return rights;
}

/* What isn't there, or can't be looked at, couldn't be opened without the sandbox either. */
static const char *
landlock_allow(struct arena *arena, int rules, const struct sandbox_place *place, uint64_t known)
{
    enum {
        READ = LANDLOCK_ACCESS_FS_READ_FILE,
        LIST = LANDLOCK_ACCESS_FS_READ_DIR,
        WRITE = LANDLOCK_ACCESS_FS_WRITE_FILE | 1 << TRUNCATE_BIT,
        MAKE = LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_REMOVE_FILE,
    };
    struct landlock_path_beneath_attr beneath = {.parent_fd =
                                                     open(place->path, O_PATH | O_CLOEXEC)};
    struct stat status;
    int failed;

    if (beneath.parent_fd < 0)
        return NULL;
    beneath.allowed_access = READ | (place->writes ? WRITE : 0);
    if (fstat(beneath.parent_fd, &status) == 0 && S_ISDIR(status.st_mode))
        beneath.allowed_access |= LIST | (place->writes ? MAKE : 0);
    beneath.allowed_access &= known;
    failed = syscall(SYS_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH, &beneath, 0) < 0
                 ? errno
                 : 0;
    close(beneath.parent_fd);
    return failed ? arena_printf(arena, "%s: %s", place->path, system_error(failed)) : NULL;
}

const char *
sandbox_landlock(struct arena *arena, const struct sandbox_place *first, int *version_r)
{
    long version = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
    struct landlock_rights rights = landlock_rights_of((int)version);
    const char *reason = NULL;
    int rules;

    *version_r = (int)version;
    if (version < 1)
        return "this kernel has no Landlock";
    rules = (int)syscall(SYS_landlock_create_ruleset, &rights, sizeof rights, 0);
    if (rules < 0)
        return arena_printf(arena, "landlock_create_ruleset: %m");
    for (; first && reason == NULL; first = first->next)
        reason = landlock_allow(arena, rules, first, rights.files);
    if (reason == NULL && syscall(SYS_landlock_restrict_self, rules, 0) < 0)
        reason = arena_printf(arena, "landlock_restrict_self: %m");
    close(rules);
    return reason;
}

#else

const char *
sandbox_landlock(struct arena *arena, const struct sandbox_place *first, int *version_r)
{
    (void)arena;
    (void)first;
    *version_r = 0;
    return "this program was built without Landlock";
}

#endif
