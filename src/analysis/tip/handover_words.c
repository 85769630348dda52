// Stage: analysis. When to hand over -> sentences in Dutch and English.
#include "analysis/tip/handover.h"
#include "analysis/tip/tip_words.h"

#include "base/array.h"
#include "result/wording.h"

#include <math.h>

static struct arena *arena_of(const struct handover *handover)
{
    return handover->tip->arena;
}

static const char *money(const struct handover *handover, double amount, enum language language)
{
    return value_in_words(arena_of(handover), amount, handover->mix.cost_unit, false, language);
}

static const char *value_words(const struct handover *handover, double value,
                               enum language language)
{
    struct arena *arena = arena_of(handover);
    if (handover->dial == SWITCH_SHARE)
        return arena_format(arena, language == LANGUAGE_NL ? "een aandeel van %s" : "a share of %s",
                            value_in_words(arena, value, "1", true, language));
    return date_words(arena, handover->mix.support, value, language);
}

// "van push naar marktvraag".
static const char *what_words(const struct handover *handover, enum language language)
{
    struct arena *arena = arena_of(handover);
    bool in_dutch = language == LANGUAGE_NL;
    if (handover->dial >= 0)
        return in_dutch ? "van push naar marktvraag" : "from push to demand";
    return arena_format(arena, in_dutch ? "van %s naar de rest" : "from %s to the rest",
                        variable_in_words(arena,
                                          handover->mix.support->levers[handover->first]->variable,
                                          0, language));
}

// What it costs at both ends: at once, and so late that it is never.
static const char *ends_words(const struct handover *handover, enum language language)
{
    struct arena *arena = arena_of(handover);
    bool in_dutch = language == LANGUAGE_NL;
    const struct handover_value *ends[] = {&handover->values[0],
                                           &handover->values[handover->n_values - 1]};
    const char *words[2];
    for (int i = 0; i < 2; i++)
        words[i] = isnan(ends[i]->total) ? (in_dutch ? "het kantelt niet" : "it does not tip")
                                         : money(handover, ends[i]->total, language);
    return arena_format(arena,
                        in_dutch ? "meteen, bij %s: %s; niet meer, bij %s: %s"
                                 : "at once, at %s: %s; no longer, at %s: %s",
                        value_words(handover, ends[0]->value, language), words[0],
                        value_words(handover, ends[1]->value, language), words[1]);
}

static const char *cost_words(const struct handover *handover, enum language language)
{
    struct arena *arena = arena_of(handover);
    bool in_dutch = language == LANGUAGE_NL;
    const char *what = what_words(handover, language);
    if (handover->best < 0)
        return arena_format(arena,
                            in_dutch ? "Op geen enkel moment van overgaan %s kantelt het, tot %s."
                                     : "At no time of handing over %s does it tip, up to %s.",
                            what,
                            support_mix_words(&handover->mix, handover->scale_high, language));
    const struct handover_value *best = &handover->values[handover->best];
    const char *at = value_words(handover, best->value, language);
    const char *total = money(handover, best->total, language);
    if (best->scale == 0 && handover_is_flat(handover))
        return arena_format(arena,
                            in_dutch ? "Wanneer er ook wordt overgegaan %s, het kantelt zonder "
                                       "steun."
                                     : "Whenever it is handed over %s, it tips without support.",
                            what);
    if (best->scale == 0)
        return arena_format(arena,
                            in_dutch ? "Bij overgaan %s van %s tot %s kantelt het zonder steun."
                                     : "Handing over %s from %s to %s it tips without support.",
                            what, value_words(handover, handover->lower, language),
                            value_words(handover, handover->upper, language));
    if (handover_is_flat(handover))
        return arena_format(arena,
                            in_dutch ? "Wanneer er wordt overgegaan %s maakt voor de kosten niet "
                                       "uit: overal binnen 1%% van %s."
                                     : "When to hand over %s makes no difference to the cost: "
                                       "within 1%% of %s throughout.",
                            what, total);
    if (handover->best == 0)
        return arena_format(arena,
                            in_dutch ? "Meteen overgaan %s kost het minst: in totaal %s (%s)."
                                     : "Handing over %s at once costs least: %s in total (%s).",
                            what, total, ends_words(handover, language));
    if (handover->best == handover->n_values - 1)
        return arena_format(arena,
                            in_dutch ? "Niet overgaan %s kost het minst: in totaal %s (%s)."
                                     : "Not handing over %s costs least: %s in total (%s).",
                            what, total, ends_words(handover, language));
    const char *as_good =
        handover->lower == handover->low
            ? (in_dutch ? "; meteen overgaan is even goed" : "; handing over at once is as good")
        : handover->upper == handover->high
            ? (in_dutch ? "; niet overgaan is even goed" : "; not handing over is as good")
            : "";
    return arena_format(
        arena,
        in_dutch ? "Overgaan %s kost het minst bij %s: in totaal %s, en van %s tot %s minder dan "
                   "1%% meer%s (%s)."
                 : "Handing over %s costs least at %s: %s in total, and less than 1%% more from "
                   "%s to %s%s (%s).",
        what, at, total, value_words(handover, handover->lower, language),
        value_words(handover, handover->upper, language), as_good, ends_words(handover, language));
}

