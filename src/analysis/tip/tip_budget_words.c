// Stage: analysis. Chances and budgets over draws -> sentences in Dutch and English.
#include "analysis/tip/tip_budget.h"

#include "base/array.h"
#include "result/wording.h"

#include <math.h>

static struct arena *arena_of(const struct budget *budget)
{
    return budget->tip->arena;
}

static const char *percent(struct arena *arena, double share, enum language language)
{
    return value_in_words(arena, share, "1", true, language);
}

// "37% (33% to 41%)".
static const char *chance_words(struct arena *arena, struct estimate chance, enum language language)
{
    return arena_format(arena, language == LANGUAGE_NL ? "%s (%s tot %s)" : "%s (%s to %s)",
                        percent(arena, chance.value, language),
                        percent(arena, chance.lower, language),
                        percent(arena, chance.upper, language));
}

// "7 punten (5 tot 9)" of percent.
static const char *points_words(struct arena *arena, struct estimate difference,
                                enum language language)
{
    bool in_dutch = language == LANGUAGE_NL;
    double points = nearbyint(100 * difference.value);
    double low = nearbyint(100 * difference.lower), high = nearbyint(100 * difference.upper);
    return arena_format(arena,
                        points == 1 ? (in_dutch ? "%.0f procentpunt (%.0f tot %.0f)"
                                                : "%.0f percentage point (%.0f to %.0f)")
                                    : (in_dutch ? "%.0f procentpunten (%.0f tot %.0f)"
                                                : "%.0f percentage points (%.0f to %.0f)"),
                        points, low + 0.0, high + 0.0);
}

static const char *money(const struct budget *budget, double amount, enum language language)
{
    return value_in_words(arena_of(budget), amount, budget->draws.mix.cost_unit, false, language);
}

static const char *most_words(const struct budget *budget, enum language language)
{
    return support_mix_words(&budget->draws.mix, budget->draws.high, language);
}

// "€ 4 miljard (€ 3 tot € 6 miljard)", as far as it is known.
static const char *budget_words(const struct budget *budget, struct estimate estimate,
                                enum language language)
{
    struct arena *arena = arena_of(budget);
    bool in_dutch = language == LANGUAGE_NL;
    const char *lower = money(budget, estimate.lower, language);
    if (isnan(estimate.upper) && !(estimate.lower > 0)) // too few draws for an interval
        return money(budget, estimate.value, language);
    if (isnan(estimate.upper))
        return arena_format(arena, in_dutch ? "%s (ten minste %s)" : "%s (at least %s)",
                            money(budget, estimate.value, language), lower);
    return arena_format(arena, in_dutch ? "%s (%s tot %s)" : "%s (%s to %s)",
                        money(budget, estimate.value, language), lower,
                        money(budget, estimate.upper, language));
}

// "A chance of 50% takes €4 billion (...), of 80% more than 4 times ...".
static const char *budgets_words(const struct budget *budget, const struct budget_group *group,
                                 enum language language)
{
    struct arena *arena = arena_of(budget);
    bool in_dutch = language == LANGUAGE_NL;
    const char *words = "";
    for (int i = 0; i < N_BUDGET_SHARES; i++) {
        struct estimate estimate = group->budgets[i];
        bool is_known = !isnan(estimate.value);
        const char *chance = percent(arena, budget_shares[i], language);
        const char *takes = is_known   ? budget_words(budget, estimate, language)
                            : in_dutch ? "meer dan geprobeerd is"
                                       : "more than was tried";
        if (i == 0)
            words = arena_format(arena,
                                 in_dutch ? " Een kans van %s vraagt dan %s"
                                          : " A chance of %s then takes %s",
                                 chance, takes);
        else
            words = arena_format(arena, in_dutch ? "%s, een van %s %s" : "%s, one of %s %s", words,
                                 chance, takes);
        if (!is_known)
            break; // larger chances even more
    }
    return arena_format(arena, "%s.", words);
}

