/* Cuts the lines of a scenario into words. */
#include "scenario_inside.h"
#include "values/suggest.h"

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

static struct slice
without_quotes(struct arena *arena, struct slice quoted)
{
    char *text = arena_alloc(arena, quoted.len);
    size_t len = 0;

    for (size_t i = 1; i + 1 < quoted.len; i++) {
        bool escaped = quoted.at[i] == '\\' && i + 2 < quoted.len;

        if (escaped)
            i++;
        text[len++] = escaped && quoted.at[i] == 'n' ? '\n' : quoted.at[i];
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
