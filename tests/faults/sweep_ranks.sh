#!/bin/sh
# Sweeps over the ranks of an MPI job: the same bytes on 1, 2 and 4 ranks; a rank that dies, Ctrl-C,
# and ranks that do not read the same. Needs Open MPI and a program built with it.
#   sweep_ranks.sh PROGRAM
set -u
program=$1
sweeps=$(cd "$(dirname "$0")/../golden/sweeps" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
if ! mpirun --version 2>/dev/null | grep -q "Open MPI" || ! ldd "$program" | grep -q libmpi; then
    echo "no Open MPI, or a program built without it: skipped"
    exit 77
fi
# Root, and more ranks than processors, are refused otherwise.
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
export OMPI_MCA_rmaps_base_oversubscribe=1 OMPI_MCA_mpi_yield_when_idle=1
export ASAN_OPTIONS="${ASAN_OPTIONS:+$ASAN_OPTIONS:}detect_leaks=0" # those of Open MPI
export OMPI_MCA_btl_vader_single_copy_mechanism=none OMPI_MCA_hwloc_base_binding_policy=none

fail() {
    echo "$*"
    cat "$work/messages"
    exit 1
}

# start RANKS FOLDER [OPTIONS]: in the place of this shell, so that it can be signalled.
start() {
    ranks=$1 folder=$2
    shift 2
    exec mpirun -n "$ranks" "$program" sweep "$sweeps/adoption.cfg" --runs "$runs" \
        --keep-series adopters -o "$folder" --no-charts "$@" >"$work/messages" 2>&1
}

run() {
    (start "$@")
}

same() {
    for file in design.csv metrics.csv bands.csv ensemble.nc; do
        cmp "$work/whole/$file" "$1/$file" || fail "$1/$file differs from that of one process"
    done
}

whole() {
    rm -rf "$work/whole"
    "$program" sweep "$sweeps/adoption.cfg" --runs "$runs" --keep-series adopters \
        -o "$work/whole" -q --no-charts || fail "one process failed"
}

runs=3000
whole
for ranks in 1 2 4; do
    run $ranks "$work/ranks" || fail "$ranks ranks failed"
    same "$work/ranks"
    [ "$(grep -c 'runs: 3000 complete' "$work/messages")" -eq 1 ] || fail "not exactly one rank speaks"
done
echo "1, 2 and 4 ranks: the same bytes"

# Several scenarios and models; runs that fail.
"$program" sweep "$sweeps/grid.cfg" -o "$work/grid" -q --no-charts
mpirun -n 3 "$program" sweep "$sweeps/grid.cfg" -o "$work/grid3" -q --no-charts
cmp "$work/grid/metrics.csv" "$work/grid3/metrics.csv" || fail "a grid differs"
"$program" sweep "$sweeps/points.cfg" -o "$work/points" -q --no-charts
mpirun -n 2 "$program" sweep "$sweeps/points.cfg" -o "$work/points2" -q --no-charts
cmp "$work/points/failed.csv" "$work/points2/failed.csv" || fail "failures differ"

# Three sweeps in a row, with indices of their results; one that cannot be read.
model=$sweeps/../models/adoption.cfg
"$program" sensitivity "$model" --runs 640 -o "$work/indices" -q --no-charts
mpirun -n 3 "$program" sensitivity "$model" --runs 640 -o "$work/indices3" -q --no-charts
cmp "$work/indices/sensitivity.csv" "$work/indices3/sensitivity.csv" || fail "indices differ"
timeout 60 mpirun -n 3 "$program" sensitivity "$work/nowhere.cfg" >"$work/messages" 2>&1
[ $? -eq 3 ] || fail "a file that is not there must end with 3"

# The process of rank 1 of the job whose results go to $1.
rank_one() {
    for file in $(grep -lzsx OMPI_COMM_WORLD_RANK=1 /proc/[0-9]*/environ); do
        process=${file#/proc/}
        process=${process%/environ}
        grep -qzsx "$1" "/proc/$process/cmdline" && echo "$process"
    done | head -n 1
}

rows() {
    wc -l 2>/dev/null <"$1/metrics.csv.part" || echo 0
}

wait_for_rows() {
    tries=0
    while [ "$(rows "$1")" -lt 500 ]; do
        sleep 0.05
        tries=$((tries + 1))
        [ $tries -lt 600 ] || fail "the job does not get going"
    done
}

# As many runs as take one process five seconds or so: long enough to be hit.
runs=40000
start=$(date +%s%N)
whole
runs=$((runs * 5000 / (($(date +%s%N) - start) / 1000000 + 1)))
whole
start 3 "$work/dying" &
job=$!
wait_for_rows "$work/dying"
victim=$(rank_one "$work/dying")
[ -n "$victim" ] || fail "there is no rank 1"
kill -9 "$victim"
wait $job
code=$?
[ $code -ne 0 ] || fail "the job must fail with its rank"
grep -q "rank 1 with PID .* exited on signal 9" "$work/messages" || fail "nobody says that a rank died"
[ -f "$work/dying/metrics.csv.part" ] || fail "the job was over before its rank died"
before=$(rows "$work/dying")

start 3 "$work/interrupted" &
job=$!
wait_for_rows "$work/interrupted"
kill -INT $job
wait $job
[ -f "$work/interrupted/metrics.csv.part" ] || fail "the interrupted job left nothing to resume"
grep -q -- "--resume goes on from there" "$work/messages" || fail "nobody says how to go on"

for job in dying interrupted; do
    run 2 "$work/$job" --resume || fail "the $job job cannot be resumed"
    same "$work/$job"
done
echo "a dead rank ($before rows were done) and Ctrl-C: resumed to the same bytes"

mpirun -n 1 "$program" sweep "$sweeps/adoption.cfg" -o "$work/mixed" --no-charts : \
    -n 1 "$program" sweep "$sweeps/grid.cfg" -o "$work/mixed" --no-charts >"$work/messages" 2>&1
[ $? -eq 3 ] || fail "ranks with different sweeps must fail with exit code 3"
grep -q "error: rank 1 reads another sweep than rank 0" "$work/messages" || fail "no reason given"
rm -rf "$work/mixed"
mpirun -n 1 "$program" sweep "$sweeps/adoption.cfg" -o "$work/mixed" --no-charts : \
    -n 1 "$program" sweep "$work/nowhere.cfg" -o "$work/mixed" --no-charts >"$work/messages" 2>&1
grep -q "error: rank 1 cannot read the sweep" "$work/messages" || fail "rank 0 gives no reason"
grep -q "error: cannot read '$work/nowhere.cfg': No such file" "$work/messages" ||
    fail "rank 1 gives no reason"
mpirun -n 3 "$program" sweep "$work/nowhere.cfg" >"$work/messages" 2>&1
[ "$(grep -c 'error: cannot read' "$work/messages")" -eq 1 ] || fail "one error, said more than once"
echo "ranks that do not read the same are told apart"
