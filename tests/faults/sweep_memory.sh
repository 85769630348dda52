#!/bin/sh
# Memory does not grow with the number of runs: ten times as many, with ten metrics and bands that no
# longer fit, take hardly more. Looks at /proc.
#   sweep_memory.sh PROGRAM
set -u
program=$1
models=$(cd "$(dirname "$0")/../golden/models" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
if [ ! -r /proc/self/status ]; then
    echo "no /proc: skipped"
    exit 77
fi
{
    echo 'scenario: { name = "many"; models = ( "'"$models"'/adoption.cfg" );'
    echo '  sweep: { runs = 1000; vary: { market: {}; word_of_mouth: {}; };'
    echo '    bands: { variables = ( "adopters", "potential" ); every = 0.25; };'
    echo '    metrics: ('
    for i in 1 2 3 4 5 6 7 8 9; do
        echo "      { name = \"m$i\"; expression = \"adopters AT 203$((i % 5))\"; },"
    done
    echo '      { name = "m10"; expression = "MAX(adoption_rate)"; } ); }; };'
} >"$work/many.cfg"

# Highest resident memory in kB of a sweep of $1 runs.
peak() {
    rm -rf "$work/out"
    "$program" sweep "$work/many.cfg" --runs "$1" -o "$work/out" -q --no-charts -j 2 &
    pid=$!
    most=0
    while now=$(sed -n 's/^VmHWM:[^0-9]*\([0-9]*\).*/\1/p' /proc/$pid/status 2>/dev/null) &&
        [ -n "$now" ]; do
        most=$now
        sleep 0.02
    done
    wait $pid || echo "the sweep failed" >&2
    echo "$most"
}

few=$(peak 20000)
many=$(peak 200000)
echo "20,000 runs: $few kB; 200,000 runs: $many kB"
# Bands take up to 64 MiB while they are exact; nothing else may depend on the number of runs.
[ "$few" -gt 0 ] && [ "$many" -gt 0 ] && [ $((many - few)) -lt 120000 ]
