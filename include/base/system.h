/* What Linux alone has, or each C library in its own way. No other file knows of that but those of
 * the sandbox (tests/lint/layers.sh). */
#ifndef POSTERN_BASE_SYSTEM_H
#define POSTERN_BASE_SYSTEM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What an errno means: a constant, in English. */
const char *system_error(int error);

/* A bell: a descriptor that is readable from when it is rung until it is muted; -1 with errno.
 * Reading it never waits. Handlers of signals may ring it. */
int system_bell(void);
void system_bell_ring(int bell);
void system_bell_mute(int bell);
void system_bell_wait(int bell);

/* A file that lives in memory; -1 with errno. Sealed, nobody can write to it, or make it shorter or
 * longer, from then on. Its path, of this process, is of SYSTEM_PATH octets at most. */
enum { SYSTEM_PATH = 32 };
int system_memory_file(const char *name);
bool system_memory_seal(int file);
const char *system_memory_path(int file, char path[SYSTEM_PATH]);

/* A file without a name, to be read and written, for its owner alone. -1 with errno; EOPNOTSUPP,
 * EISDIR or EINVAL where the folder's file system has none. */
int system_nameless_file(const char *folder);

/* Sends what a file has at *at and behind it, and moves *at on: how much, or -1 with errno. */
int64_t system_send_file(int to, int file, int64_t *at, size_t most);

/* Who waits for many descriptors: any number of threads may, at once; -1 with errno. Each event of
 * a descriptor comes once, to one thread; then it is quiet until it is armed again. One that is
 * watched for always is told to all, while it is readable. */
enum system_wanted { SYSTEM_NOTHING, SYSTEM_READABLE, SYSTEM_WRITABLE };
int system_poll(void);
bool system_poll_add(int poll, int descriptor, enum system_wanted wanted, void *of);
bool system_poll_again(int poll, int descriptor, enum system_wanted wanted, void *of);
bool system_poll_always(int poll, int descriptor, void *of);
void system_poll_drop(int poll, int descriptor);

/* 1 and the `of` of a descriptor; 0 after `most_ms`; -1: a signal came. */
int system_poll_wait(int poll, int most_ms, void **of_r);

/* How malloc() deals with many threads, and with blocks from `own_above` octets on, which go back
 * to the system at once; as far as it can be told. */
void system_malloc_tune(int arenas, int own_above, int trim_above);

/* The octets of a block that malloc() returned. */
size_t system_malloc_size(const void *block);

#endif
