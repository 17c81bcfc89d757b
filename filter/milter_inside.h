/* The engine libmilter from the inside. */
#ifndef POSTERN_FILTER_MILTER_INSIDE_H
#define POSTERN_FILTER_MILTER_INSIDE_H

#include "engine.h"

/* Hands libmilter its callbacks. False: it doesn't take them. */
bool milter_register(const struct engine_needs *given);

/* As the callbacks count them, from negotiation to close. */
struct engine_sessions milter_sessions(void);

#endif
