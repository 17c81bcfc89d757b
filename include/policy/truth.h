/* What a condition comes to. */
#ifndef POSTERN_POLICY_TRUTH_H
#define POSTERN_POLICY_TRUTH_H

enum truth {
    TRUTH_FALSE,
    TRUTH_TRUE,
    TRUTH_LATER, /* a fact that it needs hasn't arrived */
    TRUTH_ERROR, /* a lookup failed */
};

/* "false", "true", "open", "error". */
const char *truth_name(enum truth truth);

#endif
