/* Where encoders write to: octets are gathered, and handed on when there are many. */
#ifndef POSTERN_LIB_MAIL_CONVERT_OUTLET_H
#define POSTERN_LIB_MAIL_CONVERT_OUTLET_H

#include "mail/convert_message.h"

enum { OUTLET_SIZE = 32768 };

struct outlet {
    convert_sink *sink;
    void *context;
    bool failed; /* the sink took no more: from then on nothing is handed on */
    size_t len;
    char at[OUTLET_SIZE];
};

void outlet_put(struct outlet *outlet, struct slice s);

/* False once the sink has said so. */
bool outlet_flush(struct outlet *outlet);

/* Room for `len` octets, at most OUTLET_SIZE, of which *taken are added by outlet_took(). */
char *outlet_room(struct outlet *outlet, size_t len);

static inline void
outlet_took(struct outlet *outlet, size_t len)
{
    outlet->len += len;
}

#endif
