"""All cases, in order."""

import sys

import cases_negotiation  # noqa: F401
import cases_answers  # noqa: F401
import cases_transactions  # noqa: F401
import cases_hostile  # noqa: F401
import cases_sequences  # noqa: F401
import cases_submission  # noqa: F401
import cases_utf8  # noqa: F401
import cases_log  # noqa: F401
import cases_memory  # noqa: F401
import cases_spool  # noqa: F401
import cases_syslog  # noqa: F401
import cases_patience  # noqa: F401
import cases_sandbox  # noqa: F401
import cases_status  # noqa: F401
import cases_why  # noqa: F401
import cases_process  # noqa: F401
import harness

sys.exit(harness.run_all())
