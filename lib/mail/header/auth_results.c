/* Cuts a field at the semicolons outside of comments and quotes, and reads each piece by itself. */
#include "mail/auth_results.h"

#include "tokens.h"

/* ptype "." property "=" pvalue, or "reason" "=" value; then type is empty. */
struct detail {
    struct slice type, name;
    struct slice value; /* as written */
};

static void
skip_space(struct slice *rest)
{
    *rest = slice_from(*rest, token_space_length(*rest));
}

static bool
accept_octet(struct slice *rest, char octet)
{
    skip_space(rest);
    if (rest->len == 0 || rest->at[0] != octet)
        return false;
    *rest = slice_from(*rest, 1);
    return true;
}

/* RFC 5321 section 4.1.2 Ldh-str; registered names have underscores too. */
static bool
is_keyword_octet(char c)
{
    return ascii_is_alnum(c) || c == '-' || c == '_';
}

static struct slice
take_keyword(struct slice *rest)
{
    struct slice keyword;
    size_t len = 0;

    skip_space(rest);
    while (len < rest->len && is_keyword_octet(rest->at[len]))
        len++;
    keyword = slice_first(*rest, len);
    *rest = slice_from(*rest, len);
    return keyword;
}

bool
auth_results_keyword_is_valid(struct slice word)
{
    return take_keyword(&word).len > 0 && word.len == 0;
}

/* RFC 2045 section 5.1 token, and octets of UTF-8. */
static size_t
token_run(struct slice s)
{
    size_t len = 0;

    while (len < s.len && (unsigned char)s.at[len] > ' ' && s.at[len] != 127 &&
           strchr("()<>@,;:\\\"/[]?=", s.at[len]) == NULL)
        len++;
    return len;
}

static size_t
value_run(struct slice s)
{
    size_t len = 0;

    while (len < s.len && (unsigned char)s.at[len] > ' ' && s.at[len] != 127 &&
           strchr("();\\\"", s.at[len]) == NULL)
        len++;
    return len;
}

/* A local part in quotes has its "@" and domain behind it. */
static struct slice
take_value(struct slice *rest, bool *wrong)
{
    struct slice value;
    bool closed = true;
    size_t len;

    skip_space(rest);
    if (rest->len > 0 && rest->at[0] == '"') {
        len = token_enclosed_length(*rest, '"', &closed);
        if (len < rest->len && rest->at[len] == '@')
            len += value_run(slice_from(*rest, len));
    } else {
        len = value_run(*rest);
    }
    value = slice_first(*rest, len);
    *rest = slice_from(*rest, len);
    *wrong = *wrong || !closed || len == 0;
    return value;
}

static struct slice
value_text(struct arena *arena, struct slice value)
{
    bool closed;

    if (value.len > 0 && value.at[0] == '"' &&
        token_enclosed_length(value, '"', &closed) == value.len)
        return token_unquote(arena, value);
    return value;
}

struct slice
auth_results_id(struct arena *arena, struct slice field)
{
    bool closed;

    skip_space(&field);
    if (field.len > 0 && field.at[0] == '"')
        return token_unquote(arena, slice_first(field, token_enclosed_length(field, '"', &closed)));
    return slice_first(field, token_run(field));
}

/* Behind the authserv-id: digits, and then a semicolon. */
static bool
take_version(struct slice *rest)
{
    struct slice version = take_keyword(rest);
    int64_t number = 1;

    if (version.len > 0 && (!slice_number(version, &number) || number != 1))
        return false;
    return accept_octet(rest, ';');
}

bool
auth_results_begin(struct arena *arena, struct slice field, struct auth_results *results_r)
{
    bool closed = true;

    *results_r = (struct auth_results){.id = auth_results_id(arena, field)};
    skip_space(&field);
    if (field.len > 0 && field.at[0] == '"')
        field = slice_from(field, token_enclosed_length(field, '"', &closed));
    else
        field = slice_from(field, token_run(field));
    if (results_r->id.len == 0 || !closed || !take_version(&field))
        return false;
    results_r->rest = field;
    return true;
}

/* Cuts off what stands before the next semicolon; closed_r: comments and quotes in it have an end.
 */
static struct slice
take_piece(struct slice *rest, bool *closed_r)
{
    struct slice piece;
    size_t len = 0;

    *closed_r = true;
    while (len < rest->len && rest->at[len] != ';') {
        bool closed;

        len = token_skip(*rest, len, &closed);
        *closed_r = *closed_r && closed;
    }
    piece = slice_first(*rest, len);
    *rest = slice_from(*rest, len + 1);
    return piece;
}

/* False at the end, and where anything else stands there, which wrong then says. White space or a
 * comment is before each. */
static bool
take_detail(struct slice *rest, struct detail *detail_r, bool *wrong)
{
    size_t space = token_space_length(*rest);

    *detail_r = (struct detail){.type = SLICE("")};
    *rest = slice_from(*rest, space);
    if (rest->len == 0)
        return false;
    detail_r->name = take_keyword(rest);
    *wrong = *wrong || space == 0;
    if (accept_octet(rest, '.')) {
        detail_r->type = detail_r->name;
        detail_r->name = take_keyword(rest);
        *wrong = *wrong || detail_r->type.len == 0;
    } else if (!slice_equal_nocase(detail_r->name, SLICE("reason"))) {
        *wrong = true;
    }
    *wrong = *wrong || detail_r->name.len == 0 || !accept_octet(rest, '=');
    if (!*wrong)
        detail_r->value = take_value(rest, wrong);
    return !*wrong;
}

static bool
read_result(struct slice piece, struct auth_result *result_r)
{
    struct detail detail;
    bool wrong = false;
    struct slice rest;

    result_r->method = take_keyword(&piece);
    if (accept_octet(&piece, '/'))
        wrong = take_keyword(&piece).len == 0;
    wrong = wrong || result_r->method.len == 0 || !accept_octet(&piece, '=');
    result_r->result = take_keyword(&piece);
    result_r->details = rest = piece;
    while (!wrong && take_detail(&rest, &detail, &wrong))
        continue;
    return !wrong && result_r->result.len > 0;
}

bool
auth_results_next(struct auth_results *results, struct auth_result *result_r)
{
    while (results->rest.len > 0) {
        bool closed;
        struct slice piece = take_piece(&results->rest, &closed);

        if (closed && read_result(piece, result_r))
            return true;
    }
    return false;
}

static bool
find_detail(struct arena *arena, const struct auth_result *result, struct slice type,
            struct slice name, struct slice *value_r)
{
    struct slice rest = result->details;
    struct detail detail;
    bool wrong = false;

    while (take_detail(&rest, &detail, &wrong))
        if (slice_equal_nocase(detail.type, type) && slice_equal_nocase(detail.name, name)) {
            *value_r = value_text(arena, detail.value);
            return true;
        }
    return false;
}

bool
auth_result_reason(struct arena *arena, const struct auth_result *result, struct slice *reason_r)
{
    return find_detail(arena, result, SLICE(""), SLICE("reason"), reason_r);
}

bool
auth_result_property(struct arena *arena, const struct auth_result *result, struct slice name,
                     struct slice *value_r)
{
    size_t dot = slice_find(name, '.');

    return dot < name.len &&
           find_detail(arena, result, slice_first(name, dot), slice_from(name, dot + 1), value_r);
}
