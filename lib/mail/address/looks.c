/* Scripts and skeletons of names: what people can take for another name. ICU has the tables
 * (confusables, scripts and restriction levels of UTS #39); without it nothing is found. */
#include "mail/looks.h"

#ifdef HAVE_ICU

#include <unicode/uscript.h>
#include <unicode/uspoof.h>

#include "mail/domain.h"
#include "mail/utf8.h"

bool
looks_are_known(void)
{
    return true;
}

/* Labels in lower case, as DNS takes them, and as people are shown them. */
static struct slice
shown_domain(struct arena *arena, struct slice domain)
{
    return domain_unicode(arena, domain_key(arena, domain));
}

static bool
is_domain_literal(struct slice domain)
{
    return domain.len > 0 && domain.at[0] == '[';
}

static USpoofChecker *
open_checker(enum script_level level)
{
    UErrorCode status = U_ZERO_ERROR;
    USpoofChecker *checker = uspoof_open(&status);

    uspoof_setRestrictionLevel(checker, level == SCRIPT_HIGHLY_RESTRICTIVE
                                            ? USPOOF_HIGHLY_RESTRICTIVE
                                            : USPOOF_MODERATELY_RESTRICTIVE);
    uspoof_setChecks(checker, USPOOF_RESTRICTION_LEVEL, &status);
    if (U_SUCCESS(status))
        return checker;
    uspoof_close(checker);
    return NULL;
}

static bool
label_is_mixed(const USpoofChecker *checker, struct slice label)
{
    UErrorCode status = U_ZERO_ERROR;

    if (slice_is_ascii(label))
        return false;
    return uspoof_check2UTF8(checker, label.at, (int32_t)label.len, NULL, &status) != 0 &&
           U_SUCCESS(status);
}

bool
looks_mixed(struct arena *arena, struct slice domain, enum script_level level)
{
    USpoofChecker *checker;
    struct slice rest, label;
    bool mixed = false;

    rest = shown_domain(arena, domain);
    if (slice_is_ascii(rest) || rest.len > INT32_MAX)
        return false;
    checker = open_checker(level);
    while (checker && !mixed && slice_word(&rest, ".", &label))
        mixed = label_is_mixed(checker, label);
    uspoof_close(checker);
    return mixed;
}

static bool
name_is_among(const char *name, const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(names[i], name) == 0)
            return true;
    return false;
}

size_t
looks_scripts(struct arena *arena, struct slice domain, const char ***names_r)
{
    struct slice rest = is_domain_literal(domain) ? SLICE("") : shown_domain(arena, domain);
    size_t count = 0;

    *names_r = ARENA_ARRAY(arena, USCRIPT_CODE_LIMIT, const char *);
    while (rest.len > 0) {
        UErrorCode status = U_ZERO_ERROR;
        UScriptCode script = uscript_getScript((UChar32)utf8_next(&rest), &status);

        if (script == USCRIPT_COMMON || script == USCRIPT_INHERITED || script == USCRIPT_UNKNOWN ||
            U_FAILURE(status) || name_is_among(uscript_getName(script), *names_r, count))
            continue;
        (*names_r)[count++] = uscript_getName(script);
    }
    return count;
}

struct slice
looks_skeleton(struct arena *arena, struct slice text)
{
    size_t room = 4 * text.len + 16;
    int32_t len = 0;
    char *to = NULL;
    UErrorCode status = U_BUFFER_OVERFLOW_ERROR;

    for (int try = 0; status == U_BUFFER_OVERFLOW_ERROR && try < 2 && room <= INT32_MAX; try++) {
        USpoofChecker *checker;

        to = arena_alloc(arena, room);
        status = U_ZERO_ERROR;
        checker = uspoof_open(&status);
        len = uspoof_getSkeletonUTF8(checker, 0, text.at, (int32_t)text.len, to, (int32_t)room,
                                     &status);
        uspoof_close(checker);
        room = (size_t)len;
    }
    if (to == NULL || U_FAILURE(status))
        return text;
    return (struct slice){to, (size_t)len};
}

#else

bool
looks_are_known(void)
{
    return false;
}

bool
looks_mixed(struct arena *arena, struct slice domain, enum script_level level)
{
    (void)arena;
    (void)domain;
    (void)level;
    return false;
}

size_t
looks_scripts(struct arena *arena, struct slice domain, const char ***names_r)
{
    (void)domain;
    *names_r = ARENA_ARRAY(arena, 1, const char *);
    return 0;
}

struct slice
looks_skeleton(struct arena *arena, struct slice text)
{
    (void)arena;
    return text;
}

#endif
