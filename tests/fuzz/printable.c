/* What a line of the log may hold. */
#include "printable.h"

#include <stdlib.h>

#include "mail/unicode.h"
#include "mail/utf8.h"

void
printable_or_abort(const char *line)
{
    struct slice rest = slice_of(line);

    if (!utf8_is_valid(rest))
        abort();
    while (rest.len > 0) {
        uint32_t c = utf8_next(&rest);

        if (c < 0x80 ? c < 32 || c == 127 : !unicode_is_graphic(c))
            abort();
    }
}
