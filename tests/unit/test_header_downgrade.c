/* Header fields into ASCII: what comes out, and that readers get the same text from it. */
#include "mail/convert_field.h"

#include "base/buffer.h"
#include "mail/header.h"
#include "mail/mailbox.h"
#include "mail/mime_value.h"

#include "tap.h"

struct field_case {
    const char *section, *name;
    enum convert_result result;
    struct slice in, out;
};

#define SAME SLICE("\1")

static void
check_fields(const struct field_case *cases, size_t count)
{
    struct arena *arena = arena_new(SIZE_MAX);

    for (size_t i = 0; i < count; i++) {
        const struct field_case *c = &cases[i];
        bool same = slice_equal(c->out, SAME);
        struct slice name = slice_of(c->name);
        struct slice out, again;
        enum convert_result result = convert_field(arena, name, c->in, "\n", &out);
        bool good = result == c->result && slice_equal(out, same ? c->in : c->out);

        if (good && result == HEADER_CONVERTED)
            good = slice_is_ascii(out) &&
                   convert_field(arena, name, out, "\n", &again) == HEADER_IS_ASCII;
        tap_check(good, "%s: %s:%.*s is %d,%.*s", c->section, c->name, (int)c->in.len, c->in.at,
                  result, (int)out.len, out.at);
    }
    arena_free(&arena);
}

