/* Dates of header fields (RFC 5322 sections 3.3 and 4.3); what the seconds are was told by another
 * reader of them, Python's. */
#include "mail/date.h"

#include <inttypes.h>

#include "tap.h"

static const struct {
    const char *what;
    const char *in;
    int64_t seconds; /* -1: it is none */
} cases[] = {
    {"RFC 5322 A.1.1", "Fri, 21 Nov 1997 09:55:06 -0600", 880127706},
    {"RFC 5322 A.1.3", "Thu, 13 Feb 1969 23:32:54 -0330", -27723426},
    {"RFC 5322 A.5",
     "Thu,\r\n      13\r\n        Feb\r\n          1969\r\n      23:32\r\n"
     "               -0330 (Newfoundland Time)",
     -27723480},
    {"RFC 5322 A.6.2", "21 Nov 97 09:55:06 GMT", 880106106},
    {"RFC 5322 A.6.3", "Fri, 21 Nov 1997 09(comment):   55  :  06 -0600", 880127706},
    {"no seconds", "1 Jan 2000 00:00 +0000", 946684800},
    {"a leap day", "29 Feb 2024 12:00:00 +0000", 1709208000},
    {"a leap second", "31 Dec 2016 23:59:60 +0000", 1483228800},
    {"half an hour", "Sat, 28 Nov 2026 20:17:58 +0530", 1795877278},
    {"EST", "Fri, 1 Jan 2021 00:00:00 EST", 1609477200},
    {"PDT", "Fri, 1 Jan 2021 00:00:00 PDT", 1609484400},
    {"mst", "fri, 1 jan 2021 00:00:00 mst", 1609484400},
    {"a military zone is unknown", "Fri, 1 Jan 2021 00:00:00 A", 1609459200},
    {"and so is another", "Fri, 1 Jan 2021 00:00:00 XYZ", 1609459200},
    {"two digits after 2000", "1 Jan 49 00:00:00 +0000", 2493072000},
    {"three digits", "1 Jan 100 00:00:00 +0000", 946684800},
    {"the end of four digits", "31 Dec 9999 23:59:59 +0000", 253402300799},
    {"another weekday", "Mon, 21 Nov 1997 09:55:06 -0600", 880127706},
    {"-0000", "Tue, 5 Mar 2024 01:02:03 -0000", 1709600523},
    {"before 1970", "1 Mar 1900 00:00:00 +0000", -2203891200},
    {"nothing", "", -1},
    {"white space", " \r\n ", -1},
    {"a comment", "(today)", -1},
    {"no comma", "Fri 21 Nov 1997 09:55:06 -0600", -1},
    {"no day of that month", "29 Feb 2023 12:00:00 +0000", -1},
    {"no day at all", "0 Feb 2023 12:00:00 +0000", -1},
    {"no such month", "1 Foo 2023 12:00:00 +0000", -1},
    {"too early a year", "1 Jan 1899 12:00:00 +0000", -1},
    {"one digit of a year", "1 Jan 3 12:00:00 +0000", -1},
    {"many digits", "1 Jan 99999999999999999999 12:00:00 +0000", -1},
    {"no time", "1 Jan 2023", -1},
    {"no zone", "1 Jan 2023 12:00:00", -1},
    {"hour 24", "1 Jan 2023 24:00:00 +0000", -1},
    {"minute 60", "1 Jan 2023 12:60:00 +0000", -1},
    {"half a zone", "1 Jan 2023 12:00:00 +00", -1},
    {"60 minutes in a zone", "1 Jan 2023 12:00:00 +0060", -1},
    {"a sign of a zone", "1 Jan 2023 12:00:00 -", -1},
    {"text behind it", "1 Jan 2023 12:00:00 +0000 GMT", -1},
    {"a comment without end", "1 Jan 2023 12:00:00 +0000 (UTC", -1},
    {"the form of ISO 8601", "2023-01-01T12:00:00Z", -1},
    {"a negative day", "-1 Jan 2023 12:00:00 +0000", -1},
};

int
main(void)
{
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        int64_t seconds = -1;
        bool is_date = date_parse(slice_of(cases[i].in), &seconds);

        tap_check(seconds == cases[i].seconds && is_date == (cases[i].seconds != -1),
                  "%s: %" PRId64, cases[i].what, seconds);
    }
    return tap_done();
}
