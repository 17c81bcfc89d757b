/* Values of facts, and what reading one gives. */
#ifndef POSTERN_POLICY_VALUE_H
#define POSTERN_POLICY_VALUE_H

#include "mail/address.h"
#include "mail/auth_results.h"
#include "mail/ip.h"
#include "mail/mailbox.h"

enum value_type {
    TYPE_ABSENT, /* of one item of a many-valued part: a mailbox without domain, say */
    TYPE_TRUTH,
    TYPE_NUMBER,
    TYPE_SIZE,   /* octets */
    TYPE_TIME,   /* milliseconds */
    TYPE_TEXT,   /* exact octets */
    TYPE_WORD,   /* ASCII case ignored */
    TYPE_TLS,    /* a word that is ordered: SSLv3 < TLSv1 < TLSv1.1 ... */
    TYPE_FOLDED, /* logins and display names */
    TYPE_DOMAIN,
    TYPE_IP,
    TYPE_ADDRESS,
    TYPE_MAILBOX, /* an address of a header field, with its name */
    TYPE_ANSWER,  /* a word of a lookup: takes the type that it is compared with by == and < */
    TYPES,
};

struct value {
    enum value_type type;
    struct slice text; /* as written, for texts, regexes and logs; empty for truth and numbers */
    struct slice key;  /* the form that is compared: domain, address, mailbox, folded, word */
    struct slice exact; /* address, mailbox: that form under LOCAL_CASE_EXACT, for tables */
    int64_t number;    /* truth, number, size, time, and the rank of a TLS version */
    struct ip ip;
    const struct address *address;
    union {
        const struct mailbox *mailbox;
        const struct auth_result *result; /* of a word that is one; or NULL */
    };
    bool is_pattern; /* a word of a lookup that matches as an item of a list does */
};

/* "a domain", "an address" ... for messages. */
const char *value_type_name(enum value_type type);

struct value value_truth(bool truth);
struct value value_number(enum value_type type, int64_t number);
struct value value_text(struct slice text);
struct value value_word(struct arena *arena, struct slice word);
struct value value_tls(struct slice version);
struct value value_folded(struct arena *arena, struct slice text);
struct value value_domain(struct arena *arena, struct slice domain);
struct value value_ip(struct arena *arena, const struct ip *ip);
struct value value_address(struct arena *arena, const struct address *address,
                           enum local_case local_case);
struct value value_mailbox(struct arena *arena, const struct mailbox *mailbox,
                           enum local_case local_case);

/* Reads text as a value of this type; false when it isn't one. */
bool value_read(struct arena *arena, enum value_type type, struct slice text,
                enum local_case local_case, struct value *value_r);

/* May values of these types be compared with == and !=? With < and its kin? */
bool value_types_compare(enum value_type a, enum value_type b);
bool value_type_is_ordered(enum value_type type);

/* Both of comparable types; a TYPE_ABSENT equals nothing. */
bool value_equal(struct arena *arena, const struct value *a, const struct value *b);

/* <0, 0, >0; both of ordered types. */
int value_order(const struct value *a, const struct value *b);

/* Present, and neither no, zero nor empty. */
bool value_holds(const struct value *value);

/* As the value is put into texts: "yes", "10MB", "a@example.com" ... */
struct slice value_print(struct arena *arena, const struct value *value);

enum reading_state { READ_KNOWN, READ_LATER, READ_ERROR };

/* What reading an operand gives: no item is absent, several are a many-valued fact. */
struct reading {
    enum reading_state state;
    const struct value *item;
    size_t count;
    struct slice
        lines; /* where `is_lines`: the items are the lines of this text, in `item` nothing */
    bool is_lines;
    const char *reason; /* READ_ERROR: why */
};

/* What a fact that is read gives. */
struct reading reading_absent(void);
struct reading reading_one(struct arena *arena, struct value value);
struct reading reading_error(const char *reason);

/* Goes through the items: begin with *cursor 0; false after the last. */
bool reading_next(const struct reading *reading, size_t *cursor, struct value *item_r);

#endif
