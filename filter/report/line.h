/* One line of a log, read by the form that audit_form.h has of it. */
#ifndef POSTERN_FILTER_REPORT_LINE_H
#define POSTERN_FILTER_REPORT_LINE_H

#include "audit_form.h"
#include "stamp.h"

struct line {
    struct stamp stamp;
    struct slice text; /* without what the log puts before it */
    /* Without `at`: it isn't there. As JSON has it: escaped is what is escaped everywhere. */
    struct slice value[AUDIT_FIELDS];
};

enum { LINE_SCRATCH = 1 << 17 };

/* Begins zeroed, but for the name. */
struct line_reader {
    const char *name; /* under which ours are logged */
    struct stamp_reader stamps;
    size_t used;
    char scratch[LINE_SCRATCH]; /* values that don't stand as such in the line */
};

/* False for all that is not a verdict of ours: lines of others, and those about the milter itself.
 * What is read is valid until the next call, and as long as the line is. Knows lines as syslog
 * daemons write them, `journalctl -o short`, `-o short-iso`, `-o json`, and `serve -f`. */
bool line_read(struct line_reader *reader, struct slice line, struct line *line_r);

#endif