static void
test_text(void)
{
    static const struct field_case cases[] = {
        {"RFC 5322 2.2", "Subject", HEADER_IS_ASCII, SLICE(" a  b\n c"), SAME},
        {"RFC 5322 2.2", "Subject", HEADER_IS_ASCII, SLICE(""), SAME},
        {"RFC 5322 2.2", "X-\xC3\xBC", HEADER_UNDECIDABLE, SLICE(" a"), SAME},
        {"RFC 2047 5", "Subject", HEADER_CONVERTED, SLICE(" J\xC3\xB6rg is here"),
         SLICE(" =?utf-8?b?SsO2cmc=?= is here")},
        {"RFC 2047 5", "X-Whatever", HEADER_CONVERTED, SLICE("\xC3\xB6"),
         SLICE("=?utf-8?b?w7Y=?=")},
        {"RFC 2047 4.2", "Subject", HEADER_CONVERTED, SLICE(" M\xC3\xBCnchen-Ost"),
         SLICE(" =?utf-8?q?M=C3=BCnchen-Ost?=")},
        {"RFC 2047 4.2", "Subject", HEADER_CONVERTED,
         SLICE(" a =?iso-8859-1?Q?caf\xE9_x?= b"), SLICE(" a =?iso-8859-1?Q?caf=E9_x?= b")},
        {"RFC 2047 4.2", "From", HEADER_CONVERTED, SLICE(" =?utf-8?q?J\xC3\xB6rg?= <a@b>"),
         SLICE(" =?utf-8?q?J=C3=B6rg?= <a@b>")},
        /* Some readers join words of base64 before they decode them, so that none but the last may
         * be padded. */
        {"RFC 2047 5", "Subject", HEADER_CONVERTED,
         SLICE(" \xC3\xBC\xC3\xBC\xC3\xBC\xC3\xBC\xC3\xBC\xC3\xBC\xC3\xBC\xC3\xBC\xC3\xBC\xC3\xBC"
               "\xC3\xBC\xC3\xBC\xC3\xBC\xC3\xBC\xC3\xBC\xC3\xBC\xC3\xBC\xC3\xBC\xC3\xBC\xC3\xBC"
               "\xC3\xBC\xC3\xBC"),
         SLICE(" =?utf-8?b?w7zDvMO8w7zDvMO8w7zDvMO8w7zDvMO8w7zDvMO8w7zDvMO8?=\n"
               " =?utf-8?b?w7zDvMO8w7w=?=")},
        {"RFC 2047 5", "Subject", HEADER_CONVERTED,
         SLICE(" \xC3\xBC\xE2\x82\xAC\xE2\x82\xAC\xE2\x82\xAC\xE2\x82\xAC\xE2\x82\xAC\xE2\x82\xAC"
               "\xE2\x82\xAC\xE2\x82\xAC\xE2\x82\xAC\xE2\x82\xAC\xE2\x82\xAC\xE2\x82\xAC"
               "\xE2\x82\xAC\xE2\x82\xAC\xE2\x82\xAC"),
         SLICE(" =?utf-8?q?=C3=BC?= =?utf-8?b?4oKs4oKs4oKs4oKs4oKs4oKs4oKs4oKs4oKs?=\n"
               " =?utf-8?b?4oKs4oKs4oKs4oKs4oKs4oKs?=")},
        {"RFC 2047 5", "Subject", HEADER_CONVERTED,
         SLICE(" =?utf-8?b?w7w=?= \xC3\xBC\xC3\xBC =?utf-8?b?w7w=?="),
         SLICE(" =?utf-8?b?w7w=?= =?utf-8?q?_=C3=BC=C3=BC_?= =?utf-8?b?w7w=?=")},
        {"RFC 2047 6.2", "Subject", HEADER_CONVERTED, SLICE(" a \xC3\xB6\t \xC3\xBC b"),
         SLICE(" a =?utf-8?b?w7YJIMO8?= b")},
        {"RFC 2047 6.2", "Subject", HEADER_CONVERTED, SLICE(" \xC3\xB6\n  \xC3\xBC\n b"),
         SLICE(" =?utf-8?b?w7YgIMO8?=\n b")},
        {"RFC 2047 6.2", "Subject", HEADER_CONVERTED,
         SLICE(" =?utf-8?q?x?= \xC3\xB6 =?utf-8?q?y?="),
         SLICE(" =?utf-8?q?x?= =?utf-8?q?_=C3=B6_?= =?utf-8?q?y?=")},
        {"RFC 2047 6.2", "Subject", HEADER_CONVERTED, SLICE(" \xC3\xB6=?utf-8?q?x?=\xC3\xB6 =?= b"),
         SLICE(" =?utf-8?b?w7Y=?= =?utf-8?q?x?= =?utf-8?b?w7Y=?= =?= b")},
        {"RFC 2047 2", "Subject", HEADER_CONVERTED, SLICE(" a =?\xC3\xB6?q?x?="),
         SLICE(" a =?utf-8?b?PT/Dtj9xP3g/PQ==?=")},
        {"RFC 1428 3", "Subject", HEADER_CONVERTED, SLICE(" Fr\xF6sche quaken"),
         SLICE(" =?unknown-8bit?q?Fr=F6sche?= quaken")},
        {"RFC 1428 3", "Subject", HEADER_CONVERTED, SLICE(" \xC3\xB6 Fr\xF6sche"),
         SLICE(" =?utf-8?b?w7Yg?= =?unknown-8bit?q?Fr=F6sche?=")},
        {"RFC 2047 5", "Subject", HEADER_CONVERTED, SLICE(" \xC3\xB6\0\r"),
         SLICE(" =?utf-8?b?w7YADQ==?=")},
        {"RFC 5322 2.1.1", "Subject", HEADER_CONVERTED,
         SLICE(" 123456789 123456789 123456789 123456789 123456789 \xC3\xBC"
               " 123456789 123456789 123456789"),
         SLICE(" 123456789 123456789 123456789 123456789 123456789\n =?utf-8?b?w7w=?="
               " 123456789 123456789 123456789")},
    };

    check_fields(cases, sizeof cases / sizeof cases[0]);
}

