/* Header fields into ASCII, each by the grammar of its kind (RFC 6532 section 3.2 turned back).
 * Nothing is guessed: where octets above 127 stand for what only a program reads, it can't be
 * done. */
#include "mail/convert_field.h"

#include "base/buffer.h"
#include "convert_field_inside.h"
#include "mail/utf8.h"

/* ASCII words of this length would make lines longer than RFC 5322 section 2.1.1 allows. */
enum { WORD_LONG = 900 };

/* White space as unstructured text has it: line ends count only where they fold. */
static size_t
white_length(struct slice s)
{
    size_t i = 0;

    while (i < s.len) {
        size_t end = s.at[i] == '\r' && i + 1 < s.len && s.at[i + 1] == '\n' ? 2 : s.at[i] == '\n';
        size_t next = i + end;

        if (end > 0 && next < s.len && s.at[next] != ' ' && s.at[next] != '\t')
            break;
        if (end == 0 && s.at[i] != ' ' && s.at[i] != '\t')
            break;
        i = next + (end == 0);
    }
    return i;
}

static size_t
word_length(struct slice s)
{
    size_t i = 0;

    while (i < s.len && white_length(slice_from(s, i)) == 0)
        i++;
    return i;
}

static enum convert_result
write_text(struct header_writer *writer, struct slice body, struct slice *trailing_r)
{
    for (;;) {
        struct slice gap = slice_first(body, white_length(body));
        struct slice word = slice_from(body, gap.len);

        word = slice_first(word, word_length(word));
        if (word.len == 0) {
            *trailing_r = gap;
            return HEADER_CONVERTED;
        }
        header_writer_word(writer, gap, word, word.len > WORD_LONG);
        body = slice_from(body, gap.len + word.len);
    }
}

/* RFC 3987 section 3.1, step 2. */
static struct slice
percent_encode(struct arena *arena, struct slice uri)
{
    struct buffer *to = ARENA_NEW(arena, struct buffer);

    buffer_init(to, arena, SIZE_MAX);
    for (size_t i = 0; i < uri.len; i++) {
        unsigned char c = (unsigned char)uri.at[i];

        if (c > 127)
            buffer_printf(to, "%%%02X", c);
        else
            buffer_octet(to, uri.at[i]);
    }
    return buffer_slice(to);
}

/* What stands in <>, or without them has a scheme, is a URI. */
static enum convert_result
mark_uris(struct arena *arena, struct convert_tokens *tokens)
{
    bool angle = false, scheme = false;

    for (size_t i = 0; i < tokens->count; i++) {
        struct convert_token *token = &tokens->at[i];

        if (token_is_special(&token->is, "<>"))
            angle = token->is.text.at[0] == '<';
        if (token_is_special(&token->is, "<>,") || token->is.gap.len > 0)
            scheme = false;
        if (token_is_special(&token->is, ":"))
            scheme = true;
        if (slice_is_ascii(token->is.text) || !(angle || scheme) ||
            (token->is.kind == TOKEN_COMMENT && !angle))
            continue;
        if (!utf8_is_valid(token->is.text))
            return HEADER_UNDECIDABLE;
        token->is.text = percent_encode(arena, token->is.text);
        token->role = ROLE_DONE;
    }
    return HEADER_CONVERTED;
}

/* Words outside of <>; the list's commas are none. What stands in <> identifies something, by its
 * octets. */
static void
mark_phrases(struct convert_tokens *tokens)
{
    bool angle = false;

    for (size_t i = 0; i < tokens->count; i++) {
        if (token_is_special(&tokens->at[i].is, "<>"))
            angle = tokens->at[i].is.text.at[0] == '<';
        else if (!angle && !token_is_special(&tokens->at[i].is, ","))
            tokens->at[i].role = ROLE_PHRASE;
    }
}

