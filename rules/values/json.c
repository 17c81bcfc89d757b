/* Writes texts so that a reader of JSON gets them back. */
#include "policy/json.h"

#include "mail/utf8.h"

void
json_write_string(FILE *to, struct slice s)
{
    putc('"', to);
    while (s.len > 0) {
        struct slice before = s;
        uint32_t c = utf8_next(&s);

        if (c == '"' || c == '\\')
            fprintf(to, "\\%c", (int)c);
        else if (c < 32 || c == 127 || c == 0xFFFD)
            fprintf(to, "\\u%04x", (unsigned)c);
        else
            fwrite(before.at, 1, before.len - s.len, to);
    }
    putc('"', to);
}
