/* What of a verdict is spoken, in each mode. */
#ifndef POSTERN_FILTER_MODES_H
#define POSTERN_FILTER_MODES_H

#include "filter/dialogue.h"

/* The reply as it is spoken, and logged; NULL stays NULL. */
const struct reply *mode_reply(enum mode mode, struct arena *arena, const struct reply *reply);

/* What of an answer the MTA is told: in mode audit nothing. */
struct answer mode_answer(enum mode mode, struct answer answer);

/* The verb of the log. In mode soft it says what the verdict was, and the reply what was spoken. */
const char *mode_verb(enum mode mode, enum verdict verdict);

#endif
