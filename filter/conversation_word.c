/* What of an answer an MTA may hear at a stage. */
#include "conversation.h"

/* An answer that must wait leaves the MTA to go on. */
enum word
conversation_word(const struct answer *answer, enum stage stage)
{
    bool may_end = stage == STAGE_HEADER || stage == STAGE_BODY;

    switch (answer->verdict) {
    case VERDICT_REJECT:
        return WORD_REJECT;
    case VERDICT_TEMPFAIL:
        return WORD_TEMPFAIL;
    case VERDICT_ACCEPT:
        return may_end && answer->nothing_more ? WORD_ACCEPT : WORD_GO_ON;
    case VERDICT_DISCARD:
        return may_end ? WORD_DISCARD : WORD_GO_ON;
    case VERDICT_NONE:
    case VERDICTS:
        break;
    }
    return WORD_GO_ON;
}

bool
conversation_nothing_more(const struct answer *answer)
{
    return answer->verdict == VERDICT_DISCARD || answer->nothing_more;
}

static const char *
percent_double(struct arena *arena, const char *text)
{
    char *doubled = arena_alloc(arena, 2 * strlen(text) + 1);
    char *to = doubled;

    for (; *text; text++) {
        if (*text == '%')
            *to++ = '%';
        *to++ = *text;
    }
    return doubled;
}

struct said
conversation_said(struct arena *arena, const struct answer *answer, enum stage stage)
{
    const struct reply *reply = answer->reply;
    enum word word = conversation_word(answer, stage);
    struct reply *copy = NULL;

    if (reply && (word == WORD_REJECT || word == WORD_TEMPFAIL)) {
        copy = ARENA_NEW(arena, struct reply);
        *copy = *reply;
        for (size_t i = 0; i < reply->lines; i++)
            copy->line[i] = percent_double(arena, reply->line[i]);
    }
    return (struct said){.word = word, .reply = copy};
}
