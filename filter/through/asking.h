/* What the milter that serves is asked by its status socket. */
#ifndef POSTERN_FILTER_THROUGH_ASKING_H
#define POSTERN_FILTER_THROUGH_ASKING_H

#include "base/arena.h"
#include "base/slice.h"

struct asked_nonce {
    const char *word;   /* "postern-test-..." */
    const char *fails;  /* "postern-fail-...", the same that asks the milter to hang up */
    const char *answer; /* what Postern alone can say of it */
    const char *hash;   /* of the policy that it serves */
};

/* lines: of a test, which go with the nonce. False, and a reason. */
bool asking_nonce(struct arena *arena, const char *socket, struct slice lines,
                  struct asked_nonce *nonce_r, const char **reason_r);

/* Whether the nonce came back to the milter at all, or made it hang up. */
bool asking_whether_seen(struct arena *arena, const char *socket, const char *word);

/* What it was told of this transaction so far: lines of a test; empty where it knows none. */
struct slice asking_told(struct arena *arena, const char *socket, const char *id);

#endif
