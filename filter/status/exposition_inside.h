/* What the two forms of exposition share. */
#ifndef POSTERN_FILTER_STATUS_EXPOSITION_INSIDE_H
#define POSTERN_FILTER_STATUS_EXPOSITION_INSIDE_H

#include "exposition.h"

/* More is never written. */
enum { EXPOSITION_MOST = 32 << 20 };

/* A setting that is a word. */
struct slice exposition_word(const struct exposition_about *about, enum setting_id id);

#endif
