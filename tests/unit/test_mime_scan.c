/* The structure that a scan finds, in whatever pieces the message comes. Each part is printed as
 * its depth, kind, type and defects, with what stands between its places: [header|body], of what
 * isn't a leaf only the end. */
#include "mail/mime_scan.h"

#include <stdio.h>

#include "base/buffer.h"
#include "tap.h"

struct scan_case {
    const char *in;
    const char *out;
    const char *section;
    struct mime_limits limits; /* zeros: ample ones */
    const char *apart;         /* a header that was told apart */
};

#define MULTI(boundary) "Content-Type: multipart/mixed; boundary=" boundary "\r\n\r\n"

static const struct scan_case cases[] = {
    {"", "0 leaf text/plain [|]\n", "RFC 2045 5.2: an empty message", {0}, NULL},
    {"A: b\r\n\r\ntext\r\n", "0 leaf text/plain [|text$]\n", "RFC 2045 5.2: plain text", {0}, NULL},
    {MULTI("b") "pre\r\n--b\r\nA: x\r\n\r\none\r\n\r\n--b\r\n\r\ntwo\r\n--b--\r\nepilogue\r\n",
     "0 multipart multipart/mixed [|logue$]\n1 leaf text/plain [A: x$$|one$]\n"
     "1 leaf text/plain [$|two]\n",
     "RFC 2046 5.1.1: the line end before a delimiter belongs to it",
     {0},
     NULL},
    {MULTI("b") "--b\n\none\n--b\n\n\n--b--\n",
     "0 multipart multipart/mixed [|--b--%]\n1 leaf text/plain [%|one]\n1 leaf text/plain [%|]\n",
     "RFC 2046 5.1.1: lines that end with LF alone",
     {0},
     NULL},
    {"--b\r\n\r\none\r\n--b--",
     "0 multipart multipart/mixed [|$--b--]\n1 leaf text/plain [$|one]\n",
     "RFC 2046 5.1.1: a delimiter at the very beginning, one without line end",
     {0},
     "Content-Type: multipart/mixed; boundary=b\n"},
    {MULTI("b") "--b\r\n--b\r\n\r\n--b\r\nA: x\r\n--b--\r\n",
     "0 multipart multipart/mixed [|--b--$]\n1 leaf text/plain [|]\n1 leaf text/plain [|]\n"
     "1 leaf text/plain [A: x|]\n",
     "RFC 2046 5.1.1: parts without octets, without body, without empty line",
     {0},
     NULL},
    {MULTI("b") "--b \t\r\n\r\none\r\n --b\r\n--bb\r\n--b-\r\n-\r\n--\r\n--b--\t \r\n",
     "0 multipart multipart/mixed [|b--\t $]\n1 leaf text/plain [$|one$ --b$--bb$--b-$-$--]\n",
     "RFC 2046 5.1.1: white space behind a delimiter, and what is none",
     {0},
     NULL},
    {MULTI("b") "--b\r\n" MULTI("bb") "--bb\r\n\r\none\r\n--bb--\r\n--b\r\n\r\ntwo\r\n--b--\r\n",
     "0 multipart multipart/mixed [|--b--$]\n"
     "1 multipart multipart/mixed [Content-Type: multipart/mixed; boundary=bb$$|--bb--]\n"
     "2 leaf text/plain [$|one]\n1 leaf text/plain [$|two]\n",
     "RFC 2046 5.1.2: a boundary that begins like another one",
     {0},
     NULL},
    {MULTI("b") "--b\r\n" MULTI("c") "--c\r\n\r\none\r\n--b\r\n\r\ntwo\r\n--c\r\n--b--\r\n",
     "0 multipart multipart/mixed [|--b--$]\n"
     "1 multipart multipart/mixed no-close [Content-Type: multipart/mixed; boundary=c$$|c$$one]\n"
     "2 leaf text/plain [$|one]\n1 leaf text/plain [$|two$--c]\n",
     "RFC 2046 5.1.2: an outer delimiter ends what is inside",
     {0},
     NULL},
    {MULTI("b") "--b\r\n\r\none\r\n",
     "0 multipart multipart/mixed no-close [|$$one$]\n"
     "1 leaf text/plain [$|one$]\n",
     "RFC 2046 5.1.2: no last delimiter",
     {0},
     NULL},
    {MULTI("b") "text\r\n--c\r\n",
     "0 multipart multipart/mixed no-delimiter [|t$--c$]\n",
     "RFC 2046 5.1.1: no delimiter at all",
     {0},
     NULL},
    {"Content-Type: multipart/mixed\r\n\r\n--\r\n\r\none\r\n",
     "0 leaf multipart/mixed no-boundary [|--$$one$]\n",
     "RFC 2046 5.1.1: no boundary",
     {0},
     NULL},
    {"Content-Type: multipart/digest; boundary=b\r\n\r\n--b\r\n\r\nA: x\r\n\r\none\r\n--b--\r\n",
     "0 multipart multipart/digest [|--b--$]\n1 message message/rfc822 [$|x$$one]\n"
     "2 leaf text/plain [A: x$$|one]\n",
     "RFC 2046 5.1.5: a part of a digest is a message",
     {0},
     NULL},
    {MULTI("b") "--b\r\nContent-Type: message/rfc822\r\n\r\n" MULTI(
         "c") "--c\r\n\r\none\r\n--c--\r\n--b--\r\n",
     "0 multipart multipart/mixed [|--b--$]\n"
     "1 message message/rfc822 [Content-Type: message/rfc822$$|$--c--]\n"
     "2 multipart multipart/mixed [Content-Type: multipart/mixed; boundary=c$$|$--c--]\n"
     "3 leaf text/plain [$|one]\n",
     "RFC 2046 5.2.1: a message in a message",
     {0},
     NULL},
    {MULTI("b") "--b\r\nContent-Type: message/rfc822\r\n\r\n--b--\r\n",
     "0 multipart multipart/mixed [|--b--$]\n"
     "1 message message/rfc822 [Content-Type: message/rfc822$|]\n2 leaf text/plain [|]\n",
     "RFC 2046 5.2.1: an empty message in a message",
     {0},
     NULL},
    {MULTI("b") "--b\r\n" MULTI("c") "--c\r\n\r\none\r\n--b--\r\n",
     "0 multipart multipart/mixed [|--b--$]\n"
     "1 leaf multipart/mixed too-deep [Content-Type: multipart/mixed; boundary=c$$|--c$$one]\n",
     "too deep: a leaf, of which the end is found",
     {1, 1000, 1 << 20, 0},
     NULL},
    {MULTI("b") "--b\r\n\r\none\r\n--b\r\n\r\ntwo\r\n--b--\r\n",
     "0 multipart multipart/mixed no-close too-many [|--b--$]\n1 leaf text/plain [$|one]\n",
     "too many parts",
     {30, 2, 1 << 20, 0},
     NULL},
    {"A: x\r\nB: 0123456789\r\n\r\none\r\n",
     "0 leaf text/plain header-too-large [|B: 0123456789$$one$]\n",
     "a header too large",
     {30, 1000, 16, 0},
     NULL},
    {"From me\r\nA: x\r\n\r\none\r\n",
     "0 leaf text/plain [|one$]\n",
     "the line above a message in a mailbox file",
     {0},
     NULL},
    {MULTI("b") "--b\r\nFrom me\r\n\r\none\r\n--b--\r\n",
     "0 multipart multipart/mixed [|--b--$]\n1 leaf text/plain bad-header [|From me$$one]\n",
     "RFC 2046 5.1: the same above a part is no header",
     {0},
     NULL},
    {"A: x\r\n y\r\nno field\r\n\r\n",
     "0 leaf text/plain bad-header [|no field$$]\n",
     "RFC 5322 2.2: a line that is no field begins the body",
     {0},
     NULL},
    {MULTI(
         "b") "\303\251\r\n--b\r\n\r\n\303\251\r\n--b\r\nContent-Transfer-Encoding: base64\r\n\r\n"
              "\303\251\r\n--b--\r\n",
     "0 multipart multipart/mixed 8bit-preamble [|--b--$]\n1 leaf text/plain mislabelled "
     "[$|\303\251]\n"
     "1 leaf text/plain 8bit-encoded [Content-Transfer-Encoding: base64$$|\303\251]\n",
     "RFC 2045 2.7: 8-bit octets where the label says otherwise",
     {0},
     NULL},
    {"MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n"
     "Content-Transfer-Encoding: x\r\nContent-Transfer-Encoding: y\r\n\r\n--b--\r\n",
     "0 multipart multipart/mixed repeated-encoding unknown-encoding encoded-composite [|--b--$]\n",
     "RFC 2045 6.4: labels that can't be",
     {0},
     NULL},
};

