#!/usr/bin/env bash
# What `make dist` packs is what git knows, whatever lies about. In the long form also: two trees, of which one has been
# built, tried, fuzzed and measured in, are packed into one and the same file, and so is the tree that comes out of it.
set -u
: "${srcdir:?}" "${builddir:?}"
. "$srcdir/tests/must.bash"

unset MAKEFLAGS MFLAGS MAKELEVEL CFLAGS SOURCE_DATE_EPOCH POSTERN GIT_DIR GIT_WORK_TREE GIT_INDEX_FILE
export LC_ALL=C
work=$(mktemp -d)
must_said=$work/said
litter=()
trap 'chmod -R u+w "$work"; rm -rf "$work" "${litter[@]}"' EXIT

# What a build leaves in folders that are packed as a whole.
drop_litter() {
    local file

    for file in tests/fuzz/fuzz_litter tests/bench/litter.o tests/mta/__pycache__/litter.pyc contrib/litter; do
        [ ! -e "$builddir/${file%%litter*}" ] && litter+=("$builddir/${file%/*}")
        litter+=("$builddir/$file")
        mkdir -p "$builddir/${file%/*}" && echo litter >"$builddir/$file" || return
    done
}

packs() {
    make -s -C "$builddir" distdir distdir="$work/packed" >"$must_said" 2>&1
}

# Beside what autoreconf made.
packs_what_is_listed() {
    (cd "$work/packed" && find . -type f -printf '%P\n') |
        grep -vE '^(MANIFEST|Makefile\.in|aclocal\.m4|configure|build-aux/[a-z-]*)$' | sort |
        diff - "$work/packed/MANIFEST" >"$must_said"
}

lists_what_git_knows() {
    git -c safe.directory='*' -C "$srcdir" ls-files | sort | diff - "$work/packed/MANIFEST" >"$must_said"
}

is_one_age() {
    find "$work/packed" -printf '%TY-%Tm-%TdT%TT %P\n' | cut -d' ' -f1 | sort -u >"$must_said"
    [ "$(wc -l <"$must_said")" = 1 ]
}

# tree FOLDER: of the last commit.
tree() {
    git -c safe.directory='*' clone -q "$srcdir" "$work/$1" && (cd "$work/$1" && autoreconf -fi)
}

# Built and used where the sources are.
use_tree() {
    cd "$work/first" && ./configure -q --disable-lto CC=gcc && make -s -j2 &&
        make -s check ONLY=lint/fuzz && make -s tests/bench/bench_table && make -s closed && make -s fuzz-once &&
        ! command -v clang >/dev/null || make -s fuzz FUZZ_SECONDS=1 FUZZ=fuzz_domain
}

# dist FOLDER [UMASK]: by this name it is the same folder that is packed.
dist() {
    mkdir -p "$work/$1" && cd "$work/$1" && { [ -e Makefile ] || "$2/configure" -q --disable-lto; } && umask "$3" &&
        make -s dist
}

same() {
    ls -l "$work"/*/postern-*.tar.xz >"$must_said"
    cmp "$work/$1"/postern-*.tar.xz "$work/$2"/postern-*.tar.xz >>"$must_said" 2>&1
}

unpack() {
    mkdir "$work/third" && tar -C "$work/third" --strip-components=1 -xf "$work"/first/postern-*.tar.xz
}

quietly() {
    ("$@") >"$must_said" 2>&1
}

must "there is litter" drop_litter
must "make distdir packs" packs || must_end
must "it packs what is listed, no more and no less" packs_what_is_listed
if [ -e "$srcdir/.git" ]; then
    must "what git knows is listed" lists_what_git_knows
fi
must "all of it is of one age" is_one_age
if [ "${POSTERN_LONG:-0}" = 1 ] && [ -e "$srcdir/.git" ]; then
    must "there is a tree" quietly tree first || must_end
    must "and another, whose name is longer" quietly tree second-of-two || must_end
    must "the first is built, tried, measured and fuzzed" quietly use_tree
    must "it is packed" quietly dist first . 022
    must "the other is packed elsewhere, by somebody careful" quietly dist elsewhere "$work/second-of-two" 077
    must "that is the same file" same first elsewhere
    must "it is unpacked" quietly unpack
    must "and packed again" quietly dist third . 027
    must "into the same file" same first third
fi
must_end
