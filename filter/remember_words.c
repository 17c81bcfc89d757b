/* Words of a test, so that they are read as what was told. */
#include "audit_mask.h"
#include "mail/utf8.h"
#include "remember_inside.h"

static struct slice
remembered_name(struct remembering *r, struct slice text)
{
    return r->masked ? audit_mask_text(r->arena, r->when, r->login, text) : text;
}

static bool
is_bare_word(struct slice word)
{
    if (word.len == 0 || word.at[0] == '#' || !utf8_is_valid(word))
        return false;
    for (size_t i = 0; i < word.len; i++)
        if ((unsigned char)word.at[i] <= ' ' || strchr("\"\\\177", word.at[i]))
            return false;
    return word.at[0] != '<' || slice_find(word, '>') == word.len - 1;
}

static void
write_octet(struct buffer *to, char octet, bool plain)
{
    unsigned char number = (unsigned char)octet;

    if (number < ' ' || number == 127 || (number > 127 && !plain)) {
        buffer_printf(to, "\\x{%02X}", number);
        return;
    }
    if (octet == '"' || octet == '\\')
        buffer_octet(to, '\\');
    buffer_octet(to, octet);
}

void
remember_word(struct remembering *r, struct slice word)
{
    bool is_utf8;

    word = remembered_name(r, word);
    is_utf8 = utf8_is_valid(word);
    buffer_octet(&r->text, ' ');
    if (is_bare_word(word)) {
        buffer_add(&r->text, word);
        return;
    }
    buffer_octet(&r->text, '"');
    for (size_t i = 0; i < word.len; i++)
        write_octet(&r->text, word.at[i], is_utf8);
    buffer_octet(&r->text, '"');
}

void
remember_plain(struct remembering *r, struct slice text)
{
    bool is_utf8;

    text = remembered_name(r, text);
    is_utf8 = utf8_is_valid(text);
    for (size_t i = 0; i < text.len; i++) {
        unsigned char octet = (unsigned char)text.at[i];
        bool stays = (octet >= ' ' && octet < 127) || octet == '\t' || (octet > 127 && is_utf8);

        r->other_octets |= !stays;
        buffer_octet(&r->text, stays ? text.at[i] : '?');
    }
}
