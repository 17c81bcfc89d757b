/* Test results in the Test Anything Protocol. */
#include "tap.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static unsigned run, failed;

void
tap_check(bool ok, const char *format, ...)
{
    va_list args;

    run++;
    failed += !ok;
    printf("%sok %u - ", ok ? "" : "not ", run);
    va_start(args, format);
    vprintf(format, args);
    va_end(args);
    putchar('\n');
    fflush(stdout);
}

void
tap_skip(const char *format, ...)
{
    va_list args;

    printf("ok %u # SKIP ", ++run);
    va_start(args, format);
    vprintf(format, args);
    va_end(args);
    putchar('\n');
    fflush(stdout);
}

unsigned
tap_times(unsigned usual, unsigned in_long_form)
{
    const char *said = getenv("POSTERN_LONG");

    return said && strcmp(said, "1") == 0 ? in_long_form : usual;
}

int
tap_done(void)
{
    printf("1..%u\n", run);
    return failed > 0;
}
