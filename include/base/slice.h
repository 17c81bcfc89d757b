/* A run of octets that somebody else owns. Octets of strangers travel as slices: they may hold
 * NUL and anything else. A `const char *` in this program is text of our own or of the
 * administrator. */
#ifndef POSTERN_BASE_SLICE_H
#define POSTERN_BASE_SLICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct slice {
    const char *at;
    size_t len;
};

#define SLICE(literal) ((struct slice){(literal), sizeof(literal) - 1})

static inline struct slice
slice_of(const char *string)
{
    return (struct slice){string, strlen(string)};
}

/* The part from octet `from` on; empty when there is none. */
static inline struct slice
slice_from(struct slice s, size_t from)
{
    return from < s.len ? (struct slice){s.at + from, s.len - from}
                        : (struct slice){s.len > 0 ? s.at + s.len : s.at, 0};
}

static inline struct slice
slice_first(struct slice s, size_t count)
{
    return (struct slice){s.at, count < s.len ? count : s.len};
}

/* Octet by octet. */
bool slice_equal(struct slice a, struct slice b);

/* ASCII letters compare without case, all other octets exactly; no locale is asked. */
bool slice_equal_nocase(struct slice a, struct slice b);
bool slice_starts_nocase(struct slice s, struct slice prefix);
int slice_compare(struct slice a, struct slice b);

/* Index of the first or last `octet`, or s.len. */
size_t slice_find(struct slice s, char octet);
size_t slice_find_last(struct slice s, char octet);

/* Without leading and trailing space, tab, CR and LF. */
struct slice slice_trim(struct slice s);

/* Cuts the next word (separated by any of `separators`) off `rest`; false when none is left. */
bool slice_word(struct slice *rest, const char *separators, struct slice *word_r);

/* Is `word` one of these, which spaces separate? */
bool slice_has_word_nocase(const char *words, struct slice word);

/* Decimal digits only, at least one; false for anything else or above INT64_MAX. */
bool slice_number(struct slice s, int64_t *number_r);

bool slice_is_ascii(struct slice s);

/* Visible ASCII without capital letters: what every folding leaves as it is. */
bool slice_is_folded(struct slice s);

/* For hash tables within one process: another in each, so that nobody can choose texts that
 * collide. The second takes upper and lower case for the same. */
uint64_t slice_hash(struct slice s);
uint64_t slice_hash_nocase(struct slice s);

/* The same under a key that is known: in every process and on every machine. */
struct hash_key {
    uint64_t word[2];
};
uint64_t slice_hash_under(const struct hash_key *key, struct slice s);

static inline char
ascii_lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

static inline bool
ascii_is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static inline bool
ascii_is_alpha(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static inline bool
ascii_is_alnum(char c)
{
    return ascii_is_alpha(c) || ascii_is_digit(c);
}

static inline bool
ascii_is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* What a hexadecimal digit says, or -1. */
static inline int
ascii_hex(char c)
{
    if (ascii_is_digit(c))
        return c - '0';
    c = ascii_lower(c);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

#endif
