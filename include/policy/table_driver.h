/* What a kind of table is: a row with a name, and with what opens and asks its tables. */
#ifndef POSTERN_POLICY_TABLE_DRIVER_H
#define POSTERN_POLICY_TABLE_DRIVER_H

#include "policy/table.h"

/* line: where the value stands in its file; 0: in no line. True: enough was seen. */
typedef bool table_visitor(void *context, struct slice value, unsigned line);

/* What a driver is told when a table is opened; valid as long as the table. */
struct table_opening {
    const char *place;     /* what stands behind "TYPE:", as written */
    const char *path;      /* where that is a file: its name as it is opened, else NULL */
    struct place named_at; /* where the policy asks for it; without source: a command line does */
    struct table_options options;
};

/* A key as a ladder has it. */
struct table_key {
    struct slice folded; /* as postmap writes keys */
    struct slice exact;  /* with its letters as written, for patterns */
};

/* A kind of table. One file each, with its one foreign header. All functions may be called by
 * several threads at once. */
struct table_driver {
    const char *type; /* Postfix's name for it */
    /* Unless NULL, the place is a file, and this stands behind its name: "" or such as ".lmdb". */
    const char *file_suffix;
    /* The state lives in the arena (arena_on_end() closes it). NULL and a reason when the text of
     * the place or the file is wrong in a way that only an administrator can mend. */
    void *(*open)(struct arena *arena, const struct table_opening *opening, const char **reason_r);
    /* deadline_ms, by clock_ms(): what isn't known by then could not be asked. */
    struct table_answer (*find)(void *state, struct arena *arena, struct slice key,
                                int64_t deadline_ms);
    bool may_be_slow;     /* a lookup may wait for others, so that a deadline means something */
    bool whole_keys_only; /* patterns: never asked for parts of a value, such as "@domain" */
    bool keys_are_ips;    /* nothing else is ever found */
    /* Shows every value, in any order, until `see` has seen enough; NULL: nobody can list them. Of
     * what patterns make a value of, its text with $1 where a group goes. */
    void (*each)(void *state, table_visitor *see, void *context);
    /* Unless NULL: what in it can't be meant, with its file and line; NULL: all can be. */
    const char *(*remark)(void *state, struct arena *arena);
    /* Of a table over others, in the place of open, find and each: asks those, of which there is
     * one at least. Its place is {TYPE:PLACE, ...}. */
    struct table_answer (*ask_inner)(const struct table_place *inner, struct arena *arena,
                                     const struct table_key *key, int64_t deadline_ms);
    bool last_answers; /* then: what it answers comes from the last alone */
    /* Unless NULL: one more file, which lookups open, and whether they make and write files beside
     * it. Valid as long as the state. */
    const char *(*also_opens)(const void *state, bool *writes_r);
};

/* Asks one place for one key, as the driver wants it. */
struct table_answer table_place_ask(const struct table_place *place, struct arena *arena,
                                    const struct table_key *key, int64_t deadline_ms);

/* The same for a driver's ask_inner: counted among the steps of the message. */
struct table_answer table_inner_ask(const struct table_place *inner, struct arena *arena,
                                    const struct table_key *key, int64_t deadline_ms);

/* The driver of this type, or NULL. */
const struct table_driver *table_driver_find(struct slice type);

/* Something in it that can't be meant, with its file: it is older than what it is made of, or a
 * line is left out. NULL: all can be. */
const char *table_remark(const struct table_place *place, struct arena *arena);

/* Is nothing but an IP address ever found in it? */
bool table_takes_addresses_alone(const struct table_place *place);

/* A name of a file within TYPE:PLACE: a piece of that text. */
struct table_file_name {
    struct slice name;
    const struct table_file_name *next;
};

/* The names of all files in it, those of inner tables too, in their order; NULL: there is none. */
const struct table_file_name *table_file_names(struct arena *arena, struct slice text);

/* Names of all built drivers, separated by ", ". */
const char *table_driver_names(struct arena *arena);

#endif
