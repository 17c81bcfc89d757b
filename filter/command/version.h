/* What this program was built with. */
#ifndef POSTERN_FILTER_COMMAND_VERSION_H
#define POSTERN_FILTER_COMMAND_VERSION_H

#include <stdio.h>

/* "postern VERSION", and behind it table types, libraries and engines, a line each. */
void version_print(FILE *to);

#endif
