#!/bin/bash
# The commands through their command lines: what they print, and how they exit. TAP.
set -u
. "${srcdir:?}/tests/policy/report.bash"

# run STATUS NAME PATTERN... -- ARGUMENT...: every pattern must match a line of the output, of either
# stream; one that begins with ! may match none.
run() {
    local wanted=$1 name=$2 patterns=() pattern status ok=1
    shift 2
    while [ "$1" != -- ]; do
        patterns+=("$1")
        shift
    done
    shift
    "$postern" "$@" >out 2>err </dev/null
    status=$?
    ((status == wanted)) || ok=0
    for pattern in "${patterns[@]}"; do
        case $pattern in
        !*) ! cat out err | grep -qaE -e "${pattern#!}" || ok=0 ;;
        *) cat out err | grep -qaE -e "$pattern" || ok=0 ;;
        esac
    done
    report $ok "$name"
    ((status == wanted)) || echo "#   exit status $status, not $wanted"
}

# json NAME EXPRESSION ARGUMENT...: the output is JSON of which the expression is true.
json() {
    local name=$1 expression=$2 ok=1
    shift 2
    "$postern" "$@" >out 2>err </dev/null && python3 -m json.tool out >/dev/null 2>>err || ok=0
    python3 -c 'import json,sys; d=json.load(open("out")); sys.exit(not eval(sys.argv[1]))' \
        "$expression" 2>>err || ok=0
    report $ok "$name"
}

cat >good.conf <<'END'
set mode audit
table owners = "texthash:owners"
rule nobody
    if rcpt == "nobody@example.com"
    reject 550 5.1.1 "no such user" "really"
rule not-yours
    if auth.user and sender and auth.user not in owners[sender]
    reject 553 5.7.1 "{sender} does not belong to {auth.user}"
rule sink
    if rcpt == "sink@example.com"
    discard "sunk"
rule tag
    if header["Subject"]
    replace-header "Subject" "[EXT] {header['Subject']}"
rule hold
    if any body ~ /lottery/
    quarantine "lottery"
rule old-command
    if command.verb == "TURN"
    reject 502 5.5.1 "no"
rule watched audit
    if sender.domain == "audit.example"
    reject 550 5.7.1 "watched"

test "nobody is refused, in mode enforce too"
    rcpt <nobody@example.com>
    expect reject 550 5.1.1 rule nobody text "really"
test "a tag"
    message
        From: a@b.example
        Subject: hi

        text
    expect accept header Subject "[EXT] hi"
END
printf 'alice@example.com alice, bob\n' >owners

cat >authors.conf <<'END'
table owners = "texthash:owners"
rule authors
    if auth.user and any header.from as author: auth.user not in owners[author]
    reject 550 5.7.1 "{author} does not belong to {auth.user}"
END

cat >failing.tests <<'END'
test "this fails"
    rcpt <a@example.com>
    expect reject 550 5.7.1 rule nobody
    message
    expect discard
test "this doesn't # at all"
    auth alice
    mail <alice@example.com>
    rcpt <a@example.com>
    expect none
END
cat >passing.tests <<'END'
test "every word there is"
    connect 192.0.2.7 mail.example.net
    expect none
    helo client.example
    expect none
    starttls
    tls TLSv1.2 AES128 128
    auth carol
    time 2026-03-01T09:30:00Z
    macro {daemon_port} 587
    command TURN
    expect reject 502 5.5.1 rule old-command
    table owners a@audit.example carol
    table owners b@audit.example error
    mail <a@audit.example>
    rcpt <x@example.com>
    expect none
    expect audit reject 550 5.7.1 rule watched text "watched"
    rcpt <sink@example.com>
    expect discard rule sink text "sunk"
    data
    expect none
    message mail.eml
    expect quarantine rule hold text "lottery"
    expect accept
    expect recipients <x@example.com> sender <a@audit.example>
    mail <b@audit.example>
    rcpt <x@example.com>
    expect tempfail 451 4.3.0 rule not-yours
    rset
    mail <>
    rcpt <sink@example.com>
    message
    expect discard rule sink
