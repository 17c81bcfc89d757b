/* Charsets through iconv(3), by names that most C libraries know. Only names listed here reach it:
 * a stranger's name could ask it for anything, and each charset is opened once a step. */
#include "mail/charset.h"

#include <iconv.h>

#include "mail/utf8.h"

static const struct {
    const char *name;  /* as mail writes it, lower case */
    const char *iconv; /* as iconv knows it */
} known[] = {
    {"iso-8859-1", "ISO-8859-1"},
    {"iso-8859-2", "ISO-8859-2"},
    {"iso-8859-3", "ISO-8859-3"},
    {"iso-8859-4", "ISO-8859-4"},
    {"iso-8859-5", "ISO-8859-5"},
    {"iso-8859-6", "ISO-8859-6"},
    {"iso-8859-7", "ISO-8859-7"},
    {"iso-8859-8", "ISO-8859-8"},
    {"iso-8859-8-i", "ISO-8859-8"},
    {"iso-8859-9", "ISO-8859-9"},
    {"iso-8859-10", "ISO-8859-10"},
    {"iso-8859-11", "ISO-8859-11"},
    {"iso-8859-13", "ISO-8859-13"},
    {"iso-8859-14", "ISO-8859-14"},
    {"iso-8859-15", "ISO-8859-15"},
    {"iso-8859-16", "ISO-8859-16"},
    {"windows-1250", "CP1250"},
    {"windows-1251", "CP1251"},
    {"windows-1252", "CP1252"},
    {"windows-1253", "CP1253"},
    {"windows-1254", "CP1254"},
    {"windows-1255", "CP1255"},
    {"windows-1256", "CP1256"},
    {"windows-1257", "CP1257"},
    {"windows-1258", "CP1258"},
    {"windows-874", "CP874"},
    {"tis-620", "TIS-620"},
    {"koi8-r", "KOI8-R"},
    {"koi8-u", "KOI8-U"},
    {"ibm437", "CP437"},
    {"ibm850", "CP850"},
    {"ibm866", "CP866"},
    {"macintosh", "MACINTOSH"},
    {"gb2312", "GBK"},
    {"gbk", "GBK"},
    {"gb18030", "GB18030"},
    {"big5", "BIG5"},
    {"big5-hkscs", "BIG5-HKSCS"},
    {"shift_jis", "SHIFT_JIS"},
    {"windows-31j", "CP932"},
    {"euc-jp", "EUC-JP"},
    {"iso-2022-jp", "ISO-2022-JP"},
    {"iso-2022-kr", "ISO-2022-KR"},
    {"euc-kr", "EUC-KR"},
    {"ks_c_5601-1987", "CP949"},
    {"utf-7", "UTF-7"},
    /* Other names of these, and what real mail has besides */
    {"latin1", "ISO-8859-1"},
    {"latin-1", "ISO-8859-1"},
    {"iso8859-1", "ISO-8859-1"},
    {"iso_8859-1", "ISO-8859-1"},
    {"iso8859-15", "ISO-8859-15"},
    {"iso-8859-6-i", "ISO-8859-6"},
    {"iso-8859-8-e", "ISO-8859-8"},
    {"cp1250", "CP1250"},
    {"cp1251", "CP1251"},
    {"cp1252", "CP1252"},
    {"cp1253", "CP1253"},
    {"cp1254", "CP1254"},
    {"cp1255", "CP1255"},
    {"cp1256", "CP1256"},
    {"cp1257", "CP1257"},
    {"cp1258", "CP1258"},
    {"cp874", "CP874"},
    {"cp437", "CP437"},
    {"cp850", "CP850"},
    {"cp852", "CP852"},
    {"ibm852", "CP852"},
    {"cp866", "CP866"},
    {"x-mac-roman", "MACINTOSH"},
    {"x-gbk", "GBK"},
    {"cp936", "GBK"},
    {"ms936", "GBK"},
    {"gb_2312-80", "GBK"},
    {"x-euc-cn", "GBK"},
    {"euc-cn", "GBK"},
    {"cp950", "BIG5"},
    {"x-x-big5", "BIG5"},
    {"euc-tw", "EUC-TW"},
    {"shift-jis", "SHIFT_JIS"},
    {"sjis", "CP932"},
    {"x-sjis", "CP932"},
    {"cp932", "CP932"},
    {"ms932", "CP932"},
    {"ms_kanji", "CP932"},
    {"x-euc-jp", "EUC-JP"},
    {"iso-2022-jp-1", "ISO-2022-JP-2"},
    {"iso-2022-jp-2", "ISO-2022-JP-2"},
    {"iso-2022-jp-3", "ISO-2022-JP-3"},
    {"cp949", "CP949"},
    {"ms949", "CP949"},
    {"x-windows-949", "CP949"},
    {"windows-949", "CP949"},
    {"ks_c_5601", "CP949"},
    {"ks_c_5601-1989", "CP949"},
    {"ksc5601", "CP949"},
    {"johab", "JOHAB"},
};

