#!/bin/sh
# Over five thousand runs of uncertain parameters nobody is lost, no stock falls below zero and
# every run comes to its end.
#   conserved.sh PROGRAM
set -u
program=$1
home=$(cd "$(dirname "$0")/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$program" sweep "$home/scenarios/uncertainty-sweep.cfg" --runs 1700 --dt 0.125 --no-charts -q -o "$work" ||
    exit 1
awk -F, '
    NR == 1 { for (i = 1; i <= NF; i++) { sub("\r", "", $i); column[$i] = i } next }
    { n++ }
    $column["end"] != "complete" { print "run " $1 " ended: " $column["end"]; bad++ }
    $column["people_error"] + 0 > 1e-9 { print "run " $1 " loses people: " $column["people_error"]; bad++ }
    $column["smallest_stock"] + 0 < 0 { print "run " $1 " has a stock of " $column["smallest_stock"]; bad++ }
    END { print n " runs, " bad + 0 " bad"; exit bad > 0 || n < 5000 }' "$work/metrics.csv"
