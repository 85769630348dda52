#!/bin/sh
# Runs models of others and compares with their results.
#   cases.sh PROGRAM FOLDER [LIST]
# FOLDER holds a folder a case (model.*, output.*, case.json) and, beside it, compare.py. LIST names
# cases that are known to fail, and why, one a line; one that passes after all is an error too.
# Skipped (77) where the folder or python3 is missing: the cases belong to others and are not part
# of this project.
set -u
program=$1
folder=$2
list=${3:-}
if [ ! -d "$folder" ] || ! command -v python3 >/dev/null 2>&1; then
    echo "skipped: there is no $folder, or no python3"
    exit 77
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
passed=0
known=0
failed=0
for case in "$folder"/*/; do
    [ -f "$case/case.json" ] || continue
    name=$(basename "$case")
    for model in "$case"model.xmile "$case"model.stmx; do [ -f "$model" ] && break; done
    for expected in "$case"output.*; do break; done
    is_known=no
    [ -n "$list" ] && grep -q "^$name " "$list" && is_known=yes
    if "$program" run "$model" --csv "$work/found.csv" -q >"$work/log" 2>&1 &&
        python3 "$folder/../compare.py" "$work/found.csv" "$expected" --case "$case/case.json" \
            >>"$work/log" 2>&1; then
        if [ $is_known = yes ]; then
            echo "$name passes: take it from $list"
            failed=$((failed + 1))
        else
            passed=$((passed + 1))
        fi
    elif [ $is_known = yes ]; then
        known=$((known + 1))
    else
        echo "$name:"
        head -n 12 "$work/log"
        failed=$((failed + 1))
    fi
done
echo "$passed cases pass, $known fail as known, $failed are wrong"
[ $failed -eq 0 ] && [ $passed -gt 0 ]
