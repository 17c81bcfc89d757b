/* What an MTA and Postern say to each other, in whichever way the milter protocol is spoken: the
 * terms, the macros of each command, and what an answer of the dialogue means at a stage, as one of
 * nine words. An engine reads commands, calls these in the order in which they came, and writes
 * the words. A conversation's calls may come from one thread after another, never from two at
 * once. */
#ifndef POSTERN_FILTER_CONVERSATION_H
#define POSTERN_FILTER_CONVERSATION_H

#include "filter/dialogue.h"
#include "filter/negotiate.h"

struct conversation;

enum word {
    WORD_GO_ON,
    WORD_ACCEPT, /* and ask no more about this message */
    WORD_REJECT,
    WORD_TEMPFAIL,
    WORD_DISCARD,
    WORD_SKIP,    /* go on; the rest of the body needn't come */
    WORD_NOTHING, /* the MTA waits for no answer */
    WORD_CHANGE,  /* make this change, say how that went, and another word follows */
    WORD_HANG_UP, /* say nothing, and end the connection, as if this process had died */
};

struct said {
    enum word word;
    const struct reply *reply; /* REJECT, TEMPFAIL: what the client is told, with each percent sign
                                  doubled, since MTAs take it for a format; NULL: in their words */
    const struct edit *change; /* CHANGE */
};

/* What of an answer the MTA may hear at this stage. Accept and discard are never said before the
 * header: Postfix forgets neither sender nor recipients of a message that its own restrictions
 * refused after DATA, takes RCPT and DATA without another MAIL, and asks nothing of a milter that
 * had its word. An accept that changes may follow isn't said. */
enum word conversation_word(const struct answer *answer, enum stage stage);

/* The same with the reply, in this arena. */
struct said conversation_said(struct arena *arena, const struct answer *answer, enum stage stage);

/* Whether this answer ends what is looked at of the message, said or not. */
bool conversation_nothing_more(const struct answer *answer);

/* The value of a macro as the MTA has sent it last, or NULL. */
typedef const char *conversation_macro(void *engine, const char *name);

/* NULL where there is no memory for it. All commands below may come for NULL too, as they do for an
 * MTA that never negotiated, and are answered TEMPFAIL. What a call gives is valid until the next.
 */
struct conversation *conversation_new(struct policy *policy, conversation_macro *macro,
                                      void *engine);
void conversation_free(struct conversation **conversation);

/* One beyond max-sessions: as little as may be is asked of its MTA, and every command is answered
 * 451 4.3.2, or, in mode audit, GO_ON. */
struct conversation *conversation_new_beyond(struct policy *policy);

/* Before any command; the terms are valid until the first. NULL: there is no memory. */
const struct terms *conversation_negotiate(struct conversation *conversation, unsigned long actions,
                                           unsigned long steps);

/* The macros that are asked for with the commands of this stage, with a space between two; names_r
 * is NULL where none are. False: there is no memory. */
bool conversation_macro_names(struct conversation *conversation, enum stage stage,
                              const char **names_r);

/* ip: NULL where the connection has none. */
struct said conversation_connect(struct conversation *conversation, struct slice host,
                                 const struct ip *ip, unsigned port);
struct said conversation_helo(struct conversation *conversation, struct slice argument);

/* Room for the words of MAIL or RCPT, to be filled before that call. NULL: there is no memory. */
struct slice *conversation_words(struct conversation *conversation, size_t count);

/* argument: what conversation_words() gave; NULL is answered TEMPFAIL, or in mode audit GO_ON. */
struct said conversation_mail(struct conversation *conversation, const struct slice *argument,
                              size_t count);
struct said conversation_rcpt(struct conversation *conversation, const struct slice *argument,
                              size_t count);
struct said conversation_data(struct conversation *conversation);
struct said conversation_header(struct conversation *conversation, struct slice name,
                                struct slice body);
struct said conversation_header_end(struct conversation *conversation);
struct said conversation_body(struct conversation *conversation, struct slice piece);

/* The end of a message. Each CHANGE is made, and told with conversation_changed(), until another
 * word comes. */
struct said conversation_end(struct conversation *conversation);
struct said conversation_changed(struct conversation *conversation, bool made);

/* The change EDIT_BODY: the new body, piece by piece; false when it or the sink failed. */
bool conversation_write_body(struct conversation *conversation, convert_sink *sink, void *context);

struct said conversation_unknown(struct conversation *conversation, struct slice command);
void conversation_abort(struct conversation *conversation);

#endif
