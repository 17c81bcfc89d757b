/* Values with parameters. */
#include "mail/mime_value.h"

#include "base/buffer.h"

#include "tap.h"

/* What was read, in one line: value, and "; name=value" for each, with "charset'" where there is
 * one; "!" in front of what is malformed. */
static struct slice
say(struct arena *arena, struct slice field)
{
    struct buffer *said = ARENA_NEW(arena, struct buffer);
    struct mime_value value;

    buffer_init(said, arena, SIZE_MAX);
    mime_value_parse(arena, field, &value);
    buffer_text(said, value.malformed ? "!" : "");
    buffer_add(said, value.value);
    for (const struct mime_parameter *p = value.first; p; p = p->next) {
        buffer_text(said, "; ");
        buffer_add(said, p->name);
        buffer_text(said, "=");
        buffer_add(said, p->charset);
        buffer_text(said, p->charset.len ? "'" : "");
        buffer_add(said, p->value);
    }
    return buffer_slice(said);
}

static void
test_values(void)
{
    const struct {
        const char *section;
        struct slice in, out;
    } cases[] = {
        {"RFC 2045 5.1", SLICE(""), SLICE("")},
        {"RFC 2045 5.1", SLICE("Text/Plain"), SLICE("text/plain")},
        {"RFC 2045 5.1", SLICE(" text (a) / (b;(c\\))) plain ; "), SLICE("text/plain")},
        {"RFC 2045 6.1", SLICE("8BIT"), SLICE("8bit")},
        {"RFC 2045 6.1", SLICE("8bit (;)"), SLICE("8bit")},
        {"RFC 2045 6.1", SLICE("8bit 7bit"), SLICE("!8bit7bit")},
        {"RFC 2045 5.1", SLICE("text/plain;"), SLICE("text/plain")},
        {"RFC 2045 5.1", SLICE("; Charset=UTF-8"), SLICE("; charset=UTF-8")},
        {"RFC 2045 5.1", SLICE("a/b;c=d;;E=f"), SLICE("a/b; c=d; e=f")},
        {"RFC 2045 5.1", SLICE("a/b; (x) c (y) = (z) d (=;)"), SLICE("a/b; c=d")},
        {"RFC 2045 5.1", SLICE("a/b; c=\"d;e\\\"\\f\" (x)"), SLICE("a/b; c=d;e\"f")},
        {"RFC 2045 5.1", SLICE("a/b; c=\"\""), SLICE("a/b; c=")},
        {"RFC 2045 5.1", SLICE("a/b; c=1; c=2"), SLICE("a/b; c=1; c=2")},
        {"RFC 2045 5.1", SLICE("a/b; c"), SLICE("!a/b")},
        {"RFC 2045 5.1", SLICE("a/b; c="), SLICE("!a/b; c=")},
        {"RFC 2045 5.1", SLICE("a/b; =c"), SLICE("!a/b")},
        {"RFC 2045 5.1", SLICE("a/b; c d=e; f=g"), SLICE("!a/b; f=g")},
        {"RFC 2045 5.1", SLICE("a/b; c=\"d"), SLICE("!a/b; c=d")},
        {"RFC 2045 5.1", SLICE("a/b; c=\"d\"e"), SLICE("!a/b; c=d")},
        {"RFC 2045 5.1", SLICE("a/b; c=d (e"), SLICE("!a/b; c=d")},
        {"RFC 2045 5.1", SLICE("a/b (c; d=e"), SLICE("!a/b")},
        {"RFC 2045 5.1", SLICE("\"a/b\"; c=d"), SLICE("!\"a/b\"; c=d")},
        {"RFC 2045 5.1", SLICE("a/b; c=d/e"), SLICE("!a/b; c=d/e")},
        {"RFC 2183 2", SLICE("a; filename=one two (3).txt (x) ;s=4"),
         SLICE("!a; filename=one two (3).txt; s=4")},
        {"RFC 6532 3.2", SLICE("a; filename=\xC3\xBC.txt"), SLICE("!a; filename=\xC3\xBC.txt")},
        {"RFC 6532 3.2", SLICE("a; filename=\"\xC3\xBC.txt\""), SLICE("a; filename=\xC3\xBC.txt")},
        {"RFC 2231 3", SLICE("a; u*0=\"b;\"; v=w; u*1=c"), SLICE("a; u=b;c; v=w")},
        {"RFC 2231 3", SLICE("a; u*1=c; U*0=b"), SLICE("a; u=bc")},
        {"RFC 2231 3",
         SLICE("a; u*0=0; u*1=1; u*2=2; u*3=3; u*4=4; u*5=5; u*6=6; u*7=7; u*8=8; "
               "u*9=9; u*10=10"),
         SLICE("a; u=012345678910")},
        {"RFC 2231 3", SLICE("a; u*0=b; u*2=c"), SLICE("!a; u=b")},
        {"RFC 2231 3", SLICE("a; u*1=c"), SLICE("!a; u=")},
        {"RFC 2231 3", SLICE("a; u*0=b; u*0=c"), SLICE("!a; u=b")},
        {"RFC 2231 3", SLICE("a; u*0=b; u*1=c; u*0=d"), SLICE("!a; u=bc")},
        {"RFC 2231 3", SLICE("a; u*0=b; u*9=c; v*1=e; u*400=d; V*0=d"), SLICE("!a; u=b; v=de")},
        {"RFC 2231 3", SLICE("a; u*2=b; u*2=b; v*1=c; v*0=d; v*2=e"), SLICE("!a; u=; v=dce")},
        {"RFC 2231 7", SLICE("a; u*00=b"), SLICE("a; u*00=b")},
        {"RFC 2231 4", SLICE("a; u*=us-ascii'en-us'b%20%2a"), SLICE("a; u=us-ascii'b *")},
        {"RFC 2231 4", SLICE("a; u*=''b%C3%bc"), SLICE("a; u=b\xC3\xBC")},
        {"RFC 2231 4", SLICE("a; u*=b%20"), SLICE("!a; u=b ")},
        {"RFC 2231 4", SLICE("a; u*=''b%2;v=%41"), SLICE("!a; u=b%2; v=%41")},
        {"RFC 2231 4", SLICE("a; u*=\"utf-8''%41\""), SLICE("a; u=utf-8'A")},
        {"RFC 2231 4.1", SLICE("a; u*0*=utf-8'de'b%20; u*1*=c%27; u*2=\"%20'\""),
         SLICE("a; u=utf-8'b c'%20'")},
        {"RFC 2231 4.1", SLICE("a; u*=utf-8''b; u=c"), SLICE("a; u=utf-8'b; u=c")},
        {"RFC 5322 2.2.3", SLICE("a/b;\r\n c=\"d\r\n e\"\n"), SLICE("a/b; c=d e")},
        {"RFC 2045 5.1", SLICE("a/b;c=\"d\0e\";f=\0"), SLICE("!a/b; c=d\0e; f=\0")},
    };
    struct arena *arena = arena_new(SIZE_MAX);

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct slice out = say(arena, cases[i].in);

        tap_check(slice_equal(out, cases[i].out), "%s: %.*s is %.*s", cases[i].section,
                  (int)cases[i].in.len, cases[i].in.at, (int)out.len, out.at);
    }
    arena_free(&arena);
}

