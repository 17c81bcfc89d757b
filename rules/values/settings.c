/* The one table of settings: names, bounds and defaults, not what is done with them. */
#include "policy/settings.h"

#include "mail/mailbox.h"
#include "measure.h"
#include "setting_laws.h"

#define KB ((int64_t)1 << 10)
#define GB ((int64_t)1 << 30)
#define HOUR ((int64_t)60 * 60 * 1000)

static const struct setting rows[SETTINGS] = {
    [SET_SOCKET] = {
        .name = "socket",
        .type = SETTING_TEXT,
        .initial = "\"unix:" POSTERN_RUNSTATEDIR "/postern/postern.sock\"",
        .law = setting_law_socket,
        .help = "Where the MTA finds the milter:\n"
                ".Qq unix:/PATH ,\n"
                ".Qq inet:PORT@HOST\n"
                "or\n"
                ".Qq inet6:PORT@HOST .\n"
                "Whoever can connect to it can say anything, as the MTA can, and stop the\n"
                "milter: to an inet socket that is every user of the machine.",
    },
    [SET_SOCKET_MODE] = {
        .name = "socket-mode",
        .type = SETTING_TEXT,
        .initial = "\"0660\"",
        .law = setting_law_mode,
        .help = "Mode of a unix socket, in octal digits.",
    },
    [SET_SOCKET_GROUP] = {
        .name = "socket-group",
        .type = SETTING_TEXT,
        .initial = "\"\"",
        .law = setting_law_account,
        .help = "The group of a unix socket, and of the folder that is made for it;\n"
                "empty for\n"
                ".Li postfix ,\n"
                "where there is that group and the socket may be given to it, else for the\n"
                "group of the process that serves.",
    },
    [SET_USER] = {
        .name = "user",
        .type = SETTING_TEXT,
        .initial = "\"\"",
        .law = setting_law_account,
        .help = "The user of the process that serves, when root starts it; empty for\n"
                ".Li postern .\n"
                "It can't be root.\n"
                "Started by anybody else, it serves as the one who started it.",
    },
    [SET_GROUP] = {
        .name = "group",
        .type = SETTING_TEXT,
        .initial = "\"\"",
        .law = setting_law_account,
        .help = "The group of the process that serves, when root starts it; empty for that of\n"
                "the user.",
    },
    [SET_SANDBOX] = {
        .name = "sandbox",
        .type = SETTING_TRUTH,
        .initial = "yes",
        .help = "Whether the process that serves gives up what it doesn't need, for good, before\n"
                "it hears the first client: see\n"
                ".Xr postern 8 .",
    },
    [SET_ENGINE] = {
        .name = "engine",
        .type = SETTING_WORD,
        .choices = "libmilter native",
        .initial = "libmilter",
        .help = "What speaks the milter protocol:\n"
                ".Cm libmilter\n"
                "is the library of Sendmail,\n"
                ".Cm native\n"
                "is our own code, which needs less CPU and memory, and is experimental as yet.",
    },
    [SET_MODE] = {
        .name = "mode",
        .type = SETTING_WORD,
        .choices = "enforce soft audit",
        .initial = "enforce",
        .help = "With\n"
                ".Cm audit\n"
                "every answer and change is withheld, and the log tells of each rule that would\n"
                "have spoken; with\n"
                ".Cm soft\n"
                "all is done, but each 5xx is spoken as 4xx.\n"
                "See\n"
                ".Sx Modes .",
    },
    [SET_EARLIEST_VERDICT] = {
        .name = "earliest-verdict",
        .type = SETTING_WORD,
        .choices = "connect helo mail rcpt data header body",
        .initial = "rcpt",
        .help = "The stage before which no verdict is spoken.",
    },
    [SET_RECIPIENT_DELIMITER] = {
        .name = "recipient-delimiter",
        .type = SETTING_TEXT,
        .initial = "\"+\"",
        .law = setting_law_delimiters,
        .help = "The characters each of which begins the detail of a local part, as in\n"
                ".Li user+detail ;\n"
                "empty where addresses have no details.",
    },
    [SET_LOCAL_DOMAINS] = {
        .name = "local-domains",
        .type = SETTING_TEXT,
        .initial = "\"\"",
        .law = setting_law_domains,
        .help =
            "The site's own domains, with white space between: for an address there a table is\n"
            "also asked for the local part alone, as Postfix does for\n"
            ".Va mydestination .",
    },
    [SET_LOCAL_PART_CASE] = {
        .name = "local-part-case",
        .type = SETTING_WORD,
        .choices = "ignore exact",
        .initial = "ignore",
        .help = "Whether upper and lower case of a local part are told apart.",
    },
    [SET_STRICT_IDNA] = {
        .name = "strict-idna",
        .type = SETTING_TRUTH,
        .initial = "no",
        .help = "Whether\n"
                ".Ic .error\n"
                "also tells of a label that is a U-label but for its upper case or its normal\n"
                "form, and of an ASCII label with hyphens in third and fourth place.\n"
                "With\n"
                ".Cm no\n"
                "they are taken for the label that they mean.",
    },
    [SET_SCRIPT_LEVEL] = {
        .name = "script-level",
        .type = SETTING_WORD,
        .choices = "highly-restrictive moderately-restrictive",
        .initial = "highly-restrictive",
        .help =
            "Which scripts a label may hold without being\n"
            ".Ic .domain.mixed\n"
            "(UTS #39): one alone, or Latin beside Japanese, Chinese or Korean; or, less\n"
            "strictly, Latin beside any one other but Greek and Cyrillic.",
    },
    [SET_AUTHSERV_ID] = {
        .name = "authserv-id",
        .type = SETTING_TEXT,
        .initial = "\"\"",
        .law = setting_law_authserv_id,
        .help = "The names under which the site's own filters write fields\n"
                ".Li Authentication-Results\n"
                "(RFC 8601), with white space between: mostly host names.\n"
                "Unless set,\n"
                ".Ic auth-results\n"
                "finds nothing.",
    },
    [SET_LOG_FACILITY] = {
        .name = "log-facility",
        .type = SETTING_WORD,
        .choices = "mail daemon user auth authpriv cron lpr news syslog uucp "
                   "local0 local1 local2 local3 local4 local5 local6 local7",
        .initial = "mail",
        .help = "The facility of\n.Xr syslog 3\nto log to.",
    },
    [SET_SYSLOG_NAME] = {
        .name = "syslog-name",
        .type = SETTING_TEXT,
        .initial = "\"postern\"",
        .law = setting_law_syslog_name,
        .help = "The name that lines of the log begin with.",
    },
    [SET_LOG_ACCEPT] = {
        .name = "log-accept",
        .type = SETTING_TRUTH,
        .initial = "no",
        .help = "Whether accepted messages are logged too.",
    },
    [SET_LOG_FORMAT] = {
        .name = "log-format",
        .type = SETTING_WORD,
        .choices = "text json",
        .initial = "text",
        .help = "How lines of the log are written, see\n"
                ".Xr postern-log 5 :\n"
                "as Postfix writes its own, or each as an object of JSON.",
    },
    [SET_LOG_MASK] = {
        .name = "log-mask",
        .type = SETTING_TRUTH,
        .initial = "no",
        .help = "Whether local parts of addresses, and logins, are logged as hashes, which stay\n"
                "the same for a day: see\n"
                ".Xr postern-log 5 .",
    },
    [SET_STATUS_SOCKET] = {
        .name = "status-socket",
        .type = SETTING_TEXT,
        .initial = "\"\"",
        .law = setting_law_status_socket,
        .help = "Where\n"
                ".Xr postern 8\n"
                ".Cm status\n"
                "asks the milter what it has counted, and Prometheus too, at\n"
                ".Pa /metrics :\n"
                ".Qq unix:/run/postern/status ,\n"
                "with mode 0660 and the group of the milter's socket, or a port of this machine\n"
                "alone, as\n"
                ".Qq inet:9733@127.0.0.1 .\n"
                "Empty for nowhere.\n"
                "Where it is a unix socket,\n"
                ".Cm test Fl -through\n"
                "asks it too.\n"
                "See\n"
                ".Xr postern-metrics 7 .",
    },
    [SET_REMEMBER] = {
        .name = "remember",
        .type = SETTING_NUMBER,
        .initial = "1000",
        .least = 0,
        .most = 10000,
        .help = "How many verdicts are remembered, each with what decided it, for\n"
                ".Xr postern 8\n"
                ".Cm why ;\n"
                "0 for none.\n"
                "Each takes as much memory as what is known of the message, at most 64KB.\n"
                "They are gone when the service stops, and nothing is remembered unless\n"
                ".Ic status-socket\n"
                "is a unix socket, since a port can be asked by every user of the machine.\n"
                "A changed number counts from the next start of the service; 0 counts from the\n"
                "next reload.",
    },
    [SET_DRAIN_TIME] = {
        .name = "drain-time",
        .type = SETTING_TIME,
        .initial = "20s",
        .most = HOUR,
        .help = "How long open sessions may take to end when the milter is stopped; and, after\n"
                "a reload, how long an older generation is left alone when others wait for\n"
                "its end.",
    },
    [SET_MAX_SESSIONS] = {
        .name = "max-sessions",
        .type = SETTING_NUMBER,
        .initial = "4096",
        .least = 1,
        .most = 1000000,
        .help = "Sessions, which are connections of the MTA, that may be open at a time in one\n"
                "process; those that a reload leaves to an older process aren't counted.\n"
                "Every command of a session beyond that gets 451 4.3.2; with the engine\n"
                ".Cm native\n"
                "it waits until another has ended.\n"
                "Where the process may not have descriptors enough, there are fewer: see\n"
                ".Xr postern 8 .",
    },
    [SET_MAX_RECIPIENTS] = {
        .name = "max-recipients",
        .type = SETTING_NUMBER,
        .initial = "1000",
        .least = 1,
        .most = 1000000,
        .help = "Recipients of one message; each one more gets 452 4.5.3.",
    },
    [SET_MAX_HEADER_BYTES] = {
        .name = "max-header-bytes",
        .type = SETTING_SIZE,
        .initial = "256KB",
        .least = 1,
        .most = GB,
        .help =
            "Octets of a header: the larger one is, the longer rules take, and headers of\n"
            "people's mail seldom pass 50KB.\n"
            "A larger one gets 552 5.3.4.\n"
            "Headers of a message's parts may have as much, together; one with more that must be\n"
            "converted gets 554 5.6.5.",
    },
    [SET_MAX_HEADER_FIELDS] = {
        .name = "max-header-fields",
        .type = SETTING_NUMBER,
        .initial = "2000",
        .least = 1,
        .most = 1000000,
        .help = "Fields of a header: each costs more than its octets alone, since every rule\n"
                "that reads or changes fields goes through all of them.\n"
                "A header with more gets 552 5.3.4.",
    },
    [SET_MAX_AUTHOR_MAILBOXES] = {
        .name = "max-author-mailboxes",
        .type = SETTING_NUMBER,
        .initial = "200",
        .least = 1,
        .most = MAILBOXES_MAX,
        .help =
            "Mailboxes in From, Sender, Reply-To, Resent-From and Resent-Sender together: rules\n"
            "look at each of them, and compare them with each other.\n"
            "A message with more gets 554 5.6.0.\n"
            "Those of To and Cc aren't counted.",
    },
    [SET_MAX_BODY_MEMORY] = {
        .name = "max-body-memory",
        .type = SETTING_SIZE,
        .initial = "1MB",
        .most = GB,
        .help = "Octets of a body, where a rule reads it, that are kept in memory;\n"
                "a larger one is spooled to a file without a name.",
    },
    [SET_MAX_BODY_HELD] = {
        .name = "max-body-held",
        .type = SETTING_SIZE,
        .initial = "256MB",
        .least = 1,
        .most = GB,
        .help = "Octets of a body that are kept so that it can be converted; a larger "
                "one\n"
                "that must be converted gets 554 5.6.5.",
    },
    [SET_MAX_MIME_DEPTH] = {
        .name = "max-mime-depth",
        .type = SETTING_NUMBER,
        .initial = "50",
        .least = 1,
        .most = 1000,
        .help = "How deeply parts may be nested before they are no longer looked into;\n"
                "a message that must be converted there gets 554 5.6.5.",
    },
    [SET_MAX_MIME_PARTS] = {
        .name = "max-mime-parts",
        .type = SETTING_NUMBER,
        .initial = "2000",
        .least = 1,
        .most = 1000000,
        .help = "Parts of a message that are looked at; one with more that must be\n"
                "converted gets 554 5.6.5.",
    },
    [SET_MAX_TRANSACTION_MEMORY] = {
        .name = "max-transaction-memory",
        .type = SETTING_SIZE,
        .initial = "16MB",
        .least = 64 * KB,
        .most = GB,
        .help =
            "Memory that one transaction may take, the facts that rules read of it among that;\n"
            "one that needs more gets 451 4.3.0.",
    },
    [SET_MAX_MEMORY] = {
        .name = "max-memory",
        .type = SETTING_SIZE,
        .initial = "0",
        .most = 1024 * GB,
        .help =
            "Memory that all transactions and sessions of one process together may take; while\n"
            "it is used up,\n"
            "MAIL gets 451 4.3.0, and so does a transaction that needs more.\n"
            "0 is a quarter of the least of what the machine has and its control group and\n"
            "RLIMIT_AS allow, and at most 1GB.",
    },
    [SET_MAX_MESSAGE_STEPS] = {
        .name = "max-message-steps",
        .type = SETTING_NUMBER,
        .initial = "30000000",
        .least = 1,
        .most = (int64_t)1 << 50,
        .help =
            "Steps that rules may take for one message, beside 16 for each octet and 20000 for\n"
            "each recipient of it.\n"
            "A step is a part of a condition, an item, an item of a pattern, or some octets gone\n"
            "through, and takes some 20 ns.\n"
            "A message that needs more gets 451 4.3.0.",
    },
    [SET_REGEX_MATCH_LIMIT] = {
        .name = "regex-match-limit",
        .type = SETTING_NUMBER,
        .initial = "100000",
        .least = 1,
        .most = 100000000,
        .help =
            "Steps that a match of a regular expression may take from one place of a text,\n"
            "beside two for each octet of the text; one that needs more is an error of its rule.",
    },
};

