# For scripts to read in: the sites of doc/examples/sites on machines of their own. Each script has a network and
# mounts that nobody else sees, so that ports 25, 465 and 587, names of hosts and the user postern are as they are
# there.

. "${srcdir:?}/tests/mta/sendmail.bash"
. "$srcdir/tests/mta/postfix.bash"

sites_missing() {
    ! root_missing || return 0
    if ! root_run unshare --net --mount true 2>/dev/null; then
        echo "this needs root, who may make namespaces and mount in them"
        return 0
    fi
    return 1
}

# sites_cases NAME: plays tests/mta/cases_NAME.py for all sites at once, each in a network of its own, and tells what came
# of it as one test.
sites_cases() {
    local reason site work

    if reason=$(sites_missing); then
        echo "1..0 # SKIP $reason"
        return
    fi
    export SENDMAIL_ROOT=${builddir:?}/tests/sendmail/root
    export PATH=$PATH:/usr/sbin:/sbin
    export PYTHONPATH=${srcdir:?}/tests/wire
    work=$(mktemp -d)
    for site in "$srcdir"/doc/examples/sites/*/; do
        site=$(basename "$site")
        {
            echo "# $site"
            root_run unshare --net --mount python3 -B "$srcdir/tests/mta/cases_$1.py" "$site"
        } >"$work/$site" 2>&1 &
    done
    wait
    sites_tell "$work"/*
    set -- "$work" $?
    rm -rf "$1"
    return "$2"
}

# sites_tell FILE...: each is one of TAP, and has a plan unless it broke off.
sites_tell() {
    awk '
        function end() { if (!planned && name) { print "not ok " ++n " - " name " comes to its end"; failed = 1 } }
        FNR == 1 { end(); planned = 0; name = FILENAME; sub(/.*\//, "", name) }
        /^1\.\./ { planned = 1; next }
        /^not ok / { failed = 1 }
        /^(not )?ok [0-9]+ - / { sub(/ok [0-9]+ - /, "ok " ++n " - " name ": ") }
        { print }
        END { end(); print "1.." n; exit failed }' "$@"
}

# sites_postfix DIR LOGIN...: a Postfix as it is before anything is done for the site, on port 25.
sites_postfix() {
    local dir=$1 login

    shift
    postfix_free_port() { echo 25; }
    postfix_start "$dir" 'default_transport=smtp:[mx.example.net]' smtpd_sasl_local_domain= || return
    for login; do
        printf secret | saslpasswd2 -p -c -f "$dir/logins" -u "${login#*@}" "${login%@*}"
    done
}

# sites_sendmail_write ROOT DIR LINES: the configuration of a Sendmail on port 25, with these lines of the site, and
# what is in /etc. Mail for elsewhere goes to mx.example.net, where the site says nothing else.
sites_sendmail_write() {
    local root=$1 dir=$2 lines=$3 cf=$1/usr/share/sendmail/cf/
    local probes_not="define(\`confDONT_PROBE_INTERFACES', \`True')dnl" # those of clients are here

    mkdir -p "$dir/queue" && chmod 700 "$dir/queue"
    sendmail_write_etc "$dir"
    cat /etc/hosts >>"$dir/etc/hosts"
    sendmail_write_mc "$dir" 25 none |
        sed -e "s/@PORT@/25/; /INPUT_MAIL_FILTER\|promiscuous_relay\|RELAY_MAILER_ARGS/d" \
            -e "s/relay:\[127.0.0.1\]/relay:[mx.example.net]/" \
            -e "/^DAEMON_OPTIONS/r $lines" -e "s/^DAEMON_OPTIONS/$probes_not\n&/" >"$dir/sendmail.mc"
    m4 -D_CF_DIR_="$cf" "$cf/m4/cf.m4" "$dir/sendmail.mc" >"$dir/etc/mail/sendmail.cf"
}

# sites_sendmail_start ROOT DIR LOGIN...
sites_sendmail_start() {
    local root=$1 dir=$2

    shift 2
    [ $# = 0 ] || sendmail_make_logins "$dir" "$@"
    sendmail_run "$root" "$dir" -bd >"$dir/start.log" 2>&1 </dev/null && sendmail_answers 25
}
