/* What the dialogue answers, in libmilter's terms. */
#ifndef POSTERN_FILTER_MILTER_APPLY_H
#define POSTERN_FILTER_MILTER_APPLY_H

#include "filter/dialogue.h"

/* libmilter's context of a connection. */
struct smfi_str;

/* The SMFIS_ value that says this answer at this stage; a reply is handed over with it. */
int milter_answer(struct smfi_str *context, struct arena *scratch, enum stage stage,
                  const struct answer *answer);

/* Makes one change; only at the end of a message. */
bool milter_edit(struct smfi_str *context, struct dialogue *dialogue, const struct edit *edit);

#endif