const struct setting *
setting_row(enum setting_id id)
{
    return &rows[id];
}

bool
setting_find(struct slice name, enum setting_id *id_r)
{
    for (unsigned i = 0; i < SETTINGS; i++)
        if (slice_equal(slice_of(rows[i].name), name)) {
            *id_r = (enum setting_id)i;
            return true;
        }
    return false;
}

static int64_t
choice_index(const char *choices, struct slice wanted)
{
    struct slice rest = slice_of(choices), choice;
    int64_t index = 0;

    while (slice_word(&rest, " ", &choice) && !slice_equal(choice, wanted))
        index++;
    return index;
}

static struct setting_value
initial_value(const struct setting *row)
{
    struct setting_value value = {.text = slice_of(row->initial)};
    enum measure kind;

    switch (row->type) {
    case SETTING_TEXT:
        value.text = slice_first(slice_from(value.text, 1), value.text.len - 2);
        break;
    case SETTING_WORD:
        value.number = choice_index(row->choices, value.text);
        break;
    case SETTING_NUMBER:
    case SETTING_SIZE:
    case SETTING_TIME:
        measure_parse(value.text, &kind, &value.number);
        break;
    case SETTING_TRUTH:
        value.number = slice_equal(value.text, SLICE("yes"));
        break;
    }
    return value;
}

void
settings_init(struct settings *settings)
{
    for (unsigned i = 0; i < SETTINGS; i++)
        settings->value[i] = initial_value(&rows[i]);
}

/* The choices of these stand in the order of their enums. */
enum mode
settings_mode(const struct settings *settings)
{
    return (enum mode)settings->value[SET_MODE].number;
}

enum log_format
settings_log_format(const struct settings *settings)
{
    return (enum log_format)settings->value[SET_LOG_FORMAT].number;
}

enum stage
settings_earliest_verdict(const struct settings *settings)
{
    return (enum stage)settings->value[SET_EARLIEST_VERDICT].number;
}

enum local_case
settings_local_case(const struct settings *settings)
{
    return (enum local_case)settings->value[SET_LOCAL_PART_CASE].number;
}

unsigned
settings_socket_mode(const struct settings *settings)
{
    unsigned mode = 0;

    setting_read_mode(settings->value[SET_SOCKET_MODE].text, &mode);
    return mode;
}

enum script_level
settings_script_level(const struct settings *settings)
{
    return (enum script_level)settings->value[SET_SCRIPT_LEVEL].number;
}
