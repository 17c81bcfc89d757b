/* Keyed hashes for names of people: whoever reads the log can tell that two lines are about one,
 * and not about whom. The key is of this process and its children alone, and is kept nowhere. */
#include "audit_mask.h"

#include <pthread.h>
#include <sys/random.h>

#include "base/buffer.h"

/* 60 of the 64 bits, in a base of 32; of two of a million names of a day hardly ever the same. */
enum { MASK_DIGITS = 12, BITS_A_DIGIT = 5 };

static struct hash_key mask_key;
static pthread_once_t mask_key_once = PTHREAD_ONCE_INIT;

/* A key that could be guessed would be worse than no log: so this waits for the system's. */
static void
mask_draw(void)
{
    while (getrandom(&mask_key, sizeof mask_key, 0) != (ssize_t)sizeof mask_key)
        ;
}

void
audit_mask_draw_key(void)
{
    pthread_once(&mask_key_once, mask_draw);
}

/* The key of a day. */
static struct hash_key
mask_key_of(time_t when)
{
    struct tm moment;
    char day[2][16];
    struct hash_key key;

    audit_mask_draw_key();
    localtime_r(&when, &moment);
    strftime(day[0], sizeof day[0], "a%Y-%m-%d", &moment);
    strftime(day[1], sizeof day[1], "b%Y-%m-%d", &moment);
    for (int i = 0; i < 2; i++)
        key.word[i] = slice_hash_under(&mask_key, slice_of(day[i]));
    return key;
}

static void
mask_add(struct buffer *to, const struct hash_key *key, struct slice name)
{
    static const char digits[] = "0123456789abcdefghijklmnopqrstuv";
    char *folded = arena_alloc(to->arena, name.len + 1);
    uint64_t hash;

    if (name.len == 0)
        return;
    for (size_t i = 0; i < name.len; i++)
        folded[i] = ascii_lower(name.at[i]);
    hash = slice_hash_under(key, (struct slice){folded, name.len});
    buffer_octet(to, '#');
    for (int i = 0; i < MASK_DIGITS; i++, hash >>= BITS_A_DIGIT)
        buffer_octet(to, digits[hash & 31]);
}

/* A local part, and the domain behind it as it is, if there is one. */
static void
mask_name(struct arena *arena, const struct hash_key *key, struct slice *value)
{
    struct buffer *to = ARENA_NEW(arena, struct buffer);
    size_t at;

    if (value->at == NULL)
        return;
    buffer_init(to, arena, SIZE_MAX);
    at = slice_find_last(*value, '@');
    mask_add(to, key, slice_first(*value, at));
    buffer_add(to, slice_from(*value, at));
    *value = buffer_slice(to);
}

static bool
is_of_name(char octet)
{
    return (unsigned char)octet > ' ' && octet != 127 && !strchr("()<>[],;:@\"", octet);
}

/* Where the local part begins that ends before octet `at`, and not before `least`; `at`: there is
 * none. */
static size_t
local_part_begin(struct slice text, size_t least, size_t at)
{
    size_t begin = at;

    if (at > least + 1 && text.at[at - 1] == '"') {
        for (begin = at - 1; begin > least; begin--)
            if (text.at[begin - 1] == '"' && (begin - 1 == least || text.at[begin - 2] != '\\'))
                return begin - 1;
        return at;
    }
    while (begin > least && is_of_name(text.at[begin - 1]))
        begin--;
    return begin;
}

/* Is the login at this place, as a word of its own? One with a domain is masked as addresses are.
 */
static bool
login_stands_at(struct slice text, size_t at, struct slice login)
{
    struct slice behind = slice_from(text, at + login.len);

    return slice_equal_nocase(slice_first(slice_from(text, at), login.len), login) &&
           (at == 0 || !is_of_name(text.at[at - 1])) &&
           (behind.len == 0 || !is_of_name(behind.at[0]) || strchr(".'", behind.at[0]));
}

/* Puts a mask in place of each name. */
static void
mask_text(struct arena *arena, const struct hash_key *key, struct slice login, struct slice *value)
{
    struct buffer *to = ARENA_NEW(arena, struct buffer);
    bool has_login = login.len > 0 && slice_find(login, '@') == login.len;
    struct slice text = *value;
    size_t done = 0;

    if (text.at == NULL)
        return;
    buffer_init(to, arena, SIZE_MAX);
    for (size_t at = 0; at < text.len; at++) {
        size_t begin = text.at[at] == '@' ? local_part_begin(text, done, at) : at;
        size_t end = at;

        if (has_login && login_stands_at(text, at, login))
            end = at + login.len;
        if (begin == end)
            continue;
        buffer_add(to, slice_first(slice_from(text, done), begin - done));
        mask_add(to, key, slice_first(slice_from(text, begin), end - begin));
        done = end;
        at = end > at ? end - 1 : at;
    }
    buffer_add(to, slice_from(text, done));
    *value = buffer_slice(to);
}

void
audit_mask(struct arena *arena, time_t when, struct slice value[AUDIT_FIELDS])
{
    struct hash_key key = mask_key_of(when);
    struct slice login = value[AUDIT_LOGIN].at ? value[AUDIT_LOGIN] : SLICE("");

    mask_text(arena, &key, login, &value[AUDIT_TEXT]);
    mask_text(arena, &key, login, &value[AUDIT_REASON]);
    mask_name(arena, &key, &value[AUDIT_FROM]);
    mask_name(arena, &key, &value[AUDIT_TO]);
    mask_name(arena, &key, &value[AUDIT_LOGIN]);
}

struct slice
audit_mask_text(struct arena *arena, time_t when, struct slice login, struct slice text)
{
    struct hash_key key = mask_key_of(when);

    mask_text(arena, &key, login, &text);
    return text;
}
