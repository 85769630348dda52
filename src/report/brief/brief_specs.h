// What the tables of a briefing hold: the names that its templates may use.
#ifndef REPORT_BRIEF_BRIEF_SPECS_H
#define REPORT_BRIEF_BRIEF_SPECS_H

#include "report/brief/facts.h"

extern const struct fact_spec brief_specs[];
extern const int n_brief_specs;

#endif
