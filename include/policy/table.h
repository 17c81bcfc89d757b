/* Tables: a driver answers one key; ladders of keys are made once, for all drivers. */
#ifndef POSTERN_POLICY_TABLE_H
#define POSTERN_POLICY_TABLE_H

#include "base/buffer.h"
#include "base/diagnostics.h"
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

/* How a table is to be asked: what the policy says behind it, or else what holds unless it does. */
struct table_options {
    int64_t cache_ms;        /* cache: how old an answer may be; 0: each is asked for */
    int64_t timeout_ms;      /* timeout: the most that one lookup may take, its ladder as a whole */
    bool not_found_on_error; /* on-error not-found */
    bool patterns;           /* words of an answer match as items of a list do */
    bool nested;             /* words of an answer that are keys too are answered with it */
    enum value_type as;      /* as: what each answer is; TYPE_ABSENT: words */
};
/* Of a table that says nothing of it, and the most that one may say. */
enum { TABLE_TIMEOUT_MS = 5000, TABLE_TIMEOUT_MOST_MS = 20000 };

struct table_driver;
struct table_cache;

struct table_place {
    const struct table_driver *driver;
    void *state;
    struct table_cache *cache; /* of what may be slow, where the policy wants one; else NULL */
    const char *path; /* of a file, as it is opened; else NULL */
    struct table_place *inner; /* what a table over others is made of, in order; else NULL */
    bool whole_keys_only;      /* by its driver; over others by the first of these */
    struct place named_at;
    struct table_place *next;
};

/* Opens what is written as TYPE:PLACE; a relative file name is seen from the source that names it.
 * False, and a reason, where that can't be done: the driver is NULL where there is no such type. */
bool table_place_open(struct arena *arena, struct slice text, struct place named_at,
                      const struct table_options *options, struct table_place *place_r,
                      const char **reason_r);

/* A table as the policy names it: its places are asked in order. */
struct table {
    struct slice name;
    struct table_place *places;
    struct table_options options;
    const char *delimiters;     /* recipient-delimiter */
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

/* Is the value one word that can be read as this type? */
bool table_value_reads(struct slice value, enum value_type as);

/* A value that can't be read as this type, where values can be listed; false when there is none. */
struct table_unreadable {
    struct slice value;
    const char *path; /* of its file; NULL: it stands in none */
    unsigned line;    /* 0: in no line */
};
bool table_find_unreadable(const struct table_place *place, struct arena *arena, enum value_type as,
                           struct table_unreadable *unreadable_r);

/* "PATH: line 7: \"5 apples\" is not a size" */
const char *table_unreadable_text(struct arena *arena, const struct table_unreadable *unreadable,
                                  enum value_type as);

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
