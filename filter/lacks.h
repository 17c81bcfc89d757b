/* What an MTA lacks that a policy needs: told once, at the first connection that shows it. */
#ifndef POSTERN_FILTER_LACKS_H
#define POSTERN_FILTER_LACKS_H

#include "filter/negotiate.h"

void lacks_tell_terms(const struct terms *terms);

/* A macro that it was asked for and didn't send, where each MTA has one that sends it at all. */
void lacks_tell_macro(enum stage stage, const char *name);

#endif
