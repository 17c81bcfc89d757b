# For scripts to read in: a Sendmail for private use, from Debian's packages as they are, unpacked
# and never installed. Configuration, queue, log and its whole /etc are in one directory; it hears
# on a loopback port that was free, and asks no DNS.
#
# Where no test may be skipped the packages are loaded, once; they are kept in
# $builddir/tests/sendmail.

. "${srcdir:?}/tests/root.bash"

sendmail_packages="sendmail-bin sendmail-base sendmail-cf libwrap0"

# sendmail_missing ROOT: true, with the reason, where it can't be run. Otherwise ROOT has it.
sendmail_missing() {
    local program reason

    PATH=$PATH:/usr/sbin:/sbin
    for program in apt-get dpkg m4 unshare mount saslpasswd2 openssl python3; do
        if ! command -v "$program" >/dev/null; then
            echo "$program is not installed"
            return 0
        fi
    done
    ! root_missing || return 0
    if ! root_run unshare --uts --mount true 2>/dev/null; then
        echo "this needs root, who may make namespaces and mount in them"
        return 0
    fi
    if [ ! -x "$(sendmail_program "$1")" ] && [ "${POSTERN_REQUIRE_ALL:-0}" != 1 ]; then
        echo "Sendmail isn't here; \"./bootstrap check --all\" gets it"
        return 0
    fi
    if ! reason=$(sendmail_unpack "$1" 2>&1); then
        echo "Sendmail's packages can't be had: $(tail -n 1 <<<"$reason")"
        return 0
    fi
    reason=$(sendmail_library_path "$1" ldd "$(sendmail_program "$1")" | grep 'not found')
    if [ -n "$reason" ]; then
        echo "Sendmail lacks" $reason
        return 0
    fi
    return 1
}

sendmail_program() {
    echo "$1/usr/libexec/sendmail/sendmail"
}

# sendmail_library_path ROOT COMMAND...: with the libraries that were unpacked beside it.
sendmail_library_path() {
    local paths

    paths=$(dirname "$1"/usr/lib/*/libwrap.so.0 "$1"/lib/*/libwrap.so.0 | sort -u | paste -sd:)
    shift
    LD_LIBRARY_PATH=$paths "$@"
}

