/* Goes on behind signals, and where a descriptor takes less than it is given. */
#include "write_all.h"

#include <errno.h>
#include <unistd.h>

bool
write_all(int to, struct slice text)
{
    while (text.len > 0) {
        ssize_t written = write(to, text.at, text.len);

        if (written < 0 && errno == EINTR)
            continue;
        if (written == 0)
            errno = ENOSPC;
        if (written <= 0)
            return false;
        text = slice_from(text, (size_t)written);
    }
    return true;
}
