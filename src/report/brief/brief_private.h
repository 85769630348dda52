// What the files of the briefing share.
#ifndef REPORT_BRIEF_BRIEF_PRIVATE_H
#define REPORT_BRIEF_BRIEF_PRIVATE_H

#include "report/brief/brief.h"
#include "report/brief/brief_specs.h"

struct brief {
    const struct brief_job *job;
    const struct study *study;
    struct facts *facts;
    const char *variable; // that is looked at
    const char *unit;     // of it as facts have it: "share" where it is shown in percent
    double level;         // NaN: none
    double settle;        //
    double *settled;      // [n_cases] the variable when run on without support; NaN: not known
    struct tip **tips;    // [n_cases] the tipping analysis that a case belongs to; NULL: none
    struct tip_case **tip_cases; // [n_cases] the case in it, with its definition of tipped
    const struct tip *answers;   // of tipping analysis; NULL: none
    int focus;                   // index of the case that the briefing dwells on; -1: none
};

// Names of metrics that brief_ask() adds.
#define BRIEF_PUBLIC_MONEY "public_money"
#define BRIEF_PRIVATE_MONEY "private_money"
#define BRIEF_SECTOR_MONEY "sector_money"
#define BRIEF_SUPPORT_MONEY "support_money"

// Settles variable, level and unit; runs every case on without support.
bool brief_judge(struct brief *brief);

// Fills the tables that the runs of the study give: answer, runs, scenarios, models, metrics,
// bests, course, sectors, focus, limits, quality, caveats, files.
void brief_gather(struct brief *brief);

// Fills tipping, uncertainty, sensitivity, from analyses that it runs. The first is that of
// tipping analysis; the others come from runs over the ranges of the parameters.
bool brief_analyse(struct brief *brief);
bool brief_vary(struct brief *brief);

// Adds a row to the table of caveats.
void brief_caveat(struct brief *brief, const char *kind, const char *subject);

// The two parts of it that have files of their own.
void brief_gather_runs(struct brief *brief);
void brief_gather_tallies(struct brief *brief);

// Cells of the briefing's tables.
void brief_set(struct brief *brief, const char *table, int row, const char *column, double value);
void brief_set_text(struct brief *brief, const char *table, int row, const char *column,
                    const char *text);
double brief_get(const struct brief *brief, const char *table, int row, const char *column);

// Calls `gather` for the first case of each scenario, or of each model.
void brief_for_each(struct brief *brief, bool is_model,
                    void (*gather)(struct brief *brief, const struct study_case *study_case));

// The value of the metric `name` of a complete case; NaN where it has none.
double brief_metric(const struct study_case *study_case, const char *name);

// When a column first rises above `level`, on a straight line between saves; NaN: never, or it
// started there.
double brief_passing_date(const struct series *series, int column, double level);

// A text that was written in the page's language: one that names no language is taken as English.
// NULL where there is none.
const char *brief_own_text(const struct brief *brief, const struct localized *text);

// The file that a case was asked for by.
const char *brief_file(const struct study_case *study_case);

bool brief_is_complete(const struct study_case *study_case);
const char *brief_model_title(const struct brief *brief, const struct study_case *study_case);
const char *brief_scenario_title(const struct brief *brief, const struct study_case *study_case);

#endif