static void
test_addresses(void)
{
    static const struct field_case cases[] = {
        {"RFC 2047 5 (3)", "From", HEADER_CONVERTED, SLICE(" \"J\xC3\xB6rg M.\" <a@b.example>"),
         SLICE(" =?utf-8?b?SsO2cmcgTS4=?= <a@b.example>")},
        {"RFC 2047 5 (3)", "tO", HEADER_CONVERTED,
         SLICE("\"\\\"\xC3\xB6\\\"\"<a@b>,a@b,\xC3\xB6<a@b>"),
         SLICE("=?utf-8?b?IsO2Ig==?= <a@b>,a@b, =?utf-8?b?w7Y=?= <a@b>")},
        {"RFC 2047 5 (3)", "Cc", HEADER_CONVERTED, SLICE(" Hans \"\xC3\xB6\" \xC3\xBC B. <a@b>"),
         SLICE(" Hans =?utf-8?b?w7Ygw7w=?= B. <a@b>")},
        {"RFC 2047 5 (2)", "Cc", HEADER_CONVERTED, SLICE(" a@b (\xC3\xB6 (\xC3\xBC\\)) x)"),
         SLICE(" a@b (=?utf-8?b?w7Y=?= (=?utf-8?b?w7wp?=) x)")},
        {"RFC 2047 5 (3)", "Cc", HEADER_CONVERTED, SLICE(" \xC3\xB6(\xC3\xBC)\xC3\xB6<a@b>"),
         SLICE(" =?utf-8?b?w7Y=?= (=?utf-8?b?w7w=?=) =?utf-8?b?w7Y=?= <a@b>")},
        /* What is glued to other words is no encoded word, and yet read as one. */
        {"RFC 2047 6.2", "Cc", HEADER_CONVERTED, SLICE(" .=?utf-8?q?x?= \"\xC3\xB6\" <a@b>"),
         SLICE(" .=?utf-8?q?x?= =?utf-8?b?IMO2?= <a@b>")},
        {"RFC 2047 6.2", "Cc", HEADER_CONVERTED, SLICE(" \xC3\xB6 =?utf-8?q?x?=\"q q\" <a@b>"),
         SLICE(" =?utf-8?b?w7Yg?= =?utf-8?q?x?=\"q q\" <a@b>")},
        {"RFC 5322 3.4", "To", HEADER_CONVERTED, SLICE(" Gr\xC3\xBCn: a@b, \xC3\xB6<a@b>;"),
         SLICE(" =?utf-8?b?R3LDvG4=?= : a@b, =?utf-8?b?w7Y=?= <a@b>;")},
        {"RFC 5322 3.4", "To", HEADER_CONVERTED, SLICE(" \xC3\xB6:;"),
         SLICE(" =?utf-8?b?w7Y=?= :;")},
        {"RFC 5890 2.3", "Reply-To", HEADER_CONVERTED,
         SLICE(" A <A.b@B\xC3\xBC"
               "cher.Example>"),
         SLICE(" A <A.b@xn--bcher-kva.Example>")},
        {"RFC 5890 2.3", "Sender", HEADER_CONVERTED,
         SLICE(" a (x) @ b\xC3\xBC"
               "cher . example"),
         SLICE(" a (x) @ xn--bcher-kva . example")},
        {"RFC 5322 4.4", "To", HEADER_CONVERTED,
         SLICE(" <@b\xC3\xBC"
               "cher.example,@x:a@b>"),
         SLICE(" <@xn--bcher-kva.example,@x:a@b>")},
        {"RFC 5322 4.4", "From", HEADER_CONVERTED, SLICE(" Wei\xC3\x9F foo@bar.com"),
         SLICE(" =?utf-8?b?V2Vpw58=?= foo@bar.com")},
        {"RFC 5322 4.4", "From", HEADER_CONVERTED, SLICE(" J\xC3\xB6rg Wei\xC3\x9F"),
         SLICE(" =?utf-8?b?SsO2cmcgV2Vpw58=?=")},
        {"RFC 5891 5.4", "To", HEADER_NO_ASCII_FORM, SLICE(" a@\xE2\x98\x83-.example"), SAME},
        {"RFC 6532 3.2", "To", HEADER_NO_ASCII_FORM, SLICE(" j\xC3\xB6@x.example"), SAME},
        {"RFC 6532 3.2", "To", HEADER_NO_ASCII_FORM, SLICE(" <\"j\xC3\xB6\".a@x.example>"), SAME},
        {"RFC 6532 3.2", "To", HEADER_NO_ASCII_FORM, SLICE(" <a.j\xC3\xB6 (c) @x.example>"), SAME},
        {"RFC 6532 3.2", "X-Original-To", HEADER_NO_ASCII_FORM, SLICE("j\xC3\xB6"), SAME},
        {"RFC 6532 3.2", "From", HEADER_NO_ASCII_FORM, SLICE(" j.m\xC3\xBCller"), SAME},
        {"RFC 6532 3.2", "To", HEADER_NO_ASCII_FORM, SLICE(" a@b, <a@b> j.m\xC3\xBCller"), SAME},
        {"RFC 6532 3.2", "To", HEADER_NO_ASCII_FORM, SLICE(" a@m\xC3\xBCll.example@b"), SAME},
        {"RFC 6532 3.2", "To", HEADER_NO_ASCII_FORM, SLICE(" [\xC3\xB6]@b"), SAME},
        {"RFC 6532 3.2", "Resent-To", HEADER_NO_ASCII_FORM, SLICE(" a@[\xC3\xB6]"), SAME},
        {"RFC 5322 3.2.4", "To", HEADER_UNDECIDABLE, SLICE(" a@b, \"\xC3\xB6 <a@b>"), SAME},
        {"RFC 5322 3.2.2", "To", HEADER_UNDECIDABLE, SLICE(" a@b (\xC3\xB6"), SAME},
    };

    check_fields(cases, sizeof cases / sizeof cases[0]);
}

