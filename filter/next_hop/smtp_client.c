/* The dialogue: connect, greeting, EHLO, STARTTLS and EHLO again, QUIT. */
#include "smtp_client.h"

#include "smtp_talk.h"

/* Where TLS fails, an MTA that may do without it does without it. */
static bool
client_ask(struct smtp_talk *talk, const struct smtp_question *question, struct smtp_answer *answer)
{
    const char *hello = question->hello ? question->hello : smtp_talk_own_name(talk);

    if (!smtp_talk_expect(talk, 220, "greeted with") ||
        !smtp_talk_hello(talk, hello, &answer->offers))
        return false;
    if (!answer->offers.starttls || question->plain)
        return true;
    if (smtp_talk_start_tls(talk))
        return smtp_talk_hello(talk, hello, &answer->offers);
    answer->note = smtp_talk_reason(talk);
    return true;
}

void
smtp_ask(struct arena *arena, const struct smtp_question *question, struct smtp_answer *answer_r)
{
    struct smtp_talk *talk;

    *answer_r = (struct smtp_answer){0};
    answer_r->reason =
        smtp_talk_open(arena, question->host, question->port, question->milliseconds, &talk);
    if (answer_r->reason)
        return;
    if (!client_ask(talk, question, answer_r))
        answer_r->reason = smtp_talk_reason(talk);
    smtp_talk_quit(&talk);
}