test "handed in on the machine itself"
    local
    message
    expect accept rule-less
END
sed -i 's/ rule-less$//' passing.tests
printf 'Subject: x\n y\n\nlottery\n' >mail.eml
printf 'rule r\n    if nothing.known\n    reject\n' >bad.conf
printf 'test "t"\n    rcptt <a>\n' >bad.tests

run 64 'no command' '^usage:' --
run 64 'an unknown command' 'there is no command "nonsense"' '!did you mean' -- nonsense
run 64 'a misspelt command, and what was meant' 'no command "chek"; did you mean "check"' -- chek
run 0 'help' '^  serve ' '^  check ' '^  explain ' -- help
run 0 'the same by an option' '^  serve ' -- -h
run 0 'help of one command' '^usage: postern check ' -- help check
run 0 'help --help' '^usage: postern COMMAND' -- help --help
run 0 'completion --help' '^usage: postern completion bash' -- completion --help
run 0 'help completion' '^usage: postern completion bash' -- help completion
run 0 'its --help' '^usage: postern check ' '^  --mta NAME ' -- check -v --help
run 64 'help of no command' 'no command "x"' -- help x
run 0 '--version, and what it was built with' '^postern [0-9]' '^types of tables: .*texthash' '^engines: libmilter' \
    '^regexes: PCRE2 [0-9]' '^built with(out)?: .*libseccomp' -- --version
run 0 'facts' '^auth.user  *a name; mail: ' '^header\["\.\.\."\] ' -- facts
run 0 'facts with a word' '^tls.cipher ' '!^auth.user' -- facts CIPHER
run 1 'facts: none' 'no fact has "qqq"' -- facts qqq
run 0 'config: what is in effect' '^set mode audit$' '^set socket "unix:/.*"$' -- config -c good.conf
run 0 'config -n: what is set' '^set mode audit$' '!socket' -- config -n -c good.conf
run 0 'config -d: defaults' '^set mode enforce$' -- config -d
run 0 'config of one name' '^set mode audit$' '!socket' -- config -c good.conf mode
run 65 'config: an unknown name' 'no setting "mod"' -- config -c good.conf mod
run 64 'config: both' '^usage: postern config' -- config -d -n

run 0 'check says that all is well' 'good.conf: no errors, 7 rules' -- check -c good.conf
run 65 'check: a policy with an error' 'bad.conf:2:8: error:' '!no errors' -- check -c bad.conf
run 66 'check: no such file' 'No such file' -- check -c missing.conf

# host STATUS NAME SETTINGS PATTERN...: what check says of a policy that sets these.
host() {
    local status=$1 name=$2
    printf '%s\nrule a if tls reject\n' "$3" >host.conf
    shift 3
    run "$status" "check: $name" "$@" -- check -c host.conf
    run 0 "check --no-host: $name" 'no errors, [12] rules?; nothing was asked of this machine' '!error:|warning:' \
        -- check --no-host -c host.conf
}
host 65 'a user that is not here' 'set user "nobody-has-this-name"' \
    'host.conf:1:10: error: user: there is no user "nobody-has-this-name"' '!no errors'
host 65 'a user with all rights' 'set user "root"' 'host.conf:1:10: error: user: "root" has all rights' '!no errors'
host 65 'a group that is not here' 'set group "no-group-has-this-name"' \
    'host.conf:1:11: error: group: there is no group "no-group-has-this-name"'
host 65 'a group of the socket that is not here' 'set socket-group "no-group-has-this-name"' \
    'host.conf:1:18: error: socket-group: there is no group "no-group-has-this-name"'
host 65 'a socket far from any directory' 'set socket "unix:/nonexistent/two/s"' \
    'host.conf:1:12: error: socket: there is no directory /nonexistent in which serve could make /nonexistent/two'