static const char *const defects[MIME_DEFECTS] = {
    [MIME_NO_BOUNDARY] = "no-boundary",
    [MIME_SAME_BOUNDARY] = "same-boundary",
    [MIME_NO_DELIMITER] = "no-delimiter",
    [MIME_NO_CLOSE] = "no-close",
    [MIME_BAD_TYPE] = "bad-type",
    [MIME_REPEATED_TYPE] = "repeated-type",
    [MIME_UNCLEAR] = "unclear",
    [MIME_REPEATED_ENCODING] = "repeated-encoding",
    [MIME_UNKNOWN_ENCODING] = "unknown-encoding",
    [MIME_ENCODED_COMPOSITE] = "encoded-composite",
    [MIME_MISLABELLED] = "mislabelled",
    [MIME_8BIT_ENCODED] = "8bit-encoded",
    [MIME_8BIT_PREAMBLE] = "8bit-preamble",
    [MIME_BAD_HEADER] = "bad-header",
    [MIME_TOO_DEEP] = "too-deep",
    [MIME_TOO_MANY] = "too-many",
    [MIME_HEADER_TOO_LARGE] = "header-too-large",
};

static struct slice
cut(struct slice in, uint64_t from, uint64_t to)
{
    return from <= to && to <= in.len ? slice_first(slice_from(in, from), to - from)
                                      : SLICE("OUTSIDE");
}

