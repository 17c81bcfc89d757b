/* Packets of the milter protocol, versions 2 to 6, as Sendmail and Postfix speak it: octets into
 * the struct of a command, and replies into octets. Nothing is asked here of the order in which
 * they come, and nothing is read behind what is given. */
#ifndef POSTERN_FILTER_NATIVE_PACKET_H
#define POSTERN_FILTER_NATIVE_PACKET_H

#include "base/buffer.h"
#include "mail/ip.h"
#include "mail/reply.h"

/* A packet is the length of what follows (4 octets), a letter, and data. */
enum {
    PACKET_HEAD = 4,
    PACKET_MOST_DATA = 65535,
    PACKET_LONGEST = PACKET_HEAD + 1 + PACKET_MOST_DATA,
    PACKET_OLDEST_VERSION = 2,
    PACKET_NEWEST_VERSION = 6,
};

enum packet_command {
    PACKET_ABORT = 'A',
    PACKET_BODY = 'B',
    PACKET_CONNECT = 'C',
    PACKET_MACRO = 'D',
    PACKET_BODYEOB = 'E', /* the end of the message */
    PACKET_HELO = 'H',
    PACKET_QUIT_NC = 'K', /* the end of a session; another may follow on the same connection */
    PACKET_HEADER = 'L',
    PACKET_MAIL = 'M',
    PACKET_EOH = 'N',
    PACKET_OPTNEG = 'O',
    PACKET_QUIT = 'Q',
    PACKET_RCPT = 'R',
    PACKET_DATA = 'T',
    PACKET_UNKNOWN = 'U',
};

/* Slices point into the octets that were read. What is a string ends before its NUL. */
struct packet {
    enum packet_command command;
    uint32_t version, actions, steps; /* OPTNEG: what the MTA speaks and offers */
    char macros_of;       /* MACRO: the letter of a command, or any other that the MTA sent */
    struct slice first;  /* CONNECT: host; HELO, UNKNOWN: all; HEADER: name; BODY(EOB): the piece */
    struct slice second; /* HEADER: value */
    bool has_ip;         /* CONNECT */
    struct ip ip;        /* an IPv4-mapped one is the IPv4 address */
    unsigned port;        /* 0 where there is none */
    struct slice strings; /* MAIL, RCPT: words; MACRO: names and values in turn */
    size_t count;         /* of these strings: at least 1, but for MACRO, where it is even */
};

enum packet_state {
    PACKET_WHOLE,
    PACKET_PARTIAL,   /* more octets must come */
    PACKET_EMPTY,     /* without a letter */
    PACKET_TOO_LONG,  /* more data than PACKET_MOST_DATA */
    PACKET_STRANGE,   /* a letter that no command has */
    PACKET_MALFORMED, /* data that such a command can't have */
    PACKET_STATES
};

/* Reads the packet at the beginning of octets. WHOLE: packet_r is filled, length_r says how long it
 * is. Else neither is set, but of a MALFORMED one packet_r->command is. */
enum packet_state packet_read(struct slice octets, struct packet *packet_r, size_t *length_r);

/* "a packet that is too long": what is wrong with it, for the log. */
const char *packet_state_text(enum packet_state state);

/* Cuts the next string off strings, which ends in a NUL; false when none is left. */
bool packet_next_string(struct slice *strings, struct slice *string_r);

enum packet_reply {
    PACKET_ACCEPT = 'a',
    PACKET_REPLACE_BODY = 'b',
    PACKET_CONTINUE = 'c',
    PACKET_DISCARD = 'd',
    PACKET_CHANGE_SENDER = 'e',
    PACKET_ADD_HEADER = 'h',
    PACKET_INSERT_HEADER = 'i',
    PACKET_CHANGE_HEADER = 'm',
    PACKET_PROGRESS = 'p',
    PACKET_QUARANTINE = 'q',
    PACKET_REJECT = 'r',
    PACKET_SKIP = 's',
    PACKET_TEMPFAIL = 't',
    PACKET_REPLY_CODE = 'y',
    PACKET_ADD_RECIPIENT = '+',
    PACKET_ADD_RECIPIENT_WITH = '2', /* with parameters of the ESMTP command */
    PACKET_DELETE_RECIPIENT = '-',
};

/* Without data; with one string or two (or NULL). False, and nothing is added, where that is too
 * long. */
void packet_put(struct buffer *to, enum packet_reply reply);
bool packet_put_strings(struct buffer *to, enum packet_reply reply, const char *first,
                        const char *second);

/* INSERT_HEADER, CHANGE_HEADER; an empty value takes the field away. False as above. */
bool packet_put_field(struct buffer *to, enum packet_reply reply, uint32_t index, const char *name,
                      const char *value);

/* A piece of the new body, in as many packets as it needs. */
void packet_put_body(struct buffer *to, struct slice piece);

/* REPLY_CODE. MTAs take its text for a format: each % must be doubled already. */
void packet_put_reply_code(struct buffer *to, const struct reply *reply);

/* The protocol's number of the place where macros come with this command: 0 to 6, or -1. */
enum { PACKET_PLACES = 7 };
int packet_place(char command);

struct packet_terms {
    uint32_t version, actions, steps;
    const char *const *macros[PACKET_PLACES]; /* NULL ends a list, or stands for none */
};

/* The answer to OPTNEG. False, and nothing is added, where the lists are too long. */
bool packet_put_terms(struct buffer *to, const struct packet_terms *terms);

#endif