static void
test_parameters(void)
{
    static const struct field_case cases[] = {
        {"RFC 2231 4", "Content-Type", HEADER_CONVERTED,
         SLICE(" text/plain; name=\"J\xC3\xB6rg '\\\"%.txt\"; x=y"),
         SLICE(" text/plain; name*=utf-8''J%C3%B6rg%20%27%22%25.txt; x=y")},
        {"RFC 2231 4", "content-disposition", HEADER_CONVERTED,
         SLICE(" attachment;\n\tfilename=\xE7\xAE\xA1 (1).doc (\xC3\xB6)"),
         SLICE(" attachment;\n\tfilename*=utf-8''%E7%AE%A1%20%281%29.doc; (=?utf-8?b?w7Y=?=)")},
        {"RFC 1428 3", "Content-Disposition", HEADER_CONVERTED, SLICE("a;filename=\"Fr\xF6sche\""),
         SLICE("a; filename*=unknown-8bit''Fr%F6sche")},
        {"RFC 2231 3", "Content-Type", HEADER_CONVERTED,
         SLICE(" a/b; name=\"12345678901234567890123456789012345678901234567890"
               "\xC3\xBC\xC3\xBC\xC3\xBC\"; x=y"),
         SLICE(" a/b;\n name*0*=utf-8''12345678901234567890123456789012345678901234567890%C3%BC;"
               "\n name*1*=%C3%BC%C3%BC; x=y")},
        {"RFC 2231 4.1", "Content-Type", HEADER_CONVERTED,
         SLICE(" a/b; u*0=\"o\"; u*1=\"\xC3\xBC\"; u*2=e"),
         SLICE(" a/b; u*0*=utf-8''o; u*1*=%C3%BC; u*2=e")},
        {"RFC 2231 4", "Content-Type", HEADER_CONVERTED, SLICE(" a/b; u*=utf-8''%41\xC3\xBC"),
         SLICE(" a/b; u*=utf-8''%41%C3%BC")},
        {"RFC 2047 5 (2)", "Content-Type", HEADER_CONVERTED, SLICE(" a/b (\xC3\xBC); c=d"),
         SLICE(" a/b (=?utf-8?b?w7w=?=); c=d")},
        {"RFC 2047 5 (2)", "Content-Type", HEADER_CONVERTED,
         SLICE(" a/b; (x) u (y) = \"\xC3\xBC\" (z)"),
         SLICE(" a/b; (x) u*=utf-8''%C3%BC; (y); (z)")},
        {"RFC 2045 5.1", "Content-Type", HEADER_UNDECIDABLE, SLICE(" \xC3\xBC/b"), SAME},
        {"RFC 2045 5.1", "Content-Type", HEADER_UNDECIDABLE, SLICE(" a/b; \xC3\xBC=c"), SAME},
        {"RFC 2045 5.1", "Content-Type", HEADER_UNDECIDABLE, SLICE(" a/b; c=\"\xC3\xBC"), SAME},
        {"RFC 2046 5.1.1", "Content-Type", HEADER_UNDECIDABLE, SLICE(" a/b; Boundary=\"\xC3\xBC\""),
         SAME},
        {"RFC 2046 4.1.2", "Content-Type", HEADER_CONVERTED, SLICE(" a/b; charset=\xC3\xBC"),
         SLICE(" a/b; charset*=utf-8''%C3%BC")},
        {"RFC 2231 4", "Content-Type", HEADER_CONVERTED, SLICE(" a/b; u*=\xC3\xBC%41"),
         SLICE(" a/b; u*=utf-8''%C3%BC%41")},
        {"RFC 2231 7", "Content-Type", HEADER_CONVERTED, SLICE(" a/b; u*=\"utf-8''a b\xC3\xBC\""),
         SLICE(" a/b; u*=utf-8''a%20b%C3%BC")},
        {"RFC 2231 4.1", "Content-Type", HEADER_CONVERTED, SLICE(" a/b; u*0*=o; u*1=\"\xC3\xBC\""),
         SLICE(" a/b; u*0*=utf-8''o; u*1*=%C3%BC")},
        /* Where a section is missing some readers join the others. */
        {"RFC 2231 3", "Content-Type", HEADER_UNDECIDABLE, SLICE(" a/b; u*1=\xC3\xBC"), SAME},
        {"RFC 2231 3", "Content-Type", HEADER_UNDECIDABLE, SLICE(" a/b; u*2=\xC3\xBC; u*0=o"),
         SAME},
        {"RFC 2231 3", "Content-Type", HEADER_CONVERTED,
         SLICE(" a/b;\n u*2=c; x=y;\n u*0=\xC3\xBC; u*1=b"),
         SLICE(" a/b;\n u*0*=utf-8''%C3%BC; x=y; u*1=b;\n u*2=c")},
        {"RFC 2231 4.1", "Content-Type", HEADER_CONVERTED, SLICE(" a/b; u*0*=\"it's \xC3\xBC\""),
         SLICE(" a/b; u*0*=utf-8''it%27s%20%C3%BC")},
        {"RFC 2231 4.1", "Content-Type", HEADER_CONVERTED,
         SLICE(" a/b; u*0*=utf-8'''a\xC3\xBC; u*1*='\xC3\xBC'"),
         SLICE(" a/b; u*0*=utf-8'''a%C3%BC; u*1*=%27%C3%BC%27")},
        {"RFC 2231 3", "Content-Type", HEADER_UNDECIDABLE, SLICE(" a/b; u*0=\xC3\xBC; u*0=o"),
         SAME},
    };

    check_fields(cases, sizeof cases / sizeof cases[0]);
}

