#!/usr/bin/env bash
# Whether a login may use a sender: Postern says of each case what Postfix's own restrictions say.
. "${srcdir:?}/tests/mta/postfix.bash"
missing=
for type in btree cdb hash lmdb pcre regexp sqlite texthash; do
    PATH=$PATH:/usr/sbin:/sbin postconf -m 2>/dev/null | grep -qx "$type" || missing+=" $type"
done
if [ -n "$missing" ] && ! postfix_missing >/dev/null; then
    echo "1..0 # SKIP this Postfix lacks map types:$missing"
    exit 0
fi
postfix_cases equal
