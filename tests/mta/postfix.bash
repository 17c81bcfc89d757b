# For scripts to read in: a Postfix for private use, by itself and in one directory (configuration,
# queue, log), on a loopback port that was free. Nothing of the system's own Postfix is touched.
#
# It knows the logins alice@test.example, backup@test.example and a few odd ones (password "secret"),
# STARTTLS with a certificate of its own, and SMTPUTF8. What it delivers becomes DIR/mail/QUEUEID.eml.

. "${srcdir:?}/tests/root.bash"

# postfix_missing: true, with the reason, where it can't be run.
postfix_missing() {
    local program

    PATH=$PATH:/usr/sbin:/sbin
    for program in postfix postconf postqueue saslpasswd2 openssl python3; do
        if ! command -v "$program" >/dev/null; then
            echo "$program is not installed"
            return 0
        fi
    done
    root_missing
}

# postfix_cases NAME: plays tests/mta/cases_NAME.py, in this process's place.
postfix_cases() {
    local reason

    if reason=$(postfix_missing); then
        echo "1..0 # SKIP $reason"
        exit 0
    fi
    export PATH=$PATH:/usr/sbin:/sbin
    export PYTHONPATH=${srcdir:?}/tests/wire
    root_exec python3 -B "$srcdir/tests/mta/cases_$1.py"
}

# A port nobody answers on, below those that the system gives to clients.
postfix_free_port() {
    local port

    while :; do
        port=$((10000 + RANDOM % 20000))
        (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || break
    done
    echo "$port"
}

# The login of PLAIN and the like comes from a file that user postfix may read.
postfix_make_logins() {
    local login

    mkdir -p "$1/etc/sasl"
    for login in alice@test.example backup@test.example al+ice@test.example al=ice@test.example \
        alice@other.example; do
        printf secret | saslpasswd2 -p -c -f "$1/logins" -u "${login#*@}" "${login%@*}"
    done
    chown postfix "$1/logins"
    cat >"$1/etc/sasl/smtpd.conf" <<CONF
pwcheck_method: auxprop
auxprop_plugin: sasldb
sasldb_path: $1/logins
mech_list: PLAIN LOGIN CRAM-MD5
CONF
}

postfix_make_certificate() {
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 \
        -subj /CN=mx.test.example -keyout "$1/etc/key.pem" -out "$1/etc/cert.pem" 2>/dev/null
}

# Access by anybody on this machine is by choice: it hears on loopback alone, and sends nowhere.
postfix_write_main() {
    cat >"$1/etc/main.cf" <<CONF
compatibility_level = 3.6
queue_directory = $1/queue
data_directory = $1/data
maillog_file = $1/maillog
maillog_file_prefixes = $1

myhostname = mx.test.example
mydestination =
inet_interfaces = loopback-only
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
smtpd_relay_restrictions = permit_mynetworks, reject
smtpd_peername_lookup = no
smtp_dns_support_level = disabled

alias_maps =
alias_database =
local_recipient_maps =
default_transport = keep
local_transport = \$default_transport
relay_transport = \$default_transport
recipient_delimiter = +
smtputf8_enable = yes

smtpd_sasl_auth_enable = yes
cyrus_sasl_config_path = $1/etc/sasl
smtpd_sasl_local_domain = test.example
smtpd_tls_security_level = may
smtpd_tls_cert_file = $1/etc/cert.pem
smtpd_tls_key_file = $1/etc/key.pem

smtpd_error_sleep_time = 0
smtpd_soft_error_limit = 1000
smtpd_hard_error_limit = 2000
smtpd_client_connection_count_limit = 0
milter_default_action = tempfail
milter_protocol = 6
CONF
}

# postfix_write_master DIR PORT
postfix_write_master() {
    local service

    {
        echo "127.0.0.1:$2 inet n - n - - smtpd"
        echo "pickup unix n - n 60 1 pickup"
        echo "qmgr unix n - n 300 1 qmgr"
        for service in showq cleanup; do
            echo "$service unix n - n - 0 $service"
        done
        for service in bounce defer trace; do
            echo "$service unix - - n - 0 bounce"
        done
        for service in retry:error error:error smtp:smtp rewrite:trivial-rewrite flush:flush; do
            echo "${service%:*} unix - - n - - ${service#*:}"
        done
        for service in tlsmgr anvil; do
            echo "$service unix - - n - 1 $service"
        done
        echo "postlog unix-dgram n - n - 1 postlogd"
        echo "keep unix - n n - 1 pipe"
        echo "  flags=R user=nobody argv=/bin/sh -c { cat >$1/mail/\${queue_id}.eml }"
        [ ! -e "$1/etc/master.more" ] || cat "$1/etc/master.more"
    } >"$1/etc/master.cf"
}

# postfix_start DIR [NAME=VALUE...]: makes one in DIR, starts it, and prints its port. The values go
# to main.cf, and DIR/etc/master.more to master.cf.
postfix_start() {
    local dir=$1 port setting try

    shift
    mkdir -p "$dir"/{etc,queue,data,mail} || return
    chmod 755 "$dir" "$dir/etc" "$dir/queue"
    chown postfix "$dir/data" && chown nobody "$dir/mail" || return
    : >"$dir/maillog"
    postfix_make_logins "$dir"
    postfix_make_certificate "$dir" || return
    postfix_write_main "$dir"
    for setting in "$@"; do
        postconf -c "$dir/etc" -e "$setting" || return
    done
    for try in 1 2 3 4 5; do
        port=$(postfix_free_port)
        postfix_write_master "$dir" "$port"
        if postfix -c "$dir/etc" start >"$dir/start.log" 2>&1; then
            echo "$port"
            return 0
        fi
    done
    cat "$dir/start.log" "$dir/maillog" >&2
    return 1
}

# postfix_stop DIR: by the process id that its master left there; it takes its own processes along.
postfix_stop() {
    local pid try

    pid=$(tr -dc 0-9 <"$1/queue/pid/master.pid" 2>/dev/null) || return 0
    [ -n "$pid" ] && [ "$(cat "/proc/$pid/comm" 2>/dev/null)" = master ] || return 0
    kill -TERM "$pid"
    for try in {1..100}; do
        [ -d "/proc/$pid" ] || return 0
        sleep 0.1
    done
    kill -KILL "$pid"
}
