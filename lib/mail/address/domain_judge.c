/* Judges a domain: syntax label by label, then, where a label isn't plain ASCII, what IDNA2008 asks
 * of each label and of all together. */
#include "idna.h"
#include "labels.h"
#include "literal.h"
#include "mail/domain.h"
#include "mail/utf8.h"

/* DNS_MAX is what fits into a name of 255 octets on the wire (RFC 1035 section 2.3.4). */
enum { MOST_LABELS = DOMAIN_MAX / 2 + 1, DNS_MAX = 253 };

static const char *const texts[DOMAIN_DEFECTS] = {
    [DOMAIN_FINE] = "",
    [DOMAIN_EMPTY] = "its domain is empty",
    [DOMAIN_TOO_LONG] = "its domain is too long",
    [DOMAIN_BAD_UTF8] = "its domain isn't valid UTF-8",
    [DOMAIN_EMPTY_LABEL] = "a label of its domain is empty",
    [DOMAIN_ROOT_DOT] = "its domain ends in a dot",
    [DOMAIN_LABEL_TOO_LONG] = "a label of its domain is longer than 63 octets",
    [DOMAIN_EDGE_HYPHEN] = "a label of its domain begins or ends with a hyphen",
    [DOMAIN_BAD_CHARACTER] = "its domain holds something else than letters, digits and hyphens",
    [DOMAIN_FOREIGN_DOT] = "its domain holds a dot that SMTP doesn't know",
    [DOMAIN_NOT_NFC] = "a label of its domain isn't in Unicode's normal form C",
    [DOMAIN_UPPER_CASE] = "a label of its domain has upper case beside letters beyond ASCII",
    [DOMAIN_DISALLOWED] = "its domain holds a character that domain names may not have",
    [DOMAIN_UNASSIGNED] = "its domain holds a character that Unicode doesn't know yet",
    [DOMAIN_LEADING_MARK] = "a label of its domain begins with a combining mark",
    [DOMAIN_RESERVED_HYPHENS] = "a label of its domain has hyphens in third and fourth place",
    [DOMAIN_RESERVED_LDH] = "an ASCII label of its domain has hyphens in third and fourth place",
    [DOMAIN_CONTEXTJ] = "its domain has a zero-width joiner out of place",
    [DOMAIN_CONTEXTO] = "its domain has a character that may not stand where it does",
    [DOMAIN_BIDI] = "a label of its domain mixes directions of writing",
    [DOMAIN_BIDI_NAME] = "a label of its domain may not stand beside one written right to left",
    [DOMAIN_NOT_U_LABEL] = "a label of its domain has no form in ASCII",
    [DOMAIN_FAKE_A_LABEL] = "a label of its domain begins with \"xn--\" and is no A-label",
    [DOMAIN_LITERAL_OPEN] = "its address literal doesn't end with its domain",
    [DOMAIN_LITERAL_MALFORMED] = "its address literal is malformed",
    [DOMAIN_LITERAL_IPV4] = "its address literal is no IPv4 address",
    [DOMAIN_LITERAL_IPV6] = "its address literal is no IPv6 address as SMTP writes it",
    [DOMAIN_LITERAL_TAG] = "its address literal has a tag that nobody registered",
};

const char *
domain_defect_text(enum domain_defect defect)
{
    return defect < DOMAIN_DEFECTS ? texts[defect] : "";
}

bool
domain_defect_is_doubt(enum domain_defect defect)
{
    return defect == DOMAIN_FAKE_A_LABEL || defect == DOMAIN_BIDI_NAME ||
           defect == DOMAIN_RESERVED_LDH;
}

/* The first defect stays, unless it was but a doubt. */
static void
keep_defect(enum domain_defect *kept, enum domain_defect defect)
{
    if (*kept == DOMAIN_FINE || (domain_defect_is_doubt(*kept) && !domain_defect_is_doubt(defect)))
        *kept = defect;
}

static void
note_strict(struct domain_judgement *judgement, bool wrong, enum domain_defect defect)
{
    if (!wrong || defect == DOMAIN_FINE)
        return;
    keep_defect(&judgement->strict, defect);
    judgement->all |= (uint32_t)1 << defect;
}

static void
note_defect(struct domain_judgement *judgement, bool wrong, enum domain_defect defect)
{
    if (wrong && defect != DOMAIN_FINE)
        keep_defect(&judgement->lenient, defect);
    note_strict(judgement, wrong, defect);
}

static bool
has_reserved_hyphens(struct slice label)
{
    return label.len >= 4 && label.at[2] == '-' && label.at[3] == '-';
}

/* RFC 5321 section 4.1.2: what can be told without tables. */
static void
check_syntax(struct domain_judgement *judgement, struct slice label)
{
    bool ascii = slice_is_ascii(label);
    bool foreign = false;

    note_defect(judgement, label.len == 0, DOMAIN_EMPTY_LABEL);
    if (label.len == 0)
        return;
    note_defect(judgement, ascii && label.len > LABEL_MAX, DOMAIN_LABEL_TOO_LONG);
    note_defect(judgement, label.at[0] == '-' || label.at[label.len - 1] == '-',
                DOMAIN_EDGE_HYPHEN);
    for (size_t i = 0; i < label.len; i++)
        foreign = foreign || ((unsigned char)label.at[i] < 128 && !ascii_is_alnum(label.at[i]) &&
                              label.at[i] != '-');
    note_defect(judgement, foreign, DOMAIN_BAD_CHARACTER);
    note_strict(judgement,
                ascii && has_reserved_hyphens(label) && !slice_starts_nocase(label, SLICE("xn--")),
                DOMAIN_RESERVED_LDH);
}

