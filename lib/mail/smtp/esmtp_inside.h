/* Between reading parameters and what their values may be. */
#ifndef POSTERN_LIB_MAIL_SMTP_ESMTP_INSIDE_H
#define POSTERN_LIB_MAIL_SMTP_ESMTP_INSIDE_H

#include "mail/esmtp.h"

enum parameter_command { COMMAND_MAIL, COMMAND_RCPT };

struct value_reading {
    struct arena *arena;
    struct parameters *parameters; /* whose fields the readers fill */
    enum parameter_defect defect;  /* a reader may leave one here, of a value that it could read */
};

/* A registered parameter. */
struct parameter_row {
    const char *keyword;
    enum parameter_command command;
    bool valueless;
    /* False for a value that can't be; NULL where there is none to be read. */
    bool (*read)(struct value_reading *reading, struct slice value);
};

/* NULL for one that this command doesn't have. number_r: its row, below 32. */
const struct parameter_row *esmtp_row_find(enum parameter_command command, struct slice keyword,
                                           unsigned *number_r);

#endif
