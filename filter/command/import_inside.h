/* What an MTA is told already: a Postfix by its main.cf and master.cf, as its own postconf(1)
 * understands them, or a Sendmail by its .mc file. */
#ifndef POSTERN_FILTER_COMMAND_IMPORT_INSIDE_H
#define POSTERN_FILTER_COMMAND_IMPORT_INSIDE_H

#include "base/map.h"
#include "policy/socket_name.h"

/* A line of master.cf whose program is smtpd(8), or postscreen(8) before it. */
struct postfix_listener {
    struct slice name; /* "submission/inet" */
    bool in_chroot;
    struct slice loose_option; /* the name in "-o NAME = VALUE", which isn't one word */
    struct postfix_listener *next;
};

struct postfix {
    struct arena *arena;
    const char *directory;
    struct slice complaints; /* of postconf, lines of standard error */
    struct map *parameters; /* struct slice *: of main.cf by name; of a service by SERVICE/NAME */
    struct postfix_listener *listeners;
    bool has_postscreen;
    bool cleanup_in_chroot; /* cleanup(8) asks for mail of this machine's own */
};

/* Asks postconf of this directory. NULL, or why it can't be asked. */
const char *import_read(struct arena *arena, const char *directory, struct postfix *postfix_r);

/* A parameter of the service, else of main.cf, else its default; all with what they refer to put
 * in. service may be NULL. */
struct slice import_value(const struct postfix *postfix, const struct postfix_listener *service,
                          const char *name);
bool import_says_yes(const struct postfix *postfix, const char *name);

/* The login maps of the first submission service that has its own, else those of main.cf. */
struct slice import_login_maps(const struct postfix *postfix);

/* The next of a list's items, parted by commas and white space but for those in braces. */
bool import_next_item(struct slice *rest, struct slice *item_r);

/* TYPE:PLACE or a file's name: what stands for items that are elsewhere. */
bool import_is_table(struct slice item);

/* A domain of several labels, or with a dot in front: all below it. */
bool import_is_domain(struct slice item);

/* "!ITEM": what main.cf takes out of the list again. */
bool import_is_left_out(struct slice item);

/* Of the domains that these parameters name, those that stand there, and those that stand in
 * tables: first one, then the other. See import_domains[]. */
extern const char *const import_domains[];

/* An item of mynetworks as a policy writes it: without brackets. False: it is no address and no
 * block. */
bool import_network(struct arena *arena, struct slice item, struct slice *network_r);

/* Prints a policy's first lines, with what must be known beside them as comments. */
void import_print_policy(const struct postfix *postfix);
void import_print_notes(const struct postfix *postfix);

/* The same from the text of a Sendmail's .mc file, as far as that tells. */
void import_print_sendmail(struct arena *arena, struct slice text);

/* A call of m4's, MACRO(`ARGUMENT', ...): its first two arguments, without quotes. False: the line
 * doesn't call the macro of this name. */
struct m4_call {
    struct slice first, second;
};
bool import_m4_call(struct slice line, const char *name, struct m4_call *call_r);

/* Says what is wrong with the filters that it names; how many there are. */
size_t import_note_filters(struct arena *arena, struct slice text);

/* Prints what keeps this Sendmail from the policy, a line each; how many there are. */
struct policy;
size_t import_check_filters(struct arena *arena, struct slice text, const struct policy *policy);

/* "30s", "1m"; without a unit seconds are meant. -1: it is something else. */
int64_t import_time_ms(struct slice text);

/* Are they two names of one socket, as far as names tell? */
bool import_sockets_are_one(const struct socket_name *one, const struct socket_name *other);

/* A milter in braces has settings of its own behind it, { inet:localhost:8891, protocol=6 }: this
 * is without them. */
struct slice import_milter_text(struct slice item);

/* Reads one of the milters that main.cf names: where Postfix looks for it, seen from outside of a
 * chroot. NULL, or what is wrong and what would be right. */
const char *import_milter_read(const struct postfix *postfix, bool in_chroot, struct slice item,
                               struct socket_name *socket_r);

/* How main.cf names the socket. */
const char *import_milter_name(const struct postfix *postfix, const struct socket_name *socket);

/* Does any service call a milter? */
bool import_is_connected(const struct postfix *postfix);

/* Prints what keeps this Postfix from the policy, a line each; how many there are. */
size_t import_check_connection(const struct postfix *postfix, const struct policy *policy);

/* Prints where the policy and main.cf disagree, a line each; how many there are. */
size_t import_compare(const struct postfix *postfix, const struct policy *policy);

#endif
