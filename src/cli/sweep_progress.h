// The line that says how far a sweep is.
#ifndef CLI_SWEEP_PROGRESS_H
#define CLI_SWEEP_PROGRESS_H

#include "analysis/sweep/sweep_files.h"
#include "cli/command.h"

// A line that is drawn again and again on a terminal.
struct progress_line {
    double started, drawn; // seconds
    uint64_t n_before;     // runs done before this call
    bool is_shown;
};

// Seconds of a clock that only goes forward.
double progress_now(void);

// "40 s", "12 min", "3.5 h" in `buffer`; returns it.
const char *progress_duration(double seconds, char *buffer, size_t size);

struct progress_line progress_start(const struct session *session, const struct sweep_files *files);

// Draws the line (`context`) anew, at most five times a second: a callback of struct sweep_watch.
void progress_show(void *context, const struct sweep_files *files);

// A line for work whose end nobody knows; progress_count() draws it (`context`) with the number of
// runs made, progress_stage() with what is being done now.
struct progress_line progress_begin(const struct session *session);
void progress_count(void *context, long n_runs);
void progress_stage(void *context, const char *stage);

// Removes the line.
void progress_end(const struct progress_line *line);

// A line that counts the trials of a sweep from progress_watch() to progress_unwatch().
struct progress_trials {
    struct progress_line line;
    struct run_watch watch;
};
void progress_watch(struct progress_trials *trials, const struct session *session,
                    struct sweep *sweep);
void progress_unwatch(const struct progress_trials *trials, struct sweep *sweep);

#endif
