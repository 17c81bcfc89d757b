/* How the files that read addresses note what is wrong, and hand the parts on. */
#ifndef POSTERN_LIB_MAIL_ADDRESS_ADDRESS_INSIDE_H
#define POSTERN_LIB_MAIL_ADDRESS_ADDRESS_INSIDE_H

#include "mail/address.h"

/* The first defect stays, unless it was but a doubt. */
void address_note(struct address *address, bool wrong, enum address_defect defect);

/* Reads what stands before "@", and what stands behind it. */
void address_read_local(struct arena *arena, struct address *address, struct slice written);
void address_read_domain(struct arena *arena, struct address *address, struct slice domain);

#endif
