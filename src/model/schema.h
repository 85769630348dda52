// Reading libconfig files by a description of what they may hold: one table of fields for each
// kind of group, so that unknown keys, wrong types and missing entries are found in one place.
#ifndef MODEL_SCHEMA_H
#define MODEL_SCHEMA_H

#include "base/arena.h"
#include "base/diag.h"

#include <libconfig.h>
#include <stdbool.h>
#include <stddef.h>

// One file in the reading, with the files it includes.
struct cfg_reader {
    struct arena *arena;
    struct diag *diag;
    const char *path; // as the user named it
    int line_offset;  // lines of the file before the text that is read
    config_t config;
    struct {
        const char **items;
        size_t count, capacity;
    } files; // every file read
};

enum field_type {
    FIELD_NUMBER,   // double; whole or not
    FIELD_BOOLEAN,  // bool
    FIELD_STRING,   // const char *
    FIELD_NAME,     // const char * that files are named after
    FIELD_TEXT,     // struct localized: "text" or { nl = "..."; en = "..."; }
    FIELD_POSITION, // struct position whose excerpt is the string: for expressions
    FIELD_CUSTOM,   // read by `read`
};

struct field {
    const char *key;
    enum field_type type;
    size_t offset; // of the member in the object; unused for FIELD_CUSTOM
    bool is_required;
    // FIELD_CUSTOM: reads `setting` into `object`; reports what is wrong with it.
    void (*read)(struct cfg_reader *reader, config_setting_t *setting, void *object);
};

// Reads and parses the file `path`. False, with errors, where that fails; call
// cfg_reader_clear() in any case.
bool cfg_reader_open(struct cfg_reader *reader, struct arena *arena, const char *path,
                     struct diag *diag);
void cfg_reader_clear(struct cfg_reader *reader);

// The same for `text`, which stands in the file `path` from line `line` on.
bool cfg_reader_open_text(struct cfg_reader *reader, struct arena *arena, const char *text,
                          const char *path, int line, struct diag *diag);

// Where `setting` stands.
struct position setting_position(const struct cfg_reader *reader, const config_setting_t *setting);

// Fills the members of `object` from the settings of the group `group`. `what` names the kind of
// group in messages ("parameter", "scenario").
void fields_read(struct cfg_reader *reader, config_setting_t *group, const struct field *fields,
                 size_t n_fields, void *object, const char *what);

// Reads one setting into `object` as `field` says.
void field_read(struct cfg_reader *reader, config_setting_t *setting, const struct field *field,
                void *object);

// Calls `read` for each member of a group of named groups; reports members that are not groups.
void groups_read(struct cfg_reader *reader, config_setting_t *group, const char *what,
                 void (*read)(struct cfg_reader *reader, config_setting_t *member, void *object),
                 void *object);

// The finite number in `setting`; false with an error where it is none.
bool number_read(struct cfg_reader *reader, const config_setting_t *setting, double *number);

// The string in `setting`; NULL with an error where it is none.
const char *string_read(struct cfg_reader *reader, const config_setting_t *setting);

// The string in `setting`, which files are to be named after; NULL with an error where it cannot
// be.
const char *name_read(struct cfg_reader *reader, const config_setting_t *setting);

// The numbers in a list or array of numbers, or the one number; NULL with an error.
double *numbers_read(struct cfg_reader *reader, config_setting_t *setting, int *count);

// Whether `setting` is a list `( )` or an array `[ ]`.
bool is_sequence(const config_setting_t *setting);

#endif
