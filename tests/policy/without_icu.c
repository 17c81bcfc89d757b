/* What the program knows of looks where there is no ICU, in the place of what the library has. */
#undef HAVE_ICU

#include "../../lib/mail/address/looks.c"
