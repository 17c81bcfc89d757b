/* The few words of which random policies and transactions are made, and how one is picked. Small
 * worlds make for collisions: rules then often hold, often don't, and often hang on what comes late
 * or can't be asked. */
#ifndef POSTERN_TESTS_WALK_WALK_WORDS_H
#define POSTERN_TESTS_WALK_WALK_WORDS_H

#include "walk_random.h"

unsigned random_below(struct random *random, unsigned limit);
bool random_chance(struct random *random, unsigned percent);

#define PICK(random, array) ((array)[random_below((random), sizeof(array) / sizeof *(array))])

struct pool {
    const char *const *at;
    unsigned count;
};

#define POOL(array)                                                                                \
    {                                                                                              \
        (array), sizeof(array) / sizeof *(array)                                                   \
    }

const char *random_from(struct random *random, struct pool pool);

static const char *const ips[] = {"192.0.2.7", "192.0.2.99", "198.51.100.1"};
static const char *const ip_items[] = {"192.0.2.0/24", "198.51.100.1", "192.0.2.7"};
static const char *const helos[] = {"h0.example", "h1.example"};
static const char *const helo_items[] = {"h0.example", "h1.example", "h2.example"};
static const char *const senders[] = {"s0@d0.example", "s1@d1.example", "s0@sub.d1.example", ""};
static const char *const recipients[] = {"r0@d0.example", "r1@d0.example",     "r2@d1.example",
                                         "r3@d1.example", "r0@sub.d1.example", "postmaster"};
static const char *const addresses[] = {"s0@d0.example", "s1@d1.example", "r0@d0.example",
                                        "r2@d1.example"};
static const char *const address_items[] = {
    "s0@d0.example", "r0@d0.example", "r2@d1.example", "@d0.example", "@d1.example", "s0@", "r0@"};
static const char *const domains[] = {"d0.example", "d1.example", "sub.d1.example"};
static const char *const domain_items[] = {"d0.example", "d1.example", ".d1.example"};
static const char *const locals[] = {"r0", "r1", "r2", "postmaster"};
static const char *const words[] = {"w0", "w1"};
static const char *const header_words[] = {"a0", "a1", "a2"};
static const char *const patterns[] = {"a0", "a1", "1"};
static const char *const local_patterns[] = {"r0", "r", "2"};
static const char *const body_lines[] = {"plain", "evil", "gr\303\274n"};
static const char *const body_patterns[] = {"evil", "plain"};
static const char *const sizes[] = {"2000", "9000"};

#endif
