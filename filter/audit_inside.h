/* A line of the log between what it says and how it is written. */
#ifndef POSTERN_FILTER_AUDIT_INSIDE_H
#define POSTERN_FILTER_AUDIT_INSIDE_H

#include "audit_form.h"
#include "policy/settings.h"

struct audit_line {
    struct slice value[AUDIT_FIELDS]; /* not yet escaped; without `at`: it is left out */
    bool is_reply;                    /* AUDIT_TEXT: what is escaped in it stays so */
};

/* As text, or as an object of JSON. */
const char *audit_write(struct arena *arena, const struct audit_line *line, enum log_format format);

#endif
