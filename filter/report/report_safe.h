/* What a log says, shown so that it can do nothing where it is shown. */
#ifndef POSTERN_FILTER_REPORT_REPORT_SAFE_H
#define POSTERN_FILTER_REPORT_REPORT_SAFE_H

#include <stdio.h>

/* For a terminal: control characters and what isn't UTF-8 become "?"; blanks behind it make it as
 * wide as this. */
void report_put_safe(FILE *to, const char *text, int width);

/* The same for a page of HTML, in an element or in the quotes of an attribute. */
void report_put_html(FILE *to, const char *text);

#endif