# sendmail_unpack ROOT: without its bits of set-group-id, which would hide the libraries from it. Of
# two that do so at once the first wins.
sendmail_unpack() {
    local new package

    [ ! -x "$(sendmail_program "$1")" ] || return 0
    mkdir -p "$(dirname "$1")" && new=$(mktemp -d "$1.XXXXXX") || return
    chmod 755 "$new"
    sendmail_download "$new" || { root_run apt-get -q update && sendmail_download "$new"; } || return
    for package in "$new"/*.deb; do
        dpkg -x "$package" "$new/root" || return
    done
    chmod -R g-s,u-s "$new/root"
    mv -T "$new/root" "$1" || [ -x "$(sendmail_program "$1")" ] || return
    rm -rf "$new"
}

sendmail_download() {
    (cd "$1" && apt-get -q -o APT::Sandbox::User="$(id -un)" download $sendmail_packages)
}

# sendmail_cases NAME: plays tests/mta/cases_NAME.py, in this process's place.
sendmail_cases() {
    local reason

    export SENDMAIL_ROOT=${builddir:?}/tests/sendmail/root
    if reason=$(sendmail_missing "$SENDMAIL_ROOT"); then
        echo "1..0 # SKIP $reason"
        exit 0
    fi
    export PATH=$PATH:/usr/sbin:/sbin
    export PYTHONPATH=${srcdir:?}/tests/wire
    root_exec python3 -B "$srcdir/tests/mta/cases_$1.py"
}

# sendmail_make_logins DIR LOGIN...: USER@REALM, password "secret". It reads its logins from
# /etc/sasldb2, and from nowhere else unless /etc/sasl2 says so.
sendmail_make_logins() {
    local dir=$1 login

    shift
    for login; do
        printf secret | saslpasswd2 -p -c -f "$dir/etc/sasldb2" -u "${login##*@}" "${login%@*}"
    done
    chmod 600 "$dir/etc/sasldb2"
}

# What it finds in /etc. Nothing there leads to a name server.
sendmail_write_etc() {
    local file

    mkdir -p "$1/etc/mail"
    for file in passwd group services protocols ld.so.cache ssl; do
        [ ! -e "/etc/$file" ] || cp -rL "/etc/$file" "$1/etc/$file"
    done
    printf '127.0.0.1 mx.test.example localhost\n' >"$1/etc/hosts"
    printf 'nameserver 127.0.0.1\n' >"$1/etc/resolv.conf"
    printf '%s: files\n' passwd group hosts services protocols >"$1/etc/nsswitch.conf"
    printf 'hosts files\naliases files\npasswd files\n' >"$1/etc/mail/service.switch"
    printf 'localhost\n' >"$1/etc/mail/local-host-names"
    : >"$1/etc/mail/aliases"
    : >"$1/etc/mail/trusted-users"
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 \
        -subj /CN=mx.test.example -keyout "$1/etc/mail/key.pem" -out "$1/etc/mail/cert.pem" 2>/dev/null
    chmod 600 "$1/etc/mail/key.pem"
}

# sendmail_write_mc DIR SINK-PORT MILTER: written for m4. Whoever is on this machine may send by it,
# and all goes to the sink, which is on loopback too. SENDMAIL_FILTER_FLAGS: "F=T, " unless set.
sendmail_write_mc() {
    sed -e "s|@DIR@|$1|g" -e "s|@SINK@|$2|g" -e "s|@MILTER@|$3|g" \
        -e "s|@FLAGS@|${SENDMAIL_FILTER_FLAGS-F=T, }|g" <<'MC'
divert(-1)
define(`MAIL_SETTINGS_DIR', `/etc/mail/')
divert(0)dnl
VERSIONID(`for tests')
OSTYPE(`linux')dnl
DOMAIN(`generic')dnl
undefine(`UUCP_RELAY')dnl
undefine(`BITNET_RELAY')dnl
define(`confDOMAIN_NAME', `mx.test.example')dnl
define(`QUEUE_DIR', `@DIR@/queue')dnl
define(`ALIAS_FILE', `/etc/mail/aliases')dnl
define(`STATUS_FILE', `@DIR@/statistics')dnl
define(`confPID_FILE', `@DIR@/pid')dnl
define(`confHOST_STATUS_DIRECTORY', `')dnl
define(`confCW_FILE', `/etc/mail/local-host-names')dnl
define(`confCT_FILE', `/etc/mail/trusted-users')dnl
define(`confSERVICE_SWITCH_FILE', `/etc/mail/service.switch')dnl
define(`confHOSTS_FILE', `/etc/hosts')dnl
define(`confDONT_BLAME_SENDMAIL', `TrustStickyBit,GroupWritableDirPathSafe')dnl
define(`confTO_IDENT', `0')dnl
define(`confDELIVERY_MODE', `b')dnl
define(`confLOG_LEVEL', `0')dnl
define(`confDEF_USER_ID', `root:root')dnl
define(`confBIND_OPTS', `-DNSRCH -DEFNAMES')dnl
define(`confPRIVACY_FLAGS', `')dnl
define(`confBAD_RCPT_THROTTLE', `0')dnl
define(`confREFUSE_LA', `100000')dnl
define(`confQUEUE_LA', `100000')dnl
define(`confDELAY_LA', `100000')dnl
define(`confCACERT', `/etc/mail/cert.pem')dnl
define(`confCACERT_PATH', `/etc/mail')dnl
define(`confSERVER_CERT', `/etc/mail/cert.pem')dnl
define(`confSERVER_KEY', `/etc/mail/key.pem')dnl
define(`confAUTH_MECHANISMS', `PLAIN LOGIN CRAM-MD5')dnl
define(`confAUTH_REALM', `test.example')dnl
TRUST_AUTH_MECH(`PLAIN LOGIN CRAM-MD5')dnl
define(`SMART_HOST', `relay:[127.0.0.1]')dnl
define(`RELAY_MAILER_ARGS', `TCP $h @SINK@')dnl
FEATURE(`no_default_msa')dnl
FEATURE(`nocanonify')dnl
FEATURE(`accept_unresolvable_domains')dnl
FEATURE(`accept_unqualified_senders')dnl
FEATURE(`promiscuous_relay')dnl
INPUT_MAIL_FILTER(`postern', `S=@MILTER@, @FLAGS@T=C:10s;S:10s;R:30s;E:60s')dnl
DAEMON_OPTIONS(`Name=MTA, Addr=127.0.0.1, Port=@PORT@, Family=inet')dnl
MAILER(`local')dnl
MAILER(`smtp')dnl
MC
}

sendmail_free_port() {
    local port

    while :; do
        port=$((10000 + RANDOM % 20000))
        (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || break
    done
    echo "$port"
}

# sendmail_run ROOT DIR ARGUMENT...: in namespaces of its own: DIR/etc for /etc, and a host name
# with a dot, without which it sleeps for a minute.
sendmail_run() {
    local root=$1 dir=$2

    shift 2
    # shellcheck disable=SC2016
    sendmail_library_path "$root" unshare --uts --mount sh -c '
        mount --make-rprivate / && mount --bind "$1/etc" /etc && hostname mx.test.example || exit
        shift
        exec "$@"' sh "$dir" "$(sendmail_program "$root")" -C /etc/mail/sendmail.cf "$@"
}

# sendmail_makemap ROOT DIR TYPE FILE OPTION...: FILE.db of FILE.
sendmail_makemap() {
    local root=$1 dir=$2 type=$3 file=$4

    shift 4
    sendmail_library_path "$root" "$root/usr/libexec/sendmail/makemap" -C "$dir/etc/mail/sendmail.cf" "$@" \
        "$type" "$file" <"$file"
}

# sendmail_start ROOT DIR SINK-PORT MILTER LOGIN...: makes one in DIR, starts it, and prints its
# port.
sendmail_start() {
    local root=$1 dir=$2 sink=$3 milter=$4 cf=$1/usr/share/sendmail/cf/ port try

    shift 4
    mkdir -p "$dir/queue" && chmod 700 "$dir/queue"
    sendmail_write_etc "$dir" || return
    sendmail_make_logins "$dir" "$@"
    sendmail_write_mc "$dir" "$sink" "$milter" >"$dir/sendmail.mc"
    for try in 1 2 3 4 5; do
        port=$(sendmail_free_port)
        sed "s/@PORT@/$port/" "$dir/sendmail.mc" |
            m4 -D_CF_DIR_="$cf" "$cf/m4/cf.m4" - >"$dir/etc/mail/sendmail.cf" 2>"$dir/start.log" || break
        sendmail_run "$root" "$dir" -bd >"$dir/start.log" 2>&1 </dev/null || continue
        if sendmail_answers "$port"; then
            echo "$port"
            return 0
        fi
        sendmail_stop "$dir"
    done
    cat "$dir/start.log" >&2
    return 1
}

sendmail_answers() {
    local try

    for try in {1..100}; do
        (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null && return 0
        sleep 0.1
    done
    return 1
}

# sendmail_stop DIR: by the process id that it left there, with its children.
sendmail_stop() {
    local pid children try

    pid=$(head -n 1 "$1/pid" 2>/dev/null) || return 0
    [ -n "$pid" ] && grep -qa sendmail "/proc/$pid/cmdline" 2>/dev/null || return 0
    children=$(ps -o pid= --ppid "$pid")
    kill -TERM "$pid" $children 2>/dev/null
    for try in {1..50}; do
        [ -d "/proc/$pid" ] || return 0
        sleep 0.1
    done
    kill -KILL "$pid"
}
