// Files and folders: read whole, write beside and rename, so that nothing half-written ever
// stands under its final name.
#ifndef BASE_FILE_H
#define BASE_FILE_H

#include "base/arena.h"
#include "base/diag.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

// Returns the contents of `path` with a terminating zero, in `arena`; NULL with an error in
// `diag` where it cannot be read or holds more than `max_bytes`. `length` may be NULL.
char *file_read(struct arena *arena, const char *path, size_t max_bytes, size_t *length,
                struct diag *diag);

// Whether `path` names something that exists; a folder.
bool file_exists(const char *path);
bool file_is_folder(const char *path);

// Makes the folder `path` and its parents; false with an error where that fails.
bool folder_create(const char *path, struct diag *diag);

// The folder part of `path` ("." where there is none), the last part, the last part without its
// ending, and two parts joined ("b" alone where it is absolute).
const char *path_folder(struct arena *arena, const char *path);
const char *path_base(const char *path);
const char *path_stem(struct arena *arena, const char *path);
const char *path_join(struct arena *arena, const char *folder, const char *name);

// Whether `path` ends in `.ending`, whatever its case.
bool path_has_ending(const char *path, const char *ending);

// A file in the making: written under a temporary name in the folder of `path`.
struct output_file {
    FILE *stream;          // NULL after an error or a commit
    const char *path;      // as given, for messages
    const char *target;    // the same with links followed
    const char *temporary; // NULL where it is written in place: standard output, devices
};

// Starts writing `path` ("-" is standard output); false with an error where that fails.
bool output_open(struct output_file *file, struct arena *arena, const char *path,
                 struct diag *diag);

// Closes the file and gives it its final name; false with an error, and nothing left behind,
// where any write failed.
bool output_commit(struct output_file *file, struct diag *diag);

// Drops what was written; fine after a commit.
void output_discard(struct output_file *file);

// Writes the whole string `contents` as the file `path`.
bool file_write(struct arena *arena, const char *path, const char *contents, struct diag *diag);

#endif