host 65 'a socket below a file' "set socket \"unix:$scratch/good.conf/s\"" 'error: socket: .*good.conf is no directory'
host 65 'a file that is no socket' "set socket \"unix:$scratch/good.conf\"" 'error: socket: .*is no socket'
host 0 'a socket whose directory serve makes' "set socket \"unix:$scratch/new/s\"" 'no errors, 1 rule$'
host 0 'a socket of the network' 'set socket "inet:9999@postern_1"' 'no errors, 1 rule$'
if (($(id -u) == 0)); then
    mkdir -m 0700 private && echo 'a b' >private/table
    host 65 'a table that the user cannot read' 'set user "nobody" table t = "texthash:private/table"
rule b if sender in t reject' "host.conf:1:29: error: user \"nobody\" can't read private/table: Permission denied"
    chmod 0755 private . && chmod 0644 host.conf && host 0 'a table that the user can read' 'set user "nobody"
table t = "texthash:private/table" rule b if sender in t reject' '!warning'
else
    report 1 'check: a table that the user cannot read # SKIP not root'
fi
run 64 'check: an unknown option' '^usage: postern check' -- check --nonsense
run 64 'check: an unknown MTA' 'postfix or sendmail' -- check -c good.conf --mta exim
run 64 'check: a misspelt option, and what was meant' 'no option --prnt; did you mean "--print"' -- check --prnt
run 64 'check: an option without its value' 'option --mta needs a value' -- check --mta
run 64 'check: a value too many' 'option --strict takes no value' -- check --strict=x
run 64 'check: an unknown letter' 'no option -z' -- check -z
run 64 'check: a stray word' '^usage: postern check' -- check good.conf more
run 0 'check: the policy as a word' 'good.conf: no errors, 7 rules' -- check good.conf
mkdir -p beside && printf 'include "part.conf"\nrule r if tls reject\n' >new.conf
printf 'rule part if auth.user reject\n' >beside/part.conf
run 0 'check --as: what is included is looked for there' 'beside/p.conf: no errors, 2 rules; nothing was asked' \
    -- check --as beside/p.conf new.conf
run 65 'check: and is missing here' 'new.conf:1:' -- check new.conf
printf 'list nobody = { }\nrule r if tls reject\n' >warned.conf
run 0 'check: warnings are counted' 'warned.conf: no errors, 1 warning, 1 rule$' -- check warned.conf
run 65 'check --strict: a warning fails' '!no errors' 'warning:' -- check --strict warned.conf
run 0 'check -q' '!no errors' -- check -q good.conf
run 0 'check -v says what is asked of the MTA' '^rule nobody' '^asked of the MTA:' '^steps:' '^actions:.*QUARANTINE' \
    -- check -v -c good.conf
printf 'rule r if any part.type == "text/html" reject\n' >parts.conf
run 0 'check -v: facts of parts take header and body' 'reads part.type' '!^steps:.*NOHDRS' \
    '!^steps:.*NOBODY' -- check -v -c parts.conf
printf 'rule r if sender == "a@example.com" reject\n' >sender.conf
run 0 'without such a fact neither is asked for' '^steps:.*NOHDRS' '^steps:.*NOBODY' -- check -v -c sender.conf
printf 'include "%s/rules/policies/attachments.rules"\n' "$srcdir" >off.conf
run 0 'attachments.rules, all off, asks for neither' '^steps:.*NOHDRS' '^steps:.*NOBODY' \
    'refused-type: switched off' -- check -v -c off.conf
printf 'include "%s/rules/policies/visible-recipients.rules"\n' "$srcdir" >off.conf
run 0 'visible-recipients.rules, off, asks for neither' '^steps:.*NOHDRS' '^steps:.*NOBODY' \
    'visible-recipients: switched off' '!warning' -- check -v -c off.conf
run 0 'check --print prints the policy' '^rule nobody' '^test "a tag"' -- check --print -c good.conf
"$postern" check --print -c good.conf >printed.conf 2>err
"$postern" check --print -c printed.conf >again.conf 2>>err
cmp -s printed.conf again.conf
report $((! $?)) 'check --print: what it prints prints itself'
run 0 'and passes its tests' '^ok 2' -- test -c printed.conf
run 0 'check --mta' '!error' -- check --mta postfix -c good.conf
printf '%s\n' 'rule size if macro["{msg_size}"] ~ /^9/ log "x"' 'rule name if macro["{client_name}"] ~ /x/ log "x"' \
    "rule says log \"{macro['{nrcpts}']}\"" >macros.conf
