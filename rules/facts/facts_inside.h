/* The rows of facts: each stands in the file of the function that reads it, and the catalogue joins
 * the files. */
#ifndef POSTERN_RULES_FACTS_FACTS_INSIDE_H
#define POSTERN_RULES_FACTS_FACTS_INSIDE_H

#include "given.h"

struct fact_rows {
    const struct fact *row;
    size_t count;
};

extern const struct fact_rows facts_connect, facts_secure, facts_envelope, facts_header;
extern const struct fact_rows facts_author, facts_auth_results, facts_message, facts_mime;
extern const struct fact_rows facts_moment;

/* Flags, as rows write them. */
enum {
    MANY = FACT_MANY,
    ABSENT = FACT_MAY_BE_ABSENT,
    INDEX = FACT_NEEDS_INDEX,
    TOO = FACT_TAKES_INDEX,
    EACH = FACT_OF_RECIPIENT,
    ANY = FACT_ANY_STAGE,
    HEADER = FACT_READS_HEADER,
    BODY = FACT_READS_BODY,
    WHOLE = FACT_READS_BODY | FACT_HOLDS_BODY,
    PARTS = FACT_READS_HEADER | FACT_READS_BODY | FACT_READS_PARTS,
    SPLIT = FACT_HAS_PARTS,
    AUTHORS = FACT_OF_AUTHORS,
    STAYS = FACT_STAYS,
    RESULTS = FACT_HAS_RESULTS,
    NO_POSTFIX = FACT_NEVER_POSTFIX,
    NO_SENDMAIL = FACT_NEVER_SENDMAIL,
};

#endif
