#!/bin/sh
# Sends models through XMILE and back: results must keep their bytes, and a second trip the file.
#   roundtrip.sh PROGRAM MODEL...
set -u
program=$1
shift
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
n=0
for model in "$@"; do
    [ -f "$model" ] || continue
    name=$(basename "$model" .cfg)
    if ! "$program" convert "$model" "$work/$name.xmile" ||
        ! "$program" convert "$work/$name.xmile" "$work/$name.cfg" ||
        ! "$program" convert "$work/$name.cfg" "$work/$name-2.xmile"; then
        echo "$model: cannot be converted"
        exit 1
    fi
    for file in "$model" "$work/$name.xmile" "$work/$name.cfg"; do
        "$program" run "$file" -q --csv "$work/$(basename "$file").csv" || exit 1
        cmp "$work/$(basename "$model").csv" "$work/$(basename "$file").csv" || exit 1
    done
    cmp "$work/$name.xmile" "$work/$name-2.xmile" || exit 1
    if ! cmp "$model" "$work/$name.cfg" >/dev/null; then
        "$program" show "$model" >"$work/shown" && "$program" show "$work/$name.cfg" >"$work/shown-2" ||
            exit 1
        cmp "$work/shown" "$work/shown-2" || exit 1
    fi
    n=$((n + 1))
done
echo "$n models keep their results"
[ $n -gt 0 ]
