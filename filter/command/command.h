/* The commands of the program: each has an entry, which stands at the head of its file. */
#ifndef POSTERN_FILTER_COMMAND_H
#define POSTERN_FILTER_COMMAND_H

#include <getopt.h>

#include "policy/policy.h"

struct command {
    const char *name;
    const char *synopsis; /* what stands behind the name */
    const char *help;     /* half a sentence */
    const char *letters;  /* its options, as getopt(3) takes them */
    const struct option *options; /* and its long ones; NULL: there are none */
    /* Gets the name as argv[0], its words behind that; returns an exit status of sysexits.h. For
     * EX_USAGE the synopsis is printed. */
    int (*run)(int argc, char **argv);
};

extern const struct command command_serve;
extern const struct command command_check;
extern const struct command command_test;
extern const struct command command_explain;
extern const struct command command_lookup;
extern const struct command command_address;
extern const struct command command_downgrade;
extern const struct command command_probe;
extern const struct command command_resend;

/* The next option, as getopt_long(3): '?' where it is none of the command's, -1 behind the last.
 * index_r, unless NULL, gets the place of a long one among them. */
int command_option(const struct command *command, int argc, char **argv, int *index_r);

/* The policy that is read without -c FILE. */
const char *command_default_policy(void);

const char *command_version(void);

/* Reads a policy; errors and warnings go to standard error. NULL: there was an error. */
struct policy *command_load(const char *path);

#endif
