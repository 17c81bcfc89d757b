/* The reading functions of the catalogue, and what they share. */
#ifndef POSTERN_RULES_FACTS_FACTS_H
#define POSTERN_RULES_FACTS_FACTS_H

#include "policy/fact.h"

#define UNUSED __attribute__((unused))

/* The newest value of a macro: of the recipient, of the transaction, of the connection. */
bool find_macro(const struct moment *moment, struct slice name, struct slice *value_r);

/* The same; empty when there is none, for an empty one says no more. */
struct slice given_macro(const struct moment *moment, const char *name);

/* From octets that the MTA gave to a reading: absent when they are empty, or no such value. */
struct reading given_text(const struct moment *moment, struct slice text);
struct reading given_word(const struct moment *moment, struct slice word);
struct reading given_domain(const struct moment *moment, struct slice domain);
struct reading given_number(const struct moment *moment, struct slice digits);
struct reading given_ip(const struct moment *moment, const struct ip *ip);
struct reading given_address(const struct moment *moment, const struct address *address);
struct reading given_truth(bool truth);
struct reading given_items(const struct value *items, size_t count);

/* What is wrong with an address, for the place where it stands. */
enum address_defect given_address_defect(const struct moment *moment,
                                         const struct address *address);

/* The number of header fields. */
size_t header_count(const struct moment *moment);

typedef struct reading fact_reader(const struct moment *moment, struct slice index);

/* facts_connect.c */
fact_reader read_client_ip, read_client_name, read_client_ptr, read_client_resolve,
    read_client_port;
fact_reader read_client_local, read_daemon_name, read_daemon_ip, read_daemon_port;
fact_reader read_mta_host, read_mta_version, read_helo, read_helo_error;

/* facts_secure.c */
fact_reader read_auth_user, read_auth_mechanism, read_auth_ssf;
fact_reader read_tls, read_tls_version, read_tls_cipher, read_tls_bits, read_tls_subject;
fact_reader read_tls_issuer, read_tls_verified;

/* facts_envelope.c */
fact_reader read_sender, read_mail_size, read_mail_body, read_mail_smtputf8, read_mail_auth;
fact_reader read_mail_ret, read_mail_envid, read_mail_params, read_mail_param, read_mail_error;
fact_reader read_rcpt, read_rcpt_notify, read_rcpt_orcpt, read_rcpt_params, read_rcpt_param;
fact_reader read_rcpt_error, read_rcpt_address_error, read_rcpt_mailer, read_rcpt_host;
fact_reader read_rcpt_port, read_rcpt_count;
fact_reader read_first_rcpt, read_recipients;

/* facts_header.c */
fact_reader read_header, read_header_count, read_header_size, read_header_8bit, read_header_utf8;

/* facts_author.c */
fact_reader read_header_from, read_header_sender, read_header_reply_to;
fact_reader read_header_resent_from, read_header_resent_sender;
fact_reader read_header_error, read_header_ambiguous;

/* What a transaction keeps for these. */
void *authors_new(struct arena *arena);

/* facts_message.c */
fact_reader read_message_size, read_message_8bit, read_message_nul, read_message_longest_line;
fact_reader read_message_bare_newline, read_body;

/* facts_parts.c */
fact_reader read_message_signed, read_message_needs_smtputf8, read_message_mime_error;
fact_reader read_part_type, read_part_filename, read_part;

/* facts_moment.c */
fact_reader read_command, read_command_verb, read_macro, read_queue_id;
fact_reader read_time, read_time_hour, read_time_weekday;

#endif
