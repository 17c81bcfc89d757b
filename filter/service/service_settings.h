/* What of a policy's settings the supervisor goes by: plain values, which a process that has read
 * the policy hands it. The supervisor itself reads no policy. */
#ifndef POSTERN_FILTER_SERVICE_SERVICE_SETTINGS_H
#define POSTERN_FILTER_SERVICE_SERVICE_SETTINGS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "policy/settings.h"

/* Texts end in NUL. */
struct service_settings {
    char user[64], group[64]; /* empty: not set */
    char socket[384];
    char socket_group[64];
    char status_socket[384];
    char syslog_name[256], log_facility[16];
    enum log_format log_format;
    mode_t socket_mode;
    int64_t drain_ms;
    int sandbox; /* 0 or 1 */
    int64_t remember; /* verdicts; at a start alone */
};

/* False: a text is longer than any that can be meant. */
bool service_settings_from(const struct settings *settings,
                           struct service_settings *service_settings_r);

/* Whether another process may have written it. */
bool service_settings_are_whole(const struct service_settings *settings);

/* Has a process of its own read the policy's settings, which says on standard error what is wrong
 * with them. Returns its exit status, EX_OK when they are read. */
int service_settings_read(const char *path, struct service_settings *settings_r);

/* The names of those that count at a start alone and are another in `now`, with ", " between two;
 * into the room, which is enough for all of them; "": there is none. */
enum { SERVICE_SETTINGS_NAMES = 128 };
const char *service_settings_changed(const struct service_settings *before,
                                     const struct service_settings *now,
                                     char names[SERVICE_SETTINGS_NAMES]);

#endif
