#!/bin/sh
# A disk that fills up during a sweep: exit code 5 with the reason; with more room the sweep goes on
# to the bytes of an undisturbed one. Needs the right to mount a small disk.
#   sweep_disk_full.sh PROGRAM
set -u
program=$1
sweep=$(cd "$(dirname "$0")/../golden/sweeps" && pwd)/adoption.cfg
work=$(mktemp -d)
disk="$work/disk"
mkdir "$disk"
trap 'umount "$disk" 2>/dev/null; rm -rf "$work"' EXIT
if ! mount -t tmpfs -o size=300k tmpfs "$disk" 2>/dev/null; then
    echo "no right to mount a small disk: skipped"
    exit 77
fi

fail() {
    echo "$*"
    cat "$work/messages"
    ls -lR "$disk"
    exit 1
}

run() {
    folder=$1
    shift
    "$program" sweep "$sweep" --runs 4000 --keep-series adopters -o "$folder" -q --no-charts "$@" \
        >"$work/messages" 2>&1
}

run "$work/whole" || fail "the undisturbed sweep failed"
run "$disk/results"
code=$?
[ "$code" -eq 5 ] || fail "exit code $code, expected 5"
grep -q "error: cannot write '$disk/results/.*': No space left on device" "$work/messages" ||
    fail "the message does not say why"
run "$disk/results" --resume
[ $? -eq 5 ] || fail "resuming on a full disk must fail again"
mount -o remount,size=8m "$disk"
run "$disk/results" --resume || fail "it does not go on with more room"
for file in design.csv metrics.csv bands.csv ensemble.nc; do
    cmp "$work/whole/$file" "$disk/results/$file" || fail "$file differs"
done
echo "a full disk is reported, and the sweep goes on with more room"
