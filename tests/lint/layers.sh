#!/usr/bin/env bash
# The floors: base < mail < policy < rules < filter. A file knows its own floor and those below it.
. "${srcdir:-$(dirname "$0")/../..}/tests/lint/law.bash"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
product_sources | includes_of >"$work/includes"
product_sources | code_of >"$work/code"

# file:line: header, with the floors of both, of headers in quotes; 0 for a header of no floor.
awk -F: '
    function floor(path) {
        if (path ~ /^(include|lib)\/base\//) return 1
        if (path ~ /^(include|lib)\/mail\//) return 2
        if (path ~ /^include\/policy\//) return 3
        if (path ~ /^rules\//) return 4
        if (path ~ /^(include\/)?filter\//) return 5
        return 0
    }
    function is_there(path,   got, line) {
        got = (getline line < path) >= 0
        close(path)
        return got
    }
    # Where a header in quotes is found: below include/, beside the file, or in its own tree.
    function find(file, header,   folder, top) {
        folder = file
        sub(/\/[^\/]*$/, "", folder)
        top = folder
        sub(/\/.*/, "", top)
        if (is_there("include/" header)) return "include/" header
        if (is_there(folder "/" header)) return folder "/" header
        if (top == "lib" && is_there("lib/mail/" header)) return "lib/mail/" header
        if (top != "include" && is_there(top "/" header)) return top "/" header
        return "?"
    }
    $3 !~ /^</ {
        path = find($1, $3)
        print $1 ":" $2, $3, path, floor($1), floor(path)
    }' "$work/includes" >"$work/own"

awk '$3 == "?" {
        print $1 ": " $2 " is neither below include/ nor a private header of this folder" }' \
    "$work/own" | law "every own header is public or of the same folder"

awk '$3 != "?" && $5 > $4 { print $1 ": " $2 " is of a higher floor" }' "$work/own" |
    law "no file includes a header of a higher floor"

awk '$1 ~ /^include\// && $3 !~ /^include\// && $3 != "?" {
        print $1 ": " $2 " is private" }' "$work/own" |
    law "public headers include public headers alone"

awk '$1 ~ /^lib\/mail\// || $1 ~ /^include\/mail\//' "$work/own" |
    awk '$2 == "base/log.h" { print $1 ": " $2 }' | law "lib/mail doesn't log"

awk '$1 ~ /^rules\/tables\// && $2 ~ /^policy\// && $2 !~ /^policy\/(table|table_driver|value)\.h$/ {
        print $1 ": a table knows nothing of " $2 }' "$work/own" |
    law "tables know keys and values, and nothing of a transaction"

awk '$1 ~ /^filter\/count\// && $3 ~ /filter\// && $3 !~ /^filter\/count\// {
        print $1 ": who counts knows nothing of " $2 }' "$work/own" |
    law "counters know nothing of the rest of filter/"

# Foreign: what neither C nor the system brings.
system='assert|malloc|complex|ctype|errno|fenv|float|inttypes|iso646|limits|locale|math|setjmp|signal'
system+='|stdalign|stdarg|stdatomic|stdbool|stddef|stdint|stdio|stdlib|stdnoreturn|string|strings'
system+="|threads|time|uchar|wchar|wctype|dirent|dlfcn|err|fcntl|fnmatch|getopt|glob|grp|libgen"
system+='|netdb|poll|pthread|pwd|sched|semaphore|spawn|sysexits|syslog|termios|unistd|sys/[a-z/_]+'
system+='|netinet/[a-z_]+|arpa/inet|linux/[a-z_]+'
grep -E ':<' "$work/includes" | grep -vE ":<($system)\.h>\$" >"$work/foreign"

# One library may come as several headers: the uni*.h of libunistring, but for its classes of
# characters, the mf*.h of libmilter, and openssl/*.h.
awk -F: '{
        library = $3
        if (library ~ /^<uni[a-z0-9]*\.h>$/ && library != "<unictype.h>") library = "<uni*.h>"
        if (library ~ /^<openssl\//) library = "<openssl/*.h>"
        if (!((library, $1) in seen)) {
            seen[library, $1] = 1
            at[library] = at[library] " " $1
            count[library]++
        }
    }
    END {
        for (library in count)
            if (count[library] > 1) print library " is in" at[library]
    }' <(grep -v '<libmilter/' "$work/foreign") | sort |
    law "every foreign header is in one file"

grep -E ':<libmilter/' "$work/foreign" |
    grep -vE '^filter/milter(_serve)?\.c:' |
    law "libmilter is known to filter/milter*.c alone"

grep -E ':<(db|db_185)\.h>' "$work/foreign" | law "Berkeley DB is known to tests alone"

# What POSIX doesn't have, or each C library in another way; and folders that other systems lack.
alone='^(lib/base/system|filter/service/sandbox(_landlock|_seccomp)?)\.c:'
headers='sys/(epoll|eventfd|inotify|memfd|prctl|sendfile|signalfd|syscall|timerfd|vfs)|linux/.*|malloc'
headers+='|error|execinfo|gnu/.*|obstack'
calls='(eventfd|signalfd|timerfd|epoll|inotify|fanotify|getaddrinfo_a|gai_(error|suspend|cancel)|mallopt'
calls+='|mallinfo|malloc_|prctl|memfd|splice|sendfile|fallocate|statx|close_range|renameat2|syscall|gettid'
calls+='|clone|unshare|setns|qsort_r|strerror(name|desc|_r)|sig(descr|abbrev)|backtrace)[a-z0-9_]*'
{
    grep -E ":<($headers)\.h>\$" "$work/includes"
    grep -E "(^|[^a-zA-Z0-9_.>])$calls *\(" "$work/code"
    grep -E '(^|[^A-Z_])(O_TMPFILE|O_PATH|F_ADD_SEALS|MFD_[A-Z]+|EPOLL[A-Z]+|__GLIBC__)([^A-Z_]|$)' "$work/code"
} | grep -vE "$alone" | law "what Linux or one C library has alone is in lib/base/system.c and the sandbox"

product_sources | xargs -r grep -nE '"/(proc|sys)/' |
    grep -vE '^(lib/base/(channel|system)|filter/service/(sandbox[a-z_]*|memory|signals))\.c:' |
    law "/proc and /sys are known where that is told of"

grep -E '^(include|[a-z/]*\.h)' "$work/foreign" | law "no header brings a foreign header"

grep -E '^(lib|include)/mail/' "$work/includes" |
    grep -E ':<(unistd|fcntl|time|pthread|threads|syslog|netdb|poll|signal|sys/.*|linux/.*)\.h>' |
    law "lib/mail has no files, sockets, clocks or threads"

grep -E '^lib/mail/' "$work/code" |
    grep -E '(^|[^a-z0-9_])(puts|putchar|perror|fopen|f?printf|fputs|fwrite|getenv) *\(' |
    law "lib/mail reads and writes nothing"

grep -E '^lib/mail/' "$work/code" | awk -F: '{
        code = $0
        sub(/^[^:]*:[^:]*:/, "", code)
        if (code ~ /(^|[^a-z_])(const|enum)([^a-z_]|$)/) next
        if (code ~ /^ +static / || (code ~ /^[a-z][^(]*[=;]/ && code !~ /^(struct|union) [a-z_]+;/))
            print $1 ":" $2 ": " code
    }' | law "lib/mail has no variables of its own"

grep -E '^rules/' "$work/includes" | grep -E ':<(sys/socket|netdb|netinet/.*|poll|arpa/inet)\.h>' |
    grep -v '^rules/tables/' | law "rules know no sockets"

takes='malloc|calloc|realloc|reallocarray|free|strdup|strndup|asprintf|vasprintf|aligned_alloc'
takes+='|posix_memalign|open_memstream|getline|getdelim'
grep -vE '^((lib|include)/base|tests)/' "$work/code" |
    grep -E "(^|[^a-zA-Z0-9_.>])($takes) *\\(" |
    law "memory is taken and given back in lib/base alone"

# A module is a file and the header of its name; a header alone is vocabulary that several share.
loops() {
    tsort 2>&1 >/dev/null | sed 's/^tsort: -: //; s/^tsort: //'
}

awk '$3 ~ /\.h$/ && $1 ~ /\.h:/ { sub(/:.*/, "", $1); print $1, $3 }' "$work/own" | loops |
    law "headers don't include each other in a circle"

# What needs a vocabulary needs what that needs.
awk '{
        from = $1
        sub(/:.*/, "", from)
        to = $3
        sub(/\.[ch]$/, "", from)
        sub(/\.h$/, "", to)
        if (to !~ /^include|\?/ && from != to) print from, to
    }' "$work/own" | sort -u | while read -r from to; do
    echo "$from $to $([ -e "$from.c" ] && echo 1 || echo 0) $([ -e "$to.c" ] && echo 1 || echo 0)"
done | awk '
    { needs[$1] = needs[$1] " " $2; whole[$1] = $3; whole[$2] = $4 }
    function follow(module, at,   i, count, word) {
        count = split(needs[at], word)
        for (i = 1; i <= count; i++)
            if (whole[word[i]]) {
                if (word[i] != module) print module, word[i]
            } else if (!((module, word[i]) in followed)) {
                followed[module, word[i]] = 1
                follow(module, word[i])
            }
    }
    END { for (module in whole) if (whole[module]) follow(module, module) }' | sort -u | loops |
    law "modules don't need each other's private headers in a circle"

laws_done
