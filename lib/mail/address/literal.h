/* Address literals, between the files that know domains. */
#ifndef POSTERN_LIB_MAIL_ADDRESS_LITERAL_H
#define POSTERN_LIB_MAIL_ADDRESS_LITERAL_H

#include "mail/domain.h"

/* The one spelling of a literal that stands for this address. */
struct slice literal_key(struct arena *arena, struct slice domain, const struct ip *ip);

#endif
