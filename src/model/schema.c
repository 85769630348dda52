// Stage: model. libconfig text -> members of structs, by tables of fields. Works around three
// habits of libconfig 1.5: numbers are not converted between whole and not, whole numbers of ten
// digits and more wrap round in silence, and positions have no column.
#include "model/schema.h"

#include "base/array.h"
#include "base/file.h"
#include "base/name.h"
#include "model/model.h"

#include <ctype.h>
#include <math.h>
#include <string.h>
#include <unistr.h>

enum { MAX_FILE_BYTES = 64 * 1024 * 1024 };

// The path of the file that libconfig calls `file`: NULL is the main one, others are named from
// the folder of the main one.
static const char *source_path(const struct cfg_reader *reader, const char *file)
{
    if (!file)
        return reader->path;
    return path_join(reader->arena, path_folder(reader->arena, reader->path), file);
}

struct position setting_position(const struct cfg_reader *reader, const config_setting_t *setting)
{
    return (struct position){.file = source_path(reader, config_setting_source_file(setting)),
                             .line =
                                 (int)config_setting_source_line(setting) + reader->line_offset};
}

static struct position error_position(const struct cfg_reader *reader)
{
    return (struct position){.file = source_path(reader, config_error_file(&reader->config)),
                             .line = config_error_line(&reader->config) + reader->line_offset};
}

// Returns the first byte of line `line` (1-based), or NULL.
static const char *find_line(const char *text, int line)
{
    for (; line > 1 && text; line--) {
        text = strchr(text, '\n');
        text = text ? text + 1 : NULL;
    }
    return text;
}

// Calls out whole numbers of ten digits and more outside strings and comments.
static void check_long_integers(struct cfg_reader *reader, const char *file, const char *text)
{
    int line = 1;
    for (const char *at = text; *at; at++) {
        if (*at == '\n')
            line++;
        if (*at == '#' || (*at == '/' && at[1] == '/')) {
            at += strcspn(at, "\n") - 1;
        } else if (*at == '/' && at[1] == '*') {
            const char *end = strstr(at + 2, "*/");
            for (; end && at < end + 1; at++)
                line += *at == '\n';
        } else if (*at == '"') {
            for (at++; *at && *at != '"'; at++) {
                line += *at == '\n';
                at += *at == '\\' && at[1];
            }
            if (!*at)
                return;
        } else if (isalpha((unsigned char)*at) || *at == '_') {
            at += strcspn(at, " \t\n=:;{}()[],\"") - 1;
        } else if (isdigit((unsigned char)*at) || *at == '.') {
            size_t length = strcspn(at, " \t\n=:;{}()[],\"");
            size_t digits = strspn(at, "0123456789");
            if (digits == length && digits > 9)
                diag_error(reader->diag, (struct position){.file = file, .line = line},
                           "the whole number %.*s is too long", (int)(length > 40 ? 40 : length),
                           at),
                    diag_hint(reader->diag, "write it with a decimal point: %.*s.0",
                              (int)(length > 40 ? 40 : length), at);
            at += length - 1;
        }
    }
}

// Whether `text` is UTF-8; an error at the first line that is not.
static bool check_encoding(struct cfg_reader *reader, const char *file, const char *text)
{
    const char *bad = (const char *)u8_check((const uint8_t *)text, strlen(text));
    int line = 1;
    if (!bad)
        return true;
    for (const char *at = text; at < bad; at++)
        line += *at == '\n';
    diag_error(reader->diag, (struct position){.file = file, .line = line},
               "this line is not UTF-8 text");
    diag_hint(reader->diag, "save the file as UTF-8");
    return false;
}

static bool has_file(const struct cfg_reader *reader, const char *file)
{
    for (size_t i = 0; i < reader->files.count; i++)
        if (strcmp(reader->files.items[i], file) == 0)
            return true;
    return false;
}

// Notes down the files that the settings below `setting` come from.
static void collect_files(struct cfg_reader *reader, const config_setting_t *setting)
{
    const char *file = source_path(reader, config_setting_source_file(setting));
    if (!has_file(reader, file))
        ARRAY_PUSH(reader->arena, &reader->files) = file;
    for (int i = 0; config_setting_is_aggregate(setting) && i < config_setting_length(setting); i++)
        collect_files(reader, config_setting_get_elem(setting, (unsigned)i));
}

