#!/usr/bin/env bash
# Who may send as whom, behind a real Postfix with real logins: attacks, and their honest neighbours.
. "${srcdir:?}/tests/mta/postfix.bash"
postfix_cases submission
