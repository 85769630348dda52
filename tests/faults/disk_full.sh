#!/bin/sh
# A disk that is full while results are written: exit code 5 with the reason, and nothing half-written
# is left. Needs the right to mount a small disk; where that is missing the test is skipped.
#   disk_full.sh PROGRAM
set -u
program=$1
golden=$(cd "$(dirname "$0")/../golden" && pwd)
work=$(mktemp -d)
disk="$work/disk"
mkdir "$disk"
trap 'umount "$disk" 2>/dev/null; rm -rf "$work"' EXIT
if ! mount -t tmpfs -o size=32k tmpfs "$disk" 2>/dev/null; then
    echo "no right to mount a small disk: skipped"
    exit 77
fi

fail() {
    echo "$*"
    cat "$work/messages"
    ls -lR "$disk"
    exit 1
}

# One table of 40,000 rows does not fit.
"$program" run "$golden/models/slow.cfg" --dt 0.00025 --save-every 0.00025 --no-charts \
    -o "$disk/results" >"$work/messages" 2>&1
code=$?
[ "$code" -eq 5 ] || fail "exit code $code, expected 5"
grep -q "error: cannot write '$disk/results/slow.csv': No space left on device" "$work/messages" ||
    fail "the message does not say why"
[ -z "$(find "$disk" -type f)" ] || fail "something half-written is left"
echo "a full disk is reported and leaves nothing behind"