static void report_syntax(struct cfg_reader *reader, const char *text)
{
    struct position position = error_position(reader);
    const char *problem = config_error_text(&reader->config);
    bool is_include = problem && strstr(problem, "include") != NULL;
    const char *line =
        position.file == reader->path ? find_line(text, position.line - reader->line_offset) : NULL;
    if (line && *line && *line != '\n')
        position.excerpt = arena_copy_text(reader->arena, line, strcspn(line, "\r\n"));
    static const char *const clearer[][2] = {
        {"duplicate setting name", "duplicate name in this group"},
        {"memory exhausted", "nested too deep"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(clearer); i++)
        if (problem && strcmp(problem, clearer[i][0]) == 0)
            problem = clearer[i][1];
    diag_error(reader->diag, position, "%s", problem ? problem : "cannot read this");
    if (is_include)
        diag_hint(reader->diag, "included files are looked for from the folder of '%s'",
                  reader->path);
    else if (problem && strcmp(problem, "syntax error") == 0)
        diag_hint(reader->diag,
                  "look at this line and the one before it for a missing ';', quote or bracket");
}

bool cfg_reader_open(struct cfg_reader *reader, struct arena *arena, const char *path,
                     struct diag *diag)
{
    *reader = (struct cfg_reader){.arena = arena, .diag = diag};
    reader->path = arena_copy_string(arena, path);
    config_init(&reader->config);
    size_t length;
    char *text = file_read(arena, path, MAX_FILE_BYTES, &length, diag);
    if (!text)
        return false;
    ARRAY_PUSH(arena, &reader->files) = reader->path;
    if (strlen(text) != length) {
        diag_fail(diag, FAULT_FILE, "'%s' is not a text file", path);
        return false;
    }
    if (strncmp(text, "\xEF\xBB\xBF", 3) == 0)
        text += 3; // byte order mark
    if (!check_encoding(reader, reader->path, text))
        return false;
    config_set_include_dir(&reader->config, path_folder(arena, path));
    size_t n_errors = diag->n_errors;
    if (!config_read_string(&reader->config, text)) {
        report_syntax(reader, text);
        return false;
    }
    collect_files(reader, config_root_setting(&reader->config));
    check_long_integers(reader, reader->path, text);
    for (size_t i = 1; i < reader->files.count; i++) {
        const char *included = file_read(arena, reader->files.items[i], MAX_FILE_BYTES, NULL, diag);
        if (included && check_encoding(reader, reader->files.items[i], included))
            check_long_integers(reader, reader->files.items[i], included);
    }
    return diag->n_errors == n_errors;
}

bool cfg_reader_open_text(struct cfg_reader *reader, struct arena *arena, const char *text,
                          const char *path, int line, struct diag *diag)
{
    *reader =
        (struct cfg_reader){.arena = arena, .diag = diag, .path = path, .line_offset = line - 1};
    config_init(&reader->config);
    if (config_read_string(&reader->config, text))
        return true;
    report_syntax(reader, text);
    return false;
}

void cfg_reader_clear(struct cfg_reader *reader)
{
    config_destroy(&reader->config);
}

bool is_sequence(const config_setting_t *setting)
{
    return config_setting_is_list(setting) || config_setting_is_array(setting);
}

static const char *setting_name(const config_setting_t *setting)
{
    const char *name = config_setting_name(setting);
    return name ? name : "entry";
}

bool number_read(struct cfg_reader *reader, const config_setting_t *setting, double *number)
{
    switch (config_setting_type(setting)) {
    case CONFIG_TYPE_INT:
        *number = config_setting_get_int(setting);
        return true;
    case CONFIG_TYPE_INT64:
        *number = (double)config_setting_get_int64(setting);
        return true;
    case CONFIG_TYPE_FLOAT:
        *number = config_setting_get_float(setting);
        if (isfinite(*number))
            return true;
        diag_error(reader->diag, setting_position(reader, setting), "'%s' is too large a number",
                   setting_name(setting));
        return false;
    default:
        diag_error(reader->diag, setting_position(reader, setting), "'%s' must be a number",
                   setting_name(setting));
        if (config_setting_type(setting) == CONFIG_TYPE_STRING)
            diag_hint(reader->diag, "write it without quotes");
        return false;
    }
}

const char *string_read(struct cfg_reader *reader, const config_setting_t *setting)
{
    if (config_setting_type(setting) == CONFIG_TYPE_STRING)
        return arena_copy_string(reader->arena, config_setting_get_string(setting));
    diag_error(reader->diag, setting_position(reader, setting), "'%s' must be a text in quotes",
               setting_name(setting));
    return NULL;
}

const char *name_read(struct cfg_reader *reader, const config_setting_t *setting)
{
    const char *name = string_read(reader, setting);
    if (!name || (*name && *name != '.' && !strchr(name, '/')))
        return name;
    diag_error(reader->diag, setting_position(reader, setting), "'%s' is no name for files", name);
    diag_hint(reader->diag, "it must not be empty, hold a '/' or start with a '.'");
    return NULL;
}

double *numbers_read(struct cfg_reader *reader, config_setting_t *setting, int *count)
{
    if (!is_sequence(setting)) {
        double *number = ARENA_NEW(reader->arena, double);
        *count = 1;
        return number_read(reader, setting, number) ? number : NULL;
    }
    *count = config_setting_length(setting);
    if (*count == 0) {
        diag_error(reader->diag, setting_position(reader, setting), "'%s' is empty",
                   setting_name(setting));
        return NULL;
    }
    double *numbers = ARENA_NEW_ARRAY(reader->arena, double, *count);
    for (int i = 0; i < *count; i++)
        if (!number_read(reader, config_setting_get_elem(setting, (unsigned)i), &numbers[i]))
            return NULL;
    return numbers;
}

static void read_text(struct cfg_reader *reader, config_setting_t *setting, struct localized *text)
{
    if (config_setting_type(setting) == CONFIG_TYPE_STRING) {
        const char *string = string_read(reader, setting);
        *text = (struct localized){{string, string}};
        return;
    }
    if (!config_setting_is_group(setting)) {
        diag_error(reader->diag, setting_position(reader, setting),
                   "'%s' must be a text or a group { nl = \"...\"; en = \"...\"; }",
                   setting_name(setting));
        return;
    }
    static const struct field fields[] = {
        {"nl", FIELD_STRING, offsetof(struct localized, text[LANGUAGE_NL]), false, NULL},
        {"en", FIELD_STRING, offsetof(struct localized, text[LANGUAGE_EN]), false, NULL},
    };
    fields_read(reader, setting, fields, ARRAY_COUNT(fields), text, "text");
}

void field_read(struct cfg_reader *reader, config_setting_t *setting, const struct field *field,
                void *object)
{
    void *member = (char *)object + field->offset;
    switch (field->type) {
    case FIELD_NUMBER:
        number_read(reader, setting, member);
        break;
    case FIELD_BOOLEAN:
        if (config_setting_type(setting) == CONFIG_TYPE_BOOL)
            *(bool *)member = config_setting_get_bool(setting);
        else
            diag_error(reader->diag, setting_position(reader, setting),
                       "'%s' must be true or false", field->key);
        break;
    case FIELD_STRING:
        *(const char **)member = string_read(reader, setting);
        break;
    case FIELD_NAME:
        *(const char **)member = name_read(reader, setting);
        break;
    case FIELD_TEXT:
        read_text(reader, setting, member);
        break;
    case FIELD_POSITION: {
        struct position *position = member;
        *position = setting_position(reader, setting);
        position->excerpt = string_read(reader, setting);
        break;
    }
    case FIELD_CUSTOM:
        field->read(reader, setting, object);
        break;
    }
}

static const struct field *find_field(const struct field *fields, size_t n_fields, const char *key)
{
    for (size_t i = 0; i < n_fields; i++)
        if (strcmp(fields[i].key, key) == 0)
            return &fields[i];
    return NULL;
}

static void report_unknown_key(struct cfg_reader *reader, const config_setting_t *setting,
                               const struct field *fields, size_t n_fields, const char *what)
{
    diag_error(reader->diag, setting_position(reader, setting), "unknown key '%s' in %s",
               setting_name(setting), what);
    struct nearest nearest = nearest_start(setting_name(setting));
    for (size_t i = 0; i < n_fields; i++)
        nearest_consider(&nearest, fields[i].key, fields[i].key);
    diag_suggest(reader->diag, nearest.best);
}

void fields_read(struct cfg_reader *reader, config_setting_t *group, const struct field *fields,
                 size_t n_fields, void *object, const char *what)
{
    if (!config_setting_is_group(group)) {
        diag_error(reader->diag, setting_position(reader, group), "%s must be a group { ... }",
                   what);
        return;
    }
    for (int i = 0; i < config_setting_length(group); i++) {
        config_setting_t *setting = config_setting_get_elem(group, (unsigned)i);
        const struct field *field = find_field(fields, n_fields, config_setting_name(setting));
        if (field)
            field_read(reader, setting, field, object);
        else
            report_unknown_key(reader, setting, fields, n_fields, what);
    }
    for (size_t i = 0; i < n_fields; i++)
        if (fields[i].is_required && !config_setting_get_member(group, fields[i].key))
            diag_error(reader->diag, setting_position(reader, group), "%s has no '%s'", what,
                       fields[i].key);
}

void groups_read(struct cfg_reader *reader, config_setting_t *group, const char *what,
                 void (*read)(struct cfg_reader *reader, config_setting_t *member, void *object),
                 void *object)
{
    if (!config_setting_is_group(group)) {
        diag_error(reader->diag, setting_position(reader, group), "'%s' must be a group { ... }",
                   setting_name(group));
        return;
    }
    for (int i = 0; i < config_setting_length(group); i++) {
        config_setting_t *member = config_setting_get_elem(group, (unsigned)i);
        if (config_setting_is_group(member))
            read(reader, member, object);
        else
            diag_error(reader->diag, setting_position(reader, member),
                       "%s '%s' must be a group { ... }", what, setting_name(member));
    }
}