run 0 'check --mta: macros that Postfix never sends' '^macros.conf:1: rule size .*: macro\["\{msg_size}"]$' \
    '^macros.conf:3: rule says .*nrcpts' '!rule name' -- check --mta postfix -c macros.conf
run 0 'check --mta: and Sendmail does' '^no rule reads what Sendmail never sends' -- check --mta sendmail -c macros.conf

run 0 'test: all pass' '^ok 1 - nobody is refused' '^ok 2 - a tag' '^1\.\.2' -- test -c good.conf
run 0 'test: of other files too' '^ok 3 - every word' '^ok 4 - handed in' '^1\.\.4' -- test -c good.conf passing.tests
run 1 'test: failures are told' '^not ok 3 - this fails' \
    '^# failing.tests:3: expected reject 550 5.7.1 rule nobody, got none' \
    '^# failing.tests:5: expected discard, got accept' '^# log: .*replace-header' \
    '^ok 4 - this doesn.t \\# at all' '^1\.\.4' -- test -c good.conf failing.tests
run 65 'test: a file with an error' 'bad.tests:2:5: error: .*did you mean "rcpt"' '^ok 2' -- test -c good.conf bad.tests
run 65 'test: a file that is not there' 'missing.tests' -- test -c good.conf missing.tests
run 65 'test: a policy with an error' 'bad.conf:2' '!^ok' -- test -c bad.conf
run 64 'test: an unknown option' '^usage: postern test' -- test --nonsense

run 0 'test --run' '^ok 1 - a tag$' '^1\.\.1$' -- test -c good.conf --run 'a t*'
run 1 'test --run: none' 'no test has a name that matches "zzz"' -- test -c good.conf --run zzz
run 1 'test -q' '^not ok 3 - this fails' '!^ok' '^# 3 passed, 1 failed$' -- test -q -c good.conf failing.tests

cat >covered.conf <<'END'
let far = client.ip not in { 127.0.0.0/8 }
let on = yes
list nobody = { }
rule first
    if on and far and sender.domain == "a.example" and sender.domain not in nobody
    reject
rule second audit
    if rcpt.local == "x" or (far and mail.size)
    reject
rule third
    if any header.from as author: author.domain == "c.example"
    log "third"
rule off if not on reject
test "first"
    mail <x@a.example>
    rcpt <y@b.example>
    expect reject rule first
test "second"
    rcpt <x@b.example>
    message
        From: y@b.example, z@d.example

        x
    expect accept
END
run 0 'test --coverage: what fires, and what is both true and false' '^1\.\.2$' \
    '^# rules that fire: 2 of 3 \(66 %\)$' '^#   covered.conf:10: third never fires$' \
    '^# parts of conditions that are both true and false: 1 of 5 \(20 %\)$' \
    '^#   covered.conf:1: never false: client.ip not in \{ 127.0.0.0/8 \}$' \
    '^#   covered.conf:8: never false: rcpt.local == "x"$' '^#   covered.conf:8: never asked: mail.size$' \
    '^#   covered.conf:11: never true: author.domain == "c.example"$' '!covered.conf:5' '!nobody' '!off' \
    -- test --coverage -c covered.conf
run 1 'test --coverage: less than is asked for' '^ok 2' -- test --coverage=21 -c covered.conf
run 0 'test --coverage: as much' '^ok 2' -- test --coverage=20 -c covered.conf
cat >more.tests <<'END'
test "third"
    connect 127.0.0.1
    rcpt <y@b.example>
    message
        From: y@c.example

        x
    expect accept
test "large"
    mail <y@b.example> SIZE=5
    rcpt <y@b.example>
    expect none
    mail <y@b.example>
    rcpt <y@b.example>
    expect none
