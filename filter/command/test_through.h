/* The part of `postern test` that plays through an MTA. */
#ifndef POSTERN_FILTER_COMMAND_TEST_THROUGH_H
#define POSTERN_FILTER_COMMAND_TEST_THROUGH_H

#include "command.h"
#include "through/through.h"

/* Its options, as command_option() gives them. */
enum {
    TEST_THROUGH = OPTION_LONG + 16,
    TEST_HELO,
    TEST_AUTH_USER,
    TEST_AUTH_PASSWORD_FILE,
    TEST_TLS,
    TEST_TLS_ON_CONNECT,
    TEST_PLAIN,
    TEST_NONCE_TO,
    TEST_THROUGH_END,
};

/* Those of the command line. */
struct test_through {
    const struct command *command; /* whose they are */
    struct through through;
    const char *target;        /* NULL: nothing is played through */
    const char *password_file; /* NULL: none */
    bool has_others;           /* an option that makes sense with a target alone */
};

/* False: it is complained of. */
bool test_through_option(struct arena *arena, struct test_through *through, int option,
                         const char *value);

/* Do they go together? EX_OK, or a status, and it is complained of; so below. */
int test_through_check_options(const struct test_through *through);

/* The password is read, and the milter asked. */
int test_through_prepare(struct arena *arena, struct test_through *through, struct policy *policy);

/* The checks that come before all tests: ok or not ok. False: no test can be played. failed_r: how
 * many were not ok, of TEST_THROUGH_CHECKS. */
enum { TEST_THROUGH_CHECKS = 2 };
bool test_through_check(struct arena *arena, struct through *through, const struct test *tests,
                        bool quiet, unsigned *failed_r);

#endif
