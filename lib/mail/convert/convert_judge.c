/* Which body can be converted, and how; which can't, and by which code (RFC 3463 section 3.7). */
#include "convert_inside.h"

static bool
part_has_defect(const struct mime_part *part, enum mime_defect defect)
{
    return part->defects >> defect & 1;
}

static bool
is_global(const struct mime_part *part)
{
    return slice_starts_nocase(part->type.value, SLICE("message/global"));
}

/* A message to those who know it, and octets to all others (RFC 2046 section 5.2.4). */
static bool
is_news(const struct mime_part *part)
{
    return mime_type_is(part, "message", "news");
}

void
convert_refuse(struct convert_refusals *refusals, struct convert_refusal refusal)
{
    if (!convert_refusals_full(refusals))
        refusals->at[refusals->count++] = refusal;
}

bool
convert_refusals_full(const struct convert_refusals *refusals)
{
    return refusals->count >= refusals->most;
}

bool
convert_is_closed(const struct mime_part *part, enum treatment treatment)
{
    return mime_type_is(part, "multipart", "signed") || is_news(part) ||
           treatment == TREAT_QUOTED || treatment == TREAT_BASE64;
}

static enum treatment
refuse_part(struct arena *arena, const struct mime_part *part, const char *enhanced,
            const char *text, struct convert_refusals *refusals)
{
    convert_refuse(refusals,
                   (struct convert_refusal){
                       .code = 554,
                       .enhanced = enhanced,
                       .reason = arena_printf(arena, "%s %s", mime_part_name(arena, part), text)});
    return TREAT_REFUSE;
}

/* What nobody may change, or nobody can tell. */
static const struct {
    enum mime_defect defect;
    const char *enhanced;
} undecidable[] = {
    {MIME_TOO_DEEP, "5.6.5"},         {MIME_TOO_MANY, "5.6.5"},
    {MIME_HEADER_TOO_LARGE, "5.6.5"}, {MIME_NO_BOUNDARY, "5.6.5"},
    {MIME_SAME_BOUNDARY, "5.6.5"},    {MIME_REPEATED_ENCODING, "5.6.0"},
    {MIME_REPEATED_TYPE, "5.6.0"},    {MIME_ENCODED_COMPOSITE, "5.6.0"},
    {MIME_UNKNOWN_ENCODING, "5.6.3"}, {MIME_8BIT_PREAMBLE, "5.6.3"},
};

/* RFC 2046 sections 5.2.2 and 5.2.3: 7bit, whatever the transport. */
static bool
must_be_7bit(const struct mime_part *part)
{
    return mime_type_is(part, "message", "partial") ||
           mime_type_is(part, "message", "external-body");
}

/* A body with octets above 127 that must go: NULL, or the code of the refusal. */
static const char *
find_refusal(const struct mime_part *part, const char **text_r)
{
    if (mime_type_is(part, "multipart", "signed")) {
        *text_r = "is signed and holds 8-bit octets, which may not be converted";
        return "5.6.2";
    }
    if (must_be_7bit(part)) {
        *text_r = "may only be 7bit and holds 8-bit octets, which can't be converted";
        return "5.6.2";
    }
    for (size_t i = 0; i < sizeof undecidable / sizeof undecidable[0]; i++)
        if (part_has_defect(part, undecidable[i].defect)) {
            *text_r = mime_defect_text(undecidable[i].defect);
            return undecidable[i].enhanced;
        }
    if (is_news(part) ||
        (part->kind == MIME_LEAF && mime_type_is(part, "message", "") && !is_global(part))) {
        *text_r = "may not be encoded (RFC 2045 section 6.4) and holds 8-bit octets";
        return "5.6.3";
    }
    if (part->encoding == MIME_BASE64 && !part->is_base64) {
        *text_r = "is labelled as base64 and isn't, and holds 8-bit octets";
        return "5.6.0";
    }
    return NULL;
}

/* Charsets in which a line end isn't CR LF, or ASCII isn't ASCII. */
static bool
is_ascii_like(const struct mime_part *part)
{
    static const char *const others[] = {"utf-16",        "utf16",  "utf-32", "utf32", "ucs-",
                                         "iso-10646-ucs", "ebcdic", "cp037",  "ibm037"};
    const struct mime_parameter *charset = mime_value_find(&part->type, SLICE("charset"));

    for (size_t i = 0; charset && i < sizeof others / sizeof others[0]; i++)
        if (slice_starts_nocase(charset->value, slice_of(others[i])))
            return false;
    return true;
}

