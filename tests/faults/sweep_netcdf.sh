#!/bin/sh
# ensemble.nc as another program reads it: dimensions, attributes after the CF conventions, and the
# same numbers as the runs repeated alone. Needs ncdump (Debian: netcdf-bin).
#   sweep_netcdf.sh PROGRAM
set -u
program=$1
sweeps=$(cd "$(dirname "$0")/../golden/sweeps" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
if ! command -v ncdump >/dev/null 2>&1; then
    echo "no ncdump: skipped"
    exit 77
fi

fail() {
    echo "$*"
    cat "$work/header"
    exit 1
}

has() {
    grep -qF -- "$1" "$work/header" || fail "the header lacks: $1"
}

"$program" sweep "$sweeps/grid.cfg" -o "$work/grid" --keep-series adopters -q --no-charts || exit 1
ncdump -hs "$work/grid/ensemble.nc" >"$work/header" || exit 1
has 'run = 18 ;'
has 'time = 11 ;'
has 'double adopters(run, time) ;'
has 'adopters:units = "person" ;'
has 'adopters:long_name = "Adopters" ;'
has 'adopters:_DeflateLevel = 4 ;'
has 'time:units = "year" ;'
has 'case:flag_meanings = "grid.adoption support.adoption support.slow" ;'
has ':Conventions = "CF-1.8" ;'
has ':_Format = "netCDF-4" ;'

# The numbers of a list in the data section, one a line.
list() {
    ncdump -p 17,17 -v "$1" "$2" | sed -n "/^data:/,\$s/^ *\($1 =\)\{0,1\}//p" |
        sed 's/^data:.*//' | tr ',;' '\n\n' | grep '[0-9_]' | tr -d ' '
}

[ "$(list case "$work/grid/ensemble.nc" | sort | uniq -c | tr -s ' \n' ' ')" = " 6 0 6 1 6 2 " ] ||
    fail "six runs of each case were expected"
list adopters "$work/grid/ensemble.nc" >"$work/all"
for run in 1 4 9 18; do
    "$program" run --from-sweep "$work/grid" --run $run --csv "$work/run.csv" || exit 1
    column=$(head -n 1 "$work/run.csv" | tr -d '\r' | tr ',' '\n' | grep -nx adopters | cut -d: -f1)
    sed 1d "$work/run.csv" | cut -d, -f"$column" | tr -d '\r' >"$work/expected"
    sed -n "$((run * 11 - 10)),$((run * 11))p" "$work/all" >"$work/found"
    paste "$work/expected" "$work/found" |
        awk '{ if ($1 - $2 > 1e-15 * $1 || $2 - $1 > 1e-15 * $1) exit 1 }' ||
        fail "run $run differs: $(paste "$work/expected" "$work/found")"
done

# A run that failed has no values from there on.
"$program" sweep "$sweeps/points.cfg" -o "$work/points" --keep-series mass -q --no-charts || exit 1
ncdump -h "$work/points/ensemble.nc" >"$work/header"
list mass "$work/points/ensemble.nc" >"$work/all"
[ "$(sed -n '42,82p' "$work/all" | grep -c _)" -eq 30 ] || fail "30 of 41 values must be missing"
[ "$(sed -n '1,41p' "$work/all" | grep -c _)" -eq 0 ] || fail "no value of run 1 may be missing"

if python3 -c 'import xarray, netCDF4' 2>/dev/null; then
    python3 - "$work/grid/ensemble.nc" <<'END' || fail "xarray reads something else"
import sys, xarray
data = xarray.open_dataset(sys.argv[1])
assert data.adopters.shape == (18, 11) and data.adopters.units == "person"
assert float(data.adopters.isel(time=0).max()) == 10.0
assert list(data.time.values) == list(range(2025, 2036))
END
    echo "read by ncdump and xarray"
else
    echo "read by ncdump (xarray is not there)"
fi
