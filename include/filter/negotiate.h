/* What a policy asks of the MTA, in the terms of the milter protocol, version 6. */
#ifndef POSTERN_FILTER_NEGOTIATE_H
#define POSTERN_FILTER_NEGOTIATE_H

#include "policy/policy.h"

/* What the milter may do to a message: libmilter's SMFIF_ bits. */
enum protocol_action {
    PROTOCOL_ADDHDRS = 0x1,
    PROTOCOL_CHGBODY = 0x2,
    PROTOCOL_ADDRCPT = 0x4,
    PROTOCOL_DELRCPT = 0x8,
    PROTOCOL_CHGHDRS = 0x10,
    PROTOCOL_QUARANTINE = 0x20,
    PROTOCOL_CHGFROM = 0x40,
    PROTOCOL_ADDRCPT_PAR = 0x80,
    PROTOCOL_SETSYMLIST = 0x100, /* say which macros it wants */
    PROTOCOL_ALL_ACTIONS = 0x1ff,
};

/* What the MTA needn't send (NO), what it needn't wait for (NR), and what it understands besides:
 * libmilter's SMFIP_ bits. */
enum protocol_step {
    PROTOCOL_NOBODY = 0x10,
    PROTOCOL_NOHDRS = 0x20,
    PROTOCOL_NOEOH = 0x40,
    PROTOCOL_NR_HDR = 0x80,
    PROTOCOL_NOUNKNOWN = 0x100,
    PROTOCOL_NODATA = 0x200,
    PROTOCOL_SKIP = 0x400,
    PROTOCOL_NR_CONN = 0x1000,
    PROTOCOL_NR_HELO = 0x2000,
    PROTOCOL_NR_MAIL = 0x4000,
    PROTOCOL_NR_DATA = 0x10000,
    PROTOCOL_NR_UNKN = 0x20000,
    PROTOCOL_NR_EOH = 0x40000,
    PROTOCOL_NO_STEPS =
        PROTOCOL_NOBODY | PROTOCOL_NOHDRS | PROTOCOL_NOEOH | PROTOCOL_NOUNKNOWN | PROTOCOL_NODATA,
    PROTOCOL_ALL_STEPS = 0x1fffff,
};

/* Sendmail refuses all mail when a stage has more than 50. */
enum { PROTOCOL_MAX_MACROS = 39 };

/* What is agreed on with one MTA. */
struct terms {
    unsigned long actions;
    unsigned long steps;
    const char *const
        *macros[STAGES]; /* NULL ends a list; by our stages, BODY is the end of the message */
    const char *missing; /* what the MTA can't do although the policy needs it, or NULL */
};

/* Asks of what is offered only what the policy needs; terms_r lives in the arena. */
void negotiate(struct arena *arena, const struct needs *needs, unsigned long offered_actions,
               unsigned long offered_steps, struct terms *terms_r);

/* The macros that are told of at a stage: those for the log, and those that rules read, of which
 * one may be in both; NULL ends each list. agreed: steps. False where the stage was left out. */
bool negotiate_macros(const struct needs *needs, unsigned long agreed, enum stage stage,
                      const char *const *lists_r[2]);

/* "steps: NOUNKNOWN ...", "actions: ADDHDRS ...", "macros at mail: i ...", a line each: for check
 * -v. */
const char *negotiate_terms_text(struct arena *arena, const struct terms *terms);

/* The same as an object of JSON, for check --json. */
void negotiate_write_json(const struct terms *terms, FILE *to);

#endif
