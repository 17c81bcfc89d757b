/* How far apart two words are: letters missing, added, changed or swapped with their neighbour;
 * upper and lower case are the same. */
#include "base/suggest.h"

enum { LONGEST = 40 };

static unsigned
least(unsigned a, unsigned b)
{
    return a < b ? a : b;
}

static bool
same_letter(char a, char b)
{
    return ascii_lower(a) == ascii_lower(b);
}

static unsigned
distance_between(struct slice a, struct slice b)
{
    unsigned row[LONGEST + 1][LONGEST + 1];

    for (unsigned i = 0; i <= a.len; i++)
        row[i][0] = i;
    for (unsigned j = 0; j <= b.len; j++)
        row[0][j] = j;
    for (unsigned i = 1; i <= a.len; i++)
        for (unsigned j = 1; j <= b.len; j++) {
            unsigned change = row[i - 1][j - 1] + !same_letter(a.at[i - 1], b.at[j - 1]);

            row[i][j] = least(change, 1 + least(row[i - 1][j], row[i][j - 1]));
            if (i > 1 && j > 1 && same_letter(a.at[i - 1], b.at[j - 2]) &&
                same_letter(a.at[i - 2], b.at[j - 1]))
                row[i][j] = least(row[i][j], row[i - 2][j - 2] + 1);
        }
    return row[a.len][b.len];
}

struct suggestion
suggest_for(struct slice word)
{
    unsigned near = word.len < 3 ? 0 : word.len < 6 ? 1 : word.len < 12 ? 2 : 3;

    return (struct suggestion){.word = word, .distance = near + 1};
}

void
suggest_offer(struct suggestion *suggestion, struct slice candidate)
{
    unsigned distance;

    if (suggestion->word.len > LONGEST || candidate.len > LONGEST)
        return;
    distance = distance_between(suggestion->word, candidate);
    if (distance < suggestion->distance) {
        suggestion->distance = distance;
        suggestion->best = candidate;
    }
}

const char *
suggest_text(struct arena *arena, const struct suggestion *suggestion)
{
    if (suggestion->best.len == 0)
        return "";
    return arena_printf(arena, "; did you mean \"%.*s\"?", (int)suggestion->best.len,
                        suggestion->best.at);
}
