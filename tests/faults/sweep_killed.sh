#!/bin/sh
# Sweeps that are killed (kill -9) at twenty random moments, each resumed to the bytes of an
# undisturbed one; and one that is killed again and again until it is done.
#   sweep_killed.sh PROGRAM
set -u
program=$1
sweep=$(cd "$(dirname "$0")/../golden/sweeps" && pwd)/adoption.cfg
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

fail() {
    echo "$*"
    exit 1
}

milliseconds() {
    echo $(($(date +%s%N) / 1000000))
}

# run FOLDER [OPTIONS]
run() {
    folder=$1
    shift
    "$program" sweep "$sweep" --runs "$runs" -j 2 --keep-series adopters -o "$folder" -q \
        --no-charts "$@"
}

# Starts it and kills it after $1 milliseconds.
kill_after() {
    delay=$1
    shift
    "$program" sweep "$sweep" --runs "$runs" -j 2 --keep-series adopters -q --no-charts "$@" &
    pid=$!
    sleep "$(printf '%d.%03d' $((delay / 1000)) $((delay % 1000)))"
    kill -9 $pid 2>/dev/null
    wait $pid 2>/dev/null
}

same() {
    for file in design.csv metrics.csv bands.csv ensemble.nc; do
        cmp "$work/whole/$file" "$1/$file" || fail "$1/$file differs from an undisturbed sweep"
    done
}

# As many runs as take about half a second.
runs=2000
start=$(milliseconds)
run "$work/trial" || fail "the trial failed"
took=$(($(milliseconds) - start))
runs=$((runs * 500 / (took + 1)))
start=$(milliseconds)
run "$work/whole" || fail "the undisturbed sweep failed"
took=$(($(milliseconds) - start))

halfway=0
for share in $(awk 'BEGIN { srand(3); for (i = 0; i < 20; i++) print int(1000 * rand()) }'); do
    rm -rf "$work/killed"
    kill_after $((took * share / 1000)) -o "$work/killed"
    resume=--resume
    [ -f "$work/killed/manifest.json" ] || resume= # killed before it began
    rows=$(wc -l 2>/dev/null <"$work/killed/metrics.csv.part" || echo 0)
    [ "$rows" -gt 1 ] && halfway=$((halfway + 1))
    run "$work/killed" $resume || fail "resuming failed after $share thousandths"
    same "$work/killed"
done
echo "20 kills, $halfway of them halfway through $runs runs: the same bytes"
[ "$halfway" -ge 2 ] || fail "too few kills hit the sweep at work"

tries=0
until [ -f "$work/often/metrics.csv" ] && grep -q '"state": "complete"' "$work/often/manifest.json"; do
    resume=--resume
    [ -f "$work/often/manifest.json" ] || resume=
    kill_after $((took * (1 + tries) / 12)) -o "$work/often" $resume
    tries=$((tries + 1))
    [ $tries -lt 100 ] || fail "it never ends"
done
same "$work/often"
echo "killed and resumed $tries times: the same bytes"