static bool
begins_clause(const struct convert_token *token)
{
    static const char *const words[] = {"from", "by", "via", "with", "id", "for"};

    if (token->is.kind == TOKEN_ATOM)
        for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
            if (slice_equal_nocase(token->is.text, slice_of(words[i])))
                return true;
    return token_is_special(&token->is, ";");
}

/* Octets that a comment may not hold as they are. */
static bool
fits_comment(struct convert_tokens clause)
{
    for (size_t i = 0; i < clause.count; i++) {
        struct slice text = clause.at[i].is.text;

        if (clause.at[i].is.defect)
            return false;
        if (clause.at[i].is.kind != TOKEN_COMMENT &&
            (slice_find(text, '(') < text.len || slice_find(text, ')') < text.len ||
             slice_find(text, '\\') < text.len))
            return false;
    }
    return true;
}

static struct slice
in_parentheses(struct arena *arena, struct slice text)
{
    char *comment = arena_alloc(arena, text.len + 2);

    comment[0] = '(';
    memcpy(comment + 1, text.at, text.len);
    comment[text.len + 1] = ')';
    return (struct slice){comment, text.len + 2};
}

/* RFC 6857 section 3.2 takes a "for" without ASCII form out, as what is informative only; in a
 * comment nothing is lost. */
static enum convert_result
put_in_comment(struct arena *arena, struct convert_tokens clause)
{
    const struct convert_token *last = &clause.at[clause.count - 1];
    const char *begin = clause.at[0].is.text.at, *end = last->is.text.at + last->is.text.len;

    if (!fits_comment(clause))
        return HEADER_UNDECIDABLE;
    clause.at[0].is.kind = TOKEN_COMMENT;
    clause.at[0].is.text = in_parentheses(arena, (struct slice){begin, (size_t)(end - begin)});
    for (size_t i = 1; i < clause.count; i++)
        clause.at[i].role = ROLE_ELSEWHERE;
    return HEADER_CONVERTED;
}

static enum convert_result
convert_for(struct arena *arena, struct convert_tokens clause)
{
    struct convert_tokens words = {.at = clause.at + 1, .count = clause.count - 1};
    bool fine = convert_addresses(arena, &words) == HEADER_CONVERTED;

    for (size_t i = 0; i < words.count; i++)
        if (words.at[i].is.kind != TOKEN_COMMENT && !slice_is_ascii(words.at[i].is.text))
            fine = false;
    if (!fine)
        return put_in_comment(arena, clause);
    for (size_t i = 0; i < clause.count; i++)
        clause.at[i].role = ROLE_DONE;
    return HEADER_CONVERTED;
}

static enum convert_result
convert_clause(struct arena *arena, struct convert_tokens clause)
{
    struct slice word = clause.at[0].is.text;

    if (slice_equal_nocase(word, SLICE("for"))) {
        return convert_for(arena, clause);
    } else if (clause.count > 1 &&
               (slice_equal_nocase(word, SLICE("from")) || slice_equal_nocase(word, SLICE("by")))) {
        size_t last = 1;

        while (last + 1 < clause.count && clause.at[last + 1].is.gap.len == 0 &&
               clause.at[last + 1].is.kind != TOKEN_COMMENT)
            last++;
        if (clause.at[1].is.kind == TOKEN_ATOM)
            return convert_domain(arena, &clause.at[1], &clause.at[last]);
    }
    return HEADER_CONVERTED;
}

static enum convert_result
convert_received(struct arena *arena, struct convert_tokens *tokens)
{
    enum convert_result result = HEADER_CONVERTED;
    size_t first = 0;

    while (first < tokens->count && result == HEADER_CONVERTED) {
        size_t end = first + 1;

        while (end < tokens->count && !begins_clause(&tokens->at[end]))
            end++;
        result = convert_clause(
            arena, (struct convert_tokens){.at = &tokens->at[first], .count = end - first});
        first = end;
    }
    return result;
}

static enum convert_result
write_field_tokens(struct header_writer *writer, enum convert_kind field, struct slice body,
                   struct slice *trailing_r)
{
    enum convert_result result = HEADER_CONVERTED;
    struct convert_tokens tokens;

