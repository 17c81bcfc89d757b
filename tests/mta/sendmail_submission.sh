#!/usr/bin/env bash
# Who may send as whom, behind a real Sendmail with real logins, by a map of its makemap.
. "${srcdir:?}/tests/mta/sendmail.bash"
sendmail_cases sendmail_submission
