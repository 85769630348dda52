// Stage: analysis. What a search found besides its answer -> sentences and rows: runs that are
// undecided, windows in which it tips and does not, what half the step makes of it.
#include "analysis/tip/tip_support.h"

#include "analysis/tip/tip_words.h"
#include "result/wording.h"

#include <math.h>

// By how much half the step may differ, and how wide undecided runs may reach, as a share of the
// answer, before a sentence says so.
static const double WORTH_SAYING = 0.01;

static struct arena *arena_of(const struct finding *finding)
{
    return finding->mix->support->arena;
}

const char *finding_amount(const struct finding *finding, double x, enum language language)
{
    return support_mix_words(finding->mix, x, language);
}

const char *finding_span(const struct finding *finding, double x, enum language language)
{
    return span_words(arena_of(finding), finding->mix->support, x, language);
}

const char *finding_date(const struct finding *finding, double x, enum language language)
{
    return date_words(arena_of(finding), finding->mix->support, x, language);
}

// "from 1 to 2, from 3 to 4 and from 5 on": where it tips.
static const char *ranges_words(const struct finding *finding, enum language language)
{
    const struct search_result *result = finding->result;
    struct arena *arena = arena_of(finding);
    bool in_dutch = language == LANGUAGE_NL;
    double from = result->end == SEARCH_ALWAYS ? 0 : result->upper;
    const char *items[MAX_WINDOWS + 2];
    int n = 0;
    for (int i = 0; i < result->n_windows && i < MAX_WINDOWS; i++) {
        const struct search_window *window = &result->windows[i];
        if (window->is_undone)
            items[n++] = arena_format(arena, in_dutch ? "van %s tot %s" : "from %s to %s",
                                      finding->words(finding, from, language),
                                      finding->words(finding, window->lower, language));
        else
            from = window->upper;
    }
    bool is_open =
        result->n_windows <= MAX_WINDOWS && !result->windows[result->n_windows - 1].is_undone;
    if (is_open)
        items[n++] = arena_format(arena, in_dutch ? "vanaf %s" : "from %s on",
                                  finding->words(finding, from, language));
    return list_in_words(arena, items, n, language);
}

static const char *window_words(const struct finding *finding, enum language language)
{
    const struct search_result *result = finding->result;
    bool in_dutch = language == LANGUAGE_NL;
    if (!result->n_windows)
        return "";
    if (result->n_windows == 1)
        return arena_format(
            arena_of(finding),
            in_dutch ? " %s is niet altijd beter: boven %s kantelt het niet meer blijvend."
                     : " %s is not always better: beyond %s it no longer tips for good.",
            finding->more[language], finding->words(finding, result->windows[0].lower, language));
    return arena_format(arena_of(finding),
                        in_dutch ? " %s is niet altijd beter: het kantelt %s, daarbuiten niet."
                                 : " %s is not always better: it tips %s, and not otherwise.",
                        finding->more[language], ranges_words(finding, language));
}

static const char *undecided_words(const struct finding *finding, enum language language)
{
    const struct search_result *result = finding->result;
    bool is_wide =
        result->end == SEARCH_FOUND && !isnan(result->not_yet) &&
        result->upper - result->lower > WORTH_SAYING * fabs(result->upper - finding->origin);
    if (!is_wide)
        return "";
    return arena_format(arena_of(finding),
                        language == LANGUAGE_NL
                            ? " Tussen %s en %s is het onbeslist: als de insteltijd om is, is het "
                              "niet gekanteld en ook niet teruggevallen."
                            : " Between %s and %s it is undecided: at the end of the settling time "
                              "it has neither tipped nor fallen back.",
                        finding->words(finding, result->lower, language),
                        finding->words(finding, result->upper, language));
}

// Another answer by half the step: the step is to blame, or other random numbers.
static const char *step_words(const struct finding *finding, enum language language)
{
    const struct search_result *result = finding->result;
    bool in_dutch = language == LANGUAGE_NL;
    bool is_same =
        fabs(finding->half - result->upper) <= WORTH_SAYING * fabs(result->upper - finding->origin);
    if (!finding->is_repeated || result->end != SEARCH_FOUND || is_same)
        return "";
    const char *cause =
        finding->mix->support->is_random
            ? (in_dutch ? "het toeval in het model telt mee" : "chance in the model plays a part")
            : (in_dutch ? "de tijdstap is te grof voor dit antwoord"
                        : "the step is too coarse for this answer");
    if (isnan(finding->half))
        return arena_format(arena_of(finding),
                            in_dutch ? " Let op: bij de halve tijdstap ligt het ergens anders; %s."
                                     : " Beware: at half the time step it lies elsewhere; %s.",
                            cause);
    return arena_format(arena_of(finding),
                        in_dutch ? " Let op: bij de halve tijdstap is het %s; %s."
                                 : " Beware: at half the time step it is %s; %s.",
                        finding->words(finding, finding->half, language), cause);
}

const char *finding_words(const struct finding *finding, enum language language)
{
    return arena_format(arena_of(finding), "%s%s%s", window_words(finding, language),
                        undecided_words(finding, language), step_words(finding, language));
}

void tip_answer_windows(struct tip *tip, const struct tip_case *tip_case,
                        const struct tip_question *question, const char *metric, const char *side,
                        const struct search_result *result, double factor, const char *unit)
{
    for (int i = 0; i < result->n_windows && i < MAX_WINDOWS; i++) {
        const struct search_window *window = &result->windows[i];
        const char *number = i < 2 ? "" : arena_format(tip->arena, "-%d", i / 2 + 1);
        double lower = factor * window->lower, upper = factor * window->upper;
        tip_answer(tip, tip_case, question,
                   arena_format(tip->arena, "%s-%s-%s%s", metric,
                                window->is_undone ? "undone" : "again", side, number),
                   window->is_undone ? lower : upper, fmin(lower, upper), fmax(lower, upper), unit);
    }
}