/* Line ends as "$", without CR as "%". */
static void
print_text(struct buffer *out, struct slice text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (text.at[i] == '\n')
            buffer_add(out, i > 0 && text.at[i - 1] == '\r' ? SLICE("$") : SLICE("%"));
        else if (text.at[i] != '\r')
            buffer_add(out, slice_first(slice_from(text, i), 1));
    }
}

static void
print_part(struct arena *arena, struct buffer *out, struct slice in, const struct mime_part *part)
{
    static const char *const kinds[] = {"leaf", "multipart", "message"};
    struct buffer *body = ARENA_NEW(arena, struct buffer);
    struct slice text;

    buffer_printf(out, "%u %s %.*s", part->depth, kinds[part->kind], (int)part->type.value.len,
                  part->type.value.at);
    for (unsigned i = 0; i < MIME_DEFECTS; i++)
        if (part->defects >> i & 1)
            buffer_printf(out, " %s", defects[i]);
    buffer_add(out, SLICE(" ["));
    if (part->depth > 0)
        print_text(out, cut(in, part->header_at, part->body_at));
    buffer_add(out, SLICE("|"));
    buffer_init(body, arena, SIZE_MAX);
    print_text(body, cut(in, part->body_at, part->end));
    text = buffer_slice(body);
    if (part->kind != MIME_LEAF && text.len > 6)
        text = slice_from(text, text.len - 6);
    buffer_add(out, text);
    buffer_add(out, SLICE("]\n"));
}

static const char *
scan(struct arena *arena, const struct scan_case *c, size_t first, size_t second)
{
    struct mime_limits ample = {30, 1000, 1 << 20, 0};
    struct slice in = slice_of(c->in);
    struct mime_scan *scan = mime_scan_new(arena, c->limits.depth > 0 ? &c->limits : &ample);
    struct buffer *out = ARENA_NEW(arena, struct buffer);
    const struct mime_message *message;

    buffer_init(out, arena, SIZE_MAX);
    if (c->apart)
        mime_scan_header(scan, header_split(arena, slice_of(c->apart)));
    mime_scan_add(scan, slice_first(in, first));
    mime_scan_add(scan, slice_first(slice_from(in, first), second - first));
    mime_scan_add(scan, slice_from(in, second));
    message = mime_scan_end(scan);
    for (const struct mime_part *part = message->first; part; part = part->next)
        print_part(arena, out, in, part);
    return arena_string(arena, buffer_slice(out));
}

static void
check(struct arena *arena, const struct scan_case *c)
{
    size_t len = strlen(c->in);
    bool all = true;

    for (size_t first = 0; first <= len && all; first++)
        for (size_t second = first; second <= len && all; second++) {
            const char *found = scan(arena, c, first, second);

            all = strcmp(found, c->out) == 0;
            if (!all)
                printf("# cut at %zu and %zu, expected:\n%s# found:\n%s", first, second, c->out,
                       found);
            arena_reset(arena);
        }
    tap_check(all, "%s", c->section);
}

int
main(void)
{
    struct arena *arena = arena_new(SIZE_MAX);

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        check(arena, &cases[i]);
    arena_free(&arena);
    return tap_done();
}
