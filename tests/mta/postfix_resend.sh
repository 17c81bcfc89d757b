#!/usr/bin/env bash
# Mail for a next hop without extensions, queued once more by `postern resend` as the manual has it.
. "${srcdir:?}/tests/mta/postfix.bash"
postfix_cases postfix_resend
