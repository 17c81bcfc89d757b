/* Test results in the Test Anything Protocol. */
#ifndef POSTERN_TESTS_TAP_H
#define POSTERN_TESTS_TAP_H

#include <stdbool.h>

/* One test: prints "ok N - text" or "not ok N - text". */
void tap_check(bool ok, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* One that can't be made here, and why: "ok N # SKIP text". */
void tap_skip(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* How often something random is tried: as usual, or with POSTERN_LONG=1 many times more. */
unsigned tap_times(unsigned usual, unsigned in_long_form);

/* Prints the plan; the value for main() to return: 0 when all went well. */
int tap_done(void);

#endif
