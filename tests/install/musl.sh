#!/usr/bin/env bash
# With musl in the place of GNU's C library: every source compiles without a word, and the program, linked with static
# libraries of Debian as far as these can be, passes tests of the language, of the shipped policies and of its parts.
# In the long form it is optimized, passes all unit tests, and serves an MTA from within the sandbox.
set -u
: "${srcdir:?}" "${builddir:?}"
. "$srcdir/tests/must.bash"

command -v musl-gcc >/dev/null || { echo "1..0 # SKIP no musl-gcc"; exit 0; }
work=$(mktemp -d)
must_said=$work/said
trap 'rm -rf "$work"' EXIT
cd "$srcdir" || exit

multiarch=$(gcc -print-multiarch)
libraries=(milter pcre2-8 psl idn2 unistring lmdb cdb sqlite3 seccomp)
optimize=-O0
[ "${POSTERN_LONG:-0}" = 1 ] && optimize=-O2
flags=(-std=gnu17 "$optimize" -Wall -Wextra -Wformat-security -Wshadow -Wpointer-arith -Wundef -Wvla -Werror
    -D_GNU_SOURCE '-DPACKAGE_VERSION="0.0.0"' '-DPOSTERN_DEFAULT_POLICY="/nonexistent"'
    "-DPOSTERN_DATADIR=\"$srcdir/rules\"" '-DPOSTERN_RUNSTATEDIR="/tmp"'
    -DHAVE_LMDB=1 -DHAVE_CDB=1 -DHAVE_SQLITE=1 -DHAVE_PSL=1 -DHAVE_SECCOMP=1
    -I include -iquote lib/mail -iquote rules -iquote filter -iquote tests/unit -iquote tests/mime -iquote tests/walk
    -isystem "$work/include" -isystem "$work/include/machine")
# Written in C++, and too large to be worth it: these are compiled, and not linked.
not_linked=(-DHAVE_ICU=1 -DHAVE_OPENSSL=1)

# The headers of what is linked and of the kernel, without those of GNU's C library beside them.
link_headers() {
    local header

    mkdir -p "$work/include/machine" "$work/o"
    for header in libmilter pcre2.h idn2.h unicode lmdb.h cdb.h sqlite3.h libpsl.h openssl seccomp.h \
        seccomp-syscalls.h linux asm-generic unistring uni{case,conv,ctype,name,norm,str,types,width,gbrk,wbrk}.h; do
        ln -s "/usr/include/$header" "$work/include/$header"
    done
    for header in asm openssl; do
        ln -s "/usr/include/$multiarch/$header" "$work/include/machine/$header"
    done
}

# compile FLAG... : standard input names sources; what is made of a/b.c is a_b.o.
compile() {
    flags="${flags[*]@Q} ${*@Q}" work=$work xargs -n 1 -P "$(nproc)" bash -c '
        name=${1%.c}
        eval musl-gcc "$flags" -c "$1" -o "$work/o/${name//\//_}.o"' bash >"$must_said" 2>&1 &&
        [ ! -s "$must_said" ]
}

compile_product() {
    find lib rules filter -name '*.c' | compile
}

compile_not_linked() {
    grep -rlE 'HAVE_(ICU|OPENSSL)' lib rules filter --include='*.c' | compile "${not_linked[@]}" -fsyntax-only
}

# program NAME OBJECT...
program() {
    musl-gcc -static -o "$work/$1" "${@:2}" "$work/libpostern.a" "$work/o/tests_install_musl_names.o" \
        "${archives[@]}" >"$must_said" 2>&1
}

link_product() {
    local library

    archives=()
    for library in "${libraries[@]}"; do
        archives+=("$(gcc -print-file-name="lib$library.a")")
    done
    find "$work/o" -name '*.o' ! -name filter_main.o -exec ar rcs "$work/libpostern.a" {} + &&
        echo tests/install/musl_names.c | compile -Wno-builtin-declaration-mismatch &&
        program postern "$work/o/filter_main.o" && "$work/postern" --version >"$must_said"
}

# passes SCRIPT: with the program that was linked.
passes() {
    POSTERN=$work/postern POSTERN_REQUIRE_ALL=0 bash "tests/$1" >"$must_said" 2>&1 </dev/null
}

# The kit, and a test for each of these names.
compile_units() {
    find tests/unit tests/walk tests/mime -name '*.c' ! -name 'test_*' | compile &&
        ar rcs "$work/libkit.a" "$work"/o/tests_{unit,walk,mime}_*.o &&
        printf 'tests/unit/test_%s.c\n' "$@" | compile
}

# What is otherwise with musl, and may be: it blocks signals where it makes a process or changes the user, so that the
# end there has no name; what is static loads no library; abort() uses a system call that could end other processes too,
# and so is forbidden; and regcomp() has words of its own.
differs='a process is made: the end, by $|the user is changed: the end, by $|a library is loaded$|abort\(\) ends by'
differs+='|missing closing parenthesis$'

unit_passes() {
    rm -rf "$work/at" && mkdir "$work/at" &&
        program "test_$1" "$work/o/tests_unit_test_$1.o" "$work/libkit.a" || return
    (cd "$work/at" && POSTERN=$work/postern "../test_$1" >"$must_said" 2>&1 </dev/null)
    grep -q '^1\.\.' "$must_said" && ! grep '^not ok' "$must_said" | grep -vE "$differs"
}

# What is quick, and near the C library. In the long form all but what is about ICU or Berkeley DB.
units=(base file handover header log map measure mime_value near resolve settings spool stamp system table
    table_file tokens unicode utf8 value)
if [ "${POSTERN_LONG:-0}" = 1 ]; then
    mapfile -t units < <(find tests/unit -name 'test_*.c' ! -name 'test_memory*' ! -name '*_berkeley.c' |
        sed 's/.*test_//; s/\.c$//' | sort)
fi

must "there are headers" link_headers || must_end
must "every source compiles without a word" compile_product || must_end
must "so does what isn't linked here" compile_not_linked
must "the program is linked" link_product || must_end
must "what the language says is said to the letter" passes language/run.sh
must "the shipped policies pass their tests" passes policy/run.sh
must "the unit tests compile" compile_units "${units[@]}" || must_end
for unit in "${units[@]}"; do
    must "unit/test_$unit passes" unit_passes "$unit"
done
if [ "${POSTERN_LONG:-0}" = 1 ]; then
    must "it serves, and reloads" passes wire/service.sh
    must "it is an MTA's filter" passes wire/run.sh
    must "and so with the engine native" passes wire/native.sh
fi
must_end
