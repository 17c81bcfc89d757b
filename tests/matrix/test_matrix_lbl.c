/* Labels as IDNA2008 judges them, strictly, and leniently: what differs from a U-label in case or
 * normal form alone is taken for it then. */
#include "mail/domain.h"

#include <idn2.h>
#include <string.h>

#include "../unit/tap.h"

#define X5(s) s s s s s
#define X10(s) X5(s) X5(s)
#define X50(s) X10(s) X10(s) X10(s) X10(s) X10(s)
#define X60(s) X50(s) X10(s)

#define SHARP_S "xn--fa-hia or refused"

static const struct {
    struct slice label;
    const char *strict, *lenient; /* the A-label; NULL where the label is refused */
    const char *section;
} cases[] = {
    {SLICE("bücher"), "xn--bcher-kva", "xn--bcher-kva", "RFC 5890 2.3.2.1"},
    {SLICE("BÜCHER"), NULL, "xn--bcher-kva", "RFC 5892 2.2"},
    {SLICE("bu\xCC\x88"
           "cher"),
     NULL, "xn--bcher-kva", "RFC 5891 4.2.1"},
    {SLICE("faß"), "xn--fa-hia", "xn--fa-hia", "RFC 5892 2.6"},
    {SLICE("fass"), "fass", "fass", "RFC 5894 7.2"},
    {SLICE("faẞ"), NULL, SHARP_S, "RFC 5892 2.2"},
    {SLICE("βόλος"), "xn--nxasmm1c", "xn--nxasmm1c", "RFC 5892 2.6"},
    {SLICE("ΒΌΛΟΣ"), NULL, "xn--nxasmq6b", "RFC 5892 2.2"},
    {SLICE("क\xE0\xA5\x8D\xE2\x80\x8Dष"), "xn--11b2ezcw70k", "xn--11b2ezcw70k", "RFC 5892 A.2"},
    {SLICE("क\xE0\xA5\x8D\xE2\x80\x8Cष"), "xn--11b2ezcs70k", "xn--11b2ezcs70k", "RFC 5892 A.1"},
    {SLICE("نامه\xE2\x80\x8Cای"), "xn--mgba3gch31f060k", "xn--mgba3gch31f060k", "RFC 5892 A.1"},
    {SLICE("a\xE2\x80\x8C"
           "b"),
     NULL, NULL, "RFC 5892 A.1"},
    {SLICE("a\xE2\x80\x8D"
           "b"),
     NULL, NULL, "RFC 5892 A.2"},
    {SLICE("नि\xE2\x80\x8Dक"), NULL, NULL, "RFC 5892 A.2"},
    {SLICE("l·l"), "xn--ll-0ea", "xn--ll-0ea", "RFC 5892 A.3"},
    {SLICE("a·b"), NULL, NULL, "RFC 5892 A.3"},
    {SLICE("͵α"), "xn--wva4j", "xn--wva4j", "RFC 5892 A.4"},
    {SLICE("α͵"), NULL, NULL, "RFC 5892 A.4"},
    {SLICE("א׳"), "xn--4db4e", "xn--4db4e", "RFC 5892 A.5"},
    {SLICE("a׳"), NULL, NULL, "RFC 5892 A.5"},
    {SLICE("ア・イ"), "xn--ccke4x", "xn--ccke4x", "RFC 5892 A.7"},
    {SLICE("・・"), NULL, NULL, "RFC 5892 A.7"},
    {SLICE("٠١٢"), NULL, NULL, "RFC 5893 2"},
    {SLICE("٣۳"), NULL, NULL, "RFC 5892 A.8"},
    {SLICE("אבג"), "xn--4dbcd", "xn--4dbcd", "RFC 5893 2"},
    {SLICE("אב1"), "xn--1-zhcd", "xn--1-zhcd", "RFC 5893 2"},
    {SLICE("אב٣"), "xn--4dbc25b", "xn--4dbc25b", "RFC 5893 2"},
    {SLICE("א1٣"), NULL, NULL, "RFC 5893 2"},
    {SLICE("1אב"), NULL, NULL, "RFC 5893 2"},
    {SLICE("אבa"), NULL, NULL, "RFC 5893 2"},
    {SLICE("a١"), NULL, NULL, "RFC 5893 2"},
    {SLICE("ab--cd"), NULL, "ab--cd", "RFC 5890 2.3.1"},
    {SLICE("-ab"), NULL, NULL, "RFC 5891 4.2.3.1"},
    {SLICE("ab-"), NULL, NULL, "RFC 5891 4.2.3.1"},
    {SLICE("ab_cd"), NULL, NULL, "RFC 5321 4.1.2"},
    {SLICE("\xCC\x81"
           "abc"),
     NULL, NULL, "RFC 5891 4.2.3.2"},
    {SLICE("\xCD\xB8"), NULL, NULL, "RFC 5892 2"},
    {SLICE("☃"), NULL, NULL, "RFC 5892 2"},
    {SLICE("👍"), NULL, NULL, "RFC 5892 2"},
    {SLICE("ｅｘａｍｐｌｅ"), NULL, NULL, "RFC 5892 2"},
    {SLICE("日本語。jp"), NULL, NULL, "RFC 6531 3.3"},
    {SLICE("ex．ample"), NULL, NULL, "RFC 6531 3.3"},
    {SLICE("example\xC2\xAD"), NULL, NULL, "RFC 5892 2"},
    {SLICE("ex\xE2\x80\x8B"
           "ample"),
     NULL, NULL, "RFC 5892 2"},
    {SLICE("ﬁsh"), NULL, NULL, "RFC 5892 2"},
    {SLICE("①"), NULL, NULL, "RFC 5892 2"},
    {SLICE("⒈com"), NULL, NULL, "RFC 5892 2"},
    {SLICE("ı"), "xn--cfa", "xn--cfa", "RFC 5892 2"},
    {SLICE("İ"), NULL, NULL, "RFC 5892 2.2"},
    {SLICE("ـم"), NULL, NULL, "RFC 5892 2.6"},
    {SLICE("аррӏе"), "xn--80ak6aa92e", "xn--80ak6aa92e", "RFC 5892 2"},
    {SLICE("раураl"), "xn--l-7sba6dbr", "xn--l-7sba6dbr", "RFC 5892 2"},
    {SLICE("𞤀"), NULL, "xn--9d6h", "RFC 5892 2.2"},
    {SLICE("xn--bcher-kva"), "xn--bcher-kva", "xn--bcher-kva", "RFC 5890 2.3.2.1"},
    {SLICE("XN--BCHER-KVA"), "xn--bcher-kva", "xn--bcher-kva", "RFC 5890 2.3.2.4"},
    {SLICE("xn--a"), NULL, NULL, "RFC 5890 2.3.2.1"},
    {SLICE("xn--n3h"), NULL, NULL, "RFC 5890 2.3.2.1"},
    {SLICE("xn--ab-j1t"), NULL, NULL, "RFC 5890 2.3.2.1"},
    {SLICE("xn--fass-"), NULL, NULL, "RFC 5890 2.3.2.1"},
    {SLICE("xn--"), NULL, NULL, "RFC 5890 2.3.2.1"},
    {SLICE("xn--bücher"), NULL, NULL, "RFC 5891 4.2.3.1"},
    {SLICE(X50("ü") X5("ü") "üü"), "xn--td" X50("a") X5("a") "aa", "xn--td" X50("a") X5("a") "aa",
     "RFC 1035 2.3.4"},
    {SLICE(X50("ü") X5("ü") "üüü"), NULL, NULL, "RFC 1035 2.3.4"},
    {SLICE(X60("a") "aaaa"), NULL, NULL, "RFC 1035 2.3.4"},
    {SLICE("a..b"), NULL, NULL, "RFC 5321 4.1.2"},
    {SLICE("a b"), NULL, NULL, "RFC 5321 4.1.2"},
};

