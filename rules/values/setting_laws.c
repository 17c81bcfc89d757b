/* The laws of settings that are texts. What depends on a machine, its users, groups, hosts and
 * directories, is asked elsewhere: a policy may be checked where it won't serve. */
#include "setting_laws.h"

#include "mail/auth_results.h"
#include "mail/domain.h"
#include "mail/utf8.h"
#include "policy/socket_name.h"

/* A name of Linux, and of a line of syslog before its "[": RFC 3164 section 4.1.3 has 32 octets,
 * and nothing that takes it ends there. */
enum { LONGEST_ACCOUNT = 32, LONGEST_SYSLOG_NAME = 255 };

const char *
setting_law_socket(struct arena *arena, struct slice text)
{
    struct socket_name name;

    return socket_name_read(arena, text, &name);
}

static bool
law_is_loopback(struct slice host)
{
    const struct ip loopback = {6, {[15] = 1}};
    struct ip ip;

    return ip_parse(host, &ip) &&
           (ip.family == 4 ? ip.octet[0] == 127 : ip_equal(&ip, &loopback));
}

/* Whoever reaches it may ask, so that it is for this machine alone. */
const char *
setting_law_status_socket(struct arena *arena, struct slice text)
{
    struct socket_name name;
    const char *reason = text.len > 0 ? socket_name_read(arena, text, &name) : NULL;

    if (reason || text.len == 0 || name.kind == SOCKET_UNIX || law_is_loopback(name.host))
        return reason;
    return arena_printf(arena,
                        "\"%.*s\" can be reached from elsewhere; behind \"@\" belongs 127.0.0.1, "
                        "or with \"inet6\" ::1",
                        (int)text.len, text.at);
}

bool
setting_read_mode(struct slice text, unsigned *mode_r)
{
    *mode_r = 0;
    for (size_t i = 0; i < text.len; i++) {
        if (text.at[i] < '0' || text.at[i] > '7')
            return false;
        *mode_r = *mode_r << 3 | (unsigned)(text.at[i] - '0');
    }
    return (text.len == 3 || text.len == 4) && *mode_r <= 0777;
}

const char *
setting_law_mode(struct arena *arena, struct slice text)
{
    unsigned mode;

    if (setting_read_mode(text, &mode))
        return NULL;
    return arena_printf(arena,
                        "\"%.*s\" is no mode; it is three or four octal digits, from \"0000\" to "
                        "\"0777\"",
                        (int)text.len, text.at);
}

/* Does each octet stand for itself in a line of a log or of passwd(5)? */
static bool
law_is_word(struct slice text, const char *without)
{
    for (size_t i = 0; i < text.len; i++)
        if (text.at[i] <= ' ' || text.at[i] > '~' || strchr(without, text.at[i]))
            return false;
    return text.len > 0;
}

const char *
setting_law_account(struct arena *arena, struct slice text)
{
    if (text.len == 0 ||
        (law_is_word(text, ":/,") && text.at[0] != '-' && text.len <= LONGEST_ACCOUNT))
        return NULL;
    return arena_printf(arena,
                        "\"%.*s\" can't be such a name; it has up to %d characters, no white "
                        "space, \":\", \"/\" and \",\" among them, and doesn't begin with \"-\"",
                        (int)text.len, text.at, LONGEST_ACCOUNT);
}

const char *
setting_law_delimiters(struct arena *arena, struct slice text)
{
    for (size_t i = 0; i < text.len; i++)
        if (text.at[i] <= ' ' || text.at[i] > '~' || text.at[i] == '@' || text.at[i] == '"' ||
            ascii_is_alnum(text.at[i]))
            return arena_printf(arena,
                                "\"%.*s\" can't begin the detail of a local part; characters that "
                                "can are such as \"+\" and \"-\", one behind the other",
                                (int)text.len, text.at);
    return NULL;
}

const char *
setting_law_domains(struct arena *arena, struct slice text)
{
    struct slice word;
    struct ip ip;

    while (slice_word(&text, ", \t\r\n", &word))
        if (!domain_is_valid(word, true) && !domain_literal_parse(word, &ip))
            return arena_printf(arena,
                                "\"%.*s\" is no domain; domains stand here as behind the \"@\" of "
                                "an address, with white space between",
                                (int)word.len, word.at);
    return NULL;
}

/* As they would stand without quotes. */
const char *
setting_law_authserv_id(struct arena *arena, struct slice text)
{
    struct slice word;

    while (slice_word(&text, ", \t\r\n", &word))
        if (!slice_equal(auth_results_id(arena, word), word) || !utf8_is_valid(word))
            return arena_printf(arena,
                                "\"%.*s\" is no authserv-id; names such as mx.example.com stand "
                                "here, with white space between",
                                (int)word.len, word.at);
    return NULL;
}

const char *
setting_law_syslog_name(struct arena *arena, struct slice text)
{
    if (law_is_word(text, ":[]") && text.len <= LONGEST_SYSLOG_NAME)
        return NULL;
    return arena_printf(arena,
                        "\"%.*s\" can't be a name in the log; that is a word of ASCII without "
                        "white space, \":\", \"[\" and \"]\"",
                        (int)text.len, text.at);
}
