// manifest.json: everything needed to repeat a result.
#ifndef RESULT_MANIFEST_H
#define RESULT_MANIFEST_H

#include "base/arena.h"
#include "base/diag.h"

#include <stdbool.h>
#include <stddef.h>

struct manifest_run {
    const char *label;  // "scenario.model"
    const char *method; //
    double start, stop, step;
    const char *end; // "complete", ...
};

// How many runs ended in one way.
struct manifest_count {
    const char *end;
    long n;
};

struct manifest {
    const char *version;
    const char *command;                 // as typed, in one line
    const char *const *files;            // [n_files] every input file
    size_t n_files;                      //
    unsigned long long seed;             //
    struct manifest_run *runs;           // [n_runs]
    size_t n_runs;                       //
    const struct manifest_count *counts; // [n_counts] runs by ending; NULL: those of `runs`
    size_t n_counts;                     //
    double wall_seconds;                 //
};

enum { HASH_TEXT_SIZE = 65 };

// Writes the SHA-256 of `bytes` in hexadecimal digits into `text` [HASH_TEXT_SIZE].
void hash_bytes(const void *bytes, size_t length, char *text);

// A short name for what the inputs and the command ask for: the same inputs give the same id.
const char *manifest_id(const struct manifest *manifest, struct arena *arena, struct diag *diag);

// Writes `folder`/manifest.json.
bool manifest_write(const struct manifest *manifest, struct arena *arena, const char *folder,
                    struct diag *diag);

// What a reader of a results folder must know before believing it.
struct manifest_state {
    bool exists;         // the folder has a manifest.json
    const char *version; // of the program that made the folder; "" where it is not said
    const char *id;      // "" likewise
    const char *state;   // "running", "interrupted" or "complete"
    long n_runs;         // that ended somehow
    long n_failed;       // that did not complete
};

// Reads the state from `folder`/manifest.json; false with an error where that is no manifest. A
// folder without one is no error.
bool manifest_read(struct arena *arena, const char *folder, struct manifest_state *state,
                   struct diag *diag);

#endif
