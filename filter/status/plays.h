/* What `postern test --through` asks of a milter that serves: nonces, and what became of them. */
#ifndef POSTERN_FILTER_STATUS_PLAYS_H
#define POSTERN_FILTER_STATUS_PLAYS_H

#include "exposition.h"
#include "http.h"

#define PLAYS_PATH "/plays/"

/* "nonce/LINES" gives one out, and keeps these lines of a test for it (each octet but letters and
 * digits as %XX): "nonce ...", "answer ..." and "hash ..." of the policy, a line each. "seen/NONCE"
 * says whether that came back, or made Postern hang up: "yes" or "no". "ID" is what was told of the
 * transaction with this id: texts as recall_find() has them. path: what stands behind PLAYS_PATH.
 */
enum http_status plays_answer(struct arena *arena, const struct policy *policy, struct slice path,
                              struct slice *content_r);

/* The lines as a path has them. */
const char *plays_write_lines(struct arena *arena, struct slice lines);

#endif
