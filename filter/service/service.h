/* What a service has from its start to its end, whatever becomes of its policy. */
#ifndef POSTERN_FILTER_SERVICE_SERVICE_H
#define POSTERN_FILTER_SERVICE_SERVICE_H

#include "listen.h"
#include "privileges.h"
#include "service_settings.h"

struct service {
    const char *path; /* of the policy */
    const char *version;
    bool to_stderr;                   /* the log goes there */
    struct service_settings settings; /* as they were at the start */
    struct identity identity;         /* who serves */
    struct listening listening;
    struct listening status; /* without descriptor: nobody may ask */
};

#endif
