/* What is wrong with an address: how it is called, what it costs, which of several is told. */
#include "address_inside.h"

_Static_assert(ADDRESS_DEFECTS <= 64, "a defect is a bit of struct address");
_Static_assert(DOMAIN_DEFECTS <= 32, "a defect is a bit of struct domain_judgement");

static const char *const defect_texts[ADDRESS_DEFECTS] = {
    [ADDRESS_FINE] = "",
    [ADDRESS_NO_BRACKETS] = "it stands without < and >",
    [ADDRESS_UNBALANCED] = "its < and > don't match",
    [ADDRESS_TRAILING_TEXT] = "something stands behind its >",
    [ADDRESS_EMPTY] = "it is empty",
    [ADDRESS_BAD_ROUTE] = "its source route is malformed",
    [ADDRESS_NO_DOMAIN] = "it has no domain",
    [ADDRESS_NO_LOCAL] = "it has no local part",
    [ADDRESS_BAD_LOCAL] = "its local part holds what only quotes allow",
    [ADDRESS_BAD_DOTS] = "its local part has a dot at an end or two in a row",
    [ADDRESS_BAD_QUOTING] = "its local part is badly quoted",
    [ADDRESS_BAD_QUOTED_PAIR] = "its local part has a backslash before what isn't ASCII",
    [ADDRESS_BAD_UTF8] = "it isn't valid UTF-8",
    [ADDRESS_CONTROL] = "it holds a control character",
    [ADDRESS_BAD_DOMAIN] = "its domain is malformed",
    [ADDRESS_LOCAL_TOO_LONG] = "its local part is longer than 64 octets",
    [ADDRESS_PATH_TOO_LONG] = "it is longer than 256 octets",
    [ADDRESS_C1_CONTROL] = "its local part holds a C1 control or a line separator",
    [ADDRESS_INVISIBLE] = "its local part holds an invisible character",
    [ADDRESS_FOREIGN_SPACE] = "its local part holds a space that isn't ASCII's",
    [ADDRESS_FALSE_DELIMITER] = "its local part holds what looks like @ or a dot and is none",
    [ADDRESS_NONCHARACTER] = "its local part holds a code point that is no character",
    [ADDRESS_BAD_JOINER] = "its local part has a zero-width joiner out of place",
};

/* DOMAIN_FINE for what isn't about the domain. */
static enum domain_defect
domain_defect_of(enum address_defect defect)
{
    if (defect <= ADDRESS_BAD_DOMAIN || defect >= ADDRESS_LOCAL_TOO_LONG)
        return DOMAIN_FINE;
    return (enum domain_defect)(defect - ADDRESS_BAD_DOMAIN);
}

const char *
address_defect_text(enum address_defect defect)
{
    enum domain_defect domain = domain_defect_of(defect);

    if (domain != DOMAIN_FINE)
        return domain_defect_text(domain);
    return defect < ADDRESS_DEFECTS ? defect_texts[defect] : "";
}

bool
address_defect_is_doubt(enum address_defect defect)
{
    return defect >= ADDRESS_C1_CONTROL || domain_defect_is_doubt(domain_defect_of(defect));
}

void
address_defect_reply(enum address_defect defect, bool recipient, int *code_r,
                     const char **enhanced_r)
{
    if (defect == ADDRESS_FINE) {
        *code_r = 0;
        *enhanced_r = "";
    } else if (defect >= ADDRESS_C1_CONTROL) {
        *code_r = 550;
        *enhanced_r = "5.7.1";
    } else {
        *code_r = 501;
        *enhanced_r = recipient ? "5.1.3" : "5.1.7";
    }
}

/* Many mail systems give out such addresses, and rules may let them pass: whatever else the grammar
 * minds must be told of before. */
static bool
is_common(enum address_defect defect)
{
    return defect == ADDRESS_BAD_DOTS || defect == ADDRESS_LOCAL_TOO_LONG;
}

/* Of two defects of one weight the first is told. */
enum weight { NONE, SLIGHT, COMMON, GRAVE };

static enum weight
weight(enum address_defect defect)
{
    if (defect == ADDRESS_FINE)
        return NONE;
    if (defect == ADDRESS_NO_BRACKETS || address_defect_is_doubt(defect))
        return SLIGHT;
    return is_common(defect) ? COMMON : GRAVE;
}

enum address_defect
address_defect_of(const struct address *address, bool strict)
{
    bool minor = weight(address->defect) < GRAVE;

    return strict && minor && address->strict != ADDRESS_FINE ? address->strict : address->defect;
}

void
address_note(struct address *address, bool wrong, enum address_defect defect)
{
    if (!wrong)
        return;
    address->defects |= (uint64_t)1 << defect;
    if (weight(defect) > weight(address->defect))
        address->defect = defect;
}
