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
