/* U-labels and A-labels, one label at a time, so that only U+002E separates: through libidn2, with
 * its rules for registration, since those for lookup leave contexts out, and the Bidi rule by hand,
 * since libidn2 lets European and Arabic digits mix. Its flag for STD3 deletes what it should
 * refuse, and is never set. */
#include "idna.h"

#include <idn2.h>

#include "labels.h"
#include "mail/unicode.h"
#include "mail/utf8.h"

/* Labels end at 63 octets, and at 63 characters of four. What is taken from libidn2 is copied into
 * memory that is there already, since its own must be given back. */
enum { LABEL_ROOM = 256 };

/* False where libidn2 found nothing. */
static bool
keep_label(char *room, int status, void *found, struct slice *label_r)
{
    struct slice label;

    if (status != IDN2_OK)
        return false;
    label = slice_of(found);
    if (label.len < LABEL_ROOM)
        memcpy(room, label.at, label.len);
    idn2_free(found);
    *label_r = (struct slice){room, label.len};
    return label.len < LABEL_ROOM;
}

static enum domain_defect
defect_of(int status)
{
    switch (status) {
    case IDN2_TOO_BIG_DOMAIN:
    case IDN2_TOO_BIG_LABEL:
    case IDN2_PUNYCODE_BIG_OUTPUT:
        return DOMAIN_LABEL_TOO_LONG;
    case IDN2_HYPHEN_STARTEND:
        return DOMAIN_EDGE_HYPHEN;
    case IDN2_2HYPHEN:
        return DOMAIN_RESERVED_HYPHENS;
    case IDN2_DOT_IN_LABEL:
        return DOMAIN_FOREIGN_DOT;
    case IDN2_NOT_NFC:
        return DOMAIN_NOT_NFC;
    case IDN2_DISALLOWED:
    case IDN2_CONTEXTJ_NO_RULE:
    case IDN2_CONTEXTO_NO_RULE:
        return DOMAIN_DISALLOWED;
    case IDN2_UNASSIGNED:
        return DOMAIN_UNASSIGNED;
    case IDN2_LEADING_COMBINING:
        return DOMAIN_LEADING_MARK;
    case IDN2_CONTEXTJ:
        return DOMAIN_CONTEXTJ;
    case IDN2_CONTEXTO:
        return DOMAIN_CONTEXTO;
    case IDN2_BIDI:
        return DOMAIN_BIDI;
    default:
        return DOMAIN_NOT_U_LABEL;
    }
}

bool
idna_is_right_to_left(struct slice label)
{
    while (label.len > 0) {
        enum bidi kind = unicode_bidi(utf8_next(&label));

        if (kind == BIDI_RIGHT || kind == BIDI_ARABIC_DIGIT)
            return true;
    }
    return false;
}

/* RFC 5893 section 2. Marks at the end don't count for conditions 3 and 6. */
bool
idna_keeps_bidi_rule(struct slice label)
{
    bool seen[BIDI_OTHER + 1] = {false};
    enum bidi first, last, kind;
    bool from_right;

    if (label.len == 0)
        return false;
    first = last = unicode_bidi(utf8_next(&label));
    seen[first] = true;
    while (label.len > 0) {
        kind = unicode_bidi(utf8_next(&label));
        seen[kind] = true;
        last = kind == BIDI_MARK ? last : kind;
    }
    from_right = first == BIDI_RIGHT;
    if ((first != BIDI_LEFT && !from_right) || seen[BIDI_OTHER])
        return false;
    if (from_right)
        return !seen[BIDI_LEFT] && last != BIDI_NEUTRAL &&
               !(seen[BIDI_EUROPEAN_DIGIT] && seen[BIDI_ARABIC_DIGIT]);
    return !seen[BIDI_RIGHT] && !seen[BIDI_ARABIC_DIGIT] && last != BIDI_NEUTRAL;
}

/* The dots of RFC 3490 section 3.1. */
static bool
has_foreign_dot(struct slice label)
{
    while (label.len > 0) {
        uint32_t c = utf8_next(&label);

        if (c == 0x3002 || c == 0xFF0E || c == 0xFF61)
            return true;
    }
    return false;
}

enum domain_defect
idna_encode(struct arena *arena, struct slice label, struct slice *ascii_r)
{
    char *text = arena_string(arena, label);
    char *room = arena_alloc(arena, LABEL_ROOM);
    uint8_t *found = NULL;
    int status;

    if (has_foreign_dot(label))
        return DOMAIN_FOREIGN_DOT;
    status = idn2_register_u8((const uint8_t *)text, NULL, &found, 0);
    if (!keep_label(room, status, found, ascii_r))
        return defect_of(status);
    if (idna_is_right_to_left(label) && !idna_keeps_bidi_rule(label))
        return DOMAIN_BIDI;
    return DOMAIN_FINE;
}