/* UTS #46 made "ss" of the capital sharp s until Unicode 15.1, and makes its small letter of it
 * since: the one is another name, the other differs in case alone. */
static const char *
sharp_s(void)
{
    uint8_t *found = NULL;
    const char *lenient = NULL;

    if (idn2_lookup_u8((const uint8_t *)"faẞ", &found, IDN2_NONTRANSITIONAL) == IDN2_OK &&
        strcmp((const char *)found, "xn--fa-hia") == 0)
        lenient = "xn--fa-hia";
    idn2_free(found);
    return lenient;
}

static bool
fits(struct arena *arena, struct slice label, enum domain_defect defect, const char *expected)
{
    if (expected == NULL || defect != DOMAIN_FINE)
        return expected == NULL && defect != DOMAIN_FINE;
    return slice_equal(domain_key(arena, label), slice_of(expected));
}

/* A U-label and its A-label are one domain, and the A-label shows as the U-label. */
static bool
leads_back(struct arena *arena, struct slice label, const char *ascii)
{
    struct slice unicode = domain_unicode(arena, slice_of(ascii));

    return slice_equal(domain_key(arena, unicode), slice_of(ascii)) &&
           (slice_is_ascii(label) || slice_equal(unicode, label));
}

int
main(void)
{
    struct arena *arena = arena_new(SIZE_MAX);

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct slice label = cases[i].label;
        struct domain_judgement judgement = domain_judge(arena, label);
        const char *lenient = cases[i].lenient;

        if (lenient && strcmp(lenient, SHARP_S) == 0)
            lenient = sharp_s();
        tap_check(fits(arena, label, judgement.strict, cases[i].strict), "%s: %.*s, strictly: %s",
                  cases[i].section, (int)label.len, label.at, domain_defect_text(judgement.strict));
        tap_check(fits(arena, label, judgement.lenient, lenient), "%s: %.*s, leniently: %s",
                  cases[i].section, (int)label.len, label.at,
                  domain_defect_text(judgement.lenient));
        if (cases[i].strict)
            tap_check(leads_back(arena, label, cases[i].strict), "%s: %s, and back",
                      cases[i].section, cases[i].strict);
    }
    arena_free(&arena);
    return tap_done();
}
