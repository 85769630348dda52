// The time axis of runs.
#ifndef MODEL_TIME_H
#define MODEL_TIME_H

#include "model/model.h"

// Returns a specification in which nothing is given.
struct time_spec time_spec_empty(void);

// Replaces what `over` gives; its position comes along. False where it gives nothing.
bool time_spec_override(struct time_spec *time, const struct time_spec *over);

// Fills in defaults (step 1, method euler as in XMILE, unit year) and checks the whole; false with
// errors at its position.
bool time_spec_check(struct time_spec *time, struct diag *diag);

// Number of steps from start to stop; time of step `step` (0 .. n). Times of whole fractions of a
// unit come out exact: with a step of 0.1, step 3 is 0.3.
long time_spec_n_steps(const struct time_spec *time);
double time_spec_at(const struct time_spec *time, long step);

// Steps between two saved ones, at least 1.
long time_spec_steps_per_save(const struct time_spec *time);

#endif
