#!/bin/sh
# sessions.sh PROGRAM CHECK_PICTURES: the pictures of whole results folders, in both languages:
# nothing off the page or on each other, no empty panel, titles that say what came out.
set -eu
program=$1
check=$2
command -v gnuplot >/dev/null || { echo "skipped: gnuplot is not there"; exit 77; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$(dirname "$0")/../golden"

# says FILE TEXT: fails unless the picture holds the text.
says() {
    grep -q "<text>.*$2" "$work/$1.svg" || { echo "$1.svg does not say: $2"; exit 1; }
}

for lang in nl en; do
    "$program" compare scenarios/trades-long.cfg scenarios/trades-nothing.cfg \
        scenarios/trades-short.cfg -o "$work/compare-$lang" -q --lang $lang
    "$program" sweep scenarios/trades-sweep.cfg -o "$work/sweep-$lang" -q --lang $lang
    "$program" explain scenarios/trades-long.cfg -o "$work/explain-$lang" -q --lang $lang
done
find "$work" -name '*.svg' ! -name '*causal.svg' -exec "$check" {} +

# The same models, where nothing tips: the titles must not read as if something did.
"$program" compare scenarios/trades-long.cfg scenarios/trades-short.cfg --set leaving=2 \
    -o "$work/never" -q --lang en
says compare-en/charts/duel "3 of 6 runs end above 20%"
says never/charts/duel "No run ends above 20%"
says compare-en/charts/cost-effect "Cheapest above 20% is Abrupt stop (Transition push)"
says never/charts/cost-effect "Nothing gets above 20%"
says compare-nl/charts/cost-effect "Het goedkoopst boven 20% komt Abrupte stop (Transitie-push)"
says compare-en/charts/trades-long "Construction and urban development ends"
says compare-nl/charts/money-nothing "is 0% publiek geld"
says sweep-nl/charts/spread-share_2050 "in 79% van de runs boven 20%"
says sweep-en/charts/map-share_2050 "in 79% of runs above 20%"