static bool
decode(struct arena *arena, struct slice label, struct slice *unicode_r)
{
    char *found = NULL;
    char *room = arena_alloc(arena, LABEL_ROOM);
    int status = idn2_to_unicode_8z8z(arena_string(arena, label), &found, 0);

    return keep_label(room, status, found, unicode_r);
}

bool
idna_map(struct arena *arena, struct slice label, struct slice *unicode_r)
{
    uint8_t *found = NULL;
    const char *text = arena_string(arena, label);
    char *room = arena_alloc(arena, LABEL_ROOM);
    int status =
        idn2_lookup_u8((const uint8_t *)text, &found, IDN2_NFC_INPUT | IDN2_NONTRANSITIONAL);
    struct slice ascii;

    return keep_label(room, status, found, &ascii) && slice_starts_nocase(ascii, SLICE("xn--")) &&
           decode(arena, ascii, unicode_r) &&
           slice_equal(utf8_fold_case(arena, *unicode_r), utf8_fold_case(arena, label));
}

/* Arrows, technical and enclosed signs, dingbats, and the planes of emoji: nothing that is taken
 * for a delimiter. */
static bool
is_picture(uint32_t c)
{
    return (c >= 0x2190 && c <= 0x21FF) || (c >= 0x2300 && c <= 0x23FF) ||
           (c >= 0x25A0 && c <= 0x27BF) || (c >= 0x2900 && c <= 0x297F) ||
           (c >= 0x2B00 && c <= 0x2BFF) || (c >= 0x1F000 && c <= 0x1FAFF);
}

/* Nothing is seen of the two, which IDNA2003 takes out, but the picture that they make. */
static bool
makes_picture(uint32_t c)
{
    enum { JOINER = 0x200D, AS_EMOJI = 0xFE0F };

    return c == JOINER || c == AS_EMOJI;
}

static bool
is_of_pictures(struct slice label, bool typed)
{
    bool found = false;

    while (label.len > 0) {
        uint32_t c = utf8_next(&label);

        if (!is_picture(c) && c != '-' && !unicode_is_letter_or_digit(c) &&
            !(typed && makes_picture(c)))
            return false;
        found = found || is_picture(c);
    }
    return found;
}

/* As RFC 3490 has it, and Unicode Technical Standard #46 for what is newer. */
static bool
encode_2003(struct arena *arena, struct slice label, struct slice *ascii_r)
{
    uint8_t *found = NULL;
    char *room = arena_alloc(arena, LABEL_ROOM);
    int status = idn2_lookup_u8((const uint8_t *)arena_string(arena, label), &found,
                                IDN2_NFC_INPUT | IDN2_TRANSITIONAL);

    return keep_label(room, status, found, ascii_r);
}

bool
idna_has_pictures(struct arena *arena, struct slice label)
{
    bool typed = !slice_is_ascii(label);
    struct slice ascii = labels_lower(arena, label);
    struct slice unicode, back;

    if (label.len > 4 * LABEL_MAX || !utf8_is_valid(label) || slice_find(label, '\0') < label.len)
        return false;
    if (typed && (!is_of_pictures(label, true) || !encode_2003(arena, label, &ascii)))
        return false;
    return decode(arena, ascii, &unicode) && is_of_pictures(unicode, false) &&
           !idna_is_right_to_left(unicode) && encode_2003(arena, unicode, &back) &&
           slice_equal_nocase(back, ascii);
}

bool
idna_lookup(struct arena *arena, struct slice label, struct slice *ascii_r)
{
    uint8_t *found = NULL;
    const char *text = arena_string(arena, label);
    char *room = arena_alloc(arena, LABEL_ROOM);
    int status = idn2_lookup_u8((const uint8_t *)text, &found, IDN2_NFC_INPUT | IDN2_NO_TR46);
    struct slice unicode;

    if (keep_label(room, status, found, ascii_r))
        return true;
    if (!idna_map(arena, label, &unicode))
        return false;
    found = NULL;
    status = idn2_lookup_u8((const uint8_t *)unicode.at, &found, IDN2_NO_TR46);
    return keep_label(room, status, found, ascii_r);
}

bool
idna_decode(struct arena *arena, struct slice label, struct slice *unicode_r)
{
    struct slice back;

    if (label.len > LABEL_MAX || slice_find(label, '\0') < label.len ||
        !decode(arena, label, unicode_r) || slice_is_ascii(*unicode_r))
        return false;
    return idna_encode(arena, *unicode_r, &back) == DOMAIN_FINE && slice_equal(back, label);
}