END
run 0 'test --coverage: of all tests together' '^# rules that fire: 3 of 3 \(100 %\)$' \
    '^# .*: 5 of 5 \(100 %\)$' '!never' -- test --coverage=100 -c covered.conf more.tests
run 0 'test --coverage: nothing to cover' 'rules that fire: 0 of 0 \(100 %\)' -- \
    test --coverage=100 -c "$(cd "$srcdir" && pwd)/rules/policies/extensions.rules"
run 64 'test --coverage: no percentage' '^usage: postern test' -- test --coverage=101 -c covered.conf
run 64 'test --coverage: none at all' '^usage: postern test' -- test --coverage=x -c covered.conf

run 0 'lookup: found' '^found under: alice@example.com' '^answer: alice, bob' -- \
    lookup -c good.conf owners Alice+x@Example.com
run 0 'lookup -q' '^alice, bob$' '!tried|found' -- lookup -q -c good.conf owners alice@example.com
run 1 'lookup -q: not found' '!.' -- lookup -q -c good.conf owners carol@example.com
run 1 'lookup: not found' '^tried: carol@example.com' '^tried: @example.com' '^not found' -- \
    lookup -c good.conf owners carol@example.com
run 0 'lookup: TYPE:PLACE needs no policy' '^answer: alice, bob' -- lookup texthash:owners alice@example.com
run 65 'lookup: no such table' 'no table "nope"' -- lookup -c good.conf nope x
run 64 'lookup: no such type' 'unknown table type "nope"; built in are none, ' -- lookup nope:x y
run 64 'lookup: too few words' '^usage: postern lookup' -- lookup owners
run 65 'lookup: a file that is not there' 'No such file' -- lookup texthash:missing x

run 0 'explain: the reply that the client would see' '^RCPT TO:<nobody@example.com>' 'nobody +true: reject' \
    '=> 550-5.1.1 no such user' '     550 5.1.1 really   \(rule nobody\)' 'NOQUEUE: reject: RCPT from' \
    -- explain -c good.conf --rcpt '<nobody@example.com>'
run 0 'explain: which mode the milter would be in' '^The milter would be in mode audit' '!-also' \
    -- explain -c good.conf --rcpt '<nobody@example.com>'
for mode in enforce soft; do
    sed "1s/audit/$mode/" good.conf >mode.conf
    run 0 "explain: as in mode enforce, and that it is $mode" "^The milter would be in mode $mode" \
        '=> 550-5.1.1' ' reject: RCPT from' -- explain -c mode.conf --rcpt '<nobody@example.com>'
done
run 0 'explain: options in any order' '553 5.7.1 carol@example.com does not belong to alice' \
    -- explain -c good.conf --rcpt '<x@example.com>' --mail '<carol@example.com>' --auth alice
run 0 'explain: changes' '=> accepted' 'change header field Subject \(number 1\) to: \[EXT\] a b' \
    'quarantine: lottery' -- explain -c good.conf --header 'Subject: a b' --body 'the lottery'
run 0 'explain: a connection, TLS, a table, an unknown command' '192.0.2.9' 'EHLO there' '502 5.5.1 no' \
    -- explain -c good.conf --connect 192.0.2.9 --helo there --tls TLSv1.3 --command TURN --table 'owners x y'

shipped=$(cd "$srcdir" && pwd)/rules/policies
printf 'list our-domains = { example.com }\ntable owners = "texthash:owners"\n' >shipped.conf
printf 'include "%s"\n' "$shipped"/{standard,submission,extensions,next-hop,attachments}.rules >>shipped.conf
for login in '' '--auth alice --mail <alice@example.com>'; do
    run 0 "explain: clean mail under the shipped policies${login:+, with a login}" '^  => accepted' '!  since' \
        -- explain -c shipped.conf $login --rcpt '<x@example.net>'
    (($(wc -l <out) <= 20))
    report $((! $?)) 'explain: it takes 20 lines at most'