static const char *troubles(const struct budget *budget, enum language language)
{
    const struct budget_draws *draws = &budget->draws;
    struct arena *arena = arena_of(budget);
    bool in_dutch = language == LANGUAGE_NL;
    const char *words = "";
    if (draws->n_failed_runs)
        words = arena_format(
            arena,
            in_dutch ? " %ld van de %ld runs mislukten; van %ld trekkingen is niet bekend wat zij "
                       "nodig hebben: de intervallen laten alles toe."
                     : " %ld of %ld runs failed; what %ld draws need is not known: the intervals "
                       "allow for anything.",
            draws->n_failed_runs, draws->n_runs, budget->all.n_unknown);
    if (draws->n_wavering)
        words = arena_format(arena,
                             in_dutch ? "%s In %ld van de %ld trekkingen slingert het om het "
                                        "niveau; dat telt niet als gekanteld."
                                      : "%s In %ld of %ld draws it swings around the level; that "
                                        "does not count as tipped.",
                             words, draws->n_wavering, draws->n);
    if (draws->n_undone)
        words = arena_format(arena,
                             in_dutch ? "%s In %ld trekkingen maakt meer steun het kantelen weer "
                                        "ongedaan."
                                      : "%s In %ld draws more support undoes tipping again.",
                             words, draws->n_undone);
    return words;
}

// What the scenario's own support does; "" where it has no amounts.
static const char *own_words(const struct budget *budget, enum language language)
{
    struct arena *arena = arena_of(budget);
    bool in_dutch = language == LANGUAGE_NL;
    if (!budget->draws.mix.has_amount || isnan(budget->all.own.value))
        return "";
    const char *words = arena_format(
        arena,
        in_dutch ? ", en met de steun van dit scenario (%s) in %s: een verschil van %s"
                 : ", and with the support of this scenario (%s) in %s: a difference of %s",
        money(budget, budget->own_cost, language), chance_words(arena, budget->all.own, language),
        points_words(arena, budget->effect, language));
    return words;
}

// "in 72% no amount up to ... is enough".
static const char *never_words(const struct budget *budget, enum language language)
{
    struct arena *arena = arena_of(budget);
    bool in_dutch = language == LANGUAGE_NL;
    struct estimate never = budget->locked.never;
    const char *most = most_words(budget, language);
    if (never.value == 0)
        return arena_format(arena,
                            in_dutch ? "in alle is een bedrag tot %s genoeg"
                                     : "in all of them some amount up to %s is enough",
                            most);
    return arena_format(arena,
                        in_dutch ? "in %s is geen bedrag tot %s genoeg"
                                 : "in %s no amount up to %s is enough",
                        percent(arena, never.value, language), most);
}

// What holds for the draws that are locked in.
static const char *locked_words(const struct budget *budget, enum language language)
{
    const struct budget_group *locked = &budget->locked;
    struct arena *arena = arena_of(budget);
    bool in_dutch = language == LANGUAGE_NL;
    const char *own = "", *never = never_words(budget, language);
    const char *budgets = budgets_words(budget, locked, language);
    if (locked->n == budget->draws.n) // what support does was said of all
        return arena_format(arena, " %s.%s", capital(arena, never), budgets);
    if (budget->draws.mix.has_amount && !isnan(locked->own.value))
        own = arena_format(arena,
                           in_dutch ? " kantelt deze steun %s en" : " this support tips %s, and",
                           chance_words(arena, locked->own, language));
    return arena_format(arena,
                        in_dutch ? " Van de %ld trekkingen die zonder steun vastzitten%s %s.%s"
                                 : " Of the %ld draws that are locked in without support%s %s.%s",
                        locked->n, *own ? own : ",", never, budgets);
}

