/* The settings of a policy: one table says name, type, default and meaning; check, the manual and
 * the process read it. */
#ifndef POSTERN_POLICY_SETTINGS_H
#define POSTERN_POLICY_SETTINGS_H

#include "base/diagnostics.h"
#include "base/log.h"
#include "mail/address.h"
#include "mail/looks.h"
#include "policy/stage.h"

enum setting_id {
    SET_SOCKET,
    SET_SOCKET_MODE,
    SET_SOCKET_GROUP,
    SET_USER,
    SET_GROUP,
    SET_SANDBOX,
    SET_ENGINE,
    SET_MODE,
    SET_EARLIEST_VERDICT,
    SET_RECIPIENT_DELIMITER,
    SET_LOCAL_DOMAINS,
    SET_LOCAL_PART_CASE,
    SET_STRICT_IDNA,
    SET_SCRIPT_LEVEL,
    SET_AUTHSERV_ID,
    SET_LOG_FACILITY,
    SET_SYSLOG_NAME,
    SET_LOG_ACCEPT,
    SET_LOG_FORMAT,
    SET_LOG_MASK,
    SET_STATUS_SOCKET,
    SET_REMEMBER,
    SET_DRAIN_TIME,
    SET_MAX_SESSIONS,
    SET_MAX_RECIPIENTS,
    SET_MAX_HEADER_BYTES,
    SET_MAX_HEADER_FIELDS,
    SET_MAX_AUTHOR_MAILBOXES,
    SET_MAX_BODY_MEMORY,
    SET_MAX_BODY_HELD,
    SET_MAX_MIME_DEPTH,
    SET_MAX_MIME_PARTS,
    SET_MAX_TRANSACTION_MEMORY,
    SET_MAX_MEMORY,
    SET_MAX_MESSAGE_STEPS,
    SET_REGEX_MATCH_LIMIT,
    SETTINGS,
};

enum mode {
    MODE_ENFORCE,
    MODE_SOFT,  /* every 5xx is spoken as 4xx */
    MODE_AUDIT, /* every answer and change is withheld */
};

enum setting_type {
    SETTING_TEXT,
    SETTING_WORD, /* one of the row's choices */
    SETTING_NUMBER,
    SETTING_SIZE,
    SETTING_TIME,
    SETTING_TRUTH,
};

struct setting {
    const char *name;
    enum setting_type type;
    const char *choices; /* SETTING_WORD: separated by spaces */
    const char *initial; /* default, as the language writes it */
    int64_t least, most; /* numbers, sizes and times */
    /* SETTING_TEXT: NULL for a text that can be meant on some machine, or what is wrong and what
     * would be right, as in "\"x\" is no port; ...". Where the law is NULL, any text is right. */
    const char *(*law)(struct arena *arena, struct slice text);
    const char *help;    /* for the manual, in mdoc */
};

/* What one setting is set to. */
struct setting_value {
    struct slice text; /* text or word */
    int64_t number; /* number, size in octets, time in ms, truth; index of the choice for a word */
    struct place place; /* where the policy sets it; without source: it is the default */
};

struct settings {
    struct setting_value value[SETTINGS];
};

/* The table, and the defaults that it holds. */
const struct setting *setting_row(enum setting_id id);
bool setting_find(struct slice name, enum setting_id *id_r);
void settings_init(struct settings *settings);

/* The settings that code reads often. */
enum mode settings_mode(const struct settings *settings);
enum log_format settings_log_format(const struct settings *settings);
enum stage settings_earliest_verdict(const struct settings *settings);
enum local_case settings_local_case(const struct settings *settings);
enum script_level settings_script_level(const struct settings *settings);
unsigned settings_socket_mode(const struct settings *settings); /* at most 0777 */

#endif
