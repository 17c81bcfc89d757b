-- Milter sessions, spoken and judged by miltertest of OpenDKIM. Its policy is in miltertest.py, which gives
-- `socket` and reads the lines that are said.

local function check(ok, text)
    mt.echo((ok and "ok " or "not ok ") .. text)
end

local function is_done(wrong, text)
    check(wrong == nil, text .. (wrong and ": " .. wrong or ""))
end

local function answers(connection, reply, text)
    local said = mt.getreply(connection)

    check(said == reply, text .. (said == reply and "" or ": " .. string.char(said)))
end

local function session(version, actions, steps)
    local connection = mt.connect(socket, 40, 0.1)

    is_done(mt.negotiate(connection, version, actions, steps), "negotiation")
    is_done(mt.conninfo(connection, "client.example", "192.0.2.7"), "connect")
    is_done(mt.helo(connection, "client.example"), "HELO")
    return connection
end

local function envelope(connection, recipient)
    mt.macro(connection, SMFIC_MAIL, "i", "4ABC", "{auth_type}", "PLAIN", "{auth_authen}", "alice")
    is_done(mt.mailfrom(connection, "<alice@example.com>", "SIZE=900", "BODY=8BITMIME"), "MAIL")
    is_done(mt.rcptto(connection, recipient), "RCPT " .. recipient)
end

local function content(connection, what, text)
    -- Where the filter leaves it out, it would be an error of the script.
    if not mt.test_option(connection, SMFIP_NODATA) then
        is_done(mt.data(connection), "DATA")
    end
    is_done(mt.header(connection, "X-Do", what), "X-Do: " .. what)
    is_done(mt.header(connection, "Subject", "lunch"), "Subject")
    is_done(mt.header(connection, "X-Secret", "one"), "X-Secret")
    is_done(mt.header(connection, "MIME-Version", "1.0"), "MIME-Version")
    is_done(mt.header(connection, "Content-Type", "text/plain; charset=utf-8"), "Content-Type")
    is_done(mt.header(connection, "Content-Transfer-Encoding", "8bit"), "Content-Transfer-Encoding")
    is_done(mt.eoh(connection), "end of header")
    if mt.getreply(connection) == SMFIR_CONTINUE then
        is_done(mt.bodystring(connection, text), "body")
        is_done(mt.eom(connection), "end of message")
    end
end

local function message(connection, what)
    envelope(connection, "<bob@example.net>")
    content(connection, what, "text\r\n")
end

local connection = session()

check(mt.test_action(connection, SMFIF_ADDHDRS), "wants to add fields")
check(mt.test_action(connection, SMFIF_CHGBODY), "wants to replace bodies")
check(mt.test_action(connection, SMFIF_QUARANTINE), "wants to quarantine")
check(not mt.test_option(connection, SMFIP_NORCPT), "wants recipients")
check(not mt.test_option(connection, SMFIP_NOBODY), "wants bodies")

message(connection, "nothing")
answers(connection, SMFIR_CONTINUE, "a message passes")
check(mt.eom_check(connection, MT_HDRINSERT, "X-Seen", "192.0.2.7 client.example alice 900"), "X-Seen is inserted")
check(not mt.eom_check(connection, MT_HDRCHANGE), "no field is changed")
check(not mt.eom_check(connection, MT_BODYCHANGE), "nor is the body")
check(not mt.eom_check(connection, MT_QUARANTINE), "nor is it held")

message(connection, "replace remove")
answers(connection, SMFIR_CONTINUE, "another message passes")
check(mt.eom_check(connection, MT_HDRCHANGE, "Subject", "[x] lunch"), "Subject is changed")
check(mt.eom_check(connection, MT_HDRDELETE, "X-Secret"), "X-Secret is deleted")

envelope(connection, "<off@example.net>")
content(connection, "recipient", "text\r\n")
answers(connection, SMFIR_CONTINUE, "one with other recipients passes")
check(mt.eom_check(connection, MT_RCPTADD, "<copy@example.org>"), "a recipient is added")
check(mt.eom_check(connection, MT_RCPTDELETE, "<off@example.net>"), "one is deleted")

message(connection, "hold")
answers(connection, SMFIR_CONTINUE, "one is held")
check(mt.eom_check(connection, MT_QUARANTINE, "look at alice@example.com"), "with a reason")

envelope(connection, "<bob@example.net>")
content(connection, "convert", "gr\195\188n\r\n")
answers(connection, SMFIR_CONTINUE, "one that is converted passes")
check(mt.eom_check(connection, MT_HDRCHANGE, "Content-Transfer-Encoding"), "its field is changed")
check(mt.eom_check(connection, MT_BODYCHANGE, "Z3LDvG4NCg==\r\n"), "and its body")

envelope(connection, "<no@example.net>")
answers(connection, SMFIR_REPLYCODE, "a recipient is refused")
is_done(mt.rcptto(connection, "<bob@example.net>"), "another RCPT")
answers(connection, SMFIR_CONTINUE, "the next is not")
mt.abort(connection)

message(connection, "reject")
answers(connection, SMFIR_REPLYCODE, "a message is refused at the end of its header")
mt.abort(connection)

envelope(connection, "<bob@example.net>")
content(connection, "nothing", "bad\r\n")
answers(connection, SMFIR_REPLYCODE, "and one at its end")
check(mt.eom_check(connection, MT_SMTPREPLY, "554", "5.7.1", "alice@example.com is at 100%%"), "by the policy's words")

envelope(connection, "<bob@example.net>")
content(connection, "nothing", "later\r\n")
answers(connection, SMFIR_REPLYCODE, "one is deferred")
check(mt.eom_check(connection, MT_SMTPREPLY, "451", "4.7.1", "later"), "by the policy's words")

message(connection, "discard")
answers(connection, SMFIR_DISCARD, "one is discarded")
mt.abort(connection)

is_done(mt.unknown(connection, "TURN"), "an unknown command")
answers(connection, SMFIR_REPLYCODE, "it is refused")
is_done(mt.unknown(connection, "XFOO"), "another")
answers(connection, SMFIR_CONTINUE, "which is left to the MTA")

message(connection, "nothing")
answers(connection, SMFIR_CONTINUE, "and a message passes behind all that")
mt.disconnect(connection)

connection = session(2, 0x3f, 0x7f)
message(connection, "nothing")
answers(connection, SMFIR_CONTINUE, "an MTA of version 2 is served")
check(mt.eom_check(connection, MT_HDRINSERT, "X-Seen"), "and told to insert")
mt.disconnect(connection, false)

connection = session()
message(connection, "nothing")
answers(connection, SMFIR_CONTINUE, "and one behind a broken connection")
mt.disconnect(connection)
