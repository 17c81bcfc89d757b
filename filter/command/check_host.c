/* Asks this machine about users, groups, directories and files; makes and changes nothing. */
#include "check_host.h"

#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/system.h"
#include "policy/socket_name.h"
#include "service/privileges.h"

struct host {
    struct arena *arena;
    const struct policy *policy;
    struct diagnostics *diagnostics;
};

/* What the policy sets; NULL where it says nothing, or says "". */
static const char *
host_setting(const struct host *host, enum setting_id id)
{
    const struct setting_value *value = &policy_settings(host->policy)->value[id];

    return value->place.source && value->text.len > 0 ? arena_string(host->arena, value->text)
                                                      : NULL;
}

static void
host_error(const struct host *host, enum setting_id id, const char *reason)
{
    diagnostics_error(host->diagnostics, policy_settings(host->policy)->value[id].place, "%s: %s",
                      setting_row(id)->name, reason);
}

static void
host_check_account(const struct host *host, enum setting_id id)
{
    const char *name = host_setting(host, id), *reason;
    struct identity identity;

    if (name == NULL)
        return;
    reason = id == SET_USER ? privileges_find(host->arena, name, "", &identity)
                            : privileges_find(host->arena, "", name, &identity);
    if (reason)
        host_error(host, id, reason);
}

/* The path without what stands behind its last slash. */
static const char *
host_directory(struct arena *arena, const char *path)
{
    struct slice all = slice_of(path);
    size_t slash = slice_find_last(all, '/');

    return slash > 0 ? arena_string(arena, slice_first(all, slash)) : "/";
}

/* NULL, or why no socket can be made there; what may not be looked at is left to `serve`, which
 * makes one directory where root starts it. */
static const char *
host_socket_reason(struct arena *arena, const char *path)
{
    const char *directory = host_directory(arena, path);
    const char *above = host_directory(arena, directory);
    struct stat status;

    if (lstat(path, &status) == 0)
        return S_ISSOCK(status.st_mode)
                   ? NULL
                   : arena_printf(arena, "%s is there, and is no socket", path);
    if (stat(directory, &status) == 0)
        return S_ISDIR(status.st_mode) ? NULL
                                       : arena_printf(arena, "%s is no directory", directory);
    if (errno == ENOTDIR || (errno == ENOENT && stat(above, &status) != 0 && errno != EACCES))
        return arena_printf(arena, "there is no directory %s in which serve could make %s", above,
                            directory);
    return NULL;
}

static void
host_check_socket(const struct host *host)
{
    const char *text = host_setting(host, SET_SOCKET), *reason = NULL;
    struct socket_name name;

    if (text && socket_name_read(host->arena, slice_of(text), &name) == NULL &&
        name.kind == SOCKET_UNIX)
        reason = host_socket_reason(host->arena, arena_string(host->arena, name.path));
    if (reason)
        host_error(host, SET_SOCKET, reason);
}

/* In a process of its own, which becomes the user: for each file why it can't be read, or 0. */
static _Noreturn void
host_try_files(const struct host *host, const struct identity *identity, int said)
{
    size_t count;
    const struct policy_path *path = policy_paths(host->policy, host->arena, &count);

    if (privileges_drop(host->arena, identity))
        _exit(1);
    for (size_t i = 0; i < count; i++) {
        int why = access(path[i].path, R_OK) < 0 ? errno : 0;

        if (write(said, &why, sizeof why) != (ssize_t)sizeof why)
            _exit(1);
    }
    _exit(0);
}

static void
host_tell_files(const struct host *host, const char *user, int said)
{
    size_t count;
    const struct policy_path *path = policy_paths(host->policy, host->arena, &count);
    int why;

    for (size_t i = 0; i < count && read(said, &why, sizeof why) == (ssize_t)sizeof why; i++)
        if (why != 0)
            diagnostics_error(host->diagnostics, path[i].named_at,
                              "user \"%s\" can't read %s: %s; serve reads all as this user", user,
                              path[i].path, system_error(why));
}

/* All is read by whoever serves. */
static void
host_check_files(const struct host *host)
{
    const char *user = host_setting(host, SET_USER), *group = host_setting(host, SET_GROUP);
    struct identity identity;
    int ends[2];
    pid_t child;

    if (geteuid() != 0 || user == NULL ||
        privileges_find(host->arena, user, group ? group : "", &identity) || pipe(ends) < 0)
        return;
    child = fork();
    if (child == 0)
        host_try_files(host, &identity, ends[1]);
    close(ends[1]);
    if (child > 0) {
        host_tell_files(host, user, ends[0]);
        waitpid(child, NULL, 0);
    }
    close(ends[0]);
}

void
check_host(const struct policy *policy, struct diagnostics *diagnostics)
{
    struct host host = {diagnostics->arena, policy, diagnostics};

    host_check_account(&host, SET_USER);
    host_check_account(&host, SET_GROUP);
    host_check_account(&host, SET_SOCKET_GROUP);
    host_check_socket(&host);
    host_check_files(&host);
}
