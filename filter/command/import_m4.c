/* Reads macros of m4 one by one, without expanding them: what stands in quotes `' behind a name. */
#include "import_inside.h"

static struct slice
without_comment(struct slice line)
{
    struct slice word = slice_trim(line);

    return slice_starts_nocase(word, SLICE("dnl")) ? SLICE("") : word;
}

static struct slice
next_argument(struct slice *rest)
{
    size_t open = slice_find(*rest, '`');
    struct slice inside = slice_from(*rest, open + 1);
    size_t closed = slice_find(inside, '\'');

    *rest = slice_from(inside, closed + 1);
    return slice_trim(slice_first(inside, closed));
}

bool
import_m4_call(struct slice line, const char *name, struct m4_call *call_r)
{
    struct slice word = without_comment(line), wanted = slice_of(name);

    if (!slice_equal(slice_first(word, wanted.len), wanted) || word.len <= wanted.len ||
        word.at[wanted.len] != '(')
        return false;
    word = slice_from(word, wanted.len + 1);
    call_r->first = next_argument(&word);
    call_r->second = next_argument(&word);
    return true;
}
