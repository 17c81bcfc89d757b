/* The names of the stages. */
#include "policy/stage.h"

static const struct {
    const char *name;
    const char *log_name;
} stages[STAGES] = {
    [STAGE_CONNECT] = {"connect", "CONNECT"},
    [STAGE_HELO] = {"helo", "EHLO"},
    [STAGE_MAIL] = {"mail", "MAIL"},
    [STAGE_RCPT] = {"rcpt", "RCPT"},
    [STAGE_DATA] = {"data", "DATA"},
    [STAGE_HEADER] = {"header", "END-OF-HEADER"},
    [STAGE_BODY] = {"body", "END-OF-MESSAGE"},
    [STAGE_UNKNOWN] = {"unknown", "UNKNOWN"},
};

const char *
stage_name(enum stage stage)
{
    return stages[stage].name;
}

const char *
stage_log_name(enum stage stage)
{
    return stages[stage].log_name;
}

bool
stage_find(struct slice name, enum stage *stage_r)
{
    for (unsigned i = 0; i < STAGES; i++)
        if (slice_equal(slice_of(stages[i].name), name)) {
            *stage_r = (enum stage)i;
            return true;
        }
    return false;
}
