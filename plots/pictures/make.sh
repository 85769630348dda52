#!/bin/sh
# Makes the pictures of plots/README.md again, each from shipped scenarios, in both languages:
#   plots/pictures/make.sh [PROGRAM]
set -eu
here=$(cd "$(dirname "$0")" && pwd)
program=${1:-kantelpunt}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$here/../.."

# Of the tipping analysis and the loops, the model that can be drawn on one page.
mkdir "$work/core"
cp -r models "$work"
sed 's/models = *([^)]*)/models = ( "..\/models\/chicken-egg.cfg" )/' scenarios/push-and-pull.cfg \
    >"$work/core/push-and-pull.cfg"
core=$work/core/push-and-pull.cfg
sed '$d' "$core" >"$work/core/sweep.cfg"
cat >>"$work/core/sweep.cfg" <<'END'
  sweep: { runs = 2000; design = "sobol"; seed = 7;
           vary: { price_gap: { distribution = "uniform"; min = 0.05; max = 0.4; };
                   word_of_mouth: { distribution = "uniform"; min = 0.25; max = 0.6; };
                   public_funding_demand: { scale = (0.0, 2.0); }; };
           bands: { variables = ( "novel_share" ); every = 0.5; }; };
};
END

# keep FOLDER CHART NAME: the picture CHART of a results folder becomes NAME-LANGUAGE.svg.
keep() {
    cp "$work/$1/charts/$2.svg" "$here/$3-$lang.svg"
}

# keep_small: the same for pictures with much in them, as NAME-LANGUAGE.png of 900 pixels.
keep_small() {
    cat >"$work/small.gp" <<'END'
set_terminal = 'set terminal pngcairo noenhanced size page_width,page_height font font_base fontscale 0.75 linewidth 1 dashlength 1 pointscale 2 background "#FFFFFF"; set output output_file'
END
    "$program" plot "$work/$1" --chart "$2" --style "$work/small.gp" --format png -q --lang $lang
    cp "$work/$1/charts/$2.png" "$here/$3-$lang.png"
}

for lang in nl en; do
    draw="-q --lang $lang --format svg"
    "$program" run scenarios/phased-mix.cfg --save-every 1 -o "$work/run" $draw
    keep run stocks timeseries
    keep run funding funding
    keep_small run sectors sectors
    "$program" compare scenarios/no-funding.cfg scenarios/sustained-push.cfg \
        scenarios/demand-pull.cfg scenarios/push-and-pull.cfg scenarios/phased-mix.cfg \
        scenarios/abrupt-stop.cfg --save-every 0.5 -o "$work/compare" $draw
    keep compare share compare
    keep compare cost-effect costeffect
    "$program" tip "$core" --equilibria --basin market_demand,trained_professionals \
        -o "$work/basin" $draw >/dev/null
    keep_small basin phase phase
    "$program" tip "$core" --continue public_funding_demand=0:600e6 -o "$work/fold" $draw >/dev/null
    keep fold bifurcation-public_funding_demand bifurcation
    "$program" tip "$core" --frontier --budget --runs 2000 \
        -o "$work/support" $draw >/dev/null
    keep support frontier frontier
    keep support budget budget
    "$program" sweep "$work/core/sweep.cfg" -o "$work/sweep" $draw
    keep sweep bands fan
    keep sweep spread-share_2050 histogram
    keep_small sweep scatter-share_2050 scatter
    keep sweep map-share_2050 heatmap
    "$program" sensitivity "$core" --runs 4096 -o "$work/sensitivity" $draw >/dev/null
    keep sensitivity tornado-share_2050 tornado
    keep sensitivity sobol-share_2050 sobol
    "$program" explain "$core" -o "$work/loops" $draw >/dev/null
    keep loops loops loops
    keep loops causal causal
    "$program" show models/chicken-egg.cfg --diagram -o "$work/model" $draw
    cp "$work/model/diagram.svg" "$here/stockflow-$lang.svg"
done
