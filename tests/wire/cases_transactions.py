"""Several transactions on one connection."""

from harness import Daemon, case, check, same

POLICY = r'''
rule log-all at body add-header "X-Seen" "{sender} {recipients} {header['Subject']} {auth.user}."
'''


def seen(mta):
    return [edit[3] for edit in mta.edits if edit[0] == "insert-header"]


@case
def shares_nothing_between_transactions():
    with Daemon(POLICY) as daemon, daemon.session() as mta:
        mta.mail("<one@example.com>", auth_type="PLAIN", auth_authen="alice")
        mta.rcpt("<b1@example.net>")
        mta.rcpt("<b2@example.net>")
        mta.data(i="ID1")
        mta.header("Subject", "first")
        mta.eoh(i="ID1")
        mta.body(b"x\r\n")
        same(mta.eom(i="ID1"), "continue", "the first message")
        same(seen(mta), ["one@example.com b1@example.net, b2@example.net first alice."], "what it saw")
        mta.mail("<two@example.com>")
        mta.rcpt("<c@example.net>")
        mta.data(i="ID2")
        mta.eoh(i="ID2")
        same(mta.eom(i="ID2"), "continue", "the second message")
        same(seen(mta), ["two@example.com c@example.net  ."], "nothing of the first one")


@case
def forgets_the_queue_id():
    policy = 'set earliest-verdict mail rule r if sender == "bad@example.com" reject'
    with Daemon(policy) as daemon, daemon.session() as mta:
        mta.message(queue_id="FIRST")
        mta.mail("<bad@example.com>")
        same(len(daemon.lines("NOQUEUE: reject")), 1, "a refused MAIL isn't logged under the last message's id")


@case
def ends_a_transaction_at_rset():
    with Daemon(POLICY) as daemon, daemon.session() as mta:
        mta.mail("<one@example.com>")
        mta.rcpt("<b1@example.net>")
        mta.abort()
        same(mta.message("<two@example.com>"), "continue", "a message after RSET")
        same(seen(mta), ["two@example.com b@example.net  ."], "nothing of what RSET threw away")
        mta.mail("<three@example.com>")
        mta.rcpt("<b3@example.net>")
        mta.data()
        mta.header("Subject", "third")
        mta.abort()
        mta.abort()
        same(mta.message("<four@example.com>"), "continue", "a message after one that broke off in its header")
        same(seen(mta), ["four@example.com b@example.net  ."], "nothing of that one either")


@case
def hears_a_second_helo():
    policy = 'set earliest-verdict mail rule r if not tls reject 530 5.7.0 "STARTTLS first"'
    with Daemon(policy) as daemon, daemon.session() as mta:
        answer = mta.mail("<a@example.com>")
        same(answer, "530 5.7.0 STARTTLS first", "before STARTTLS")
        mta.helo(tls_version="TLSv1.3", cipher="TLS_AES_256_GCM_SHA384", cipher_bits="256")
        same(mta.mail("<a@example.com>"), "continue", "after STARTTLS and another EHLO")
        mta.rcpt("<b@example.net>")
        mta.helo(tls_version="TLSv1.3", cipher="TLS_AES_256_GCM_SHA384", cipher_bits="256")
        same(mta.message(), "continue", "EHLO in mid-transaction ends that one alone")


@case
def pins_a_connection_to_its_negotiation():
    with Daemon(POLICY) as daemon:
        with daemon.session() as full, daemon.mta() as bare:
            bare.negotiate(steps=0, actions=0x1FF)
            bare.connect()
            bare.helo()
            same(bare.mail("<a@example.com>"), "continue", "one MTA waits for answers")
            answer = full.mail("<a@example.com>")
            check(answer == "no reply" and full.is_silent(), "another at the same time doesn't", answer)


@case
def exchanges_a_recipient_that_dsn_says_nothing_of():
    """libmilter asks for an action of its own where there are no parameters."""
    with Daemon("rule u downgrade utf8") as daemon, daemon.session() as mta:
        mta.mail("<a@example.com>", "SMTPUTF8")
        mta.rcpt("<b@bücher.example>")
        mta.data()
        mta.eoh()
        same(mta.eom(), "continue", "the message")
        check("xn--bcher-kva" in str(mta.edits), "the A-label in %s" % mta.edits)