const char *budget_sentence(const struct budget *budget, enum language language)
{
    const struct budget_draws *draws = &budget->draws;
    struct arena *arena = arena_of(budget);
    bool in_dutch = language == LANGUAGE_NL;
    const char *after = troubles(budget, language);
    if (isnan(budget->without.value))
        return arena_format(arena,
                            in_dutch ? "Over de kans van een budget valt niets te zeggen: in alle "
                                       "%ld trekkingen mislukte de run zonder steun.%s"
                                     : "Nothing can be said about the chance of a budget: in all "
                                       "%ld draws the run without support failed.%s",
                            draws->n, after);
    if (budget->without.value == 1)
        return arena_format(arena,
                            in_dutch ? "In alle %ld trekkingen van de onzekerheden kantelt het ook "
                                       "zonder steun: een budget maakt geen verschil.%s"
                                     : "In all %ld draws of the uncertainties it tips without "
                                       "support: no budget makes a difference.%s",
                            draws->n, after);
    if (budget->all.never.value == 1)
        return arena_format(arena,
                            in_dutch ? "In geen van de %ld trekkingen van de onzekerheden kantelt "
                                       "het, tot %s.%s"
                                     : "In none of %ld draws of the uncertainties does it tip, up "
                                       "to %s.%s",
                            draws->n, most_words(budget, language), after);
    return arena_format(arena,
                        in_dutch ? "Over %ld trekkingen van de onzekerheden kantelt het blijvend "
                                   "in %s zonder steun%s.%s%s"
                                 : "Over %ld draws of the uncertainties it tips for good in %s "
                                   "without support%s.%s%s",
                        draws->n, chance_words(arena, budget->without, language),
                        own_words(budget, language), locked_words(budget, language), after);
}

// ---------------------------------------------------------------- two models

static const char *name_of(const struct budget *budget)
{
    return budget->tip_case->source.model->name;
}

// Which of two tips more often with the scenario's support, if that is certain.
static const char *difference_words(const struct budget_pair *pair, enum language language)
{
    struct arena *arena = arena_of(pair->first);
    bool in_dutch = language == LANGUAGE_NL;
    struct estimate own = pair->own;
    const struct budget *more = pair->first, *less = pair->second;
    if (own.value < 0) {
        own = (struct estimate){-own.value, -own.upper, -own.lower};
        more = pair->second;
        less = pair->first;
    }
    if (own.lower > 0)
        return arena_format(arena,
                            in_dutch ? "In dezelfde trekkingen kantelt %s met deze steun vaker dan "
                                       "%s: een verschil van %s."
                                     : "In the same draws %s tips more often than %s with this "
                                       "support: a difference of %s.",
                            name_of(more), name_of(less), points_words(arena, own, language));
    return arena_format(arena,
                        in_dutch ? "In dezelfde trekkingen kantelen %s en %s met deze steun even "
                                   "vaak, voor zover deze trekkingen laten zien: een verschil van "
                                   "%s."
                                 : "In the same draws %s and %s tip as often with this support, as "
                                   "far as these draws can tell: a difference of %s.",
                        name_of(more), name_of(less), points_words(arena, own, language));
}

const char *budget_pair_sentence(const struct budget_pair *pair, enum language language)
{
    struct arena *arena = arena_of(pair->first);
    bool in_dutch = language == LANGUAGE_NL;
    bool has_own = pair->first->draws.mix.has_amount && !isnan(pair->own.value);
    const char *own = has_own ? difference_words(pair, language) : "";
    if (!pair->n_locked)
        return arena_format(
            arena,
            in_dutch ? "%s%sGeen enkele trekking zit in beide modellen vast zonder steun: wat in "
                       "%s minder kost dan in %s is niet te vergelijken."
                     : "%s%sNo draw is locked in in both models without support: whether %s costs "
                       "less than %s cannot be compared.",
            own, *own ? " " : "", name_of(pair->first), name_of(pair->second));
    return arena_format(
        arena,
        in_dutch ? "%s%sVan de %ld trekkingen die in beide vastzitten zonder steun kantelt %s in "
                   "%s voor minder geld, %s in %s; in de rest ontlopen ze elkaar niet of kantelen "
                   "ze geen van beide."
                 : "%s%sOf the %ld draws that are locked in in both without support, %s tips for "
                   "less in %s, %s in %s; in the rest they do as well or neither tips.",
        own, *own ? " " : "", pair->n_locked, name_of(pair->first),
        percent(arena, pair->cheaper[0].value, language), name_of(pair->second),
        percent(arena, pair->cheaper[1].value, language));
}
