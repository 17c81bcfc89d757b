#!/usr/bin/env bash
# Mail flows through a real Postfix, while Postern reloads and its generations are killed.
. "${srcdir:?}/tests/mta/postfix.bash"
postfix_cases reload