/* An octet costs two more in quoted-printable, each a third in base64. */
static bool
is_mostly_ascii(const struct mime_part *part)
{
    return part->body.eightbit * 6 <= part->body.size;
}

static enum treatment
choose_encoding(const struct mime_part *part)
{
    if (part->encoding == MIME_QUOTED_PRINTABLE)
        return TREAT_REPAIR;
    if (part->encoding == MIME_BASE64)
        return TREAT_STRAY;
    if (mime_type_is(part, "text", "") && part->encoding != MIME_BINARY && is_ascii_like(part) &&
        is_mostly_ascii(part))
        return TREAT_QUOTED;
    return TREAT_BASE64;
}

static bool
is_labelled(const struct mime_part *part)
{
    return part->encoding == MIME_8BIT || part->encoding == MIME_BINARY;
}

/* RFC 1847 section 2.1: the signature covers labels of parts, not that of the whole. */
static enum treatment
judge_signed(struct arena *arena, const struct mime_part *part, struct convert_refusals *refusals)
{
    for (const struct mime_part *inner = part; inner != part->last;) {
        inner = inner->next;
        if (is_labelled(inner))
            return refuse_part(arena, inner, "5.6.2",
                               "is signed and labelled as 8-bit though it is ASCII; "
                               "the label may not be changed",
                               refusals);
    }
    return is_labelled(part) ? TREAT_RELABEL : TREAT_NOT;
}

/* Of 7-bit octets: what the label promises from now on must hold (RFC 2045 section 2.7). Beside
 * bodies that are converted so must a label of 7bit. */
static enum treatment
judge_ascii(const struct mime_part *part, bool converts)
{
    bool labelled = is_labelled(part);

    if (part->encoding > MIME_BINARY || part_has_defect(part, MIME_REPEATED_ENCODING))
        return TREAT_NOT;
    if (part->kind != MIME_LEAF)
        return labelled ? TREAT_RELABEL : TREAT_NOT;
    if (mime_type_is(part, "multipart", "") || mime_type_is(part, "message", ""))
        return labelled && part->body.longest_line <= MIME_LINE_MAX ? TREAT_RELABEL : TREAT_NOT;
    if ((part->body.longest_line > MIME_LINE_MAX && (labelled || converts)) ||
        (labelled && (part->body.nul || part->body.bare_newline)))
        return choose_encoding(part);
    return labelled ? TREAT_RELABEL : TREAT_NOT;
}

/* Octets that one reader takes for header fields, and another for what a label says. */
static bool
is_doubtful(const struct mime_part *part)
{
    return part->eightbit && (part_has_defect(part, MIME_ENCODED_COMPOSITE) ||
                              part_has_defect(part, MIME_SAME_BOUNDARY));
}

/* A message/global with UTF-8 in its headers may not stay, whoever can take 8-bit bodies (RFC 6532
 * section 3.7); nor what is signed; nor what is doubtful. */
static bool
must_go(const struct mime_part *part, unsigned what)
{
    if (what & CONVERT_8BIT)
        return part->eightbit;
    if (is_doubtful(part))
        return true;
    if (!is_global(part) && !is_news(part) && !mime_type_is(part, "multipart", "signed"))
        return false;
    for (const struct mime_part *inner = part; inner != part->last;) {
        inner = inner->next;
        if (inner->header_8bit || is_doubtful(inner))
            return true;
    }
    return false;
}

enum treatment
convert_judge(struct arena *arena, const struct mime_part *part, unsigned what, bool converts,
              struct convert_refusals *refusals)
{
    const char *enhanced, *text;

    if (!must_go(part, what)) {
        if (!(what & CONVERT_8BIT))
            return TREAT_NOT;
        return mime_type_is(part, "multipart", "signed") ? judge_signed(arena, part, refusals)
                                                         : judge_ascii(part, converts);
    }
    enhanced = find_refusal(part, &text);
    if (enhanced)
        return refuse_part(arena, part, enhanced, text, refusals);
    if (is_global(part) && part->encoding <= MIME_BINARY)
        return TREAT_BASE64;
    if (part->kind == MIME_LEAF)
        return choose_encoding(part);
    return is_labelled(part) ? TREAT_RELABEL : TREAT_NOT;
}