done
head -n 2 out | tr '\n' '|' | grep -q '^end of message .*|  => accepted, since no rule objects|$'
report $((! $?)) 'explain: it begins with the answer'
run 0 'explain: a mailbox of a group, in the log alone' '^  => accepted' \
    "log: .* alice sends as sales@example.com for group:sales; rule=sender-of-group" \
    "log: .* alice writes as sales@example.com for group:sales; rule=from-of-group" '!=>.*group' -- \
    explain -c shipped.conf --auth alice --mail '<sales@example.com>' --rcpt '<x@example.net>' \
    --header 'From: sales@example.com' --table 'groups alice group:sales' --table 'owners sales@example.com group:sales'
run 0 'explain: a mailbox of another group' '=> 550-5.7.1 alice may not send as sales@example.com: the address is not' \
    '!550.*group' -- explain -c shipped.conf --auth alice --mail '<sales@example.com>' \
    --rcpt '<x@example.net>' --table 'groups alice group:all' --table 'owners sales@example.com group:sales'
run 0 'explain: with -v every rule' 'wrong-mail-parameter +false  \(mail.error is absent\)' \
    -- explain -v -c shipped.conf --rcpt '<x@example.net>'

cat >struck.conf <<'END'
rule his
    if rcpt == "b@example.com" and any header["Subject"] == "no"
    reject 550 5.7.1 "not for {rcpt}"
rule tagged
    if header["Subject"]
    add-header "X-Tag" "yes"
rule kept
    if rcpt.domain == "example.net"
    log "kept"
END
strike=(-c struck.conf --rcpt '<a@example.com>' --rcpt '<b@example.com>' --rcpt '<c@example.net>'
    --rcpt '<d@example.com>' --header 'Subject: no')
run 0 'explain: which other recipients a refusal strikes' \
    '^     brought by <b@example.com>; it strikes others too: <a@example.com>, <c@example.net>, <d@example.com>$' \
    '^     since any header\["Subject"\] == "no"  \(rcpt = b@example.com; header\["Subject"\] = no\)$' \
    '^  for <a@example.com>, <d@example.com>:$' '^  for <c@example.net>:$' \
    '^  kept  true, acts  \(rcpt.domain = example.net\)$' -- explain "${strike[@]}"

cat >quotas.conf <<'END'
table quotas = "texthash:quotas"
table groups = "texthash:groups"
let quota = quotas[auth.user]
rule right
    if helo == "right.example" and message.size > quotas[auth.user]
    reject 552 5.3.4 "too big"
rule left
    if helo == "left.example" and quotas[auth.user] == 5
    reject 552 5.3.4 "too big"
rule named
    if helo == "named.example" and message.size > quota
    reject 552 5.3.4 "too big"
rule bound
    if helo == "bound.example" and any quotas[auth.user] as most: message.size > most
    reject 552 5.3.4 "too big"
rule twice
    if helo == "twice.example" and quotas[groups[auth.user]] == 5
    reject 552 5.3.4 "too big"
END
printf 'alice 50 MB\nbob much\n' >quotas
printf 'alice staff, guests\n' >groups

printf '# nobody yet\n' >nobody
sed '1s/:quotas/:nobody/' quotas.conf >quotas_empty.conf

# wrong NAME HELO USER REASON: a value of a table that is worth nothing where it is wanted.
wrong() {
    run 0 "explain: $1" '=> 451 4.3.0' "reason=\".*$4" -- \
        explain -c quotas.conf --helo "$2.example" --auth "$3" --mail '<a@example.com>' --body x
}
alice="table quotas, key 'alice', answer '50 MB': several words, where one is wanted"
wrong 'several words, on the right' right alice "$alice"
wrong 'several words, on the left' left alice "$alice"
wrong 'several words, by a name' named alice "$alice"
bob="table quotas, key 'bob', answer 'much': 'much' is not a"
wrong 'a word of another kind, on the right' right bob "$bob size"
wrong 'a word of another kind, on the left' left bob "$bob number"
wrong 'a word of another kind, bound' bound bob "$bob size"
wrong 'several words as a key' twice alice \
    "table groups, key 'alice', answer 'staff guests': several words, where one is wanted as a key of table quotas"
