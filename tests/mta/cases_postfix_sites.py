"""One of the sites behind a Postfix."""

import sys
import tempfile

import harness
import kit_sites
import sites

with tempfile.TemporaryDirectory(prefix="postern-machine-") as directory:
    kit_sites.make_machine(directory)
    kit_sites.make_network()
    harness.cases[:] = [getattr(sites, sys.argv[1])]
    sites.mta = "Postfix"
    sys.exit(harness.run_all())