/* Two parameters of one name in the form of RFC 2231 are joined by some readers. */
static void
test_repeated_parameters(void)
{
    static const struct field_case cases[] = {
        {"RFC 2231 4", "Content-Type", HEADER_CONVERTED,
         SLICE(" a/b; u=\"\xC3\xBC\"; x=y; U=\xC3\xBC (c); z=z"),
         SLICE(" a/b; u*=utf-8''%C3%BC; x=y; (c); z=z")},
        {"RFC 2231 4", "Content-Disposition", HEADER_CONVERTED,
         SLICE(" a; f=\"\xC3\xBC\"; f*=UTF-8''%C3%BC"), SLICE(" a; f*=utf-8''%C3%BC")},
        {"RFC 2231 4", "Content-Disposition", HEADER_CONVERTED,
         SLICE(" a; f*=UTF-8'de'%C3%BC;\n f=\"\xC3\xBC\""), SLICE(" a; f*=UTF-8'de'%C3%BC")},
        {"RFC 2231 3", "Content-Disposition", HEADER_CONVERTED,
         SLICE(" a; f*0=\"\xC3\"; f=\xC3\xBC; f*1=\"\xBC\""),
         SLICE(" a; f*0*=utf-8''%C3; f*1*=%BC")},
        {"RFC 2231 3", "Content-Disposition", HEADER_CONVERTED,
         SLICE(" a; f=\xC3\xBC; f*0=\"\xC3\"; f*1=\"\xBC\""), SLICE(" a; f*=utf-8''%C3%BC")},
        {"RFC 2231 3", "Content-Type", HEADER_CONVERTED,
         SLICE(" a/b; name=\"12345678901234567890123456789012345678901234567890"
               "\xC3\xBC\xC3\xBC\xC3\xBC\"; "
               "name=\"12345678901234567890123456789012345678901234567890"
               "\xC3\xBC\xC3\xBC\xC3\xBC\""),
         SLICE(" a/b;\n name*0*=utf-8''12345678901234567890123456789012345678901234567890%C3%BC;"
               "\n name*1*=%C3%BC%C3%BC")},
        {"RFC 2045 5", "Content-Type", HEADER_CONVERTED, SLICE(" a/b; u=a; u=b; v=\xC3\xBC"),
         SLICE(" a/b; u=a; u=b; v*=utf-8''%C3%BC")},
        /* Of different ones some readers take the first, some the last, some the encoded one. */
        {"RFC 2045 5", "Content-Type", HEADER_UNDECIDABLE, SLICE(" a/b; u=\xC3\xBC; u=\xC3\xB6"),
         SAME},
        {"RFC 2045 5", "Content-Type", HEADER_UNDECIDABLE, SLICE(" a/b; u=\xC3\xBC; u=a"), SAME},
        {"RFC 2045 5", "Content-Type", HEADER_UNDECIDABLE, SLICE(" a/b; u=a; u=\xC3\xBC"), SAME},
        {"RFC 2231 4", "Content-Type", HEADER_UNDECIDABLE,
         SLICE(" a/b; u=\xFC; u*=iso-8859-1''%FC"), SAME},
        {"RFC 2231 3", "Content-Type", HEADER_UNDECIDABLE, SLICE(" a/b; u=\xC3\xBC; u*0=a"), SAME},
    };

    check_fields(cases, sizeof cases / sizeof cases[0]);
}

