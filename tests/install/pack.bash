# usage: pack.bash SOURCE PACKED: what `make dist` does with the folder that it has filled. Kept is what git knows of,
# or, where there is no git, what was packed before, and what autoreconf made; not what a build or an editor left in the
# same folders. All of it is as old as the last commit, so that any two trees of it are packed into one and the same
# file. SOURCE_DATE_EPOCH, in seconds, is another age.
set -eu
unset GIT_DIR GIT_WORK_TREE GIT_INDEX_FILE
export LC_ALL=C
source=$1
packed=$2
made='^(MANIFEST|Makefile\.in|aclocal\.m4|configure|build-aux/.*)$'

# A tree may be another user's.
git() {
    command git -c safe.directory='*' -C "$source" "$@"
}

chmod u+w "$packed"
if [ -e "$source/.git" ]; then
    git ls-files >"$packed/MANIFEST"
    age=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct)}
elif [ -e "$source/MANIFEST" ]; then
    cp "$source/MANIFEST" "$packed"
    age=${SOURCE_DATE_EPOCH:-$(stat -c %Y "$source/MANIFEST")}
else
    echo "neither git nor a MANIFEST says what belongs into the package" >&2
    exit 1
fi
cd "$packed"
sort -o MANIFEST MANIFEST
missing=$(find . -type f -printf '%P\n' | sort | comm -13 - MANIFEST)
[ -z "$missing" ] || {
    printf 'not packed by any list of Makefile.am: %s\n' $missing >&2
    exit 1
}
left=$(find . -type f -printf '%P\n' | sort | comm -23 - MANIFEST | grep -vE "$made" || :)
[ -z "$left" ] || xargs -d '\n' rm -f <<<"$left"
if [ -n "$left" ] && [ -e "$source/.git" ]; then
    comm -12 <(echo "$left") <(git ls-files --others --exclude-standard 2>&1 | sort) |
        sed "s/^/not packed, since git doesn't know of it: /" >&2
fi
find . -depth -type d -empty -delete
find . -exec touch -h -d "@$age" {} +
