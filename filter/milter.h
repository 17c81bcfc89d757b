/* The milter as the process sees it. */
#ifndef POSTERN_FILTER_MILTER_H
#define POSTERN_FILTER_MILTER_H

#include "policy/policy.h"

/* Connections that begin from now on are served under this policy. */
bool milter_register(struct policy *policy);

/* Hands libmilter a listening descriptor. False: this libmilter can't be handed one. */
bool milter_take_descriptor(int listening);

/* Lets libmilter make the socket of this name itself. */
bool milter_make_socket(const char *name);

/* Serves connections; comes back only when libmilter gives up. */
bool milter_run(void);

#endif
