/* Date and time of a header field (RFC 5322 section 3.3, with the obsolete forms of section
 * 4.3). */
#ifndef POSTERN_MAIL_DATE_H
#define POSTERN_MAIL_DATE_H

#include "base/slice.h"

/* Seconds since 1970 began in UTC; false for what is no date and time. The day of the week isn't
 * held against the date. A zone that nobody knows is UTC, as section 4.3 has it. */
bool date_parse(struct slice field, int64_t *seconds_r);

#endif
