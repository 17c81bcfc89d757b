/* What stands behind the door of a dialogue (dialogue_door.c). */
#ifndef POSTERN_FILTER_DIALOGUE_STEPS_INSIDE_H
#define POSTERN_FILTER_DIALOGUE_STEPS_INSIDE_H

#include "dialogue_inside.h"

/* What dialogue.h promises, for callers who see to it that memory may end in the middle. */
void dialogue_step_macro(struct dialogue *dialogue, enum stage stage, struct slice name,
                         struct slice value);
struct answer dialogue_step_connect(struct dialogue *dialogue, struct slice host,
                                    const struct ip *ip, unsigned port);
struct answer dialogue_step_helo(struct dialogue *dialogue, struct slice argument);
struct answer dialogue_step_mail(struct dialogue *dialogue, const struct slice *argument,
                                 size_t count);
struct answer dialogue_step_rcpt(struct dialogue *dialogue, const struct slice *argument,
                                 size_t count);
struct answer dialogue_step_data(struct dialogue *dialogue);
struct answer dialogue_step_header(struct dialogue *dialogue, struct slice name, struct slice body);
struct answer dialogue_step_header_end(struct dialogue *dialogue);
struct answer dialogue_step_body(struct dialogue *dialogue, struct slice piece);
struct answer dialogue_step_end(struct dialogue *dialogue, const struct edit **edits_r);
struct answer dialogue_step_unknown(struct dialogue *dialogue, struct slice command);
void dialogue_step_played(struct dialogue *dialogue, struct slice lines);
bool dialogue_step_write_body(struct dialogue *dialogue, convert_sink *sink, void *context);
struct answer dialogue_step_edit_failed(struct dialogue *dialogue, const struct edit *edit);

/* Makes what a client who rests has given back. Guarded. */
void dialogue_wake(struct dialogue *dialogue);

/* The transaction that MAIL is about to begin has another id than the one before it. */
void dialogue_number_transaction(struct dialogue *dialogue);

/* Is there memory for an ordinary message? */
bool dialogue_has_room(void);

/* Of the dialogue's own, with the ceiling of a transaction. Guarded. */
struct arena *dialogue_new_child(struct dialogue *dialogue);

/* A walk of what the connection told, or of the transaction too. Guarded. */
struct walk *dialogue_begin_walk(struct dialogue *dialogue, struct transaction *transaction);

/* The message is over, or wasn't begun. */
void dialogue_end_transaction(struct dialogue *dialogue);

/* The transaction ran out of memory at this stage: what it took is given back, and it is answered
 * 4xx from now on. Where it was the connection that did, every transaction is. */
void dialogue_lose(struct dialogue *dialogue, enum stage stage);

#endif
