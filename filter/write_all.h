/* Writing to a descriptor until all is written. */
#ifndef POSTERN_FILTER_WRITE_ALL_H
#define POSTERN_FILTER_WRITE_ALL_H

#include "base/slice.h"

/* False, and errno, when not all could be written. */
bool write_all(int to, struct slice text);

#endif
