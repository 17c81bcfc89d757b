/* The vocabulary of facts: one row says all that any part of the program knows of a fact. The
 * checker, the evaluator, the negotiation with the MTA, `explain` and the manual read it. */
#ifndef POSTERN_POLICY_FACT_H
#define POSTERN_POLICY_FACT_H

#include "policy/record.h"
#include "policy/settings.h"
#include "policy/value.h"

enum fact_flags {
    FACT_MANY = 1, /* many-valued */
    FACT_MAY_BE_ABSENT = 2,
    FACT_NEEDS_INDEX = 4,     /* NAME["..."] */
    FACT_TAKES_INDEX = 8,     /* NAME or NAME["..."]: two rows, one of each flag */
    FACT_OF_RECIPIENT = 16,   /* differs from recipient to recipient */
    FACT_ANY_STAGE = 32,      /* never waits */
    FACT_READS_HEADER = 64,   /* the MTA must send header fields */
    FACT_READS_BODY = 128,    /* the MTA must send the body */
    FACT_HOLDS_BODY = 256,    /* and it must be kept */
    FACT_NEVER_POSTFIX = 512, /* Postfix never sends what this needs */
    FACT_NEVER_SENDMAIL = 1024,
    FACT_READS_PARTS = 2048,  /* and its structure must be found */
    FACT_HAS_PARTS = 4096,    /* a text whose parts mean something */
    FACT_OF_AUTHORS = 8192,   /* in brackets: a field that says who wrote the message */
    FACT_STAYS = 16384,       /* of the message itself: the same when it is sent once more */
    FACT_HAS_RESULTS = 32768, /* words that are results of a method, with properties */
};

/* Where a fact is read: what is known at this moment. */
struct moment {
    const struct settings *settings;
    const struct session *session;
    const struct transaction *transaction; /* NULL before MAIL */
    const struct recipient *recipient;     /* NULL where none is meant */
    struct arena *arena;                   /* lives as long as what the fact describes */
};

struct fact {
    const char *name;
    enum value_type type;
    enum stage stage;
    unsigned flags;
    const char *macros; /* those it is made from, asked for at its stage; "" for none */
    const char
        *presence; /* the fact whose test shows that this one is there; NULL: this one itself */
    /* index: the text in brackets, or empty. NULL: what its one macro says. */
    struct reading (*read)(const struct moment *moment, struct slice index);
    const char *help;
    const char *words; /* those that it can be, and no others, with spaces; NULL: any may come */
    const char *of;    /* what its reader is given in the place of a text in brackets; or NULL */
};

struct list_looks;

enum part_flags {
    PART_MAY_BE_ABSENT = 1,
    PART_MANY = 2,        /* many-valued */
    PART_TAKES_LIST = 4,  /* NAME[LIST] */
    PART_NEEDS_ICU = 8,   /* only in builds with ICU */
    PART_BEHIND_DOT = 16, /* a word without dot, before which people write one: ".exe" */
    PART_NAMED = 32,      /* told by its name what to take: a row may stand for many names */
    PART_NEEDS_PSL = 64,  /* only with a public suffix list */
    PART_NEAR_LIST = 128, /* of PART_TAKES_LIST: asks what is near its items */
};

/* A part of an address, a mailbox, a domain, a text or a result: the name behind the last dot, of
 * a result two, as header.d. */
struct fact_part {
    const char *name;
    enum value_type of; /* of TYPE_ADDRESS: mailboxes have it too; of TYPE_WORD: results alone */
    enum value_type type;
    unsigned flags;
    /* One of these: many of PART_MANY, with of PART_TAKES_LIST, named of PART_NAMED. */
    union {
        struct value (*one)(const struct moment *moment, const struct value *of);
        struct reading (*many)(const struct moment *moment, const struct value *of);
        struct value (*with)(const struct moment *moment, const struct value *of,
                             const struct list_looks *looks);
        struct value (*named)(const struct moment *moment, const struct value *of,
                              const struct fact_part *part, struct slice name);
    } take;
    const char *help;
};

/* The rows in the order of the manual, from 0; NULL behind the last. */
const struct fact *fact_at(size_t number);

/* Reads a fact at this moment. index: the text in brackets, or empty. */
struct reading fact_read(const struct fact *fact, const struct moment *moment, struct slice index);

/* The parts, in the order of the manual. */
const struct fact_part *fact_parts_all(size_t *count_r);

/* The fact whose name is the longest beginning of a dotted name; rest_r is what follows its dot, or
 * empty. NULL when there is none. indexed: brackets follow, before which the name must be whole. */
const struct fact *fact_find(struct slice name, bool indexed, struct slice *rest_r);
const struct fact_part *fact_part_find(enum value_type of, struct slice name);

/* Macros of which the stage is known: where macro["{name}"] may be read. */
bool fact_macro_stage(struct slice name, enum stage *stage_r);

/* Whether Postfix never sends a macro that Sendmail has, even when it is asked. */
bool fact_macro_is_sendmails(struct slice name);

#endif
