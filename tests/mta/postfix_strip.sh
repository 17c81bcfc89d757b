#!/usr/bin/env bash
# Mail that loses the declaration of SMTPUTF8 before Postern sees it, as the manual has it.
. "${srcdir:?}/tests/mta/postfix.bash"
postfix_cases postfix_strip
