/* Keys are the same whatever their case; their white space stays as it is. */
#include "mail/unicode.h"
#include "mail/utf8.h"
#include "table_inside.h"

/* Octets up to the first character that is white space, or up to the first that isn't. */
static struct slice
cut_run(struct slice *rest, bool of_space)
{
    struct slice all = *rest, behind = *rest;

    while (rest->len > 0 && unicode_is_white(utf8_next(&behind)) == of_space)
        *rest = behind;
    return slice_first(all, all.len - rest->len);
}

struct slice
table_fold_key(struct arena *arena, struct slice key)
{
    struct slice rest = key, run;
    struct buffer *folded;

    if (slice_is_folded(key))
        return key;
    run = cut_run(&rest, false);
    if (rest.len == 0)
        return utf8_fold(arena, key);
    folded = ARENA_NEW(arena, struct buffer);
    buffer_init(folded, arena, SIZE_MAX / 4);
    for (; run.len > 0 || rest.len > 0; run = cut_run(&rest, false)) {
        buffer_add(folded, utf8_fold(arena, run));
        buffer_add(folded, cut_run(&rest, true));
    }
    return buffer_slice(folded);
}
