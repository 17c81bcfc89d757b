/* The door of a loop: who is accepted, counted, and let out. */
#ifndef POSTERN_FILTER_NATIVE_DOOR_H
#define POSTERN_FILTER_NATIVE_DOOR_H

#include "loop_inside.h"

/* Accepts whoever waits, as long as there is room; then the listening socket is armed again once
 * somebody comes, or somebody leaves. */
void door_accept(struct loop *loop);

/* After a pause. */
void door_open(struct loop *loop);

/* Nobody is accepted any more. */
void door_shut(struct loop *loop);

/* Ends a connection. */
void door_let_out(struct loop *loop, struct connection *connection);

#endif
