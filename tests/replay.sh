#!/bin/sh
# Replays console sessions and compares what comes out.
#   replay.sh PROGRAM FILE...
# In a .txt file every line is part of a session; in a .md file only those in ```console blocks.
# A line "$ command" is run by sh in the folder of the file, with kantelpunt meaning PROGRAM; the
# lines below it are what it must print, standard error included. "[exit N]" as the last of them
# says with which code it must end, 0 without. "..." alone stands for any lines from there on.
set -u
program=$1
shift
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/bin"
ln -s "$program" "$work/bin/kantelpunt"
PATH="$work/bin:$PATH"
KANTELPUNT_HOME=${KANTELPUNT_HOME:-$(cd "$(dirname "$0")/.." && pwd)}
LC_ALL=C.UTF-8
WORK=$work
export PATH KANTELPUNT_HOME LC_ALL WORK
unset NO_COLOR
failed=0
count=0

# Splits a file into numbered pairs: N.command and N.expected.
split() {
    awk -v out="$work/case" -v markdown="$2" '
        markdown && /^```console/ { inside = 1; next }
        markdown && /^```/ { inside = 0; next }
        markdown && !inside { next }
        /^#/ && !markdown { next }
        /^\$ / { n++; print substr($0, 3) > (out "." n ".command"); printf "" > (out "." n ".expected"); next }
        n { print > (out "." n ".expected") }
        END { print n + 0 }
    ' "$1"
}

for file in "$@"; do
    rm -f "$work"/case.*
    case "$file" in *.md) markdown=1 ;; *) markdown=0 ;; esac
    n=$(split "$file" $markdown)
    i=1
    while [ "$i" -le "$n" ]; do
        base="$work/case.$i"
        (cd "$(dirname "$file")" && sh "$base.command" </dev/null) >"$base.found" 2>&1
        code=$?
        [ "$code" -ne 0 ] && echo "[exit $code]" >>"$base.found"
        sed -i -e "s|$work|WORK|g" "$base.found"
        # Blank lines between sessions do not count.
        sed -i -e :a -e '/^\n*$/{$d;N;ba' -e '}' "$base.expected"
        if grep -q '^\.\.\.$' "$base.expected"; then
            lines=$(grep -n '^\.\.\.$' "$base.expected" | head -n 1 | cut -d: -f1)
            head -n $((lines - 1)) "$base.expected" >"$base.head"
            tail -n +$((lines + 1)) "$base.expected" >"$base.tail"
            tail_lines=$(wc -l <"$base.tail")
            { head -n $((lines - 1)) "$base.found"; echo ...; tail -n "$tail_lines" "$base.found"; } >"$base.cut"
            mv "$base.cut" "$base.found"
        fi
        count=$((count + 1))
        if ! diff -u --label expected --label found "$base.expected" "$base.found" >"$base.diff"; then
            failed=$((failed + 1))
            echo "$file: \$ $(cat "$base.command")"
            cat "$base.diff"
        fi
        i=$((i + 1))
    done
done
echo "$count commands replayed, $failed differ"
[ "$count" -gt 0 ] && [ "$failed" -eq 0 ]
