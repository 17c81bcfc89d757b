/* What counts as base64 with stray octets, in whatever pieces it comes. */
#include "mail/base64_scan.h"

#include "tap.h"

#define Z20 "Zm9vZm9vZm9vZm9vZm9v"
#define Z60 Z20 Z20 Z20
#define Z72 Z60 "Zm9vZm9vZm9v"
#define Z76 Z60 "Zm9vZm9vZm9vZm9v"
#define E "\xC3\xA9"

static const struct {
    const char *section, *what;
    bool sound;
    struct slice in;
} cases[] = {
    {"RFC 2045 6.8", "lines of 76", true, SLICE(Z76 "\r\n" Z76 "\r\nZm9v\r\n")},
    {"RFC 2045 6.8", "stray octets in lines", true, SLICE(E Z76 "\r\nZm" E Z72 "9v\r\nZm9v" E)},
    {"RFC 2045 6.8", "on lines of their own", true, SLICE(E "\r\n" Z76 "\r\n" E "\r\nZm9v\r\n" E)},
    {"RFC 2045 6.8", "behind the padding", true, SLICE(Z76 "\r\nZg==" E "\r\n")},
    {"RFC 2045 6.8", "lines that end with LF", true, SLICE(Z60 "\n" Z60 "\nZg==" E "\n")},
    {"RFC 2045 6.8", "all lines are full", true, SLICE(Z76 "\r\n" Z76)},
    {"RFC 2045 6.8", "white space behind lines, and empty ones", true,
     SLICE(Z60 " \t\r\n" Z60 "\r\n\r\n \r\nZm8=\r\n\r\n")},
    {"RFC 2045 6.8", "one line", true, SLICE(Z20 Z20 Z20 Z20 Z20 Z20 Z20 Z20 E "\r\n")},
    {"RFC 2045 6.8", "little, but padded", true, SLICE("Zg==" E "\r\n")},
    {"RFC 2045 6.8", "little, and maybe a word", false, SLICE("Fu" E "matten\r\n")},
    {"RFC 2045 6.8", "words, one a line", false, SLICE("Mu" E "tt\r\nKater\r\n")},
    {"RFC 2045 6.8", "words of one length", false, SLICE("m" E "uss\r\nPost\r\n")},
    {"RFC 2045 6.8", "nothing", false, SLICE("")},
    {"RFC 2045 6.8", "nothing else", false, SLICE(E E "\r\n")},
    {"RFC 2045 6.8", "padding alone", false, SLICE("==" E "==\r\n")},
    {"RFC 2045 6.8", "text", false, SLICE("Gr" E "e aus K" E "ln\r\n")},
    {"RFC 2045 6.8", "text behind it", false,
     SLICE(Z76 "\r\n" Z76 "\r\nZg==\r\nSent from my phone\r\n")},
    {"RFC 2045 6.8", "a word behind it", false, SLICE(Z76 "\r\nZm9v\r\nGr" E "ss\r\n")},
    {"RFC 2045 6.8", "a word behind the padding", false, SLICE(Z76 "\r\nZg==\r\nGr" E "ss\r\n")},
    {"RFC 2045 6.8", "a word before it", false, SLICE("Post" E "\r\n" Z76 "\r\nZg==\r\n")},
    {"RFC 2045 6.8", "an octet is missing", false, SLICE(Z76 "\r\nZm9" E "\r\n")},
    {"RFC 2045 6.8", "one instead of another, line by line", false,
     SLICE(E "m9v" Z60 "\r\n" E "m9v" Z60 "\r\n" E "m9v" Z60 "\r\n" E "m9v" Z60 "\r\n")},
    {"RFC 2045 6.8", "a line that is longer", false, SLICE(Z60 "\r\n" Z76 "\r\n" E)},
    {"RFC 2045 6.8", "a shorter line before the last one", false, SLICE(Z76 "\r\nZm9v\r\nZm9v" E)},
    {"RFC 2045 6.8", "white space in a line", false, SLICE(Z60 " " Z60 E "\r\n")},
    {"RFC 2045 6.8", "white space before a line", false, SLICE(" " Z76 E "\r\n")},
    {"RFC 2045 6.8", "another alphabet", false, SLICE(Z76 "\r\nZm-_" E "\r\n")},
    {"RFC 2045 6.8", "NUL", false, SLICE(Z76 "\r\nZm9v\0" E "\r\n")},
    {"RFC 2045 6.8", "padding in the middle", false, SLICE("Zg==" Z60 E "\r\n")},
    {"RFC 2045 6.8", "too much padding", false, SLICE(Z76 "\r\nZ===" E "\r\n")},
    {"RFC 4648 3.5", "bits that no octet has", false, SLICE("M" E "ge=\r\n")},
    {"RFC 5322 2.1.1", "a line that is too long", false,
     SLICE(Z76 Z76 Z76 Z76 Z76 Z76 Z76 Z76 Z76 Z76 Z76 Z76 Z76 Z76 E "\r\n")},
};

static bool
agrees(size_t i, size_t first, size_t second)
{
    struct base64_scan scan = {0};
    struct slice in = cases[i].in;

    base64_scan_add(&scan, slice_first(in, first));
    base64_scan_add(&scan, slice_first(slice_from(in, first), second - first));
    base64_scan_add(&scan, slice_from(in, second));
    return base64_scan_end(&scan) == cases[i].sound;
}

int
main(void)
{
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        bool all = true;

        for (size_t first = 0; first <= cases[i].in.len; first += 1 + first / 16)
            for (size_t second = first; second <= cases[i].in.len; second += 1 + second / 32)
                all = all && agrees(i, first, second);
        tap_check(all, "%s: %s", cases[i].section, cases[i].what);
    }
    return tap_done();
}
