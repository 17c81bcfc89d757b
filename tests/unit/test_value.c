/* Values: reading, comparing, ordering and printing each type; the lines of a text. */
#include "policy/value.h"

#include "tap.h"

static struct arena *arena;

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static struct value
make(enum value_type type, const char *text)
{
    struct value value = {.type = TYPE_ABSENT};

    if (type == TYPE_TLS)
        return value_tls(slice_of(text));
    if (!value_read(arena, type, slice_of(text), LOCAL_CASE_IGNORE, &value))
        value.type = TYPE_ABSENT;
    return value;
}

static const struct {
    enum value_type type;
    const char *text;
    bool ok;
    int64_t number;
} reads[] = {
    {TYPE_TRUTH, "yes", true, 1},
    {TYPE_TRUTH, "no", true, 0},
    {TYPE_TRUTH, "true", false, 0},
    {TYPE_TRUTH, "", false, 0},
    {TYPE_NUMBER, "2000", true, 2000},
    {TYPE_NUMBER, "9223372036854775807", true, INT64_MAX},
    {TYPE_NUMBER, "9223372036854775808", false, 0},
    {TYPE_NUMBER, "-1", false, 0},
    {TYPE_NUMBER, "10MB", false, 0},
    {TYPE_SIZE, "64KB", true, 65536},
    {TYPE_SIZE, "10MB", true, 10485760},
    {TYPE_SIZE, "1GB", true, 1073741824},
    {TYPE_SIZE, "1000", true, 1000},
    {TYPE_SIZE, "KB", false, 0},
    {TYPE_SIZE, "1 KB", false, 0},
    {TYPE_SIZE, "9223372036854775807GB", false, 0},
    {TYPE_TIME, "250ms", true, 250},
    {TYPE_TIME, "30s", true, 30000},
    {TYPE_TIME, "5min", true, 300000},
    {TYPE_TIME, "2h", true, 7200000},
    {TYPE_TIME, "1d", true, 86400000},
    {TYPE_TIME, "30", false, 0},
    {TYPE_TLS, "TLSv1.2", true, 1001003},
    {TYPE_DOMAIN, "example.com", true, 0},
    {TYPE_DOMAIN, "localhost", true, 0},
    {TYPE_DOMAIN, "[192.0.2.1]", true, 0},
    {TYPE_DOMAIN, "example..com", false, 0},
    {TYPE_DOMAIN, "a@example.com", false, 0},
    {TYPE_IP, "192.0.2.7", true, 0},
    {TYPE_IP, "::1", true, 0},
    {TYPE_IP, "192.0.2.0/24", false, 0},
    {TYPE_IP, "192.0.2", false, 0},
    {TYPE_ADDRESS, "a@example.com", true, 0},
    {TYPE_ADDRESS, "<>", true, 0},
    {TYPE_ADDRESS, "Postmaster", true, 0},
    {TYPE_ADDRESS, "alice", false, 0},
    {TYPE_ADDRESS, "a@b@example.com", false, 0},
    {TYPE_ADDRESS, "", false, 0},
    {TYPE_TEXT, "", true, 0},
    {TYPE_WORD, "anything at all", true, 0},
    {TYPE_ABSENT, "x", false, 0},
};

static void
test_reading(void)
{
    for (size_t i = 0; i < COUNT(reads); i++) {
        struct value value = {.number = 0};
        bool ok =
            value_read(arena, reads[i].type, slice_of(reads[i].text), LOCAL_CASE_IGNORE, &value);

        tap_check(ok == reads[i].ok && (!ok || value.number == reads[i].number), "\"%s\" is %s%s",
                  reads[i].text, reads[i].ok ? "" : "not ", value_type_name(reads[i].type));
    }
}