enum { KNOWN = sizeof known / sizeof known[0] };

_Static_assert(sizeof known / sizeof known[0] <= CHARSETS_MAX, "a place for each converter");

static iconv_t
charset_open(struct charsets *charsets, size_t i)
{
    if (charsets->open[i] == NULL)
        charsets->open[i] = iconv_open("UTF-8", known[i].iconv);
    return charsets->open[i];
}

static iconv_t
converter(struct charsets *charsets, struct slice name)
{
    for (size_t i = 0; i < KNOWN; i++)
        if (slice_equal_nocase(slice_of(known[i].name), name))
            return charset_open(charsets, i);
    return (iconv_t)-1;
}

void
charsets_open_all(struct charsets *charsets)
{
    for (size_t i = 0; i < KNOWN; i++)
        charset_open(charsets, i);
}

static bool
charset_convert(struct arena *arena, iconv_t with, struct slice text, struct slice *utf8_r)
{
    size_t room = 4 * text.len + 16;
    char *start = arena_alloc(arena, room + 1);
    char *to = start;
    char *from = (char *)(uintptr_t)text.at;
    size_t left = text.len;

    iconv(with, NULL, NULL, NULL, NULL);
    if (iconv(with, &from, &left, &to, &room) == (size_t)-1 || left > 0)
        return false;
    if (iconv(with, NULL, NULL, &to, &room) == (size_t)-1)
        return false;
    *utf8_r = (struct slice){start, (size_t)(to - start)};
    return true;
}

static bool
charset_is_utf8(struct slice name)
{
    return slice_equal_nocase(name, SLICE("utf-8")) || slice_equal_nocase(name, SLICE("utf8"));
}

static bool
charset_is_ascii(struct slice name)
{
    return slice_equal_nocase(name, SLICE("us-ascii")) || slice_equal_nocase(name, SLICE("ascii"));
}

bool
charset_decode(struct arena *arena, struct charsets *charsets, struct slice name, struct slice text,
               struct slice *utf8_r)
{
    iconv_t with;

    *utf8_r = text;
    if (charset_is_utf8(name))
        return utf8_is_valid(text);
    if (charset_is_ascii(name))
        return slice_is_ascii(text);
    with = converter(charsets, name);
    return with != (iconv_t)-1 && charset_convert(arena, with, text, utf8_r);
}

static bool
charset_begins(struct slice name, const char *const *with)
{
    while (*with && !slice_starts_nocase(name, slice_of(*with)))
        with++;
    return *with != NULL;
}

/* "cp037", "IBM-1047", "csIBM273", "500": pages of IBM, of which those in ASCII are known. */
static bool
charset_is_page(struct slice name)
{
    static const char *const before[] = {"x-", "cs", "ibm", "cp", "ccsid", "-", "_", NULL};

    for (size_t i = 0; before[i]; i++)
        if (slice_starts_nocase(name, slice_of(before[i])))
            name = slice_from(name, strlen(before[i]));
    return name.len > 0 && ascii_is_digit(name.at[0]);
}

static bool
charset_holds(struct slice name, const char *part)
{
    struct slice rest = name;

    while (rest.len > 0 && !slice_starts_nocase(rest, slice_of(part)))
        rest = slice_from(rest, 1);
    return rest.len > 0;
}

bool
charset_is_read(struct charsets *charsets, struct slice name)
{
    return charset_is_utf8(name) || charset_is_ascii(name) ||
           converter(charsets, name) != (iconv_t)-1;
}

/* Letters are other octets there, or depend on what stood before. */
bool
charset_is_unlike_ascii(struct slice name)
{
    static const char *const kinds[] = {
        "utf-7",    "utf7",    "unicode",   "csunicode", "utf-16",   "utf16",      "utf-32",
        "utf32",    "ucs",     "csucs",     "iso-10646", "iso10646", "csiso10646", "hz",
        "iso-2022", "iso2022", "csiso2022", "imap",      "x-imap",   "osf",        "wchar",
        "u7",       "u16",     "u32",       "utf_7",     "utf_16",   "utf_32",     "bocu",
        "csbocu",   "scsu",    "csscsu",    NULL};

    return charset_begins(name, kinds) || charset_is_page(name) || charset_holds(name, "ebcdic") ||
           charset_holds(name, "unicode") || charset_holds(name, "utf-7") ||
           charset_holds(name, "utf7");
}

static void
charsets_end(void *of)
{
    charsets_close(of);
}

struct charsets *
charsets_new(struct arena *arena)
{
    struct charsets *charsets = ARENA_NEW(arena, struct charsets);

    arena_on_end(arena, charsets_end, charsets);
    return charsets;
}

void
charsets_close(struct charsets *charsets)
{
    for (size_t i = 0; i < KNOWN; i++) {
        if (charsets->open[i] != NULL && charsets->open[i] != (iconv_t)-1)
            iconv_close(charsets->open[i]);
        charsets->open[i] = NULL;
    }
}