run 0 'check: a table without entries' 'quotas_empty.conf:1:.*warning: the table "quotas" has no entries' \
    -- check -c quotas_empty.conf

run 0 'explain: what lookups gave' 'not-yours +true: reject .*owners\[sender\] = alice, bob' '=> 553' \
    -- explain -c good.conf --auth carol --mail '<alice@example.com>' --rcpt '<x@example.com>'
run 0 'explain: and which words of them would be patterns elsewhere' \
    'owners\[sender\] = @example.com \(as it stands\), \* \(as it stands\), bob[;)]' '=> 553' \
    -- explain -c good.conf --auth carol --mail '<sales@example.com>' --rcpt '<x@example.com>' \
    --table 'owners sales@example.com "@example.com * bob"'
run 0 'explain: and for an item of many' \
    'authors +true: reject .*; author = x@example.com; owners\[author\] is absent\)' '=> 550' \
    -- explain -c authors.conf --auth alice --mail '<alice@example.com>' --rcpt '<x@example.com>' \
    --header 'From: alice@example.com, x@example.com, y@example.com'
run 0 'explain: and for each, where none settles it' \
    'authors +false .*; author = alice@example.com; .*owners\[author\] = alice, bob; author = Alice@example.com' \
    -- explain -v -c authors.conf --auth alice --mail '<alice@example.com>' --rcpt '<x@example.com>' \
    --header 'From: alice@example.com, Alice@example.com'
cat >steps.conf <<'EOF'
set max-message-steps 1000
rule loops if any header["Key"] as key: (any header["Key"] as other: key != other) add-header "X" "y"
rule behind if header.count == 0 reject
EOF
fields=()
for ((i = 0; i < 200; i++)); do
    fields+=(--header 'Key: a')
done
run 0 'explain: where the steps end' 'loops +error: tempfail  \(max-message-steps is reached\)' '!behind +true' \
    '=> 451 4.3.0 .*rule loops' 'rule=loops id=000000000001 reason="max-message-steps is reached"' \
    -- explain -c steps.conf --rcpt '<x@example.com>' "${fields[@]}"
run 0 'explain: and so for programs' '"rule":"loops",[^}]*"reason":"max-message-steps is reached"' \
    -- explain --json -c steps.conf --rcpt '<x@example.com>' "${fields[@]}"
printf 'auth alice\nmail <alice@example.com>\nrcpt <y@example.com>\nrcpt <nobody@example.com>\n' >one.scenario
run 0 'explain: a file and a message' 'quarantine: lottery' '550-5.1.1' -- explain -c good.conf one.scenario mail.eml
run 65 'explain: a line that means nothing' 'is no IP address' -- explain -c good.conf --connect nonsense
run 0 'explain: words as the manual has them' 'mx.example \[192.0.2.9\]' '553 5.7.1 carol@example.com' \
    -- explain -c good.conf --connect 192.0.2.9 mx.example --auth alice PLAIN --rcpt '<x@example.com>' NOTIFY=NEVER \
    --mail '<carol@example.com>' SIZE=5 --table owners carol@example.com 'dave "d" erin'
run 0 'explain: a file behind them is a file' '=> 550-5.1.1' -- explain -c good.conf --connect 192.0.2.9 one.scenario
run 65 'explain: no version of TLS' '"1.3" is no version of TLS' -- explain -c good.conf --tls 1.3
run 65 'explain: no path' '"to:<a@b>" is no path' -- explain -c good.conf --rcpt 'to:<a@b>'
run 65 'explain: no header field' '"no colon" is no header field' -- explain -c good.conf --header 'no colon'
run 65 'explain: a file that is not there' 'missing' -- explain -c good.conf missing
cp mail.eml 'a "mail".eml'
run 0 'explain: a message whose name has white space and quotes' 'quarantine: lottery' -- \
    explain -c good.conf --message 'a "mail".eml'
