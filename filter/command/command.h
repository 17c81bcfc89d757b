/* The commands of the program: each has an entry, which stands at the head of its file. */
#ifndef POSTERN_FILTER_COMMAND_H
#define POSTERN_FILTER_COMMAND_H

#include <unistd.h>

#include "policy/policy.h"

/* Of options that have no letter: these begin here, each command with its own. */
enum { OPTION_LONG = 256 };

/* COLLECTED: one of many that the synopsis calls OPTION. */
enum option_kind { OPTION_FREE, OPTION_NEEDED, OPTION_COLLECTED };

/* One option: the synopsis, --help and completions are made from this row. */
struct command_option {
    int letter;       /* what command_option() gives; below OPTION_LONG its short form, too */
    const char *name; /* its long form, without "--", or NULL */
    const char *argument; /* as it is printed: "FILE"; "[PERCENT]" where "=PERCENT" may be left out;
                             NULL: it takes none */
    const char *help;     /* half a sentence */
    enum option_kind kind;
};

/* -c FILE, which most commands have, and the end of a command's options. */
#define COMMAND_OPTION_POLICY                                                                      \
    {                                                                                              \
        'c', NULL, "FILE", "the policy, in place of the installed one", OPTION_FREE                \
    }
#define COMMAND_OPTIONS_END                                                                        \
    {                                                                                              \
        0, NULL, NULL, NULL, OPTION_FREE                                                           \
    }

struct command {
    const char *name;
    const char *operands; /* what stands behind the options in the synopsis, or "" */
    const char *help;     /* half a sentence */
    const struct command_option *options; /* up to COMMAND_OPTIONS_END */
    const char *examples[2];              /* what stands behind "postern" */
    bool is_filter; /* says of its mistakes by itself, in the way of who runs it */
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
extern const struct command command_facts;
extern const struct command command_config;
extern const struct command command_import;
extern const struct command command_report;
extern const struct command command_status;
extern const struct command command_why;

/* The next option, with its argument in optarg, as getopt(3) has it: -1 behind the last, from where
 * optind counts; '?' where it is none of the command's, which is complained of. --help and -h print
 * the help, and end the program. */
int command_option(const struct command *command, int argc, char **argv);

/* "postern: NAME: ", and the rest; to standard error. Returns the status, for what fails so. */
int command_fail(const struct command *command, int status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* The policy that is read without -c FILE. */
const char *command_default_policy(void);

const char *command_version(void);

/* Reads a policy; errors and warnings go to standard error. NULL: there was an error. */
struct policy *command_load(const char *path);

#endif
