/* What is wrong with a policy's text, to the letter. */
#include "language/parse.h"
#include "parse_said.h"
#include "tap.h"

enum { CEILING = 64 * 1024 * 1024 };

static const struct {
    const char *text;
    const char *said;
} cases[] = {
    {"ruel x accept",
     "1:1: \"ruel\" begins no statement; did you mean \"rule\"?"},
    {"Rule x accept",
     "1:1: \"Rule\" begins no statement; did you mean \"rule\"?"},
    {"frobnicate",
     "1:1: \"frobnicate\" begins no statement; one begins with set, include, default, list, "
     "table, let, rule, disable, audit or test"},
    {"\"text\"",
     "1:1: \"text\" begins no statement; one begins with set, include, default, list, table, "
     "let, rule, disable, audit or test"},
    {"set",
     "1:4: the end of the file stands where the name of a setting belongs"},
    {"set mode\n"
     "rule x accept",
     "2:1: \"rule\" stands where the value of the setting belongs"},
    {"set mode = audit",
     "1:10: \"=\" stands where the value of the setting belongs"},
    {"set mode (",
     "1:10: \"(\" stands where the value of the setting belongs"},
    {"set mode sender[x]",
     "1:16: \"[\" begins no statement; one begins with set, include, default, list, table, "
     "let, rule, disable, audit or test"},
    {"set a 5x",
     "1:7: \"5x\" is no number; units are KB MB GB for sizes, ms s min h d for times"},
    {"list = { }",
     "1:6: \"=\" stands where the name of a list belongs"},
    {"list if = { }",
     "1:6: \"if\" is a word of the language and can't be a name; here stands the name of a list"},
    {"list a.b = { }",
     "1:6: \"a.b\" can't be a name; a name is letters, digits, - and _, a letter first"},
    {"list 8bit = { }",
     "1:6: \"8bit\" can't be a name; a name is letters, digits, - and _, a letter first"},
    {"list x { }",
     "1:8: \"{\" stands where \"= {\" or \"from\" belongs"},
    {"list x = [ ]",
     "1:10: \"[\" stands where \"{\" belongs"},
    {"list x = { a b }",
     "1:14: \"b\" stands where \",\" or \"}\" belongs"},
    {"list x = { a,, b }",
     "1:14: \",\" stands where an item or \"}\" belongs"},
    {"list x = { a",
     "1:13: the end of the file stands where \",\" or \"}\" belongs"},
    {"list x = { { } }",
     "1:12: \"{\" stands where an item or \"}\" belongs"},
    {"list x = { \"a }",
     "1:12: the text that begins here has no closing \" on its line"},
    {"list x from y",
     "1:13: \"y\" stands where the name of a file in quotes belongs"},
    {"table x = none",
     "1:11: \"none\" stands where \"TYPE:PLACE\" in quotes belongs"},
    {"table x \"none:\"",
     "1:9: \"none:\" stands where \"=\" belongs"},
    {"table x = \"a\", cache 5s",
     "1:16: \"cache\" stands where \"TYPE:PLACE\" in quotes belongs"},
    {"table x = \"none:\" cache 5",
     "1:25: \"5\" stands where a time, such as 30s, belongs"},
    {"table x = \"none:\" cache 5KB",
     "1:25: \"5KB\" stands where a time, such as 30s, belongs"},
    {"table x = \"none:\" on-error reject",
     "1:28: \"reject\" stands where \"tempfail\" or \"not-found\" belongs"},
    {"table x = \"none:\" on-error tempfial",
     "1:28: \"tempfial\" stands where \"tempfail\" or \"not-found\" belongs; did you mean "
     "\"tempfail\"?"},
    {"table x = \"none:\" cahce 5s",
     "1:19: \"cahce\" stands where \",\", cache, timeout, on-error, patterns, nested, as "
     "or the next statement belongs; did you mean \"cache\"?"},
    {"table x = \"none:\" patterns yes",
     "1:28: \"yes\" stands where \",\", cache, timeout, on-error, patterns, nested, as "
     "or the next statement belongs"},
    {"table x = \"none:\" patterns patterns",
     "1:28: \"patterns\" stands twice; write it once"},
    {"table x = \"none:\" cache 5s timeout 1s cache 6s",
     "1:39: \"cache\" stands twice; write it once"},
    {"default rule x accept",
     "1:9: \"rule\" stands where list, table or let belongs"},
    {"default lst x = { }",
     "1:9: \"lst\" stands where list, table or let belongs; did you mean \"list\"?"},
    {"let x sender",
     "1:7: \"sender\" stands where \"=\" belongs"},
    {"let x = ",
     "1:8: the end of the file stands where a condition belongs"},
    {"let x = sender \"y\"",
     "1:16: \"y\" stands where \"and\", \"or\" or the next statement belongs"},
    {"rule",
     "1:5: the end of the file stands where the name of a rule belongs"},
    {"rule \"x\" accept",
     "1:6: \"x\" stands where the name of a rule belongs"},
    {"rule reject accept",
     "1:6: \"reject\" is a word of the language and can't be a name; here stands the name of a "
     "rule"},
    {"rule x",
     "1:7: the end of the file stands where \"if\" or an action belongs"},
    {"rule x\n"
     "rule y accept",
     "2:1: \"rule\" stands where \"if\" or an action belongs"},
    {"rule x sender == \"y\" reject",
     "1:8: \"sender\" stands where \"if\" or an action belongs"},
    {"rule x rejcet 550",
     "1:8: \"rejcet\" stands where \"if\" or an action belongs; did you mean \"reject\"?"},
    {"rule x if a rejct 550",
     "1:13: \"rejct\" stands where \"and\", \"or\" or an action belongs; did you mean "
     "\"reject\"?"},
    {"rule x accept tempfial",
     "1:15: \"tempfial\" stands where an action or the next statement belongs; did you mean "
     "\"tempfail\"?"},
    {"rule x accept \"y\"",
     "1:15: \"y\" stands where an action or the next statement belongs"},
    {"rule x at header audit accept",
     "1:18: \"audit\" stands too late; it belongs directly behind the rule's name"},
    {"rule x at eom accept",
     "1:11: \"eom\" stands where a stage (connect, helo, mail, rcpt, data, header, body, "
     "unknown) belongs"},
    {"rule x at headr accept",
     "1:11: \"headr\" stands where a stage (connect, helo, mail, rcpt, data, header, body, "
     "unknown) belongs; did you mean \"header\"?"},
    {"rule x if reject",
     "1:11: \"reject\" stands where a condition belongs"},
    {"rule x if a and reject",
     "1:17: \"reject\" stands where a condition belongs"},
    {"rule x if (a or b reject",
     "1:19: \"reject\" stands where \"and\", \"or\" or \")\" belongs"},
    {"rule x if a = b accept",
     "1:13: \"=\" compares nothing; write \"==\""},
    {"rule x if a == b == c accept",
     "1:18: \"==\" follows a comparison; join two comparisons with \"and\""},
    {"rule x if a ~ \"b\" accept",
     "1:15: \"b\" stands where a /pattern/ belongs"},
    {"rule x if a ~ /b",
     "1:15: the pattern that begins here has no closing / on its line"},
    {"rule x if a not b accept",
     "1:17: \"b\" stands where \"in\", \"and\" or \"or\" belongs"},
    {"rule x if a in accept",
     "1:16: \"accept\" stands where a list, a table, a lookup or \"{\" belongs"},
    {"rule x if a && b || !c accept",
     "1:13: there is no \"&&\"; write \"and\""},
    {"rule x if a =~ /x/ accept",
     "1:13: there is no \"=~\"; write \"~\""},
    {"rule x if a <> b accept",
     "1:13: there is no \"<>\"; write \"!=\""},
    {"rule x if sender == user@example.com accept",
     "1:21: \"user@example.com\" can't stand bare here; write it in quotes"},
    {"rule x if client.ip == 192.0.2.1 accept",
     "1:24: \"192.0.2.1\" can't stand bare here; write it in quotes"},
    {"rule x if client.ip == ::1 accept",
     "1:24: \"::1\" can't stand bare here; write it in quotes"},
    {"rule x if mail.size > 10mb accept",
     "1:23: \"10mb\" is no number; units are KB MB GB for sizes, ms s min h d for times"},
    {"rule x if mail.size > 99999999999999999999 accept",
     "1:23: \"99999999999999999999\" is too large"},
    {"rule x if mail.size > 9999999999GB accept",
     "1:23: \"9999999999GB\" is too large"},
    {"rule x if sender == 'x' accept",
     "1:21: \"'\" means nothing here; a text stands in double quotes"},
    {"rule x if sender == \"x accept",
     "1:21: the text that begins here has no closing \" on its line"},
    {"rule x if sender == \"\\x\" accept",
     "1:22: no such escape; in a text \\\", \\\\ and \\n can be written"},
    {"rule x if header[] accept",
     "1:18: \"]\" stands where a key belongs"},
    {"rule x if header[\"a\" accept",
     "1:22: \"accept\" stands where \",\" or \"]\" belongs"},
    {"rule x if header[\"a\"].5 accept",
     "1:23: \"5\" stands where the name of a part belongs"},
    {"rule x if any accept",
     "1:15: \"accept\" stands where a fact belongs"},
    {"rule x if any a as 5: b accept",
     "1:20: \"5:\" can't be a name; a name is letters, digits, - and _, a letter first"},
    {"rule x if any a as b.c: d accept",
     "1:20: \"b.c\" can't be a name; a name is letters, digits, - and _, a letter first"},
    {"rule x if any a as b c accept",
     "1:22: \"c\" stands where \":\" and a condition belongs"},
    {"rule x if a as b: c accept",
     "1:13: \"as\" names the items of a fact behind \"any\" or \"every\" alone"},
    {"rule x if sender == jörg accept",
     "1:22: \"ö\" means nothing here; a name is written in ASCII, a text stands in double "
     "quotes"},
    {"rule x reject 5.7.1",
     "1:15: \"5.7.1\" stands without a reply code; write the code before it, as in 550 5.7.1"},
    {"rule x reject 550 5.7 \"x\"",
     "1:19: \"5.7\" stands where an action or the next statement belongs"},
    {"rule x reject 550 \"a\" 5.7.1",
     "1:23: \"5.7.1\" stands where an action or the next statement belongs"},
    {"rule x quarantine",
     "1:18: the end of the file stands where the reason in quotes belongs"},
    {"rule x log 5",
     "1:12: \"5\" stands where a text in quotes belongs"},
    {"rule x add-header \"X\" accept",
     "1:23: \"accept\" stands where the field's value in quotes belongs"},
    {"rule x remove-header ~ /x/",
     "1:22: \"~\" stands where the name of a header field in quotes belongs"},
    {"rule x remove-header \"X\" ~ x",
     "1:28: \"x\" stands where a /pattern/ belongs"},
    {"rule x set-sender accept",
     "1:19: \"accept\" stands where an address in quotes belongs"},
    {"rule x downgrade 7bit",
     "1:18: \"7bit\" stands where \"8bit\" or \"utf8\" belongs"},
    {"rule x log \"{\"",
     "1:14: the end of the text stands where a fact or the number of a group belongs; a brace "
     "itself is written \"{{\", a text between braces takes single quotes"},
    {"rule x log \"{}\"",
     "1:14: \"}\" stands where a fact or the number of a group belongs; a brace itself is "
     "written \"{{\""},
    {"rule x log \"{sender\"",
     "1:20: the end of the text stands where \"}\" belongs; a brace itself is written \"{{\", "
     "a text between braces takes single quotes"},
    {"rule x log \"{sender domain}\"",
     "1:21: \"domain\" stands where \"}\" belongs; a brace itself is written \"{{\""},
    {"rule x log \"{'x'}\"",
     "1:14: 'x' is neither a fact nor the number of a group"},
    {"rule x log \"{5s}\"",
     "1:14: \"5s\" is neither a fact nor the number of a group"},
    {"rule x log \"{yes}\"",
     "1:14: \"yes\" is neither a fact nor the number of a group"},
    {"rule x log \"{header[\"Subject\"]}\"",
     "1:21: the end of the text stands where a key belongs; a brace itself is written \"{{\", "
     "a text between braces takes single quotes"},
    {"rule x log \"{header[\\\"Subject\\\"]}\"",
     "1:21: \"\\\" means nothing here; a text stands in single quotes"},
    {"rule x log \"} {sender",
     "1:12: the text that begins here has no closing \" on its line"},
    {"disable",
     "1:8: the end of the file stands where the name of a rule belongs"},
    {"disable a b",
     "1:11: \"b\" stands where \",\" or the next statement belongs"},
    {"disable a, 5",
     "1:12: \"5\" stands where the name of a rule belongs"},
    {"audit *x",
     "1:8: \"x\" stands where \",\" or the next statement belongs"},
    {"include x",
     "1:9: \"x\" stands where the name of a file in quotes belongs"},
    {"test x",
     "1:6: \"x\" stands where the name of the test in quotes belongs"},
    {"test \"x\" mail <a>",
     "1:10: \"mail\" stands where the end of the line belongs"},
    {"test \"x\"\n"
     "    mail <a>\n"
     "rcpt <b>",
     "3:1: \"rcpt\" begins no statement; one begins with set, include, default, list, table, "
     "let, rule, disable, audit or test"},
    {"rule a\n"
     "  at b accept\n"
     "list c = }\n"
     "set mode audit\n"
     "lit d = { }\n"
     "rule e accept\n"
     "    tempfial\n"
     "rule f log \"ok\"",
     "2:6: \"b\" stands where a stage (connect, helo, mail, rcpt, data, header, body, unknown) "
     "belongs\n"
     "3:10: \"}\" stands where \"{\" belongs\n"
     "5:1: \"lit\" begins no statement; did you mean \"list\"?\n"
     "7:5: \"tempfial\" stands where an action or the next statement belongs; did you mean "
     "\"tempfail\"?"},
    {"rule \"an extremely long name which is not a name at all, and goes on and on\" accept",
     "1:6: \"an extremely long name which is not a n...\" stands where the name of a rule "
     "belongs"},
    {"set größe 5",
     "1:7: \"ö\" means nothing here; a name is written in ASCII, a text stands in double quotes"},
    {"let x = a == 1 or",
     "1:18: the end of the file stands where a condition belongs"},
    {"let x = any a as b: any c as d",
     "1:31: the end of the file stands where \":\" and a condition belongs"},
    {"let x = a in { b, \"c\\q\" }",
     "1:21: no such escape; in a text \\\", \\\\ and \\n can be written"},
    {"let x = a in b c",
     "1:16: \"c\" stands where \"and\", \"or\" or the next statement belongs"},
    {"let x = a %",
     "1:11: \"%\" means nothing here; a text stands in double quotes"},
    {"set a \"x\" \"y\"",
     "1:11: \"y\" begins no statement; one begins with set, include, default, list, table, "
     "let, rule, disable, audit or test"},
    {"default",
     "1:8: the end of the file stands where list, table or let belongs"},
    {"test",
     "1:5: the end of the file stands where the name of the test in quotes belongs"},
    {"rule x at",
     "1:10: the end of the file stands where a stage (connect, helo, mail, rcpt, data, header, "
     "body, unknown) belongs"},
    {"rule x if not accept",
     "1:15: \"accept\" stands where a condition belongs"},
    {"rule x if a.b. accept",
     "1:14: \".\" stands where \"and\", \"or\" or an action belongs"},
    {"rule x discard 5",
     "1:16: \"5\" stands where an action or the next statement belongs"},
    {"rule x add-header X \"y\"",
     "1:19: \"X\" stands where the name of a header field in quotes belongs"},
    {"rule x set-sender \"<{sender>\"",
     "1:28: \">\" stands where \"}\" belongs; a brace itself is written \"{{\""},
    {"disable\n"
     "rule x accept",
     "2:1: \"rule\" is a word of the language and can't be a name; here stands the name of a "
     "rule"},
};

