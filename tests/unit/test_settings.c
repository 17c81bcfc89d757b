/* The table of settings: it is complete, and its defaults keep to it. */
#include "policy/settings.h"

#include "tap.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const struct {
    enum setting_id id;
    const char *name;
    const char *text; /* NULL: the number counts */
    int64_t number;
} defaults[] = {
    {SET_SOCKET, "socket", "unix:" POSTERN_RUNSTATEDIR "/postern/postern.sock", 0},
    {SET_SOCKET_MODE, "socket-mode", "0660", 0},
    {SET_SOCKET_GROUP, "socket-group", "", 0},
    {SET_USER, "user", "", 0},
    {SET_GROUP, "group", "", 0},
    {SET_SANDBOX, "sandbox", NULL, true},
    {SET_ENGINE, "engine", "libmilter", 0},
    {SET_MODE, "mode", "enforce", 0},
    {SET_EARLIEST_VERDICT, "earliest-verdict", "rcpt", STAGE_RCPT},
    {SET_RECIPIENT_DELIMITER, "recipient-delimiter", "+", 0},
    {SET_LOCAL_DOMAINS, "local-domains", "", 0},
    {SET_LOCAL_PART_CASE, "local-part-case", "ignore", LOCAL_CASE_IGNORE},
    {SET_STRICT_IDNA, "strict-idna", NULL, 0},
    {SET_SCRIPT_LEVEL, "script-level", "highly-restrictive", SCRIPT_HIGHLY_RESTRICTIVE},
    {SET_AUTHSERV_ID, "authserv-id", "", 0},
    {SET_LOG_FACILITY, "log-facility", "mail", 0},
    {SET_SYSLOG_NAME, "syslog-name", "postern", 0},
    {SET_LOG_ACCEPT, "log-accept", NULL, 0},
    {SET_LOG_FORMAT, "log-format", "text", LOG_FORMAT_TEXT},
    {SET_LOG_MASK, "log-mask", NULL, 0},
    {SET_STATUS_SOCKET, "status-socket", "", 0},
    {SET_REMEMBER, "remember", NULL, 1000},
    {SET_DRAIN_TIME, "drain-time", NULL, 20000},
    {SET_MAX_SESSIONS, "max-sessions", NULL, 4096},
    {SET_MAX_RECIPIENTS, "max-recipients", NULL, 1000},
    {SET_MAX_HEADER_BYTES, "max-header-bytes", NULL, 256 << 10},
    {SET_MAX_HEADER_FIELDS, "max-header-fields", NULL, 2000},
    {SET_MAX_AUTHOR_MAILBOXES, "max-author-mailboxes", NULL, 200},
    {SET_MAX_BODY_MEMORY, "max-body-memory", NULL, 1 << 20},
    {SET_MAX_BODY_HELD, "max-body-held", NULL, 256 << 20},
    {SET_MAX_MIME_DEPTH, "max-mime-depth", NULL, 50},
    {SET_MAX_MIME_PARTS, "max-mime-parts", NULL, 2000},
    {SET_MAX_TRANSACTION_MEMORY, "max-transaction-memory", NULL, 16 << 20},
    {SET_MAX_MEMORY, "max-memory", NULL, 0},
    {SET_MAX_MESSAGE_STEPS, "max-message-steps", NULL, 30000000},
    {SET_REGEX_MATCH_LIMIT, "regex-match-limit", NULL, 100000},
};

static bool
is_default(const struct setting_value *value, const char *text, int64_t number)
{
    return value->number == number && (text == NULL || slice_equal(value->text, slice_of(text)));
}

static void
test_defaults(void)
{
    struct settings settings;
    enum setting_id id = SETTINGS;

    settings_init(&settings);
    tap_check(COUNT(defaults) == SETTINGS, "every setting is tested");
    for (size_t i = 0; i < COUNT(defaults); i++) {
        const struct setting *row = setting_row(defaults[i].id);

        tap_check(strcmp(row->name, defaults[i].name) == 0 && row->help && row->help[0],
                  "%s has its row and its help", row->name);
        tap_check(setting_find(slice_of(defaults[i].name), &id) && id == defaults[i].id,
                  "%s is found", defaults[i].name);
        tap_check(is_default(&settings.value[defaults[i].id], defaults[i].text, defaults[i].number),
                  "%s is %s", defaults[i].name, row->initial);
    }
    tap_check(!setting_find(SLICE("sock"), &id) && !setting_find(SLICE(""), &id) &&
                  !setting_find(SLICE("Socket"), &id),
              "other names aren't found");
}

static bool
is_choice(const struct setting *row, struct slice word)
{
    struct slice rest = slice_of(row->choices), choice;

    while (slice_word(&rest, " ", &choice))
        if (slice_equal(choice, word))
            return true;
    return false;
}

static void
test_bounds(void)
{
    struct settings settings;

    settings_init(&settings);
    for (unsigned i = 0; i < SETTINGS; i++) {
        const struct setting *row = setting_row((enum setting_id)i);
        const struct setting_value *value = &settings.value[i];
        bool measured =
            row->type == SETTING_NUMBER || row->type == SETTING_SIZE || row->type == SETTING_TIME;

        tap_check((row->choices != NULL) == (row->type == SETTING_WORD),
                  "%s: choices are for words", row->name);
        if (measured)
            tap_check(row->least <= value->number && value->number <= row->most,
                      "%s: the default is within bounds", row->name);
        if (row->type == SETTING_WORD)
            tap_check(is_choice(row, value->text), "%s: the default is a choice", row->name);
    }
}

