/* Modes of a policy: all is done, softly, or only logged. */
#include "modes.h"

const struct reply *
mode_reply(enum mode mode, struct arena *arena, const struct reply *reply)
{
    return reply && mode == MODE_SOFT ? reply_soften(arena, reply) : reply;
}

struct answer
mode_answer(enum mode mode, struct answer answer)
{
    switch (mode) {
    case MODE_ENFORCE:
        break;
    case MODE_SOFT:
        if (answer.verdict == VERDICT_REJECT)
            answer.verdict = VERDICT_TEMPFAIL;
        break;
    case MODE_AUDIT:
        answer.verdict = VERDICT_NONE;
        answer.reply = NULL;
        break;
    }
    return answer;
}

const char *
mode_verb(enum mode mode, enum verdict verdict)
{
    return mode == MODE_SOFT && verdict == VERDICT_REJECT ? "soft-reject" : verdict_name(verdict);
}
