#!/usr/bin/env bash
# usage: run.sh SECONDS [NAME...]: lets libFuzzer look for what breaks, for so long each. Needs clang.
# What it found stays in tests/fuzz/NAME/. `make fuzz` calls it in the folder of the build, with srcdir,
# and with the build's own DEFS, CPPFLAGS and LIBS.
set -eu

corpora=${POSTERN_CORPORA:-${srcdir:?}/../shared/corpora}
seconds=$1
shift
[ $# -gt 0 ] || set -- "$srcdir"/tests/fuzz/fuzz_*.c
if ! command -v clang >/dev/null; then
    echo "clang is not installed"
    exit 1
fi

read -ra libraries <<<"${LIBS:?}"
# shellcheck disable=SC2054
flags=(-std=gnu17 -O1 -g -pthread '-DPOSTERN_DEFAULT_POLICY="/nonexistent"'
    '-DPOSTERN_DATADIR="/nonexistent"' '-DPOSTERN_RUNSTATEDIR="/nonexistent"'
    -fsanitize=address,undefined -fno-sanitize-recover=all)
eval "flags+=(${DEFS:?} ${CPPFLAGS:?})"

# The library once, with what libFuzzer counts; nothing of a source that is gone.
objects=$PWD/tests/fuzz/objects
rm -rf "$objects"
mkdir -p "$objects"
export fuzz_flags="${flags[*]@Q}"
{
    find "$srcdir"/{lib,rules,filter} -name '*.c' ! -path '*/filter/main.c' -print0
    printf '%s\0' "$srcdir"/tests/mime/mime_*.c "$srcdir"/tests/{unit/every_fact,fuzz/printable,fuzz/tight_policy}.c
} | objects=$objects xargs -0 -n 1 -P "$(nproc)" bash -c '
    name=${1#"$srcdir/"}
    eval clang "$fuzz_flags" -fsanitize=fuzzer-no-link -c "$1" -o "$objects/${name//\//_}.o"
' bash

# Small files of Berkeley DB in a folder, if its tools are there; one has keys and values on pages
# of their own.
make_files() {
    local type order count

    command -v db5.3_load >/dev/null || return 0
    for type in hash btree; do
        for order in 1234 4321; do
            for count in 0 5 60; do
                rm -f "$1/$type.$order.$count"
                awk -v count="$count" 'BEGIN {
                    for (i = 0; i < count; i++) printf "key%0*d\nvalue%0*d\n",
                        i == 3 ? 700 : 1, i, i % 10 == 4 ? 1500 : 1, i
                }' | db5.3_load -T -t "$type" -c db_pagesize=512 -c db_lorder="$order" \
                    "$1/$type.$order.$count"
            done
        done
    done
}

# Our own messages, with an envelope before each as fuzz_dialogue reads it.
write_transactions() { # FOLDER
    local file

    python3 -B "$srcdir/tests/policy/own_messages.py" "$1/own"
    mkdir -p "$1/transactions"
    for file in "$1"/own/*; do
        {
            printf '%s\n' '0client.example' '<alice@example.com> SMTPUTF8 SIZE=9' '<bob@example.net> NOTIFY=NEVER' \
                '<off@example.org>' '!TURN' '' 'X-Do: 8bit utf8 replace recipient' 'X-Recipient: c@example.org'
            cat "$file"
        } >"$1/transactions/${file##*/}"
    done
}

# Connections as fuzz_speaker reads them.
write_connections() { # FOLDER
    local ip='\x004\0\031192.0.2.7\0' s='\xff\xff' envelope message

    mkdir -p "$1"
    envelope="Cclient.example$ip${s}Hclient.example\0${s}DMi\0004ABC\0${s}M<alice@example.com>\0SIZE=9\0"
    envelope+="${s}R<bob@example.net>\0${s}R<off@example.org>\0NOTIFY=NEVER\0${s}T"
    message="${s}LX-Do\0008bit utf8 replace recipient\0${s}LX-Recipient\0c@example.org\0${s}N${s}Btext\r\n${s}E"
    printf '%b' "5$envelope$message${s}UTURN\0${s}K${s}$envelope${s}A${s}Q" >"$1/long"
    printf '%b' "7$envelope$message$message" >"$1/audit"
    printf '%b' "5$envelope${s}R<c@d>\0${s}T" >"$1/order"
}

broken=0
for name in "$@"; do
    name=$(basename "$name" .c)
    home=$PWD/tests/fuzz/$name
    mkdir -p "$home/corpus"
    clang "${flags[@]}" -fsanitize=fuzzer "$srcdir/tests/fuzz/$name.c" "$objects"/*.o \
        "${libraries[@]}" -o "$home/$name"
    echo "$name: $seconds s"
    material=("$home/corpus")
    case $name in
    fuzz_dialogue)
        write_transactions "$home"
        material+=("$home/transactions")
        ;;
    fuzz_speaker)
        write_connections "$home/connections"
        material+=("$home/connections")
        ;;
    fuzz_auth_results)
        mkdir -p "$home/seeds"
        python3 -B "$srcdir/tests/policy/auth_results.py" -w "$home/seeds"
        material+=("$home/seeds")
        ;;
    fuzz_line)
        mkdir -p "$home/seeds"
        printf '%s' 'Nov 28 20:17:57 mx postern[12]: 4ABC: reject: RCPT from a.example[192.0.2.7]: 550 5.7.1 no;' \
            ' rule=r id=2Q7K04ZT19XB reason="why" from=<b@c.example> to=<d@e.example> nrcpt=2' \
            ' helo=<f> sasl_username=g\x{20}h' >"$home/seeds/text"
        printf '%s' '{"SYSLOG_IDENTIFIER":"postern","__REALTIME_TIMESTAMP":"1795897077000000","_LIST":[1,2],' \
            '"MESSAGE":"{\"level\":\"info\",\"queue_id\":\"4ABC\",\"verb\":\"log\",' \
            '\"stage\":\"MAIL\",\"client\":\"a\",' \
            '\"text\":\"\\\"x\\\"\",\"rule\":\"r\",\"id\":\"2Q7K04ZT19XB\",\"nrcpt\":2}"}' >"$home/seeds/json"
        material+=("$home/seeds" -max_len=4096)
        ;;
    fuzz_policy) material+=("$srcdir/rules/policies" "$srcdir/tests/language/good") ;;
    fuzz_mime_scan | fuzz_downgrade)
        python3 -B "$srcdir/tests/policy/own_messages.py" "$home/own"
        material+=("$home/own")
        for more in "$corpora"/{mime,eai}/msgs; do
            [ ! -d "$more" ] || material+=("$more")
        done
        more=$corpora/fuzz/fuzz-message-parser.dict
        [ ! -e "$more" ] || material+=(-dict="$more")
        ;;
    fuzz_mmdb)
        python3 -B "$srcdir/tests/policy/mmdb_writer.py" "$home/seeds"
        material+=("$home/seeds" -max_len=65536)
        ;;
    fuzz_berkeley)
        mkdir -p "$home/seeds"
        make_files "$home/seeds"
        material+=("$home/seeds" -max_len=65536)
        ;;
    esac
    "$home/$name" -max_total_time="$seconds" -artifact_prefix="$home/" -close_fd_mask=1 \
        "${material[@]}" 2>"$home/log" || {
        broken=1
        tail -n 30 "$home/log"
    }
    grep -a '^Done\|DONE' "$home/log" || true
done
exit $broken
