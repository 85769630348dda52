#!/bin/sh
# Each reference mode rests on a mechanism: with that mechanism taken away, its check fails.
#   mechanisms.sh PROGRAM
set -u
program=$1
home=$(cd "$(dirname "$0")/../.." && pwd)
failed=0

# without MODEL CHECK,... SETTING...: these checks of the model must fail with these settings
without() {
    model=$1
    checks=$2
    shift 2
    report=$("$program" check "$home/models/$model.cfg" --dt 0.125 -q "$@" 2>&1)
    for check in $(echo "$checks" | tr , ' '); do
        echo "$report" | grep -q "^FAIL  $check " || {
            echo "$model: '$check' passes with $*"
            failed=1
        }
    done
}

# Word of mouth holds the high rest point; without it nothing lasts.
without transition-push high_stays_high,threshold,long_enough_lasts,shorter_from_higher,hand_over,together_beats_sum,overlap_beats_sequence,cheaper_tips \
    --set loop_R4_word_of_mouth=0
# Without cost learning, support that ends leaves too little behind.
without market-demand high_stays_high,long_enough_lasts,hand_over --set loop_R7_cost_learning=0
# Buyers who do not forget: no lock-in, no falling back.
without market-demand locked_in,twenty_flat_years,threshold,fizzles,abrupt_falls_deeper --set forgetting=0.01
without switch switch_beats_both --set forgetting=0.01
# Staff without limit: demand alone meets no scarcity, and training follows no activity.
without transition-push pull_stalls,supply_lags --set informal_rate=2 --set loop_B8_mentors=0
# Graduates who wait for ever do not leak.
without transition-push push_leaks --set loop_B2_leakage=0
# Pilots that last do not end with the money; a programme that develops nothing trains nobody.
without transition-push pilots_end_with_money --set pilot_life=10
without transition-push push_trains_early --set development_push=0.001
without transition-push recyclers_fail --set shock_sensitivity=0
without transition-push deadweight_counts --set deadweight=0
without transition-push public_supply_slower --set development_time=0.6
without transition-push urgent_sectors_first --set urgency=0.5 --set public_share=0.1 --set today_share=0.025 --set gap_start=0.1
without market-demand market_better_when_developed --set fit_market=0.2 --set subsidy_rate=1
without market-demand idle_without_demand --set loop_B2_leakage=1 --set fit_market=0.2
without market-demand no_demand_no_growth --set loop_B3_price=0
[ "$failed" -eq 0 ] && echo "every mechanism matters"
exit $failed
