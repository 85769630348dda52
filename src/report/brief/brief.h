// The briefing: one page in Dutch or English about the runs of a study, with the tables that it
// rests on.
#ifndef REPORT_BRIEF_BRIEF_H
#define REPORT_BRIEF_BRIEF_H

#include "analysis/study.h"
#include "analysis/tip/tip.h"
#include "report/brief/template.h"
#include "report/chart.h"

struct brief_job {
    struct arena *arena;
    const struct study *study;     // run
    const struct tip_options *tip; // how tipping is judged, with threads and seed; asks nothing
    struct unit_system *units;
    const char *folder;              // of the results; exists
    enum language language;          //
    const char *id;                  // of the runs
    const char *command;             // as typed
    const char *const *files;        // [n_files] every file that went in
    size_t n_files;                  //
    bool no_charts;                  // draw nothing
    const struct template *template; // from brief_template()
    struct diag *diag;
    void (*tell)(void *context, const char *stage); // what is being done now; may be NULL
    void *context;                                  //
};

// Reads the text of the briefing: the file `path`, NULL: nl.html or en.html of plots/brief. NULL
// with errors.
const struct template *brief_template(struct arena *arena, enum language language, const char *path,
                                      struct diag *diag);

// Asks the cases of a study, opened but not yet bound, for the metrics that a briefing needs.
void brief_ask(struct study *study);

// Runs the analyses that a briefing needs and writes `folder`/brief.html, brief.docx where pandoc
// is installed, and the tables into `folder`/tables. What could not be had is said in the page.
// False with errors.
bool brief_write(const struct brief_job *job);

#endif
