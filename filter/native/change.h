/* A change of a message, as packets. */
#ifndef POSTERN_FILTER_NATIVE_CHANGE_H
#define POSTERN_FILTER_NATIVE_CHANGE_H

#include "conversation.h"
#include "speech.h"

/* False where it isn't among the actions that were agreed on, or can't be written. */
bool change_put(struct conversation *conversation, const struct edit *change, unsigned long actions,
                struct outflow *to);

#endif
