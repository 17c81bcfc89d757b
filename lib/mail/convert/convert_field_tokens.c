/* Structured fields as tokens, and those written again: comments and words of phrases may carry
 * encoded words (RFC 2047 section 5), nothing else may. */
#include "convert_field_inside.h"
#include "header/tokens.h"

struct slice
convert_gap(struct slice *text)
{
    struct slice gap;
    size_t i = 0;

    while (i < text->len && ascii_is_space(text->at[i]))
        i++;
    gap = slice_first(*text, i);
    *text = slice_from(*text, i);
    return gap;
}

static size_t
read_tokens(struct slice text, struct convert_token *to, struct slice *trailing_r)
{
    size_t count = 0;

    for (;;) {
        struct token token = token_next(&text);

        if (token.kind == TOKEN_END) {
            *trailing_r = token.gap;
            return count;
        }
        if (to)
            to[count].is = token;
        count++;
    }
}

void
convert_tokens_read(struct arena *arena, struct slice text, struct convert_tokens *tokens_r)
{
    tokens_r->count = read_tokens(text, NULL, &tokens_r->trailing);
    tokens_r->at = ARENA_ARRAY(arena, tokens_r->count + 1, struct convert_token);
    read_tokens(text, tokens_r->at, &tokens_r->trailing);
}

static size_t
comment_word(struct slice s)
{
    size_t i = 0;

    while (i < s.len && !ascii_is_space(s.at[i]) && s.at[i] != '(' && s.at[i] != ')')
        i = token_step(s, i);
    return i;
}

/* Word by word, whatever is nested (RFC 2047 section 5 (2)). Other comments are no words of it, and
 * need no white space beside it. */
static void
write_comment(struct header_writer *writer, struct slice gap, struct slice comment)
{
    size_t depth = 0;
    size_t len;

    for (; comment.len > 0; comment = slice_from(comment, len)) {
        if (comment.at[0] == '(' || comment.at[0] == ')') {
            bool opens = comment.at[0] == '(';
            struct piece *piece;

            len = 1;
            depth -= !opens;
            piece = header_writer_raw(writer, gap, slice_first(comment, 1));
            piece->may_touch_before = !opens || depth > 0;
            piece->may_touch_after = opens || depth > 0;
            depth += opens;
        } else {
            struct slice word = slice_first(comment, len = comment_word(comment));

            if (slice_is_ascii(word) || slice_find(word, '\\') == word.len)
                header_writer_word(writer, gap, word, false);
            else
                header_writer_encode(writer, gap, token_undo_pairs(writer->arena, word));
        }
        comment = slice_from(comment, len);
        len = 0;
        gap = convert_gap(&comment);
    }
}

/* What of a phrase stands together without white space is one word. */
static size_t
chunk_length(const struct convert_tokens *tokens, size_t first)
{
    size_t i = first + 1;

    while (i < tokens->count && tokens->at[i].role == ROLE_PHRASE &&
           tokens->at[i].is.gap.len == 0 && tokens->at[i].is.kind != TOKEN_COMMENT)
        i++;
    return i - first;
}

static void
write_chunk(struct header_writer *writer, const struct convert_token *token, size_t count)
{
    const struct convert_token *last = token + count - 1;
    struct slice whole = {token->is.text.at,
                          (size_t)(last->is.text.at + last->is.text.len - token->is.text.at)};

    if (slice_is_ascii(whole) || (count == 1 && token->is.kind == TOKEN_ATOM)) {
        header_writer_word(writer, token->is.gap, whole, false);
        return;
    }
    for (size_t i = 0; i < count; i++) {
        struct slice gap = token[i].is.gap;

        if (token[i].is.kind == TOKEN_QUOTED)
            header_writer_encode(writer, gap, token_unquote(writer->arena, token[i].is.text));
        else
            header_writer_word(writer, gap, token[i].is.text, true);
    }
}

enum convert_result
convert_write(struct header_writer *writer, const struct convert_tokens *tokens)
{
    for (size_t i = 0; i < tokens->count; i++) {
        const struct convert_token *token = &tokens->at[i];
        bool ascii = slice_is_ascii(token->is.text);

        if (token->role == ROLE_ELSEWHERE)
            continue;
        if (!ascii && token->is.defect)
            return HEADER_UNDECIDABLE;
        if (token->is.kind == TOKEN_COMMENT && !token->is.defect) {
            write_comment(writer, token->is.gap, token->is.text);
        } else if (token->role == ROLE_PHRASE) {
            size_t count = chunk_length(tokens, i);

            for (size_t k = 1; k < count; k++)
                if (token[k].is.defect && !slice_is_ascii(token[k].is.text))
                    return HEADER_UNDECIDABLE;
            writer->one_space = true;
            write_chunk(writer, token, count);
            writer->one_space = false;
            i += count - 1;
        } else if (ascii) {
            header_writer_raw(writer, token->is.gap, token->is.text);
        } else {
            return token->role == ROLE_LOCAL ? HEADER_NO_ASCII_FORM : HEADER_UNDECIDABLE;
        }
    }
    return HEADER_CONVERTED;
}
