/* Both MTAs know of a recipient where its mail goes, and say so when they are asked. Other macros
 * may be absent: of clients that haven't logged in, or use no TLS. */
#include "lacks.h"

#include <stdatomic.h>
#include <string.h>

#include "base/log.h"

void
lacks_tell_terms(const struct terms *terms)
{
    static atomic_flag told = ATOMIC_FLAG_INIT;

    if (terms->missing && !atomic_flag_test_and_set(&told))
        log_write(LOG_LEVEL_WARNING, "the MTA can't do all that the policy asks for: %s",
                  terms->missing);
}

void
lacks_tell_macro(enum stage stage, const char *name)
{
    static atomic_flag told = ATOMIC_FLAG_INIT;

    if (stage != STAGE_RCPT || strncmp(name, "{rcpt_", 6) != 0 || atomic_flag_test_and_set(&told))
        return;
    log_write(LOG_LEVEL_WARNING,
              "the MTA was asked for %s and doesn't send it: what rules read of it is absent; look "
              "at milter_rcpt_macros, or Milter.macros.envrcpt of Sendmail",
              name);
}