static const struct {
    struct slice text;
    const char *said;
} octets[] = {
    {SLICE("set a \"\0\""), "1:8: U+0000 is a control character; this file must be text"},
    {SLICE("# \x1B[0m"), "1:3: U+001B is a control character; this file must be text"},
    {SLICE("# \x7F"), "1:3: U+007F is a control character; this file must be text"},
    {SLICE("# \xC2\x85"), "1:3: U+0085 is a control character; this file must be text"},
    {SLICE("# a\rset b 5"), "1:4: U+000D is a control character; this file must be text"},
    {SLICE("# ok\n# f\xFCr"), "2:4: octet 0xFC isn't UTF-8; this file must be written in UTF-8"},
    {SLICE("# \xC0\xAF"), "1:3: octet 0xC0 isn't UTF-8; this file must be written in UTF-8"},
    {SLICE("# \xED\xA0\x80"), "1:3: octet 0xED isn't UTF-8; this file must be written in UTF-8"},
    {SLICE("# \xEF\xBF\xBD is a character\r\n\tset a 5\r\n"), ""},
    {SLICE("\xEF\xBB\xBFset a"), "1:6: the end of the file stands where the value of the setting "
                                 "belongs"},
    {SLICE("# \xC3\xBC\n  \xC3\xBC"), "2:3: \"\xC3\xBC\" means nothing here; a name is written in "
                                      "ASCII, a text stands in double quotes"},
};

