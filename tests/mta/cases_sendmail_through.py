"""Tests that are played through a Sendmail, and through one that takes mail without an answer."""

import os
import sys

import harness
import kit_sendmail
import through
from harness import case


@case
def plays():
    with kit_sendmail.Site() as site:
        through.plays(site)
        with through.Through(site) as played:
            through.by_hand(played)
            through.in_the_middle(played, "a reload", played.postern.reload)
            through.in_the_middle(played, "Postern is killed", played.postern.kill)


@case
def without_an_answer():
    os.environ["SENDMAIL_FILTER_FLAGS"] = ""
    with kit_sendmail.Site() as site:
        with through.Through(site) as played:
            through.fails_open(played, site.port, "no F=T")
        with through.Through(site, where="inet:%d@127.0.0.1" % harness.free_port()) as played:
            through.not_asked(played, site.port, "a milter that is away", "Recipient ok", "Postern isn't in the path")


sys.exit(harness.run_all())
