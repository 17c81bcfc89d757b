/* The engine that has libmilter speak. */
#ifndef POSTERN_FILTER_MILTER_H
#define POSTERN_FILTER_MILTER_H

#include "engine.h"

extern const struct engine engine_libmilter;

#endif
