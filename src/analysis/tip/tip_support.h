// What the questions about support share: a case opened for them, the streams that they are about,
// plans for these, and amounts and costs in words.
#ifndef ANALYSIS_TIP_TIP_SUPPORT_H
#define ANALYSIS_TIP_TIP_SUPPORT_H

#include "analysis/tip/chance.h"
#include "analysis/tip/support_search.h"
#include "analysis/tip/tip.h"

// The streams that a question is about; scaled, stretched or ended together.
struct support_mix {
    struct support *support;
    int levers[MAX_LEVERS]; // [n] indices of levers
    int n;
    uint64_t bits;   // of these levers
    uint64_t costed; // of those whose cost counts
    const char *cost_unit;
    bool is_money;
    double from, until; // first and last date of their schedules
    bool is_movable;    // their dates can be stretched; else they can only be cut short
    bool has_amount;    // some schedule gives an amount
    const char *name;   // "a", "a + b"
    const char *unit;   // of the amount: that of the streams, "1" where these differ
    double unit_amount; // amount where all streams are scaled by 1
};

// The case of `tip_case`, read anew and opened for questions about support; the same at each call.
// NULL with errors.
struct support *tip_support(struct tip *tip, struct tip_case *tip_case, struct diag *diag);

// Says that the case has no stream that the question could be about.
void tip_say_no_stream(struct tip *tip, const struct tip_case *tip_case,
                       const struct tip_question *question);

// Fills in the streams that --least names, else all; false where the case has none of them.
bool support_mix_choose(struct support_mix *mix, const struct tip *tip, struct support *support);

// Fills in all streams that the scenario schedules.
void support_mix_all(struct support_mix *mix, struct support *support);

// Fills in the one lever `index`, or two.
void support_mix_single(struct support_mix *mix, struct support *support, int index);
void support_mix_pair(struct support_mix *mix, struct support *support, int a, int b);

// Reports streams of --least that no case has.
bool tip_check_streams(const struct tip *tip, struct diag *diag);

// Plans: the streams of the mix get this scale, this duration from their first date on (by
// stretching their dates where that is possible, else by cutting them short), this last date: where
// it is after the schedule, the streams that end last go on until then.
void support_mix_scale(const struct support_mix *mix, double scale, struct lever_plan *plans);
void support_mix_last(const struct support_mix *mix, double duration, struct lever_plan *plans);
void support_mix_end(const struct support_mix *mix, double date, struct lever_plan *plans);

// The longest duration that can be tried.
double support_mix_longest(const struct support_mix *mix);

// The cost of the case with nothing from the mix, which others are counted from; NaN where that
// run failed. False where cancelled.
bool support_mix_base_cost(const struct support_mix *mix, double *cost, double *nominal);

// Runs one plan.
bool support_try_one(struct support *support, const struct lever_plan *plans, uint64_t costed,
                     struct support_outcome *outcome);

// A search for the least x of the mix over low .. high.
struct search support_mix_search(const struct support_mix *mix, double low, double high,
                                 void (*plan)(void *context, int index, double x,
                                              struct lever_plan *plans, const double **point),
                                 void *context);

// A search for the least scale: over the range asked for, else over ever larger ones until some of
// it tips. `*high` is the end of the last range.
bool support_mix_least_scale(struct tip *tip, const struct support_mix *mix, double tolerance,
                             struct search_result *result, double *high);

// The low end of that range.
double support_mix_low(const struct tip *tip, const struct support_mix *mix);

// Finds the same as `search` again by half the step, near where it was; NaN where it is not there.
// False where cancelled.
bool support_mix_repeat(struct tip *tip, const struct search *search,
                        const struct search_result *found, double *value);

// Parameters by which a model hands over from push to demand by itself.
enum { SWITCH_DATE, SWITCH_SHARE, N_SWITCH_DIALS };
extern const char *tip_switch_dials[N_SWITCH_DIALS];

// Draws of the uncertainties that come out at about the runs asked for over all cases.
uint64_t tip_budget_draws(const struct tip *tip);

// How near the brackets of amounts, durations and dates have to be, as a share of the range.
double tip_tolerance(const struct tip *tip);

// Counts the runs of a search for the manifest.
void tip_count_runs(struct tip *tip, const struct search_result *result);

// "€ 80 miljoen per jaar", "2031,5", "2,25%", and how much of a mix: the amount, or where units
// differ the multiple of the scenario's.
const char *amount_words(struct arena *arena, double amount, const char *unit,
                         enum language language);
const char *date_words(struct arena *arena, const struct support *support, double date,
                       enum language language);

const char *rate_words(struct arena *arena, double rate, enum language language);
const char *support_mix_words(const struct support_mix *mix, double scale, enum language language);

// "4,1 jaar"; a duration, short.
const char *span_words(struct arena *arena, const struct support *support, double span,
                       enum language language);

// The streams of the mix as people call them, in the middle of a sentence; a text with a capital.
const char *mix_words(const struct support_mix *mix, enum language language);
const char *capital(struct arena *arena, const char *text);

// What there is to say of a search besides its answer: x between whose two sides runs are
// undecided, windows in which it tips and does not, another answer by half the step. "" where there
// is nothing.
struct finding {
    const struct support_mix *mix;
    const char *more[N_LANGUAGES]; // what x is more of: "Longer"
    const struct search_result *result;
    double origin;    // from which x counts: a first date, or 0
    bool is_repeated; // by half the step
    double half;      // upper side then; NaN: not found there
    const char *(*words)(const struct finding *finding, double x, enum language language);
};
const char *finding_words(const struct finding *finding, enum language language);

// What `words` may be for multiples of the scenario's amounts, durations and dates.
const char *finding_amount(const struct finding *finding, double x, enum language language);
const char *finding_span(const struct finding *finding, double x, enum language language);
const char *finding_date(const struct finding *finding, double x, enum language language);

// Adds rows for the windows of a search: metric-undone-side, metric-again-side, numbered from the
// second on; x times `factor`. `side` is "above" or "after".
void tip_answer_windows(struct tip *tip, const struct tip_case *tip_case,
                        const struct tip_question *question, const char *metric, const char *side,
                        const struct search_result *result, double factor, const char *unit);

// What a search that found nothing says of failed and wavering runs; "" where there are none.
const char *trouble_words(const struct support *support, const struct search_result *result,
                          enum language language);

#endif