// How much more regret an end brings, if that is certain.
static const char *more_words(const struct handover *handover, struct estimate more, bool is_never,
                              enum language language)
{
    bool in_dutch = language == LANGUAGE_NL;
    const char *end = is_never ? (in_dutch ? "niet overgaan" : "not handing over")
                               : (in_dutch ? "meteen overgaan" : "handing over at once");
    if (!(more.value > 0))
        return "";
    if (!(more.lower > 0))
        return arena_format(arena_of(handover),
                            in_dutch ? " Of het beter is dan %s, laten deze trekkingen open."
                                     : " Whether it is better than %s these draws leave open.",
                            end);
    return arena_format(arena_of(handover),
                        in_dutch ? " %s kost gemiddeld %s meer (%s tot %s)."
                                 : " %s costs %s more on average (%s to %s).",
                        capital(arena_of(handover), end), money(handover, more.value, language),
                        money(handover, more.lower, language),
                        money(handover, more.upper, language));
}

static const char *regret_words(const struct handover *handover, enum language language)
{
    struct arena *arena = arena_of(handover);
    bool in_dutch = language == LANGUAGE_NL;
    if (!handover->n_draws)
        return "";
    const char *draws = arena_format(
        arena,
        in_dutch ? " Over %ld trekkingen van de onzekerheden, waarvan er %ld op steun aankomen,"
                 : " Over %ld draws of the uncertainties, %ld of which hang on support,",
        handover->n_draws, handover->n_matter);
    if (!handover->n_regrets)
        return arena_format(arena,
                            in_dutch ? "%s is niets te zeggen: in elke mislukten runs."
                                     : "%s nothing can be said: runs failed in each.",
                            draws);
    if (handover->least_regret < 0)
        return arena_format(arena,
                            in_dutch ? "%s maakt het moment nergens verschil."
                                     : "%s the time makes no difference in any.",
                            draws);
    struct estimate best = handover->best_value;
    const char *spread =
        isnan(best.lower)
            ? (in_dutch ? " (te weinig trekkingen om te zeggen hoe zeker dat is)"
                        : " (too few draws to say how sure that is)")
            : arena_format(arena, in_dutch ? " (tussen %s en %s)" : " (between %s and %s)",
                           value_words(handover, best.lower, language),
                           value_words(handover, best.upper, language));
    const char *mean =
        money(handover, handover->regrets[handover->least_regret].mean.value, language);
    const char *open = !handover_is_open(handover) ? ""
                       : in_dutch                  ? " Een duidelijk beste moment is er niet."
                                                   : " There is no clear best time.";
    return arena_format(arena,
                        in_dutch ? "%s is de spijt het kleinst bij %s%s: gemiddeld %s.%s%s%s"
                                 : "%s regret is least at %s%s: %s on average.%s%s%s",
                        draws, value_words(handover, best.value, language), spread, mean, open,
                        more_words(handover, handover->at_once, false, language),
                        more_words(handover, handover->never, true, language));
}

const char *handover_sentence(const struct handover *handover, enum language language)
{
    return arena_format(arena_of(handover), "%s%s", cost_words(handover, language),
                        regret_words(handover, language));
}
