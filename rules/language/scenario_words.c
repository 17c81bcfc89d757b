/* Cuts the lines of a scenario into words. */
#include "scenario_inside.h"

#include "base/suggest.h"

static bool
is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

/* The octet behind the quote that closes the text which begins at `at`; 0 when none does. */
static size_t
end_of_quotes(struct slice line, size_t at)
{
    for (size_t i = at + 1; i < line.len; i++) {
        if (line.at[i] == '\\')
            i++;
        else if (line.at[i] == '"')
            return i + 1;
    }
    return 0;
}

static size_t
end_of_bare(struct slice line, size_t at)
{
    while (at < line.len && !is_space(line.at[at]))
        at++;
    return at;
}

/* A path ends behind ">", unless it stands in quotes; without ">" it is a bare word. */
static size_t
end_of_path(struct slice line, size_t at)
{
    for (size_t i = at; i < line.len; i++) {
        size_t closed = line.at[i] == '"' ? end_of_quotes(line, i) : 0;

        if (line.at[i] == '>')
            return end_of_bare(line, i);
        if (closed)
            i = closed - 1;
    }
    return end_of_bare(line, at);
}

static int
hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* x{HH} behind a backslash: an octet that the file itself can't hold, since it is UTF-8. Gives the
 * length, or 0. */
static size_t
read_octet(struct slice text, char *octet_r)
{
    enum { LENGTH = 5 };

    if (text.len < LENGTH || text.at[0] != 'x' || text.at[1] != '{' || text.at[4] != '}' ||
        hex_digit(text.at[2]) < 0 || hex_digit(text.at[3]) < 0)
        return 0;
    *octet_r = (char)(hex_digit(text.at[2]) << 4 | hex_digit(text.at[3]));
    return LENGTH;
}

/* What an escape stands for; the rest is what follows its backslash, and is moved behind it. */
static char
read_escape(struct slice *rest)
{
    char octet = rest->at[0] == 'n' ? '\n' : rest->at[0];
    size_t length = read_octet(*rest, &octet);

    *rest = slice_from(*rest, length ? length : 1);
    return octet;
}

static struct slice
without_quotes(struct arena *arena, struct slice quoted)
{
    char *text = arena_alloc(arena, quoted.len);
    struct slice rest = {quoted.at + 1, quoted.len - 2};
    size_t len = 0;

    while (rest.len > 0) {
        char octet = rest.at[0];

        rest = slice_from(rest, 1);
        text[len++] = octet == '\\' && rest.len > 0 ? read_escape(&rest) : octet;
    }
    return (struct slice){text, len};
}

static bool
cut_word(struct arena *arena, struct place place, struct slice line, size_t *at,
         struct diagnostics *diagnostics, struct scenario_word *word_r)
{
    size_t begin = *at, end;

    *word_r = (struct scenario_word){.quoted = line.at[begin] == '"'};
    if (word_r->quoted)
        end = end_of_quotes(line, begin);
    else
        end = line.at[begin] == '<' ? end_of_path(line, begin) : end_of_bare(line, begin);
    word_r->place =
        (struct place){place.source, place.offset + begin, end > begin ? end - begin : 1};
    if (end == 0) {
        diagnostics_error(diagnostics, word_r->place, "this text has no closing quote");
        return false;
    }
    if (word_r->quoted && end < line.len && !is_space(line.at[end])) {
        diagnostics_error(diagnostics, word_r->place, "white space must follow a text in quotes");
        return false;
    }
    word_r->text = (struct slice){line.at + begin, end - begin};
    if (word_r->quoted)
        word_r->text = without_quotes(arena, word_r->text);
    *at = end;
    return true;
}

static size_t
skip_space(struct slice line, size_t at)
{
    while (at < line.len && is_space(line.at[at]))
        at++;
    return at;
}

bool
scenario_cut(struct arena *arena, struct place place, struct slice line,
             struct diagnostics *diagnostics, struct scenario_words *words_r)
{
    size_t at = skip_space(line, 0), first_end = 0, last_end = 0;

    *words_r =
        (struct scenario_words){.item = ARENA_ARRAY(arena, line.len / 2 + 1, struct scenario_word)};
    while (at < line.len && line.at[at] != '#') {
        if (!cut_word(arena, place, line, &at, diagnostics, &words_r->item[words_r->count]))
            return false;
        if (words_r->count++ == 0)
            first_end = at;
        last_end = at;
        at = skip_space(line, at);
    }
    words_r->rest = slice_trim((struct slice){line.at + first_end, last_end - first_end});
    return true;
}

const struct scenario_word *
scenario_take(struct scenario_words *words, const char *expected, struct place line,
              struct diagnostics *diagnostics)
{
    if (words->next < words->count)
        return &words->item[words->next++];
    diagnostics_error(diagnostics, line, "%s is missing", expected);
    return NULL;
}

void
scenario_unknown(struct diagnostics *diagnostics, const struct scenario_word *word,
                 const char *what, const char *const *known, size_t count)
{
    struct suggestion near = suggest_for(word->text);

    for (size_t i = 0; i < count; i++)
        suggest_offer(&near, slice_of(known[i]));
    diagnostics_error(diagnostics, word->place, "\"%.*s\" is not known as %s%s",
                      (int)word->text.len, word->text.at, what,
                      suggest_text(diagnostics->arena, &near));
}
