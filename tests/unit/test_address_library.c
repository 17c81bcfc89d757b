/* An ordinary ASCII address takes no memory and asks no library: those functions of libidn2 and
 * libunistring that reading and comparing could call stand here instead, and count. */
#include "mail/address.h"

#include "tap.h"

enum { FAILED = -1 };

static unsigned calls;

int idn2_lookup_u8(const uint8_t *from, uint8_t **to, int flags);
int idn2_register_u8(const uint8_t *unicode, const uint8_t *ascii, uint8_t **to, int flags);
int idn2_to_unicode_8z8z(const char *from, char **to, int flags);
int uc_bidi_category(uint32_t c);
int uc_combining_class(uint32_t c);
int uc_joining_type(uint32_t c);
uint32_t uc_tolower(uint32_t c);

int
idn2_lookup_u8(const uint8_t *from, uint8_t **to, int flags)
{
    (void)from;
    (void)to;
    (void)flags;
    calls++;
    return FAILED;
}

int
idn2_register_u8(const uint8_t *unicode, const uint8_t *ascii, uint8_t **to, int flags)
{
    (void)unicode;
    (void)ascii;
    (void)to;
    (void)flags;
    calls++;
    return FAILED;
}

int
idn2_to_unicode_8z8z(const char *from, char **to, int flags)
{
    (void)from;
    (void)to;
    (void)flags;
    calls++;
    return FAILED;
}

int
uc_bidi_category(uint32_t c)
{
    (void)c;
    calls++;
    return 0;
}

int
uc_combining_class(uint32_t c)
{
    (void)c;
    calls++;
    return 0;
}

int
uc_joining_type(uint32_t c)
{
    (void)c;
    calls++;
    return 0;
}

uint32_t
uc_tolower(uint32_t c)
{
    calls++;
    return c;
}

#define COUNTING(name)                                                                             \
    void *name(void);                                                                              \
    void *name(void)                                                                               \
    {                                                                                              \
        calls++;                                                                                   \
        return NULL;                                                                               \
    }

/* Their arguments don't matter, since nothing here may reach them. */
COUNTING(u8_normalize)
COUNTING(u8_casefold)
COUNTING(u8_uctomb)

static void
test_ordinary(void)
{
    static const char *const paths[] = {
        "<user@example.com>",
        "<first.last+tag@mail.example.org>",
        "<a@b.example>",
        "<@relay.example:user@example.com>",
        "<\"john\"@example.com>",
        "<user@[192.0.2.1]>",
        "<>",
        "<postmaster>",
    };
    struct arena *arena = arena_new(SIZE_MAX);

    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
        struct address address;

        calls = 0;
        address_parse_reverse_path(arena, slice_of(paths[i]), &address);
        address_parse_forward_path(arena, slice_of(paths[i]), &address);
        address_key(arena, &address, LOCAL_CASE_IGNORE);
        address_key(arena, &address, LOCAL_CASE_EXACT);
        address_key(arena, &address, LOCAL_CASE_UNTOUCHED);
        tap_check(calls == 0, "%s: no library is called", paths[i]);
        tap_check(i > 2 || arena_used(arena) == 0, "%s: and no memory taken", paths[i]);
    }
    arena_free(&arena);
}

/* Else the counters themselves would be no test. */
static void
test_counters(void)
{
    static const char *const paths[] = {"<user@b\xC3\xBC.example>", "<user@xn--b-eha.example>"};
    struct arena *arena = arena_new(SIZE_MAX);

    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
        struct address address;

        calls = 0;
        address_parse_forward_path(arena, slice_of(paths[i]), &address);
        tap_check(calls > 0, "%s: libidn2 is asked", paths[i]);
    }
    arena_free(&arena);
}

int
main(void)
{
    test_ordinary();
    test_counters();
    return tap_done();
}
