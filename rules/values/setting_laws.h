/* What texts can be meant by settings, whatever the machine: laws of their rows. */
#ifndef POSTERN_RULES_VALUES_SETTING_LAWS_H
#define POSTERN_RULES_VALUES_SETTING_LAWS_H

#include "base/arena.h"

/* Each as struct setting has it. */
const char *setting_law_socket(struct arena *arena, struct slice text);
const char *setting_law_status_socket(struct arena *arena, struct slice text);
const char *setting_law_mode(struct arena *arena, struct slice text);
const char *setting_law_account(struct arena *arena, struct slice text);
const char *setting_law_delimiters(struct arena *arena, struct slice text);
const char *setting_law_domains(struct arena *arena, struct slice text);
const char *setting_law_authserv_id(struct arena *arena, struct slice text);
const char *setting_law_syslog_name(struct arena *arena, struct slice text);

/* Three or four octal digits, at most 0777; false for anything else. */
bool setting_read_mode(struct slice text, unsigned *mode_r);

#endif