static const struct {
    enum value_type a_type;
    const char *a;
    enum value_type b_type;
    const char *b;
    bool equal;
    const char *why;
} pairs[] = {
    {TYPE_TEXT, "a", TYPE_TEXT, "A", false, "texts are exact octets"},
    {TYPE_TEXT, "a  b", TYPE_TEXT, "a b", false, "texts keep their white space"},
    {TYPE_WORD, "PLAIN", TYPE_WORD, "plain", true, "words ignore ASCII case"},
    {TYPE_WORD, "Ä", TYPE_WORD, "ä", false, "words ignore ASCII case alone"},
    {TYPE_WORD, "PLAIN", TYPE_TEXT, "plain", true, "a word decides over a text"},
    {TYPE_WORD, "Mail.Example", TYPE_DOMAIN, "mail.example", true, "HELO and a client's name"},
    {TYPE_FOLDED, "Alice", TYPE_FOLDED, "aLICE", true, "logins ignore case"},
    {TYPE_FOLDED, "STRASSE", TYPE_FOLDED, "straße", true, "full folding"},
    {TYPE_FOLDED, "Bob  Smith ", TYPE_FOLDED, "bob smith", true, "runs of white space are one"},
    {TYPE_FOLDED, "Jose\xcc\x81", TYPE_TEXT, "jos\xc3\xa9", true, "NFC"},
    {TYPE_FOLDED, "Alice@Example.COM", TYPE_ADDRESS, "alice@example.com", true,
     "logins carry realms"},
    {TYPE_FOLDED,
     "alice@b\xc3\xbc"
     "cher.example",
     TYPE_ADDRESS, "alice@xn--bcher-kva.example", true, "realms have U-labels"},
    {TYPE_FOLDED, "alice", TYPE_ADDRESS, "alice@example.com", false, "the realm counts"},
    {TYPE_FOLDED, "", TYPE_ADDRESS, "<>", false, "no login is the null sender"},
    {TYPE_DOMAIN, "Example.COM", TYPE_DOMAIN, "example.com", true, "RFC 5321 section 2.4"},
    {TYPE_DOMAIN,
     "b\xc3\xbc"
     "cher.example",
     TYPE_DOMAIN, "XN--BCHER-KVA.example", true, "RFC 5890 section 2.3.2.4"},
    {TYPE_DOMAIN, "fa\xc3\x9f.example", TYPE_DOMAIN, "fass.example", false, "RFC 5894 section 7.2"},
    {TYPE_IP, "::ffff:192.0.2.1", TYPE_IP, "192.0.2.1", true, "mapped IPv4"},
    {TYPE_IP, "2001:db8:0:0:0:0:0:1", TYPE_IP, "2001:DB8::1", true, "RFC 4291 section 2.2"},
    {TYPE_IP, "192.0.2.1", TYPE_IP, "192.0.2.2", false, "another host"},
    {TYPE_ADDRESS, "A@Example.COM", TYPE_ADDRESS, "a@example.com", true, "case of local parts"},
    {TYPE_ADDRESS, "\"a\"@example.com", TYPE_ADDRESS, "a@example.com", true,
     "RFC 5321 section 4.1.2"},
    {TYPE_ADDRESS, "a+b@example.com", TYPE_ADDRESS, "a@example.com", false, "the detail counts"},
    {TYPE_ADDRESS, "<>", TYPE_ADDRESS, "<>", true, "the null sender"},
    {TYPE_ADDRESS, "postmaster", TYPE_ADDRESS, "Postmaster", true, "RFC 5321 section 4.1.1.3"},
    {TYPE_ADDRESS, "a@example.com", TYPE_MAILBOX, "a@example.com", true, "an address in a header"},
    {TYPE_NUMBER, "2048", TYPE_SIZE, "2KB", true, "a number of octets"},
    {TYPE_NUMBER, "250", TYPE_TIME, "250ms", false, "a time is no number"},
    {TYPE_TRUTH, "yes", TYPE_TRUTH, "yes", true, "yes is yes"},
    {TYPE_TLS, "TLSv1", TYPE_TLS, "tlsv1.0", true, "one version, two names"},
    {TYPE_TLS, "TLSv1.2", TYPE_TEXT, "TLSv1.3", false, "versions"},
    {TYPE_TLS, "strange", TYPE_TLS, "STRANGE", true, "a version that nobody knows"},
    {TYPE_ANSWER, "10MB", TYPE_SIZE, "10240KB", true, "an answer is a size where one is asked for"},
    {TYPE_ANSWER, "ALICE", TYPE_FOLDED, "alice", true, "an answer is a login"},
    {TYPE_ANSWER, "ALICE", TYPE_TEXT, "alice", false, "an answer is a text"},
    {TYPE_ANSWER, "Alice@Example.com", TYPE_MAILBOX, "alice@example.com", true, "an address"},
    {TYPE_ANSWER, "::1", TYPE_IP, "0:0::1", true, "an IP address"},
    {TYPE_ANSWER, "many", TYPE_NUMBER, "0", false, "an answer that is no number"},
    {TYPE_ANSWER, "Words", TYPE_ANSWER, "words", true, "two answers"},
    {TYPE_DOMAIN, "example.com", TYPE_ADDRESS, "a@example.com", false, "types that don't fit"},
};

