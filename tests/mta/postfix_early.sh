#!/usr/bin/env bash
# An accept or discard that is certain before the header, and a message that comes without MAIL.
. "${srcdir:?}/tests/mta/postfix.bash"
postfix_cases early