struct long_case {
    size_t octets, others;
    enum convert_result result;
    size_t longest; /* line, at most */
};

/* A value of so many octets, in a field that has other parameters too. */
static struct slice
long_field(struct arena *arena, const struct long_case *c)
{
    struct buffer *field = ARENA_NEW(arena, struct buffer);

    buffer_init(field, arena, SIZE_MAX);
    buffer_text(field, " a/b; u=\"");
    for (size_t i = 0; i < c->octets; i += 2)
        buffer_text(field, "\xC3\xBC");
    buffer_text(field, "\"");
    for (size_t i = 0; i < c->others; i++)
        buffer_printf(field, "; n%zu=x", i);
    return buffer_slice(field);
}

static size_t
longest_line(struct slice s)
{
    size_t longest = 0;

    while (s.len > 0) {
        size_t end = slice_find(s, '\n');

        longest = end > longest ? end : longest;
        s = slice_from(s, end + 1);
    }
    return longest;
}

static bool
is_read_as(struct arena *arena, struct slice out, struct slice in)
{
    struct mime_value before, after;
    const struct mime_parameter *was, *is;

    mime_value_parse(arena, header_unfold(arena, in), &before);
    mime_value_parse(arena, header_unfold(arena, out), &after);
    was = mime_value_find(&before, SLICE("u"));
    is = mime_value_find(&after, SLICE("u"));
    return was && is && slice_equal(was->value, is->value) && !after.unclear;
}

/* Programs read so many parameters of a field, and sections count. */
static void
test_long_parameters(void)
{
    static const struct long_case cases[] = {
        {300, 0, HEADER_CONVERTED, 78},         {8000, 0, HEADER_CONVERTED, 78},
        {20000, 0, HEADER_CONVERTED, 998},      {8000, 100, HEADER_CONVERTED, 78},
        {8000, 300, HEADER_CONVERTED, 998},     {100000, 0, HEADER_CONVERTED, 998},
        {400000, 0, HEADER_UNDECIDABLE, 0},     {100000, 400, HEADER_UNDECIDABLE, 0},
        {2, 498, HEADER_CONVERTED, 78},         {2, 500, HEADER_UNDECIDABLE, 0},
    };
    struct arena *arena = arena_new(SIZE_MAX);

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct slice in = long_field(arena, &cases[i]), out;
        enum convert_result result = convert_field(arena, SLICE("Content-Type"), in, "\n", &out);
        bool good = result == cases[i].result;

        if (good && result == HEADER_CONVERTED)
            good = longest_line(out) <= cases[i].longest && is_read_as(arena, out, in);
        tap_check(good, "RFC 2231 3: %zu octets beside %zu parameters are %d, lines %zu",
                  cases[i].octets, cases[i].others, result, longest_line(out));
    }
    arena_free(&arena);
}

