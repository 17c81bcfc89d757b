/* The form of a line of the log, which is stable: what stands in it, in which order, and how it is
 * written. The one table of it: lines are written and read by it, and the manual is made from it.
 */
#ifndef POSTERN_FILTER_AUDIT_FORM_H
#define POSTERN_FILTER_AUDIT_FORM_H

#include <stddef.h>

enum audit_field {
    AUDIT_QUEUE_ID,
    AUDIT_VERB,
    AUDIT_STAGE,
    AUDIT_CLIENT,
    AUDIT_IP,
    AUDIT_TEXT,
    AUDIT_RULE,
    AUDIT_ID,
    AUDIT_AFTER,
    AUDIT_REASON,
    AUDIT_FROM,
    AUDIT_TO,
    AUDIT_NRCPT,
    AUDIT_HELO,
    AUDIT_LOGIN,
    AUDIT_FIELDS,
};

struct audit_form {
    const char *name;   /* in JSON, and in text before "=" */
    const char *before; /* what stands in text before the value, and behind it */
    const char *behind;
    const char *marks; /* what is escaped in text, beside what is escaped everywhere */
    size_t most;       /* octets of the value as it is written */
    const char *help;  /* for the manual, in mdoc */
};

/* The row of a field; those of text stand in the order of the enum. */
const struct audit_form *audit_form(enum audit_field field);

/* What ends the text of a line. */
#define AUDIT_SEPARATOR "; rule="

struct audit_verb {
    const char *name;
    const char *help; /* for the manual, in mdoc */
};

/* The number-th verb, without "audit-" and "-also"; NULL behind the last. */
const struct audit_verb *audit_verb(size_t number);

#endif
