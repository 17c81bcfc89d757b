/* The player of a scenario from the inside: what it plays with, and the commands of a client that
 * it can give. Each plays by default what must come before it. */
#ifndef POSTERN_FILTER_PLAY_INSIDE_H
#define POSTERN_FILTER_PLAY_INSIDE_H

#include "message.h"
#include "outcome.h"
#include "play.h"

struct user_macro {
    struct slice name, value;
    struct user_macro *next;
};

struct player {
    struct arena *arena;
    struct policy *policy;
    const struct step *steps;
    struct dialogue *dialogue;
    uint64_t numbers; /* of connections and transactions so far */
    play_watcher *watch;
    void *context;

    bool has_time;
    time_t time;
    struct slice helo;
    struct slice tls[3];       /* version, cipher, bits; empty: plain text */
    struct slice auth[2];      /* login, mechanism; empty: nobody logged in */
    struct user_macro *macros; /* for the next command */
    struct user_macro **macros_end;

    bool connected, greeted, in_transaction, data_done;
    bool by_default;              /* what is played now was not asked for */
    bool settled;                 /* accepted or discarded before its end: no more is looked at */
    const char *connection_over;  /* why the client can send nothing more */
    const char *transaction_over; /* why nothing more of this transaction */
    size_t offered;
    struct play_recipient *recipients;
    struct play_recipient **recipients_end;
    struct outcome outcome;

    struct play_failure *failures;
    struct play_failure **failures_end;
    struct play_line *log;
    struct play_line **log_end;
};

void player_fail(struct player *player, struct place place, const char *text);

/* name: may be empty. */
void player_connect(struct player *player, const struct ip *ip, struct slice name);
void player_connect_local(struct player *player);
void player_helo(struct player *player, struct slice argument);
void player_mail(struct player *player, const struct slice *word, size_t words);
void player_rcpt(struct player *player, const struct slice *word, size_t words);
void player_data(struct player *player);
void player_message(struct player *player, struct slice text);
void player_default_message(struct player *player);
void player_command(struct player *player, struct slice line);

void player_need_greeting(struct player *player);
void player_need_recipient(struct player *player);

/* Why the client can't go on with the transaction under way, or NULL. */
const char *player_over(const struct player *player);

/* Text of a stranger behind text of ours, as it may be shown. */
const char *player_text(struct arena *arena, const char *before, struct slice s);

#endif
