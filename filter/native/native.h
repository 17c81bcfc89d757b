/* The engine that speaks the milter protocol itself. */
#ifndef POSTERN_FILTER_NATIVE_NATIVE_H
#define POSTERN_FILTER_NATIVE_NATIVE_H

#include "engine.h"

extern const struct engine engine_native;

#endif