    convert_tokens_read(writer->arena, body, &tokens);
    *trailing_r = tokens.trailing;
    if (field == CONVERT_ADDRESSES)
        result = convert_addresses(writer->arena, &tokens);
    else if (field == CONVERT_RECEIVED)
        result = convert_received(writer->arena, &tokens);
    else if (field == CONVERT_URIS)
        result = mark_uris(writer->arena, &tokens);
    else if (field == CONVERT_PHRASES)
        mark_phrases(&tokens);
    return result == HEADER_CONVERTED ? convert_write(writer, &tokens) : result;
}

static enum convert_result
write_converted(struct arena *arena, struct slice name, struct slice body, const char *newline,
                struct slice *body_r)
{
    struct header_writer writer;
    struct slice trailing = SLICE("");
    enum convert_kind field = convert_kind_of(name);
    enum convert_result result;

    header_writer_init(&writer, arena, name, newline);
    if (field == CONVERT_TEXT)
        result = write_text(&writer, body, &trailing);
    else if (field == CONVERT_PARAMETERS)
        result = convert_parameters(&writer, body, &trailing);
    else
        result = write_field_tokens(&writer, field, body, &trailing);
    if (result == HEADER_CONVERTED && !header_writer_end(&writer, trailing, body_r))
        return HEADER_UNDECIDABLE;
    return result;
}

/* What is written takes many times its size in tokens and pieces, which go when it is written. */
enum convert_result
convert_field(struct arena *arena, struct slice name, struct slice body, const char *newline,
              struct slice *body_r)
{
    struct arena *work;
    enum convert_result result;

    *body_r = body;
    if (!slice_is_ascii(name))
        return HEADER_UNDECIDABLE;
    if (slice_is_ascii(body))
        return HEADER_IS_ASCII;
    work = arena_new_child(arena, ARENA_OF_PARENT);
    result = write_converted(work, name, body, newline, body_r);
    *body_r = result == HEADER_CONVERTED ? arena_copy(arena, *body_r) : body;
    arena_free(&work);
    return result;
}

enum { LINE_GOOD = 78, LINE_LONGEST = 998 };

static size_t
run_length(struct slice s, bool white)
{
    size_t len = 0;

    while (len < s.len && (s.at[len] == ' ' || s.at[len] == '\t' || s.at[len] == '\n') == white)
        len++;
    return len;
}

/* Breaks lines before white space, where readers put them together again (RFC 5322 section 2.2.3).
 * False where a word leaves no place to. */
static bool
fold(struct arena *arena, struct slice name, struct slice body, struct slice *body_r)
{
    struct buffer *to = ARENA_NEW(arena, struct buffer);
    size_t column = name.len + 2;

    buffer_init(to, arena, SIZE_MAX);
    while (body.len > 0) {
        struct slice gap = slice_first(body, run_length(body, true));
        struct slice word = slice_from(body, gap.len);

        word = slice_first(word, run_length(word, false));
        if (slice_find(gap, '\n') < gap.len) {
            column = 0;
        } else if (to->len > 0 && word.len > 0 && column + gap.len + word.len > LINE_GOOD) {
            buffer_text(to, "\n");
            column = 0;
        }
        buffer_add(to, gap);
        buffer_add(to, word);
        column += gap.len + word.len;
        if (column > LINE_LONGEST)
            return false;
        body = slice_from(body, gap.len + word.len);
    }
    *body_r = buffer_slice(to);
    return true;
}

enum convert_result
convert_write_field(struct arena *arena, struct slice name, struct slice body, bool ascii,
                    struct slice *body_r)
{
    *body_r = body;
    if (ascii && !slice_is_ascii(body))
        return convert_field(arena, name, body, "\n", body_r);
    if (fold(arena, name, body, body_r))
        return HEADER_IS_ASCII;
    return write_converted(arena, name, body, "\n", body_r);
}