static void
test_find(void)
{
    struct arena *arena = arena_new(SIZE_MAX);
    const struct mime_parameter *found;
    struct mime_value value;

    mime_value_parse(arena, SLICE("a/b; Boundary=1; boundary=2; c=3"), &value);
    found = mime_value_find(&value, SLICE("BOUNDARY"));
    tap_check(found && slice_equal(found->value, SLICE("1")), "the first one counts");
    found = mime_value_find(&value, SLICE("c"));
    tap_check(found && slice_equal(found->value, SLICE("3")), "one that comes last");
    tap_check(mime_value_find(&value, SLICE("d")) == NULL, "one that isn't there");
    arena_free(&arena);
}

/* However many there are, reading them takes a bounded time. */
static void
test_many(void)
{
    struct arena *arena = arena_new(SIZE_MAX);
    struct buffer *field = ARENA_NEW(arena, struct buffer);
    const struct mime_parameter *found;
    struct mime_value value;
    size_t count = 0;

    buffer_init(field, arena, SIZE_MAX);
    buffer_text(field, "a/b; u*0=x");
    for (int i = 1; i < 20000; i++)
        buffer_printf(field, ";u*%d=x", i);
    mime_value_parse(arena, buffer_slice(field), &value);
    for (const struct mime_parameter *p = value.first; p; p = p->next)
        count++;
    found = mime_value_find(&value, SLICE("u"));
    tap_check(value.malformed && found && found->value.len == 500, "20000 sections");
    tap_check(count < 1000, "more parameters than anybody means");
    arena_free(&arena);
}

int
main(void)
{
    test_values();
    test_find();
    test_many();
    return tap_done();
}
