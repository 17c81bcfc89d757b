/* Single labels of internationalized domain names. */
#ifndef POSTERN_LIB_MAIL_ADDRESS_IDNA_H
#define POSTERN_LIB_MAIL_ADDRESS_IDNA_H

#include "mail/domain.h"

/* The A-label of a U-label, with all that RFC 5891 section 4.2 and RFC 5892 ask of one, its own
 * Bidi rule included; the reason where it is none. */
enum domain_defect idna_encode(struct arena *arena, struct slice label, struct slice *ascii_r);

/* The U-label that differs from this label in case and normal form alone; false where none does:
 * deleted or compatibility characters would make two domains one. */
bool idna_map(struct arena *arena, struct slice label, struct slice *unicode_r);

/* The A-label by which a label is looked up: of U-labels, of what maps to one, and of what misses
 * the contexts that RFC 5891 section 5.4 leaves to registries. */
bool idna_lookup(struct arena *arena, struct slice label, struct slice *ascii_r);

/* The U-label of a lower-case A-label that is one: it leads back (RFC 5890 section 2.3.2.1). */
bool idna_decode(struct arena *arena, struct slice label, struct slice *unicode_r);

/* Is it, as an A-label or as what people type for one, of letters, digits and pictures such as
 * emoji, as IDNA2003 (RFC 3490) let them be registered and IDNA2008 doesn't? */
bool idna_has_pictures(struct arena *arena, struct slice label);

/* Has this label a right-to-left character, and does it keep the Bidi rule (RFC 5893)? */
bool idna_is_right_to_left(struct slice label);
bool idna_keeps_bidi_rule(struct slice label);

#endif