static const char *
said_of(struct arena *arena, struct slice text)
{
    struct diagnostics diagnostics;
    struct tree tree;

    diagnostics_init(&diagnostics, arena);
    parse_text(arena, "test", "", text, &diagnostics, &tree);
    return parse_said(arena, &diagnostics, false);
}

static void
check(struct slice text, const char *expected)
{
    struct arena *arena = arena_new(CEILING);
    const char *said = said_of(arena, text);
    bool same = strcmp(said, expected) == 0;

    tap_check(same, "%.*s", (int)slice_find(text, '\n'), text.at);
    if (!same)
        printf("# said:     %s\n# expected: %s\n", said, expected);
    arena_free(&arena);
}

static const struct {
    const char *opening, *inside, *closing;
    const char *said;
} nestings[] = {
    {"(", "a", ")", "1:109: conditions nest deeper than 100"},
    {"not ", "a", "", "1:409: conditions nest deeper than 100"},
    {"any a as b: ", "a", "", "1:1209: conditions nest deeper than 100"},
    {"a[", "a", "]", "1:209: brackets nest deeper than 100"},
};

/* A level less than what is too much must do; far more must not exhaust the stack. */
static void
check_nesting(size_t i, unsigned levels, bool deep)
{
    struct arena *arena = arena_new(CEILING);
    struct buffer text;
    const char *said;

    buffer_init(&text, arena, CEILING);
    buffer_text(&text, "let x =");
    for (unsigned level = 0; level < levels; level++)
        buffer_printf(&text, "%s%s", level ? "" : " ", nestings[i].opening);
    buffer_text(&text, nestings[i].inside);
    for (unsigned level = 0; level < levels; level++)
        buffer_text(&text, nestings[i].closing);
    said = said_of(arena, buffer_slice(&text));
    tap_check(strcmp(said, deep ? nestings[i].said : "") == 0, "%u of \"%s\": %s", levels,
              nestings[i].opening, said);
    arena_free(&arena);
}

/* As many as are kept, and the others are counted. */
static void
check_count(void)
{
    struct arena *arena = arena_new(CEILING);
    struct diagnostics diagnostics;
    struct buffer text;
    struct tree tree;

    buffer_init(&text, arena, CEILING);
    for (int i = 0; i < 1000; i++)
        buffer_text(&text, "set =\n");
    diagnostics_init(&diagnostics, arena);
    parse_text(arena, "test", "", buffer_slice(&text), &diagnostics, &tree);
    tap_check(diagnostics.errors == 1000, "a thousand errors are counted");
    tap_check(tree.first == NULL, "and give no statement");
    arena_free(&arena);
}

int
main(void)
{
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        check(slice_of(cases[i].text), cases[i].said);
    for (size_t i = 0; i < sizeof octets / sizeof octets[0]; i++)
        check(octets[i].text, octets[i].said);
    for (size_t i = 0; i < sizeof nestings / sizeof nestings[0]; i++) {
        check_nesting(i, 99, false);
        check_nesting(i, 101, true);
        check_nesting(i, 100000, true);
    }
    check_count();
    return tap_done();
}