static void
test_equality(void)
{
    for (size_t i = 0; i < COUNT(pairs); i++) {
        struct value a = make(pairs[i].a_type, pairs[i].a);
        struct value b = make(pairs[i].b_type, pairs[i].b);

        tap_check(a.type == pairs[i].a_type && b.type == pairs[i].b_type &&
                      value_equal(arena, &a, &b) == pairs[i].equal &&
                      value_equal(arena, &b, &a) == pairs[i].equal,
                  "%s %s %s: %s", pairs[i].a, pairs[i].equal ? "==" : "!=", pairs[i].b,
                  pairs[i].why);
    }
}

static void
test_exact_case(void)
{
    struct value upper, lower, login = value_folded(arena, SLICE("ALICE@example.com"));

    value_read(arena, TYPE_ADDRESS, SLICE("Alice@example.com"), LOCAL_CASE_EXACT, &upper);
    value_read(arena, TYPE_ADDRESS, SLICE("alice@EXAMPLE.com"), LOCAL_CASE_EXACT, &lower);
    tap_check(!value_equal(arena, &upper, &lower), "local-part-case exact");
    tap_check(value_equal(arena, &upper, &login), "a login ignores case all the same");
}

static const struct {
    enum value_type type;
    const char *less, *more;
} orders[] = {
    {TYPE_NUMBER, "2", "10"},          {TYPE_SIZE, "1023KB", "1MB"},
    {TYPE_TIME, "59s", "1min"},        {TYPE_TLS, "SSLv3", "TLSv1"},
    {TYPE_TLS, "TLSv1", "TLSv1.1"},    {TYPE_TLS, "TLSv1.2", "TLSv1.3"},
    {TYPE_TLS, "TLSv1.2", "TLSv1.10"}, {TYPE_TLS, "SSLv2", "SSLv3"},
    {TYPE_TLS, "TLSv1.3", "TLSv2"},
};

static void
test_order(void)
{
    struct value answer = make(TYPE_ANSWER, "10MB"), size = make(TYPE_SIZE, "9MB");

    for (size_t i = 0; i < COUNT(orders); i++) {
        struct value less = make(orders[i].type, orders[i].less);
        struct value more = make(orders[i].type, orders[i].more);

        tap_check(value_type_is_ordered(orders[i].type) && value_order(&less, &more) < 0 &&
                      value_order(&more, &less) > 0 && value_order(&less, &less) == 0,
                  "%s < %s", orders[i].less, orders[i].more);
    }
    tap_check(value_order(&size, &answer) < 0, "a size and an answer");
    tap_check(!value_type_is_ordered(TYPE_TEXT) && !value_type_is_ordered(TYPE_DOMAIN),
              "texts have no order");
}

static const struct {
    enum value_type type;
    int64_t number;
    const char *text;
} prints[] = {
    {TYPE_TRUTH, 1, "yes"},
    {TYPE_TRUTH, 0, "no"},
    {TYPE_NUMBER, 65536, "65536"},
    {TYPE_SIZE, 65536, "64KB"},
    {TYPE_SIZE, 1 << 20, "1MB"},
    {TYPE_SIZE, INT64_C(3) << 30, "3GB"},
    {TYPE_SIZE, 1025, "1025"},
    {TYPE_SIZE, 0, "0"},
    {TYPE_TIME, 90000, "90s"},
    {TYPE_TIME, 86400000, "1d"},
    {TYPE_TIME, 7200000, "2h"},
    {TYPE_TIME, 300000, "5min"},
    {TYPE_TIME, 1500, "1500ms"},
    {TYPE_TIME, 0, "0s"},
    {TYPE_NUMBER, INT64_MAX, "9223372036854775807"},
};

