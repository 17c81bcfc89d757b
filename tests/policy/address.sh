#!/bin/bash
# `postern address`: its columns, its JSON, its input, and how it exits. TAP.
set -u
. "${srcdir:?}/tests/policy/report.bash"

# columns NAME INPUT VALID NEEDS CANONICAL ASCII REASON [OPTION...]: a line of six columns, from an
# argument and from standard input.
columns() {
    local name=$1 input=$2 from ok
    printf '%s\t%s\t%s\t%s\t%s\t%s\n' "${@:2:6}" >wanted
    shift 7
    "$postern" address "$@" -- "$input" >out 2>err && cmp -s wanted out && ok=1 || ok=0
    report $ok "$name"
    printf '%s\n' "$input" | "$postern" address "$@" >out 2>err && cmp -s wanted out && ok=1 || ok=0
    report $ok "$name, from standard input"
}

# json NAME EXPRESSION ARGUMENT...: every line of the output is JSON; the first is d.
json() {
    local name=$1 expression=$2 ok=1
    shift 2
    "$postern" address --json "$@" >out 2>err || ok=0
    python3 -c 'import json,sys; d=[json.loads(l) for l in open("out", encoding="utf-8")][0]
sys.exit(not eval("(" + sys.argv[1] + ")"))' "$expression" 2>>err || ok=0
    report $ok "$name"
}

columns "RFC 5321 4.1.2: a mailbox" User@Example.COM valid ascii User@example.com User@example.com -
columns "RFC 5321 4.1.2: a path" '<"john"@example.com>' valid ascii john@example.com \
    john@example.com -
columns "RFC 5321 4.5.5: the null reverse-path" '<>' valid ascii '<>' '<>' -
columns "RFC 5321 4.1.1.3: Postmaster" '<PostMaster>' valid ascii postmaster postmaster -
columns "RFC 5321 4.1.1.3: a source route" '<@a.example,@b.example:u@c.example>' valid ascii \
    u@c.example u@c.example -
columns "RFC 5321 4.1.3: a literal" 'u@[ipv6:2001:DB8:0:0::1]' valid ascii 'u@[IPv6:2001:db8::1]' \
    'u@[IPv6:2001:db8::1]' -
columns "RFC 6531 3.3: a domain of U-labels" u@bücher.example valid smtputf8 \
    u@xn--bcher-kva.example u@xn--bcher-kva.example -
columns "RFC 6531 3.3: a local part has no form in ASCII" jörg@bücher.example valid smtputf8 \
    jörg@xn--bcher-kva.example - -
columns "RFC 5321 4.1.2: two dots" a..b@example.com invalid ascii - - \
    "its local part has a dot at an end or two in a row"
columns "RFC 5321 4.1.2: text behind a path" '<a@b.example>SIZE=1' invalid ascii - - \
    "something stands behind its >"
columns "RFC 5321 4.1.2: a route is no mailbox without brackets" \
    '@a.example:u@c.example' invalid ascii - - "its local part holds what only quotes allow"
columns "RFC 5890 2.3.2.1: what only looks like an A-label" u@xn--a.example valid ascii \
    u@xn--a.example u@xn--a.example \
    'a label of its domain begins with "xn--" and is no A-label'
columns "RFC 5895 2: upper case is taken for what it means" u@BÜCHER.example valid smtputf8 \
    u@xn--bcher-kva.example u@xn--bcher-kva.example -
columns "RFC 5891 4.2: and is no U-label, strictly" u@BÜCHER.example invalid smtputf8 - - \
    "a label of its domain has upper case beside letters beyond ASCII" --strict
echo 'set strict-idna yes' >strict.conf
columns "RFC 5891 4.2: as a policy may have it" u@BÜCHER.example invalid smtputf8 - - \
    "a label of its domain has upper case beside letters beyond ASCII" -c strict.conf

printf '%s\t%s\t%s\t%s\t%s\t%s\n' 'a\x{09}b@c' invalid ascii - - \
    'it holds a control character' >wanted
"$postern" address $'a\tb@c' >out 2>err && cmp -s wanted out && ok=1 || ok=0
report $ok "RFC 5321 4.1.2: controls don't break the columns"
printf 'a@b\0c\n\nx@y.example' | "$postern" address 2>err | cut -f2 >out
printf '%s\n' invalid invalid valid >wanted
cmp -s wanted out && ok=1 || ok=0
report $ok "every line is one address, whatever it holds"

json "RFC 5321 4.1.2: every part" 'd["valid"] and d["local"] == "a b" and d["quoted"] and
    d["domain"] == "BÜCHER.example" and d["domain-ascii"] == "xn--bcher-kva.example" and
    d["domain-unicode"] == "bücher.example" and
    d["canonical"] == "\"a b\"@xn--bcher-kva.example" and
    d["reasons"][0]["kind"] == "strict-idna"' '"a b"@BÜCHER.example'
json "RFC 5321 4.1.2: every reason, with its replies" 'not d["valid"] and len(d["reasons"]) == 4 and
    {r["mail"] for r in d["reasons"]} == {"501 5.1.7"} and
    {r["rcpt"] for r in d["reasons"]} == {"501 5.1.3"}' $'a b\x01@exa_mple..com'
json "RFC 5198 2: what the grammar allows and nobody wants" 'd["valid"] and
    d["reasons"][0]["kind"] == "doubt" and d["reasons"][0]["rcpt"] == "550 5.7.1"' \
    $'a\xC2\x85b@c.example'
json "RFC 3629 3: octets that are no UTF-8" 'not d["valid"] and d["needs"] == "smtputf8"' \
    $'\xe9@c.example'
json "RFC 6532 3.1: normal form C" 'd["valid"] and not d["nfc"]' $'e\xCC\x81@c.example'

"$postern" address --bogus >out 2>err
[ $? = 64 ] && ok=1 || ok=0
report $ok "an unknown option is an error of usage"
"$postern" address -c missing.conf a@b.example >out 2>err
[ $? = 66 ] && ok=1 || ok=0
report $ok "and a policy that isn't there one of input"

echo "1..$number"
[ $failed = 0 ]
