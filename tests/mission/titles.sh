#!/bin/sh
# What a reader meets in charts, reports and sentences has a name in Dutch and in English: every
# parameter, stock, flow and input of the shipped models, and no two variables of one model share
# one, capitals aside. Nor has an input a comma in its name: it stands in the middle of sentences.
#   titles.sh PROGRAM
set -u
program=$1
home=$(cd "$(dirname "$0")/../.." && pwd)
shown=$(mktemp)
trap 'rm -f "$shown"' EXIT
failed=0

for model in "$home"/models/*.cfg; do
    "$program" show "$model" --json >"$shown" || exit 1
    # One field a line; a variable with dimensions is listed once for each element.
    awk -v model="$(basename "$model")" '
        function value(line) { sub(/^[^:]*: "/, "", line); sub(/",?$/, "", line); return line }
        function complain(what) { print model ": " what; bad++ }
        /^      "name": / { name = value($0); sub(/\[.*/, "", name); if (!(name in kind)) order[++n] = name }
        /^      "kind": / { kind[name] = value($0) }
        /^      "title_nl": "/ { title[name, "nl"] = value($0) }
        /^      "title_en": "/ { title[name, "en"] = value($0) }
        END {
            split("nl en", languages, " ")
            for (i = 1; i <= n; i++) for (l = 1; l <= 2; l++) {
                name = order[i]
                named = title[name, languages[l]]
                if (named == "") {
                    if (kind[name] != "auxiliary")
                        complain(kind[name] " " name " has no title in " languages[l])
                    continue
                }
                if (kind[name] == "input" && index(named, ","))
                    complain("input " name ": \"" named "\" has a comma")
                key = languages[l] " " tolower(named)
                if (key in taken)
                    complain(taken[key] " and " name " are both called \"" named "\"")
                taken[key] = name
                titles++
            }
            if (titles < 50) complain("only " titles + 0 " titles: is the listing read as it is written?")
            exit bad > 0
        }' "$shown" || failed=1
done
exit $failed