run 0 'explain: and behind a file' 'quarantine: lottery' -- explain -c good.conf one.scenario 'a "mail".eml'
run 65 'explain: a message given twice' 'message is given twice' '!=>' -- \
    explain -c good.conf --message mail.eml --header 'Subject: a'
run 65 'explain: a message given twice as a file' 'message is given twice' '!=>' -- \
    explain -c good.conf --message mail.eml one.scenario mail.eml
run 65 'explain: a message that is not there' 'missing.eml: No such file' -- \
    explain -c good.conf one.scenario missing.eml
run 64 'explain: an unknown option' '^usage: postern explain' -- explain --nonsense
run 65 'explain: a policy with an error' 'bad.conf:2' -- explain -c bad.conf

json 'explain --json: a refusal' \
    'd["stages"][-1]["stage"] == "rcpt" and d["stages"][-1]["answer"]["code"] == "550" and len(d["log"]) == 1' \
    explain --json -c good.conf --rcpt '<nobody@example.com>'
json 'explain --json: the mode' 'd["mode"] == "audit"' explain --json -c good.conf
json 'explain --json: changes' \
    '[c["change"] for c in d["stages"][-1]["changes"]] == ["change-header", "quarantine"]' \
    explain --json -c good.conf --header 'Subject: a b' --body 'the lottery'
json 'explain --json: rules and facts' \
    'any(r["rule"] == "nobody" and r["truth"] == "false"
         for s in d["stages"] for w in s["walks"] for r in w["rules"])' \
    explain --json -c good.conf --rcpt '<x@example.com>' --rcpt '<sink@example.com>'
json 'explain --json: what lookups gave for an item' \
    '[f["values"] for w in d["stages"][-1]["walks"] for r in w["rules"] if r["rule"] == "authors"
      for f in r["facts"] if f["name"] in ("author", "owners[author]")] == [["x@example.com"], []]' \
    explain --json -c authors.conf --auth alice --mail '<alice@example.com>' --header 'From: x@example.com'
fate() { # VERDICT STAGE RULE ARGUMENT...
    local expression="(d['verdict'], d['stage'], d['rule']) == ('$1', '$2', $3)" name="explain --json: $1 at $2"

    shift 3
    json "$name" "$expression" explain --json "$@"
}
fate accepted body None -c good.conf
fate rejected rcpt '"nobody"' -c good.conf --rcpt '<nobody@example.com>'
fate accepted body None -c good.conf --rcpt '<nobody@example.com>' --rcpt '<x@example.com>'
fate discarded data '"sink"' -c good.conf --rcpt '<sink@example.com>'
fate deferred rcpt '"not-yours"' -c good.conf --auth alice --mail '<x@example.com>' --table 'owners x@example.com error'
fate rejected header '"his"' "${strike[@]}"
json 'explain --json: whom a refusal strikes, and for whom the rules go the same way' \
    '((d["stages"][-1]["answer"]["recipient"], d["stages"][-1]["answer"]["strikes"]) ==
     ("<b@example.com>", ["<a@example.com>", "<c@example.net>", "<d@example.com>"])) and (
     ["<b@example.com>"] in [w["recipients"] for w in d["stages"][-1]["walks"]])' \
    explain --json "${strike[@]}"
json 'explain --json: the part of the condition that settled it, and its place' \
    '([r["decided"] for r in d["stages"][-1]["walks"][0]["rules"] if r["rule"] == "nobody"] ==
     [{"part": "rcpt == \"nobody@example.com\"", "truth": "true", "file": "good.conf", "line": 4, "column": 8}])' \
    explain --json -c good.conf --rcpt '<nobody@example.com>'
json 'explain --json: octets of a stranger' 'd["stages"]' \
    explain --json -c good.conf --helo $'a"b\\c\x01\xff\xc3\xb6' --mail $'<"\x02\xfe\\"\\\\"@example.com>' \
    --header $'Subject: \xff"\\\x1b\xf0\x9f\x98\x80'

echo "1..$number"
exit $((failed > 0))
