#!/bin/sh
# What the pages say: every number against its table, in both languages, for models that tip, that
# do not, that fail, that say nothing of tipping.
#   pages.sh PROGRAM CHECKER
set -u
program=$1
checker=$2
home=$(cd "$(dirname "$0")/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
pandoc=$(command -v pandoc)
KANTELPUNT_PANDOC=/nonexistent
export KANTELPUNT_PANDOC
failed=0

fail() {
    echo "$*"
    failed=1
}

# page NAME LANGUAGE FILE...: makes the briefing and checks it
page() {
    name=$1
    language=$2
    shift 2
    "$program" brief "$@" --lang "$language" -q -o "$work/$name" >"$work/log" 2>&1
    "$checker" "$work/$name" "$language" >"$work/log" || fail "$name, $language: $(cat "$work/log")"
}

# says NAME TEXT, says_not NAME TEXT: whether the page's words hold that
words() {
    sed -e '/<style>/,/<\/style>/d' -e '/<svg/,/<\/svg>/d' -e 's/<[^>]*>//g' "$work/$1/brief.html" |
        tr '\n' ' ' | tr -s ' '
}
says() {
    words "$1" | grep -q "$2" || fail "$1 should say '$2'"
}
says_not() {
    words "$1" | grep -q "$2" && fail "$1 should not say '$2'"
}

cd "$home" || exit 1
sed "s|models = .*|models = ( \"$home/models/chicken-egg.cfg\" );|" scenarios/no-funding.cfg \
    >"$work/lonely.cfg"
for language in nl en; do
    page both-$language $language tests/brief/none.cfg tests/brief/both.cfg
    page lonely-$language $language "$work/lonely.cfg"
    page small-$language $language tests/golden/scenarios/nothing.cfg \
        tests/golden/scenarios/support.cfg
    page bare-$language $language tests/golden/models/adoption.cfg
    page failed-$language $language tests/golden/broken/infinite.cfg tests/golden/models/slow.cfg
done

# A scenario that does not tip does not read as one that does.
says both-nl 'Ja, maar alleen bij ‘Opleiden en vraag aanjagen’'
says both-nl 'miljard euro publiek geld'
says both-en 'Yes, but only under ‘Push and pull’'
says both-en 'billion of public money'
says both-nl 'Als de .* aannames met een marge daarbinnen tegelijk verschuiven, kantelt'
says both-nl 'is [0-9]*% genoeg om blijvend te kantelen; met minder valt het terug'
says both-nl 'kan op zijn vroegst in [a-z]* 20[0-9]* stoppen zonder dat het terugvalt'
says both-en 'is enough to tip for good; with less it falls back'
says both-nl 'Welke kans een budget koopt Zonder enige steun kantelt het in [0-9]*% van de trekkingen'
says both-nl 'brengt deze steun er [0-9]*% aan het kantelen'
says both-en 'this support tips [0-9]*% ([0-9]*%–[0-9]*%): that is what the money buys'
says both-nl 'Wanneer overgaan op vraag Stel dat publiek geld voor LLO stopt'
says both-en 'costs least when handing over in [A-Z][a-z]* 20[0-9]*'
says_not lonely-nl 'Welke kans een budget koopt'
says lonely-nl 'niet uitgerekend: geen van de berekeningen heeft steun en een grens'
says lonely-nl 'Nee, in de doorgerekende variant komt het aandeel nieuw circulair niet blijvend boven 20%'
says_not lonely-nl 'Ja,'
says_not lonely-nl 'goedkoopste route'
says lonely-en 'No, in the one run made, the novel circular share does not rise above 20% for good'
says_not lonely-en 'Yes,'
says_not lonely-en 'cheapest route'
says bare-en 'The scenarios do not say when the transition counts as made'
says_not bare-en 'Yes,'
says failed-en 'Note: not every run is complete'
says failed-en 'infinite stopped early and counts nowhere'
says failed-nl 'niet afgerond'
says small-en 'ends highest under ‘Support’ in the model ‘Adoption’'

# The Word document holds the same words and the pictures.
if [ -n "$pandoc" ]; then
    KANTELPUNT_PANDOC=$pandoc "$program" brief tests/brief/both.cfg --lang en -q \
        -o "$work/word" || fail "no briefing with pandoc"
    "$pandoc" -f docx -t html --wrap=none "$work/word/brief.docx" >"$work/word/back.html" ||
        fail "brief.docx cannot be read"
    for text in 'The answer in three sentences' 'of public money' '<img' '<table' 'alt='; do
        grep -q "$text" "$work/word/back.html" || fail "brief.docx has no '$text'"
    done
    ls "$work/word" | grep -q 'docx.html\|part' && fail "scraps are left"
else
    echo "(brief.docx not checked: pandoc is not installed)"
fi

# The checker sees what is wrong.
spoil() {
    rm -rf "$work/spoilt"
    cp -r "$work/both-nl" "$work/spoilt"
    sed -i "$2" "$work/spoilt/$1"
    "$checker" "$work/spoilt" nl >"$work/log" && fail "not noticed: $2 in $1"
}
spoil tables/runs.csv 's/0\.0[0-9]*/0.5/g'
spoil brief.html 's/<data value="0.2"/<data value="0.3"/'
spoil brief.html 's/>20%</>21%</'
spoil brief.html 's/<main class="page">/&<p>42 banen<\/p>/'
spoil brief.html 's/<caption>[^<]*<\/caption>//'
spoil brief.html 's/href="#timing"/href="#nowhere"/'
spoil brief.html 's/ aria-label="[^"]*">$/>/; s/lang="nl"/lang="en"/'

[ "$failed" -eq 0 ] && echo "all pages agree with their tables"
exit $failed
