/* Braces in the place of a table. Nothing escapes one. */
#include "braces.h"

#include "lines.h"

static bool
braces_separates(char octet)
{
    return octet == ',' || ascii_is_space(octet);
}

/* Behind the brace that closes the first, or 0 when none does. */
static size_t
braces_end(struct slice text)
{
    size_t depth = 0;

    for (size_t at = 0; at < text.len; at++) {
        if (text.at[at] == '{')
            depth++;
        else if (text.at[at] == '}' && --depth == 0)
            return at + 1;
    }
    return 0;
}

bool
braces_inside(struct slice text, struct slice *inside_r)
{
    bool whole = text.len > 0 && text.at[0] == '{' && braces_end(text) == text.len;

    if (whole)
        *inside_r = slice_first(slice_from(text, 1), text.len - 2);
    return whole;
}

bool
braces_item(struct slice *rest, struct slice *item_r)
{
    size_t depth = 0, end = 0;

    while (rest->len > 0 && braces_separates(rest->at[0]))
        *rest = slice_from(*rest, 1);
    for (; end < rest->len && (depth > 0 || !braces_separates(rest->at[end])); end++) {
        if (rest->at[end] == '{')
            depth++;
        else if (rest->at[end] == '}' && depth > 0)
            depth--;
    }
    *item_r = slice_first(*rest, end);
    *rest = slice_from(*rest, end);
    return end > 0;
}

const char *
braces_strip(struct slice text, struct slice *bare_r)
{
    *bare_r = text;
    if (text.len == 0 || text.at[0] != '{')
        return NULL;
    if (!braces_inside(text, bare_r))
        return braces_end(text) == 0 ? "a \"{\" isn't closed" : "something stands behind the \"}\"";
    *bare_r = table_trim(*bare_r);
    return NULL;
}
