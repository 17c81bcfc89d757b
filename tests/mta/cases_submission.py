"""Who may send as whom, behind one Postfix."""

import sys

import authors  # with cases of its own
import harness
import kit
import submission

with kit.Site() as submission.site:
    sys.exit(harness.run_all())
