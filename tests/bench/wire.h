/* What the load generator and the filters beside it share: sockets by their milter names, packets,
 * and what a filter said when it negotiated. */
#ifndef POSTERN_TESTS_WIRE_H
#define POSTERN_TESTS_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { WIRE_HEAD = 4, MOST_TERMS = 4096, MACRO_STAGES = 7 };

/* The answer to a negotiation: a packet of 'O'. */
struct terms {
    unsigned char packet[MOST_TERMS];
    size_t len;
    uint32_t actions;
    uint32_t steps;
    const char *macros[MACRO_STAGES]; /* by SMFIM_ numbers; words, or NULL: the MTA's own choice */
};

/* Prints "NAME: what" and ends the process. */
_Noreturn void give_up(const char *what, const char *of);

/* The name of a socket: "unix:PATH" or "inet:PORT@HOST" with a numeric host. */
int wire_listen(const char *name);
int wire_connect(const char *name);

void wire_put_number(unsigned char *to, uint32_t number);
uint32_t wire_number(const unsigned char *at);

/* Reads packet and len, fills in the others; false where it is none. */
bool terms_parse(struct terms *terms);
void terms_load(struct terms *terms, const char *path);

#endif