static void
test_printing(void)
{
    struct value address = make(TYPE_ADDRESS, "\"A\"@Example.com");
    struct value ip = make(TYPE_IP, "2001:DB8:0::1");

    for (size_t i = 0; i < COUNT(prints); i++) {
        struct value value = value_number(prints[i].type, prints[i].number), again;
        struct slice text = value_print(arena, &value);

        tap_check(slice_equal(text, slice_of(prints[i].text)), "prints %s", prints[i].text);
        tap_check(value_read(arena, prints[i].type, text, LOCAL_CASE_IGNORE, &again) &&
                      again.number == prints[i].number,
                  "and reads %s", prints[i].text);
    }
    tap_check(slice_equal(value_print(arena, &address), SLICE("\"A\"@Example.com")),
              "an address as it was written");
    tap_check(slice_equal(value_print(arena, &ip), SLICE("2001:db8::1")), "RFC 5952 section 4");
}

static const struct {
    enum value_type type;
    const char *text;
    bool holds;
} presences[] = {
    {TYPE_TRUTH, "no", false},
    {TYPE_TRUTH, "yes", true},
    {TYPE_NUMBER, "0", false},
    {TYPE_NUMBER, "1", true},
    {TYPE_SIZE, "0", false},
    {TYPE_TEXT, "", false},
    {TYPE_TEXT, "no", true},
    {TYPE_ADDRESS, "<>", false},
    {TYPE_ADDRESS, "a@b.example", true},
    {TYPE_IP, "0.0.0.0", true},
    {TYPE_ANSWER, "no", false},
    {TYPE_ANSWER, "0", false},
    {TYPE_ANSWER, "10", true},
    {TYPE_ANSWER, "alice", true},
    {TYPE_TIME, "0s", false},
    {TYPE_DOMAIN, "a.example", true},
};

static void
test_presence(void)
{
    struct value absent = {.type = TYPE_ABSENT};

    for (size_t i = 0; i < COUNT(presences); i++) {
        struct value value = make(presences[i].type, presences[i].text);

        tap_check(value_holds(&value) == presences[i].holds, "%s \"%s\" %s",
                  value_type_name(presences[i].type), presences[i].text,
                  presences[i].holds ? "holds" : "doesn't hold");
    }
    tap_check(!value_holds(&absent) && !value_equal(arena, &absent, &absent),
              "what is absent doesn't hold, and equals nothing");
}

static const struct {
    const char *text;
    size_t count;
    const char *lines[4];
} texts[] = {
    {"", 0, {0}},
    {"a", 1, {"a"}},
    {"a\r\n", 1, {"a"}},
    {"a\n", 1, {"a"}},
    {"a\r\nb", 2, {"a", "b"}},
    {"a\r\n\r\nb\r\n", 3, {"a", "", "b"}},
    {"\n", 1, {""}},
    {"\r\n\r\n", 2, {"", ""}},
    {"a\rb\n", 1, {"a\rb"}},
    {"a\r\r\n", 1, {"a\r"}},
    {"a\r", 1, {"a\r"}},
};

static void
test_lines(void)
{
    for (size_t i = 0; i < COUNT(texts); i++) {
        struct reading reading = {.is_lines = true, .lines = slice_of(texts[i].text)};
        struct value item;
        size_t cursor = 0, count = 0;
        bool same = true;

        for (; reading_next(&reading, &cursor, &item); count++)
            same = same && count < texts[i].count &&
                   slice_equal(item.text, slice_of(texts[i].lines[count]));
        tap_check(same && count == texts[i].count, "text %zu has %zu lines", i, texts[i].count);
    }
}

static void
test_items(void)
{
    struct reading absent = reading_absent(), error = reading_error("why");
    struct reading one = reading_one(arena, value_number(TYPE_NUMBER, 7));
    struct value item;
    size_t cursor = 0;

    tap_check(!reading_next(&absent, &cursor, &item) && cursor == 0, "absent has no item");
    tap_check(reading_next(&one, &cursor, &item) && item.number == 7 &&
                  !reading_next(&one, &cursor, &item),
              "one item");
    cursor = 0;
    tap_check(error.state == READ_ERROR && !reading_next(&error, &cursor, &item),
              "an error has none");
}

int
main(void)
{
    arena = arena_new(1 << 24);
    test_reading();
    test_equality();
    test_exact_case();
    test_order();
    test_printing();
    test_presence();
    test_lines();
    test_items();
    arena_free(&arena);
    return tap_done();
}
