/* A test block with its lines at one indent; a literal message keeps its own shape below that. */
#include "print_inside.h"

#include <limits.h>

static struct slice
trim_right(struct slice s)
{
    while (s.len > 0 && ascii_is_space(s.at[s.len - 1]))
        s.len--;
    return s;
}

/* What follows the word `message`; false where the line is another. */
static bool
behind_message(const struct test_line *line, struct slice *rest_r)
{
    struct slice word = SLICE("message");

    *rest_r = slice_from(line->text, word.len);
    return slice_equal(slice_first(line->text, word.len), word) &&
           (rest_r->len == 0 || rest_r->at[0] == ' ' || rest_r->at[0] == '\t');
}

static bool
names_file(struct slice rest)
{
    rest = slice_trim(rest);
    return rest.len > 0 && rest.at[0] != '#';
}

/* `message FILE`: a relative name, quoted or not, gets the directory in front. */
static void
print_message_line(struct buffer *to, const struct test_line *line, struct slice rest,
                   struct slice directory)
{
    struct slice name = slice_trim(rest);
    bool quoted = name.len > 0 && name.at[0] == '"';
    struct slice bare = slice_from(name, quoted);

    if (!names_file(rest) || bare.len == 0 || bare.at[0] == '/') {
        buffer_add(to, trim_right(line->text));
        return;
    }
    buffer_text(to, quoted ? "message \"" : "message ");
    buffer_add(to, directory);
    buffer_add(to, bare);
}

static unsigned
least_indent(const struct test_line *first, const struct test_line *end)
{
    unsigned least = UINT_MAX;

    for (const struct test_line *line = first; line != end; line = line->next)
        if (line->text.len > 0 && line->indent < least)
            least = line->indent;
    return least;
}

/* The first line behind `message` that is indented no deeper. */
static const struct test_line *
message_end(const struct test_line *message)
{
    const struct test_line *line = message->next;

    while (line && (line->text.len == 0 || line->indent > message->indent))
        line = line->next;
    return line;
}

static void
print_literal_message(struct buffer *to, const struct test_line *first, const struct test_line *end)
{
    unsigned least = least_indent(first, end);

    for (const struct test_line *line = first; line != end; line = line->next) {
        if (line->text.len > 0)
            print_indent(to, 2 * PRINT_INDENT + line->indent - least);
        buffer_add(to, line->text);
        buffer_octet(to, '\n');
    }
}

void
print_test(struct buffer *to, const struct test_statement *test, struct slice directory)
{
    const struct test_line *line = test->lines;
    struct slice rest;

    buffer_text(to, "test ");
    print_string(to, test->name);
    buffer_octet(to, '\n');
    while (line) {
        bool message = behind_message(line, &rest);
        const struct test_line *end = message && !names_file(rest) ? message_end(line) : line->next;

        print_indent(to, line->text.len > 0 ? PRINT_INDENT : 0);
        if (message)
            print_message_line(to, line, rest, directory);
        else
            buffer_add(to, trim_right(line->text));
        buffer_octet(to, '\n');
        print_literal_message(to, line->next, end);
        line = end;
    }
}
