/* From the changes that rules ask for to the calls that make them. */
#ifndef POSTERN_FILTER_EDITS_H
#define POSTERN_FILTER_EDITS_H

#include "filter/dialogue.h"

/* What became of one change, for the log. */
struct edit_note {
    const struct change *change;
    const char *text; /* made: what it did; else: why it can't be done */
    bool failed;
    bool warns;
    struct edit_note *next;
};

struct edits {
    const struct edit *first; /* in the order of the calls */
    const struct edit_note
        *notes; /* in the order of the changes; one that had nothing to do has none */
    const struct edit_note
        *fatal;   /* the first change of a recipient that can't be made: the message must wait */
    bool refused; /* a conversion can't be made without loss: the message is refused */
    const char *refused_for; /* what the reply begins with; NULL: a conversion */
    struct convert_refusal refusal;
    const char *refused_by;         /* the rule that wants it */
    struct convert_plan *downgrade; /* of EDIT_BODY */
};

/* Changes of header fields and of the sender that can't be made (a name that is none, an address
 * with a defect) are left out and noted, as a rule that fails. A recipient that can't be added
 * would be mail lost, so it is fatal. */
void edits_make(struct arena *arena, const struct transaction *transaction,
                enum local_case local_case, const struct change *changes, struct edits *edits_r);

/* How a recipient is named to the MTA that is to take him off: as the client wrote him, but for a
 * source route. */
const char *edits_recipient(struct arena *arena, struct slice argument);

/* A header value as it may go out: no control characters but tab, "\n" before white space alone, no
 * more than EDITS_MAX_VALUE octets. */
enum { EDITS_MAX_VALUE = 8192 };
const char *edits_header_value(struct arena *arena, struct slice value);

#endif