/* What a law lets pass; what it refuses stands in tests/language/bad. */
static const struct {
    enum setting_id id;
    const char *text;
} lawful[] = {
    {SET_SOCKET, "unix:/run/postern/postern.sock"},
    {SET_SOCKET, "local:/s"},
    {SET_SOCKET, "inet:9999"},
    {SET_SOCKET, "inet:1@localhost"},
    {SET_SOCKET, "inet:65535@0.0.0.0"},
    {SET_SOCKET, "inet:9999@mail-1.example.com"},
    {SET_SOCKET, "inet:9999@postern_1"},
    {SET_SOCKET, "inet6:9999@localhost"},
    {SET_SOCKET, "inet6:9999@::1"},
    {SET_SOCKET, "inet6:9999@::ffff:127.0.0.1"},
    {SET_SOCKET, "inet6:9999@fe80::1%eth0"},
    {SET_SOCKET_MODE, "660"},
    {SET_SOCKET_MODE, "0777"},
    {SET_SOCKET_GROUP, "_postfix"},
    {SET_USER, "www-data"},
    {SET_GROUP, "domain.users"},
    {SET_RECIPIENT_DELIMITER, ""},
    {SET_RECIPIENT_DELIMITER, "+-=_"},
    {SET_LOCAL_DOMAINS, "example.com,B\xC3\xBC"
                        "cher.example localhost\t[192.0.2.1]"},
    {SET_SYSLOG_NAME, "postfix/postern"},
    {SET_AUTHSERV_ID, "mx.example.com, b\xC3\xBC"
                      "cher.example mx-1"},
};

static void
test_laws(void)
{
    struct arena *arena = arena_new(SIZE_MAX);
    struct settings settings;

    settings_init(&settings);
    for (unsigned i = 0; i < SETTINGS; i++) {
        const struct setting *row = setting_row((enum setting_id)i);

        if (row->law)
            tap_check(row->type == SETTING_TEXT && !row->law(arena, settings.value[i].text),
                      "%s: the default keeps the law", row->name);
    }
    for (size_t i = 0; i < COUNT(lawful); i++) {
        const struct setting *row = setting_row(lawful[i].id);
        const char *against = row->law(arena, slice_of(lawful[i].text));

        tap_check(against == NULL, "%s \"%s\": %s", row->name, lawful[i].text,
                  against ? against : "right");
    }
    arena_free(&arena);
}

/* Words whose index must be what the program's enums say. */
static const struct {
    enum setting_id id;
    const char *word;
    int64_t number;
} words[] = {
    {SET_EARLIEST_VERDICT, "connect", STAGE_CONNECT},
    {SET_EARLIEST_VERDICT, "helo", STAGE_HELO},
    {SET_EARLIEST_VERDICT, "mail", STAGE_MAIL},
    {SET_EARLIEST_VERDICT, "rcpt", STAGE_RCPT},
    {SET_EARLIEST_VERDICT, "data", STAGE_DATA},
    {SET_EARLIEST_VERDICT, "header", STAGE_HEADER},
    {SET_EARLIEST_VERDICT, "body", STAGE_BODY},
    {SET_LOCAL_PART_CASE, "exact", LOCAL_CASE_EXACT},
    {SET_MODE, "enforce", MODE_ENFORCE},
    {SET_MODE, "soft", MODE_SOFT},
    {SET_MODE, "audit", MODE_AUDIT},
};

static void
test_words(void)
{
    for (size_t i = 0; i < COUNT(words); i++) {
        struct slice rest = slice_of(setting_row(words[i].id)->choices), choice;
        int64_t number = 0;

        while (slice_word(&rest, " ", &choice) && !slice_equal(choice, slice_of(words[i].word)))
            number++;
        tap_check(number == words[i].number, "%s is the right choice of %s", words[i].word,
                  setting_row(words[i].id)->name);
    }
}

static void
test_readers(void)
{
    struct settings settings;

    settings_init(&settings);
    tap_check(settings_mode(&settings) == MODE_ENFORCE &&
                  settings_earliest_verdict(&settings) == STAGE_RCPT &&
                  settings_local_case(&settings) == LOCAL_CASE_IGNORE &&
                  settings_socket_mode(&settings) == 0660,
              "the defaults as code reads them");
    settings.value[SET_MODE].number = MODE_SOFT;
    settings.value[SET_EARLIEST_VERDICT].number = STAGE_MAIL;
    settings.value[SET_LOCAL_PART_CASE].number = LOCAL_CASE_EXACT;
    settings.value[SET_SOCKET_MODE].text = SLICE("600");
    tap_check(settings_mode(&settings) == MODE_SOFT &&
                  settings_earliest_verdict(&settings) == STAGE_MAIL &&
                  settings_local_case(&settings) == LOCAL_CASE_EXACT &&
                  settings_socket_mode(&settings) == 0600,
              "other values as code reads them");
}

int
main(void)
{
    test_defaults();
    test_bounds();
    test_laws();
    test_words();
    test_readers();
    return tap_done();
}
