/* Tables: a driver answers one key; ladders of keys are made once, for all drivers. */
#ifndef POSTERN_POLICY_TABLE_H
#define POSTERN_POLICY_TABLE_H

#include "base/buffer.h"
#include "policy/value.h"

enum table_result {
    TABLE_FOUND,
    TABLE_NOT_FOUND,
    TABLE_COULD_NOT_ASK, /* the world's fault: a file that can't be read, a server that is away */
    TABLE_NOT_A_KEY,     /* what was asked can never be a key of such a table */
};

struct table_answer {
    enum table_result result;
    struct slice value; /* TABLE_FOUND: in the arena of the question */
    struct slice key;   /* TABLE_FOUND: the key it was found under */
    const char *reason; /* TABLE_COULD_NOT_ASK: for the log, with the name of the file */
};

/* True: enough was seen. */
typedef bool table_visitor(void *context, struct slice value);

/* A kind of table. One file each, with its one foreign header. All functions may be called by
 * several threads at once. */
struct table_driver {
    const char *type; /* Postfix's name for it */
    /* place: what stands behind "TYPE:", relative file names already made whole. The state lives
     * in the arena (arena_on_end() closes it). NULL and a reason when the text of the place or the
     * file is wrong in a way that only an administrator can mend. */
    void *(*open)(struct arena *arena, const char *place, const char **reason_r);
    struct table_answer (*find)(void *state, struct arena *arena, struct slice key);
    bool whole_keys_only; /* patterns: never asked for parts of a value, such as "@domain" */
    /* Shows every value, in any order, until `see` has seen enough; NULL: nobody can list them. Of
     * what patterns make a value of, its text with $1 where a group goes. */
    void (*each)(void *state, table_visitor *see, void *context);
};

/* The driver of this type, or NULL. */
const struct table_driver *table_driver_find(struct slice type);

/* Names of all built drivers, separated by ", ". */
const char *table_driver_names(struct arena *arena);

struct table_place {
    const struct table_driver *driver;
    void *state;
    struct table_place *next;
};

/* A table as the policy names it: its places are asked in order. */
struct table {
    struct slice name;
    struct table_place *places;
    bool not_found_on_error; /* on-error not-found */
    bool patterns;           /* words of an answer match as items of a list do */
    const char *delimiters;  /* recipient-delimiter */
    struct slice local_domains; /* keys of the site's own domains, separated by spaces */
};

/* Looks a value up under its ladder of keys: an address whole, without its detail, its local part
 * alone (with and without detail) where the domain is one of local_domains, and "@domain"; a domain
 * itself and ".parent" upwards; an IP address itself, then its networks (IPv4 by octets, IPv6 by
 * groups, as access(5) writes them); any other value folded, as postmap writes keys. Patterns are
 * asked for the whole value only, with its letters as written. Domains in keys are A-labels; where
 * that isn't found, the same ladder is asked with U-labels. The value is copied into the arena.
 * tried_r, unless NULL, gets every key that was asked, in order, a line each. */
struct table_answer table_lookup(const struct table *table, struct arena *arena,
                                 const struct value *key, struct buffer *tried_r);

/* The words of a value: separated by commas and white space. */
size_t table_words(struct arena *arena, struct slice value, struct slice **words_r);

/* Is it this text, as it stands, but for case? So Postfix compares a login with its owners. */
bool table_word_is(struct arena *arena, struct slice word, struct slice text);

/* Would it stand for more than itself as an item of a list: "*", "@example.com", ".example.com",
 * "user@"? */
bool table_word_is_pattern(struct slice word);

/* The first word that is a pattern, where values can be listed; false when there is none. */
bool table_find_pattern(const struct table_place *place, struct arena *arena, struct slice *word_r);

/* Can its values be listed, and are there none? */
bool table_is_empty(const struct table_place *place);

/* A table held in memory, for tests of a policy: what `table NAME KEY VALUE` lines say. */
struct table_entry {
    struct slice key;
    struct slice value;
    bool error;
    struct table_entry *next;
};
struct table *table_of_entries(struct arena *arena, const struct table *like,
                               const struct table_entry *entries);

#endif
