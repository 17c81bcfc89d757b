/* Templates of queries and results. */
#include "template.h"

enum { BOUND_KEY = 1, BOUND_USER, BOUND_DOMAIN };

struct template_text
template_text(struct slice whole)
{
    size_t at = slice_find_last(whole, '@');
    struct template_text text = {.whole = whole, .user = whole, .has_at = at < whole.len};

    if (text.has_at) {
        text.user = slice_first(whole, at);
        text.domain = slice_from(whole, at + 1);
    }
    return text;
}

static bool
template_want(char letter, bool is_query, struct template_wants *wants)
{
    size_t label = letter >= '1' && letter <= '9' ? (size_t)(letter - '0') : 0;

    if (letter == 'U' || (letter == 'u' && is_query))
        wants->key_user = true;
    if (letter == 'D' || (letter == 'd' && is_query) || label > 0)
        wants->key_domain = true;
    if (letter == 'u' && !is_query)
        wants->value_user = true;
    if (letter == 'd' && !is_query)
        wants->value_domain = true;
    if (label > wants->labels)
        wants->labels = label;
    return label > 0 || (letter != '\0' && strchr("%sSuUdD", letter));
}

bool
template_read(struct slice text, bool is_query, struct template_wants *wants)
{
    for (size_t at = 0; at < text.len; at++)
        if (text.at[at] == '%' &&
            (++at == text.len || !template_want(text.at[at], is_query, wants)))
            return false;
    return true;
}

struct slice
template_label(struct slice domain, size_t number)
{
    struct slice rest = domain, label;
    size_t labels = 0;

    while (slice_word(&rest, ".", &label))
        labels++;
    rest = domain;
    for (size_t i = labels; i >= number && slice_word(&rest, ".", &label); i--)
        if (i == number)
            return label;
    return SLICE("");
}

bool
template_fits_key(const struct template_wants *wants, const struct template_text *key)
{
    if (key->whole.len == 0 || (wants->key_domain && key->domain.len == 0) ||
        (wants->key_user && key->has_at && key->user.len == 0))
        return false;
    return wants->labels == 0 || template_label(key->domain, wants->labels).len > 0;
}

static int
template_bound(char letter)
{
    if (letter == 's' || letter == 'S')
        return BOUND_KEY;
    if (letter == 'u' || letter == 'U')
        return BOUND_USER;
    return letter == 'd' || letter == 'D' ? BOUND_DOMAIN : BOUND_DOMAIN + letter - '0';
}

/* What stands in single quotes becomes a sum of texts and what is bound. */
static void
template_add_quoted(struct buffer *sql, struct slice text)
{
    buffer_text(sql, "('");
    for (size_t at = 0; at < text.len; at++)
        if (text.at[at] != '%')
            buffer_octet(sql, text.at[at]);
        else if (text.at[++at] == '%')
            buffer_octet(sql, '%');
        else
            buffer_printf(sql, "'||?%d||'", template_bound(text.at[at]));
    buffer_text(sql, "')");
}

static void
template_add_plain(struct buffer *sql, struct slice text)
{
    for (size_t at = 0; at < text.len; at++)
        if (text.at[at] != '%')
            buffer_octet(sql, text.at[at]);
        else if (text.at[++at] == '%')
            buffer_octet(sql, '%');
        else
            buffer_printf(sql, " ?%d ", template_bound(text.at[at]));
}

/* Up to the quote that ends a text; one that is doubled doesn't. */
static size_t
template_text_end(struct slice quoted)
{
    size_t end = 0;

    for (; end < quoted.len; end++)
        if (quoted.at[end] == '\'') {
            if (end + 1 == quoted.len || quoted.at[end + 1] != '\'')
                break;
            end++;
        }
    return end;
}

const char *
template_sql(struct arena *arena, struct slice query, const char **reason_r)
{
    struct buffer *sql = ARENA_NEW(arena, struct buffer);

    buffer_init(sql, arena, SIZE_MAX);
    while (query.len > 0) {
        size_t open = slice_find(query, '\''), end;
        struct slice quoted = slice_from(query, open + 1);

        if (memchr(query.at, '"', open) && memchr(query.at, '%', open)) {
            *reason_r = "its query has double quotes; a text stands in single quotes, as in '%s'";
            return NULL;
        }
        template_add_plain(sql, slice_first(query, open));
        if (open == query.len)
            break;
        end = template_text_end(quoted);
        if (end >= quoted.len) {
            *reason_r = "its query has a text that isn't closed by a \"'\"";
            return NULL;
        }
        template_add_quoted(sql, slice_first(quoted, end));
        query = slice_from(quoted, end + 1);
    }
    return arena_string(arena, buffer_slice(sql));
}

static struct slice
template_value(char letter, const struct template_text *result, const struct template_text *key)
{
    switch (letter) {
    case '%':
        return SLICE("%");
    case 's':
        return result->whole;
    case 'S':
        return key->whole;
    case 'u':
        return result->user;
    case 'U':
        return key->user;
    case 'd':
        return result->domain;
    case 'D':
        return key->domain;
    default:
        return template_label(key->domain, (size_t)(letter - '0'));
    }
}

bool
template_add(struct buffer *to, struct slice form, const struct template_wants *wants,
             struct slice result, const struct template_text *key)
{
    struct template_text value = template_text(result);

    if (result.len == 0 || (wants->value_domain && value.domain.len == 0) ||
        (wants->value_user && value.has_at && value.user.len == 0))
        return false;
    if (buffer_slice(to).len > 0)
        buffer_octet(to, ',');
    for (size_t at = 0; at < form.len; at++)
        if (form.at[at] == '%')
            buffer_add(to, template_value(form.at[++at], &value, key));
        else
            buffer_octet(to, form.at[at]);
    return true;
}