static void
test_structured(void)
{
    static const struct field_case cases[] = {
        {"RFC 5322 3.3", "Date", HEADER_CONVERTED,
         SLICE(" Sat, 20 Sep 2008 20:04:30 +0300 (\xC3\xB9\xC3\xB2)"),
         SLICE(" Sat, 20 Sep 2008 20:04:30 +0300 (=?utf-8?b?w7nDsg==?=)")},
        {"RFC 5322 3.3", "Date", HEADER_UNDECIDABLE, SLICE(" S\xC3\xA1, 20 Sep 2008"), SAME},
        {"RFC 5322 3.6.4", "Message-ID", HEADER_UNDECIDABLE, SLICE(" <\xC3\xB6@x>"), SAME},
        {"RFC 5322 4.5.4", "In-Reply-To", HEADER_CONVERTED, SLICE(" mail of J\xC3\xB6rg <a@b>"),
         SLICE(" mail of =?utf-8?b?SsO2cmc=?= <a@b>")},
        {"RFC 5322 3.6.4", "References", HEADER_UNDECIDABLE, SLICE(" <a@b> <\xC3\xB6@x>"), SAME},
        {"RFC 5322 3.6.5", "Keywords", HEADER_CONVERTED, SLICE(" \xC3\xB6, \xC3\xBC b"),
         SLICE(" =?utf-8?b?w7Y=?= , =?utf-8?b?w7w=?= b")},
        {"RFC 2919 3", "List-Id", HEADER_CONVERTED, SLICE(" \xC3\xB6 list <a.b>"),
         SLICE(" =?utf-8?b?w7Y=?= list <a.b>")},
        {"RFC 2919 3", "List-Id", HEADER_UNDECIDABLE, SLICE(" <\xC3\xB6.b>"), SAME},
        {"RFC 3987 3.1", "List-Unsubscribe", HEADER_CONVERTED,
         SLICE(" <http://x/\xC3\xB6?(a)>, (\xC3\xBC) <mailto:a@b>"),
         SLICE(" <http://x/%C3%B6?(a)>, (=?utf-8?b?w7w=?=) <mailto:a@b>")},
        {"RFC 3987 3.1", "List-Archive", HEADER_CONVERTED, SLICE(" http://x/\xC3\xB6"),
         SLICE(" http://x/%C3%B6")},
        {"RFC 3987 3.1", "List-Post", HEADER_UNDECIDABLE, SLICE(" <http://x/\xF6>"), SAME},
        {"RFC 2369 3.4", "List-Post", HEADER_UNDECIDABLE, SLICE(" n\xC3\xB6"), SAME},
        {"RFC 6857 3.2", "Received", HEADER_CONVERTED,
         SLICE(" from a (b [192.0.2.1])\n\tby c with ESMTP id 7\n\tfor <j\xC3\xB6@x>; Sun, 13 May"),
         SLICE(" from a (b [192.0.2.1])\n\tby c with ESMTP id 7\n\t"
               "(for =?utf-8?b?PGrDtkB4Pg==?=); Sun, 13 May")},
        {"RFC 6857 3.2", "Received", HEADER_UNDECIDABLE,
         SLICE(" by c for <\"(\xC3\xB6\"@x>; Sun, 13 May"), SAME},
        {"RFC 5890 2.3", "Received", HEADER_CONVERTED,
         SLICE(" from b\xC3\xBC"
               "cher.example (\xC3\xB6) by c for <a@b\xC3\xBC"
               "cher.example>; x"),
         SLICE(" from xn--bcher-kva.example (=?utf-8?b?w7Y=?=) by c for\n"
               " <a@xn--bcher-kva.example>; x")},
        {"RFC 5321 4.4", "Received", HEADER_UNDECIDABLE, SLICE(" from a by b with \xC3\xB6; x"),
         SAME},
        {"RFC 8601 2.2", "Authentication-Results", HEADER_CONVERTED,
         SLICE(" a; spf=pass (\xC3\xB6)"), SLICE(" a; spf=pass (=?utf-8?b?w7Y=?=)")},
        {"RFC 8617 4.1", "ARC-Seal", HEADER_UNDECIDABLE, SLICE(" i=1; d=\xC3\xB6"), SAME},
    };

    check_fields(cases, sizeof cases / sizeof cases[0]);
}

int
main(void)
{
    test_text();
    test_addresses();
    test_parameters();
    test_repeated_parameters();
    test_long_parameters();
    test_structured();
    return tap_done();
}
