/* The library that runs regexes, for whoever tells what the program was built with. */
#ifndef POSTERN_POLICY_REGEX_LIBRARY_H
#define POSTERN_POLICY_REGEX_LIBRARY_H

#include "base/arena.h"

/* "PCRE2 10.42 2022-12-11, with JIT". */
const char *regex_library_text(struct arena *arena);

#endif