/* A label that isn't ASCII; the label becomes the U-label that is meant. */
static void
check_u_label(struct arena *arena, struct domain_judgement *judgement, struct slice *label,
              size_t *ascii_len)
{
    struct slice written = *label;
    struct slice ascii = {NULL, 0};
    enum domain_defect defect = idna_encode(arena, written, &ascii);

    if (defect == DOMAIN_NOT_NFC || defect == DOMAIN_DISALLOWED) {
        struct slice mapped;

        if (idna_map(arena, written, &mapped) &&
            idna_encode(arena, mapped, &ascii) == DOMAIN_FINE) {
            note_strict(judgement, true,
                        defect == DOMAIN_NOT_NFC ? DOMAIN_NOT_NFC : DOMAIN_UPPER_CASE);
            defect = DOMAIN_FINE;
            *label = mapped;
        }
    }
    note_defect(judgement, true, defect);
    *ascii_len += ascii.len;
}

/* A label of a name of which one isn't plain ASCII. */
static void
check_label(struct arena *arena, struct domain_judgement *judgement, struct slice *label,
            size_t *ascii_len)
{
    struct slice unicode;

    if (!slice_is_ascii(*label)) {
        check_u_label(arena, judgement, label, ascii_len);
        return;
    }
    *ascii_len += label->len;
    if (!slice_starts_nocase(*label, SLICE("xn--"))) {
        note_defect(judgement, has_reserved_hyphens(*label), DOMAIN_RESERVED_LDH);
        return;
    }
    if (idna_decode(arena, labels_lower(arena, *label), &unicode))
        *label = unicode;
    else
        note_defect(judgement, true, DOMAIN_FAKE_A_LABEL);
}

/* In a name with a right-to-left label every label keeps the Bidi rule (RFC 5893 section 2). */
static void
check_directions(struct domain_judgement *judgement, const struct slice *labels, size_t count)
{
    bool right_to_left = false;

    for (size_t i = 0; i < count; i++)
        right_to_left = right_to_left || idna_is_right_to_left(labels[i]);
    for (size_t i = 0; right_to_left && i < count; i++)
        note_defect(judgement,
                    !idna_is_right_to_left(labels[i]) && !idna_keeps_bidi_rule(labels[i]),
                    DOMAIN_BIDI_NAME);
}

static void
check_idna(struct arena *arena, struct domain_judgement *judgement, struct slice domain)
{
    struct slice *labels = ARENA_ARRAY(arena, MOST_LABELS, struct slice);
    size_t count = 0;
    size_t ascii_len = 0;

    while (count < MOST_LABELS && labels_next(&domain, &labels[count]))
        check_label(arena, judgement, &labels[count++], &ascii_len);
    note_defect(judgement, ascii_len + count - 1 > DNS_MAX, DOMAIN_TOO_LONG);
    check_directions(judgement, labels, count);
}

static struct domain_judgement
judge_name(struct arena *arena, struct slice domain)
{
    struct domain_judgement judgement = {0};
    bool ascii = slice_is_ascii(domain);
    bool root = domain.len > 1 && domain.at[domain.len - 1] == '.';
    bool plain = ascii;
    struct slice rest = slice_first(domain, domain.len - root);
    struct slice label;

    note_defect(&judgement, domain.len > (ascii ? DNS_MAX : DOMAIN_MAX), DOMAIN_TOO_LONG);
    note_defect(&judgement, !ascii && !utf8_is_valid(domain), DOMAIN_BAD_UTF8);
    while (labels_next(&rest, &label)) {
        check_syntax(&judgement, label);
        plain = plain && !slice_starts_nocase(label, SLICE("xn--"));
    }
    note_defect(&judgement, root, DOMAIN_ROOT_DOT);
    /* What is no domain name can't be one of another script either. */
    if (!plain && (judgement.lenient == DOMAIN_FINE || judgement.lenient == DOMAIN_ROOT_DOT))
        check_idna(arena, &judgement, slice_first(domain, domain.len - root));
    return judgement;
}

struct domain_judgement
domain_judge(struct arena *arena, struct slice domain)
{
    struct domain_judgement judgement = {0};
    struct ip ip;

    if (domain.len == 0)
        note_defect(&judgement, true, DOMAIN_EMPTY);
    else if (domain.at[0] == '[')
        note_defect(&judgement, true, domain_literal_judge(domain, &ip));
    else
        judgement = judge_name(arena, domain);
    return judgement;
}

bool
domain_has_pictures(struct arena *arena, struct slice domain)
{
    struct slice label;
    bool found = false;

    if (domain.len > DOMAIN_MAX)
        return false;
    while (labels_next(&domain, &label)) {
        bool pictures = idna_has_pictures(arena, label);

        if (!pictures && domain_judge(arena, label).lenient != DOMAIN_FINE)
            return false;
        found = found || pictures;
    }
    return found;
}
