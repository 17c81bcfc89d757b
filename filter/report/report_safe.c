/* A log may be anybody's file. */
#include "report_safe.h"

#include "mail/unicode.h"
#include "mail/utf8.h"

/* The octets of the next character, or of what stands for it. */
static struct slice
next_safe(struct slice *rest)
{
    struct slice all = *rest;
    uint32_t c = utf8_next(rest);
    struct slice octets = slice_first(all, all.len - rest->len);

    return unicode_is_control(c) || unicode_is_invisible(c) || (octets.len == 1 && c >= 0x80)
               ? SLICE("?")
               : octets;
}

void
report_put_safe(FILE *to, const char *text, int width)
{
    struct slice rest = slice_of(text);

    for (; rest.len > 0; width--) {
        struct slice octets = next_safe(&rest);

        fwrite(octets.at, 1, octets.len, to);
    }
    for (; width > 0; width--)
        putc(' ', to);
}

void
report_put_html(FILE *to, const char *text)
{
    struct slice rest = slice_of(text);

    while (rest.len > 0) {
        struct slice octets = next_safe(&rest);

        if (strchr("<>&\"'", octets.at[0]))
            fprintf(to, "&#%d;", octets.at[0]);
        else
            fwrite(octets.at, 1, octets.len, to);
    }
}
