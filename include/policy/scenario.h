/* The language of tests (DESIGN: "Tests beside the rules"): a transaction, a line each, and what is
 * expected of it. The same lines are what `explain` plays. */
#ifndef POSTERN_POLICY_SCENARIO_H
#define POSTERN_POLICY_SCENARIO_H

#include <time.h>

#include "base/diagnostics.h"
#include "policy/verdict.h"

enum step_kind {
    STEP_CONNECT, /* address [name] */
    STEP_LOCAL,   /* handed in on the MTA's own machine */
    STEP_HELO,    /* argument */
    STEP_STARTTLS,
    STEP_TLS,  /* version [cipher [bits]] */
    STEP_AUTH, /* login [mechanism] */
    STEP_MAIL, /* path and parameters */
    STEP_RCPT,
    STEP_DATA,
    STEP_MESSAGE, /* text, or word[0] a file, or neither: a harmless one */
    STEP_RSET,
    STEP_COMMAND, /* the line */
    STEP_MACRO,   /* {name} value */
    STEP_TABLE,   /* name key value, or name key error */
    STEP_TIME,    /* RFC 3339 */
    STEP_EXPECT,
};

enum expected_kind {
    EXPECT_NONE,
    EXPECT_ACCEPT,
    EXPECT_REJECT,
    EXPECT_TEMPFAIL,
    EXPECT_DISCARD,
    EXPECT_QUARANTINE,
    EXPECT_ONLY, /* nothing but the details below */
};

struct expectation {
    enum expected_kind kind;
    bool audit;                             /* what an audit rule would have done */
    struct slice code, enhanced;            /* empty: any */
    struct slice rule;                      /* empty: any */
    struct slice text;                      /* part of the reply's text */
    struct slice header_name, header_value; /* a field that the message has afterwards */
    struct slice no_header;                 /* the name of a field that it hasn't; or empty */
    bool has_recipients;
    struct slice *recipients; /* who is left, as written, in any order */
    size_t recipient_count;
    bool has_sender;
    struct slice sender; /* afterwards */
    bool converted;      /* by `downgrade` */
};

struct step {
    enum step_kind kind;
    struct place place;
    struct slice *word; /* the words behind the first, quotes taken off */
    size_t words;
    struct slice text; /* MESSAGE: with CRLF line ends; COMMAND: the line; TABLE: the value */
    bool fails;        /* TABLE: the lookup fails */
    time_t time;       /* TIME */
    struct expectation expect;
    struct step *next;
};

struct test {
    struct slice name;
    struct place place;
    const struct step *steps;
    struct test *next;
};

/* A transaction from a file of such lines, not indented, without `test`; for `explain`. */
const struct step *scenario_load(struct arena *arena, const char *path,
                                 struct diagnostics *diagnostics);

/* One line, as given on a command line: "mail", "<a@example.com> SIZE=5". */
const struct step *scenario_line(struct arena *arena, const char *name, const char *rest,
                                 struct diagnostics *diagnostics);

/* Lines of that kind; name is the text's own, in messages. */
const struct step *scenario_text(struct arena *arena, const char *name, struct slice text,
                                 struct diagnostics *diagnostics);

#endif
