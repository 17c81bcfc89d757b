/* UTF-8 as RFC 3629 defines it, and the foldings by which texts of people are compared. */
#ifndef POSTERN_MAIL_UTF8_H
#define POSTERN_MAIL_UTF8_H

#include "base/arena.h"

/* RFC 3629 section 3: no overlong form, no surrogate, nothing above U+10FFFF. */
bool utf8_is_valid(struct slice s);

/* The same of text that comes in pieces, wherever it is cut. Begins zeroed. */
struct utf8_check {
    uint8_t due;       /* octets that the character begun still needs */
    uint8_t low, high; /* the next one lies between these */
    bool bad;
};

/* A piece, and what is to be said behind the last one. */
void utf8_check_more(struct utf8_check *check, struct slice s);
bool utf8_check_end(const struct utf8_check *check);

/* Takes one character off the front of `rest`; an octet that begins none is taken alone and given
 * as U+FFFD, so that this always moves on. `rest` must not be empty. */
uint32_t utf8_next(struct slice *rest);

/* NFC, full case folding, runs of white space as one space, none at the ends. Text that isn't valid
 * UTF-8 is folded in its ASCII letters alone. Short ASCII text without upper case is returned as it
 * is. */
struct slice utf8_fold(struct arena *arena, struct slice s);

/* NFC, and case ignored character by character (simple folding), nothing else: sharp s stays
 * itself, white space is kept. So local parts compare. Text that isn't valid UTF-8 is folded in its
 * ASCII letters alone. ASCII text without upper case is returned as it is. */
struct slice utf8_fold_case(struct arena *arena, struct slice s);

/* NFC; text that isn't valid UTF-8, or is ASCII, is returned as it is. */
struct slice utf8_nfc(struct arena *arena, struct slice s);

/* The characters that stand for c where it is only a form of theirs: circled, fullwidth, of
 * mathematics (UAX #15, compatibility mappings). Their number, 0 where it is none; to has room for
 * UTF8_COMPATIBLE_MAX. */
enum { UTF8_COMPATIBLE_MAX = 32 };
size_t utf8_compatible(uint32_t c, uint32_t *to);

/* Writes c, at most 4 octets, and returns how many. */
size_t utf8_put(char *to, uint32_t c);

#endif
