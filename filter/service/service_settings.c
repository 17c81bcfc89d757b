/* Settings on their way from a policy to the supervisor. */
#include "service_settings.h"

#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <sysexits.h>
#include <sys/wait.h>
#include <unistd.h>

#include "policy/policy.h"

/* The texts, and whether they count at a start alone. */
static const struct {
    enum setting_id id;
    size_t offset, size;
    bool at_start;
} texts[] = {
#define TEXT(id, member, at_start)                                                                 \
    {                                                                                              \
        id, offsetof(struct service_settings, member),                                             \
            sizeof((struct service_settings *)NULL)->member, at_start                              \
    }
    TEXT(SET_USER, user, true),
    TEXT(SET_GROUP, group, true),
    TEXT(SET_SOCKET, socket, true),
    TEXT(SET_SOCKET_GROUP, socket_group, true),
    TEXT(SET_STATUS_SOCKET, status_socket, true),
    TEXT(SET_SYSLOG_NAME, syslog_name, false),
    TEXT(SET_LOG_FACILITY, log_facility, false),
#undef TEXT
};

enum { TEXTS = sizeof texts / sizeof texts[0] };

bool
service_settings_from(const struct settings *settings, struct service_settings *service_settings_r)
{
    *service_settings_r = (struct service_settings){
        .log_format = settings_log_format(settings),
        .socket_mode = settings_socket_mode(settings),
        .drain_ms = settings->value[SET_DRAIN_TIME].number,
        .sandbox = settings->value[SET_SANDBOX].number != 0,
        .remember = settings->value[SET_REMEMBER].number,
    };
    for (size_t i = 0; i < TEXTS; i++) {
        struct slice text = settings->value[texts[i].id].text;

        if (text.len >= texts[i].size)
            return false;
        memcpy((char *)service_settings_r + texts[i].offset, text.at, text.len);
    }
    return true;
}

bool
service_settings_are_whole(const struct service_settings *settings)
{
    for (size_t i = 0; i < TEXTS; i++)
        if (memchr((const char *)settings + texts[i].offset, '\0', texts[i].size) == NULL)
            return false;
    return settings->log_format <= LOG_FORMAT_JSON && settings->socket_mode <= 0777 &&
           settings->drain_ms >= 0 && settings->remember >= 0;
}

static _Noreturn void
read_and_say(const char *path, int to)
{
    struct diagnostics diagnostics;
    struct settings settings;
    struct service_settings read;

    diagnostics_init(&diagnostics, arena_new(SIZE_MAX));
    if (!policy_read_settings(path, &diagnostics, &settings)) {
        diagnostics_print(&diagnostics, stderr);
        _exit(EX_CONFIG);
    }
    if (!service_settings_from(&settings, &read) ||
        write(to, &read, sizeof read) != (ssize_t)sizeof read)
        _exit(EX_SOFTWARE);
    _exit(EX_OK);
}

static int
status_of_child(pid_t child)
{
    int status;

    while (waitpid(child, &status, 0) < 0)
        if (errno != EINTR)
            return EX_OSERR;
    return WIFEXITED(status) ? WEXITSTATUS(status) : EX_SOFTWARE;
}

/* A struct of this size goes through a pipe as a whole. */
int
service_settings_read(const char *path, struct service_settings *settings_r)
{
    int ends[2], status;
    bool whole;
    pid_t child;

    if (pipe(ends) < 0)
        return EX_OSERR;
    child = fork();
    if (child == 0)
        read_and_say(path, ends[1]);
    close(ends[1]);
    whole = child > 0 && read(ends[0], settings_r, sizeof *settings_r) == sizeof *settings_r &&
            service_settings_are_whole(settings_r);
    close(ends[0]);
    status = child > 0 ? status_of_child(child) : EX_OSERR;
    return status == EX_OK && !whole ? EX_SOFTWARE : status;
}

const char *
service_settings_changed(const struct service_settings *before, const struct service_settings *now,
                         char names[SERVICE_SETTINGS_NAMES])
{
    size_t length = 0;

    names[0] = '\0';
    for (size_t i = 0; i < TEXTS; i++)
        if (texts[i].at_start && strcmp((const char *)before + texts[i].offset,
                                        (const char *)now + texts[i].offset) != 0)
            length += (size_t)snprintf(names + length, SERVICE_SETTINGS_NAMES - length, "%s%s",
                                       length ? ", " : "", setting_row(texts[i].id)->name);
    if (before->socket_mode != now->socket_mode)
        snprintf(names + length, SERVICE_SETTINGS_NAMES - length, "%s%s", length ? ", " : "",
                 setting_row(SET_SOCKET_MODE)->name);
    return names;
}
