// Stage: analysis. Files of a sweep. Blocks come in order, so how many rows, records and lines are
// whole says how far the sweep is; on resuming, all files are cut back to the last block that is
// whole in every one of them.
#include "analysis/sweep/sweep_files.h"

#include "analysis/sweep/sweep_manifest.h"
#include "base/array.h"
#include "base/csv.h"
#include "base/file.h"
#include "model/time.h"
#include "result/ensemble.h"
#include "result/wording.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

enum {
    BAND_BYTES = 64 * 1024 * 1024, // memory for quantiles over time
    LOG_BYTES = 256 * 1024 * 1024, // of bands.log before it is folded into bands.state
};

static const char *path_of(const struct sweep_files *files, const char *name)
{
    return path_join(files->arena, files->folder, name);
}

static bool fail(const struct sweep_files *files, const char *name, struct diag *diag)
{
    diag_fail(diag, FAULT_ENVIRONMENT, "cannot write '%s': %s", path_of(files, name),
              strerror(errno ? errno : EIO));
    diag_hint(diag, "what was finished is kept; --resume goes on from there");
    return false;
}

// Number of the first run after block `n_blocks - 1`, less one: runs in the first n blocks.
static uint64_t runs_in_blocks(const struct sweep *sweep, uint64_t n_blocks)
{
    uint64_t per_case = sweep_n_blocks(sweep) / (uint64_t)sweep->n_cases;
    uint64_t cases = n_blocks / per_case, rest = n_blocks % per_case * SWEEP_BLOCK;
    return cases * sweep->design.n_points +
           (rest < sweep->design.n_points ? rest : sweep->design.n_points);
}

static uint64_t blocks_in_runs(const struct sweep *sweep, uint64_t n_runs)
{
    uint64_t per_case = sweep_n_blocks(sweep) / (uint64_t)sweep->n_cases;
    uint64_t cases = n_runs / sweep->design.n_points, rest = n_runs % sweep->design.n_points;
    return cases * per_case + rest / SWEEP_BLOCK;
}

static size_t record_numbers(const struct sweep *sweep, bool of_bands)
{
    return of_bands ? (size_t)sweep->n_bands * (size_t)sweep->n_band_times * SWEEP_BLOCK
                    : (size_t)sweep->n_kept * (size_t)sweep->n_kept_saves * SWEEP_BLOCK;
}

// Number of whole lines in `stream` below its header; where line `wanted` ends, if asked for.
static uint64_t count_lines(FILE *stream, uint64_t wanted, long *end_of_wanted)
{
    char buffer[1 << 16];
    uint64_t n = 0;
    long offset = 0;
    rewind(stream);
    for (size_t length; (length = fread(buffer, 1, sizeof buffer, stream)) > 0;
         offset += (long)length)
        for (size_t i = 0; i < length; i++)
            if (buffer[i] == '\n') {
                if (end_of_wanted && n == wanted)
                    *end_of_wanted = offset + (long)i + 1;
                n++;
            }
    return n ? n - 1 : 0;
}

static bool cut_at(FILE *stream, long end)
{
    return fflush(stream) == 0 && ftruncate(fileno(stream), end) == 0 &&
           fseek(stream, 0, SEEK_END) == 0;
}

// Keeps the header and the first `n_rows` rows.
static bool cut_rows(FILE *stream, uint64_t n_rows)
{
    long end = 0;
    count_lines(stream, n_rows, &end);
    return cut_at(stream, end);
}

// Keeps the rows of runs up to `last_run`: failed.csv has few rows, so one look at each is fine.
static bool cut_failed(FILE *stream, uint64_t last_run)
{
    char line[4096];
    long end = 0;
    rewind(stream);
    for (bool is_header = true; fgets(line, sizeof line, stream); is_header = false) {
        if (!strchr(line, '\n') || (!is_header && strtoull(line, NULL, 10) > last_run))
            break;
        end = ftell(stream);
    }
    return cut_at(stream, end);
}

static bool append_text(FILE *stream, const struct text *text)
{
    return fwrite(text_string(text), 1, text->length, stream) == text->length &&
           fflush(stream) == 0;
}

static bool append_numbers(FILE *stream, const double *numbers, size_t n)
{
    return fwrite(numbers, sizeof *numbers, n, stream) == n && fflush(stream) == 0;
}

static const char *const table_names[N_SWEEP_TABLES] = {"design.csv", "metrics.csv", "failed.csv"};

static const char *part_path(const struct sweep_files *files, int table)
{
    return path_of(files, arena_format(files->arena, "%s.part", table_names[table]));
}

// Opens a table for appending; writes its header where it is new, or where not even the header
// reached the disk.
static FILE *open_table(struct sweep_files *files, enum sweep_table_kind kind, struct diag *diag)
{
    const char *path = part_path(files, kind);
    FILE *stream = fopen(path, file_exists(path) ? "r+b" : "w+b");
    if (!stream) {
        fail(files, path_base(path), diag);
        return NULL;
    }
    int c = 0;
    while (c != '\n' && c != EOF)
        c = getc(stream);
    struct text header = {0};
    sweep_text_header(&header, files->sweep, kind);
    bool is_good = c == '\n' || (cut_at(stream, 0) && append_text(stream, &header));
    text_clear(&header);
    if (is_good && fseek(stream, 0, SEEK_END) == 0)
        return stream;
    fail(files, path_base(path), diag);
    fclose(stream);
    return NULL;
}

// Keeps others from writing into the folder while this process does.
static bool lock(struct sweep_files *files, struct diag *diag)
{
    struct flock request = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    if (fcntl(fileno(files->metrics), F_SETLK, &request) == 0 ||
        (errno != EACCES && errno != EAGAIN))
        return true;
    diag_fail(diag, FAULT_FILE, "another process is writing this sweep into '%s'", files->folder);
    return false;
}

// A sweep that was stopped while its tables got their final names: they lose them again.
static void take_back_names(const struct sweep_files *files)
{
    for (int i = 0; i < N_SWEEP_TABLES; i++)
        if (!file_exists(part_path(files, i)))
            (void)rename(path_of(files, table_names[i]), part_path(files, i));
}

static FILE *open_log(struct sweep_files *files, const char *name, struct diag *diag)
{
    const char *path = path_of(files, name);
    FILE *stream = fopen(path, file_exists(path) ? "r+b" : "w+b");
    if (!stream)
        fail(files, name, diag);
    return stream;
}

static void create_bands(struct sweep_files *files)
{
    const struct sweep *sweep = files->sweep;
    size_t n_streams = (size_t)sweep->n_bands * (size_t)sweep->n_band_times;
    files->bands = ARENA_NEW_ARRAY(files->arena, struct quantile_set *, sweep->n_cases);
    for (int i = 0; i < sweep->n_cases; i++)
        files->bands[i] = quantile_set_create(files->arena, n_streams, sweep->design.n_points,
                                              BAND_BYTES / (size_t)sweep->n_cases);
}

// Adds the runs of a block to the quantiles of its case.
static void take_bands(struct sweep_files *files, uint64_t block, const double *values)
{
    const struct sweep *sweep = files->sweep;
    uint64_t per_case = sweep_n_blocks(sweep) / (uint64_t)sweep->n_cases;
    uint64_t n_runs = runs_in_blocks(sweep, block + 1) - runs_in_blocks(sweep, block);
    for (uint64_t run = 0; run < n_runs; run++)
        quantile_set_take(files->bands[block / per_case], values + run, SWEEP_BLOCK);
}

static bool write_state(struct sweep_files *files, uint64_t n_blocks, struct diag *diag)
{
    struct output_file file;
    if (!output_open(&file, files->arena, path_of(files, "bands.state"), diag))
        return false;
    bool is_good = fwrite(&n_blocks, sizeof n_blocks, 1, file.stream) == 1;
    for (int i = 0; i < files->sweep->n_cases && is_good; i++)
        is_good = quantile_set_write(files->bands[i], file.stream);
    if (!output_commit(&file, diag))
        return false;
    files->log_start = n_blocks;
    return is_good && cut_at(files->log, 0);
}

// Reads bands.state and the records of bands.log; returns how many blocks they cover.
static uint64_t read_bands(struct sweep_files *files)
{
    FILE *state = fopen(path_of(files, "bands.state"), "rb");
    uint64_t n_blocks = 0;
    if (state) {
        bool is_good = fread(&n_blocks, sizeof n_blocks, 1, state) == 1;
        for (int i = 0; i < files->sweep->n_cases && is_good; i++)
            is_good = quantile_set_read(files->bands[i], state);
        fclose(state);
        if (!is_good) { // cannot happen after a whole write; start over
            n_blocks = 0;
            create_bands(files);
        }
    }
    files->log_start = n_blocks;
    struct stat status;
    size_t bytes = record_numbers(files->sweep, true) * sizeof(double);
    if (fstat(fileno(files->log), &status) == 0)
        n_blocks += (uint64_t)status.st_size / bytes;
    return n_blocks;
}

// Replays the records of bands.log up to block `n_blocks`.
static bool replay_log(struct sweep_files *files, uint64_t n_blocks)
{
    size_t n = record_numbers(files->sweep, true);
    double *record = malloc(n * sizeof *record);
    if (!record)
        abort();
    bool is_good = true;
    rewind(files->log);
    for (uint64_t block = files->log_start; block < n_blocks && is_good; block++) {
        is_good = fread(record, sizeof *record, n, files->log) == n;
        if (is_good)
            take_bands(files, block, record);
    }
    free(record);
    return is_good &&
           cut_at(files->log, (long)((n_blocks - files->log_start) * n * sizeof(double)));
}

static void close_stream(FILE **stream)
{
    if (*stream)
        fclose(*stream);
    *stream = NULL;
}

static void count_ends(struct sweep_files *files)
{
    char line[4096];
    const char *marks[N_RUN_ENDS];
    uint64_t n_failed = 0;
    for (int i = 0; i < N_RUN_ENDS; i++)
        marks[i] = arena_format(files->arena, ",%s,", run_end_name((enum run_end)i));
    rewind(files->failed);
    for (bool is_header = true; fgets(line, sizeof line, files->failed); is_header = false)
        for (int i = 1; i < N_RUN_ENDS && !is_header; i++)
            if (strstr(line, marks[i])) {
                files->n_ends[i]++;
                n_failed++;
                break;
            }
    fseek(files->failed, 0, SEEK_END);
    files->n_ends[RUN_COMPLETE] = files->n_runs_done - n_failed;
}

// The blocks among the first `n` whose failures are all listed in failed.csv.
static uint64_t blocks_with_failures(struct sweep_files *files, uint64_t n)
{
    const struct sweep *sweep = files->sweep;
    uint64_t n_listed = count_lines(files->failed, 0, NULL), n_failed = 0, run = 0;
    char *line = NULL;
    size_t size = 0;
    rewind(files->metrics);
    bool is_good = getline(&line, &size, files->metrics) > 0;
    for (uint64_t block = 0; block < n && is_good; block++) {
        for (; run < runs_in_blocks(sweep, block + 1) && is_good; run++) {
            is_good = getline(&line, &size, files->metrics) > 0;
            n_failed += is_good && !sweep_text_is_complete(line, sweep);
        }
        if (n_failed > n_listed || !is_good)
            n = block;
    }
    free(line);
    return n;
}

// Cuts all files back to the last block that is whole everywhere.
static bool align(struct sweep_files *files, struct diag *diag)
{
    const struct sweep *sweep = files->sweep;
    uint64_t n = blocks_in_runs(sweep, count_lines(files->design, 0, NULL));
    uint64_t n_metrics = blocks_in_runs(sweep, count_lines(files->metrics, 0, NULL));
    n = blocks_with_failures(files, n_metrics < n ? n_metrics : n);
    if (files->kept) {
        struct stat status;
        uint64_t n_kept = 0;
        if (fstat(fileno(files->kept), &status) == 0)
            n_kept = (uint64_t)status.st_size / (record_numbers(sweep, false) * sizeof(double));
        n = n_kept < n ? n_kept : n;
    }
    if (files->log) {
        uint64_t n_bands = read_bands(files);
        n = n_bands < n ? n_bands : n;
        if (n < files->log_start) { // the tables lost what the state already holds
            unlink(path_of(files, "bands.state"));
            create_bands(files);
            files->log_start = 0;
            n = 0;
        }
    }
    files->n_blocks_done = n;
    files->n_runs_done = runs_in_blocks(sweep, n);
    size_t kept_bytes = record_numbers(sweep, false) * sizeof(double);
    bool is_good = cut_rows(files->design, files->n_runs_done) &&
                   cut_rows(files->metrics, files->n_runs_done) &&
                   cut_failed(files->failed, files->n_runs_done) &&
                   (!files->kept || cut_at(files->kept, (long)(n * kept_bytes))) &&
                   (!files->log || replay_log(files, n));
    if (!is_good)
        return fail(files, "metrics.csv.part", diag);
    count_ends(files);
    return true;
}

static struct sweep_progress progress_of(const struct sweep_files *files, const char *state,
                                         double seconds)
{
    return (struct sweep_progress){state, files->n_runs_done, files->n_ends,
                                   sweep_files_band_error(files), files->seconds_before + seconds};
}

// Whether the folder may be used: free, or of this sweep and to be resumed.
static bool check_folder(struct sweep_files *files, const char *identity, bool resume,
                         struct diag *diag)
{
    const char *state = "running";
    bool has_sweep = file_exists(path_of(files, "manifest.json"));
    if (resume && !has_sweep) {
        diag_fail(diag, FAULT_FILE, "nothing to resume: there is no sweep in '%s'", files->folder);
        return false;
    }
    if (resume && !sweep_manifest_matches(files->sweep, files->folder, identity,
                                          &files->seconds_before, &state, diag))
        return false;
    if (resume && strcmp(state, "complete") == 0) {
        files->n_blocks_done = sweep_n_blocks(files->sweep);
        files->n_runs_done = sweep_n_runs(files->sweep);
        files->n_ends[RUN_COMPLETE] = files->n_runs_done;
        files->failed = fopen(path_of(files, "failed.csv"), "rb"); // where any run failed
        if (files->failed)
            count_ends(files);
        close_stream(&files->failed);
        return true;
    }
    if (!resume && has_sweep && file_exists(part_path(files, SWEEP_TABLE_METRICS))) {
        diag_fail(diag, FAULT_FILE, "the folder '%s' holds an unfinished sweep", files->folder);
        diag_hint(diag, "go on with it with --resume, or choose another folder with -o");
        return false;
    }
    return true;
}

static void remove_old(const struct sweep_files *files)
{
    static const char *const names[] = {
        "design.csv", "design.csv.part", "metrics.csv", "failed.csv", "failed.csv.part",
        "bands.csv",  "ensemble.nc",     "bands.state", "bands.log",  "ensemble.part"};
    for (size_t i = 0; i < ARRAY_COUNT(names); i++)
        unlink(path_of(files, names[i]));
}

static void close_all(struct sweep_files *files)
{
    close_stream(&files->design);
    close_stream(&files->metrics);
    close_stream(&files->failed);
    close_stream(&files->log);
    close_stream(&files->kept);
}

// Opens the files of a sweep that is to go on, or to begin.
static bool open_files(struct sweep_files *files, const char *identity, bool resume,
                       struct diag *diag)
{
    const struct sweep *sweep = files->sweep;
    if (resume)
        take_back_names(files);
    files->metrics = open_table(files, SWEEP_TABLE_METRICS, diag);
    if (!files->metrics || !lock(files, diag))
        return false;
    if (!resume) {
        remove_old(files);
        if (!cut_rows(files->metrics, 0))
            return fail(files, "metrics.csv.part", diag);
    }
    files->design = open_table(files, SWEEP_TABLE_DESIGN, diag);
    files->failed = open_table(files, SWEEP_TABLE_FAILED, diag);
    if (!files->design || !files->failed)
        return false;
    if (sweep->n_bands) {
        create_bands(files);
        files->log = open_log(files, "bands.log", diag);
    }
    if (sweep->n_kept)
        files->kept = open_log(files, "ensemble.part", diag);
    if ((sweep->n_bands && !files->log) || (sweep->n_kept && !files->kept) || !align(files, diag))
        return false;
    struct sweep_progress progress = progress_of(files, "running", 0);
    return sweep_manifest_write(sweep, files->folder, files->command, identity, &progress, diag);
}

double sweep_files_free_bytes(const char *folder)
{
    struct statvfs status;
    return statvfs(folder, &status) == 0 ? (double)status.f_bavail * (double)status.f_frsize
                                         : INFINITY;
}

// Refuses what would fill the disk after hours; the estimate is not sharp, so half of it counts.
static bool check_disk(const struct sweep_files *files, struct diag *diag)
{
    double share_left = 1 - (double)files->n_runs_done / (double)sweep_n_runs(files->sweep);
    double needed = share_left * sweep_table_bytes(files->sweep);
    double left = sweep_files_free_bytes(files->folder);
    if (needed / 2 <= left)
        return true;
    diag_fail(diag, FAULT_ENVIRONMENT, "the tables need about %s, and the disk of '%s' has %s left",
              bytes_in_words(files->arena, needed), files->folder,
              bytes_in_words(files->arena, left));
    return false;
}

bool sweep_files_open(struct sweep_files *files, struct arena *arena, const struct sweep *sweep,
                      const char *folder, const char *command, bool resume, struct diag *diag)
{
    *files =
        (struct sweep_files){.arena = arena, .sweep = sweep, .folder = folder, .command = command};
    const char *identity = sweep_identity(sweep, diag);
    files->id = sweep_id(sweep, identity);
    if (!folder_create(folder, diag) || !check_folder(files, identity, resume, diag))
        return false;
    if (files->n_blocks_done == sweep_n_blocks(sweep))
        return true; // complete already
    if (!resume && !check_disk(files, diag))
        return false;
    if (open_files(files, identity, resume, diag) && (!resume || check_disk(files, diag)))
        return true;
    close_all(files);
    return false;
}

bool sweep_files_commit(struct sweep_files *files, const struct sweep_block *block,
                        const struct sweep_text *text, struct diag *diag)
{
    const struct sweep *sweep = files->sweep;
    errno = 0;
    if (!append_text(files->design, &text->design) ||
        !append_text(files->metrics, &text->metrics) || !append_text(files->failed, &text->failed))
        return fail(files, "metrics.csv.part", diag);
    if (files->kept && !append_numbers(files->kept, block->kept, record_numbers(sweep, false)))
        return fail(files, "ensemble.part", diag);
    if (files->log) {
        size_t n = record_numbers(sweep, true);
        if (!append_numbers(files->log, block->bands, n))
            return fail(files, "bands.log", diag);
        take_bands(files, files->n_blocks_done, block->bands);
        uint64_t in_log = files->n_blocks_done + 1 - files->log_start;
        if (in_log * n * sizeof(double) > LOG_BYTES &&
            !write_state(files, files->n_blocks_done + 1, diag))
            return false;
    }
    files->n_blocks_done++;
    files->n_runs_done += (uint64_t)block->n_runs;
    for (int i = 0; i < block->n_runs; i++)
        files->n_ends[block->endings[i].end]++;
    return true;
}

double sweep_table_bytes(const struct sweep *sweep)
{
    enum { BYTES_OF_NUMBER = 19, OTHER_BYTES = 24 };
    double numbers = sweep->design.n_inputs + sweep->n_metrics;
    return (double)sweep_n_runs(sweep) * (numbers * BYTES_OF_NUMBER + OTHER_BYTES);
}

double sweep_series_bytes(const struct sweep *sweep)
{
    return (double)sweep_n_runs(sweep) * (double)sweep->n_kept * (double)sweep->n_kept_saves *
           sizeof(double);
}

double sweep_files_band_error(const struct sweep_files *files)
{
    double error = 0;
    for (int i = 0; files->bands && i < files->sweep->n_cases; i++)
        error = fmax(error, quantile_set_error(files->bands[i]));
    return error;
}

static bool write_bands(struct sweep_files *files, struct diag *diag)
{
    const struct sweep *sweep = files->sweep;
    struct text text = {0};
    bool has_cases = sweep->n_cases > 1;
    text_append(&text, has_cases ? "scenario,model,variable,time,quantile,value\r\n"
                                 : "variable,time,quantile,value\r\n");
    struct weighted *buffer = malloc(quantile_set_room(files->bands[0]) * sizeof(struct weighted));
    if (!buffer)
        abort();
    for (int c = 0; c < sweep->n_cases; c++) {
        const struct run_case *source = &sweep->cases[c].source;
        for (int i = 0; i < sweep->n_bands; i++)
            for (long t = 0; t < sweep->n_band_times; t++) {
                size_t n = quantile_set_collect(files->bands[c],
                                                (size_t)(i * sweep->n_band_times + t), buffer);
                for (int q = 0; q < sweep->n_quantiles; q++) {
                    if (has_cases) {
                        csv_append_field(&text, source->scenario->name);
                        text_append(&text, ",");
                        csv_append_field(&text, source->model->name);
                        text_append(&text, ",");
                    }
                    csv_append_field(&text, sweep->band_names[i]);
                    csv_append_number(&text,
                                      time_spec_at(&sweep->cases[c].program->time,
                                                   sweep_step_of(sweep, t, sweep->band_steps)));
                    csv_append_number(&text, sweep->quantiles[q]);
                    csv_append_number(&text, quantile_of(buffer, n, sweep->quantiles[q]));
                    text_append(&text, "\r\n");
                }
            }
    }
    free(buffer);
    bool is_good = file_write(files->arena, path_of(files, "bands.csv"), text_string(&text), diag);
    text_clear(&text);
    return is_good;
}

static bool write_ensemble(struct sweep_files *files, struct diag *diag)
{
    const struct sweep *sweep = files->sweep;
    const struct time_spec *time = &sweep->cases[0].program->time;
    double *times = ARENA_NEW_ARRAY(files->arena, double, sweep->n_kept_saves);
    for (long i = 0; i < sweep->n_kept_saves; i++)
        times[i] = time_spec_at(time, sweep_step_of(sweep, i, sweep->kept_steps));
    const char **cases = ARENA_NEW_ARRAY(files->arena, const char *, sweep->n_cases);
    for (int i = 0; i < sweep->n_cases; i++)
        cases[i] = sweep->cases[i].source.label;
    const struct ensemble_spec spec = {
        .title = localized_text(&sweep->scenario->title, LANGUAGE_EN, sweep->scenario->name),
        .id = files->id,
        .time_unit = time->unit,
        .times = times,
        .n_times = sweep->n_kept_saves,
        .n_runs = sweep_n_runs(sweep),
        .names = sweep->kept_names,
        .units = sweep->kept_units,
        .titles = sweep->kept_titles,
        .n_variables = sweep->n_kept,
        .cases = cases,
        .n_cases = sweep->n_cases};
    struct ensemble *ensemble =
        ensemble_create(files->arena, path_of(files, "ensemble.nc"), &spec, diag);
    size_t n = record_numbers(sweep, false);
    double *record = malloc(n * sizeof *record);
    if (!record)
        abort();
    bool is_good = ensemble != NULL;
    rewind(files->kept);
    for (uint64_t block = 0; block < files->n_blocks_done && is_good; block++) {
        uint64_t first = runs_in_blocks(sweep, block);
        int n_runs = (int)(runs_in_blocks(sweep, block + 1) - first);
        is_good = fread(record, sizeof *record, n, files->kept) == n;
        for (int i = 0; i < sweep->n_kept && is_good; i++)
            is_good =
                ensemble_write(ensemble, i, first, n_runs,
                               record + i * sweep->n_kept_saves * SWEEP_BLOCK, SWEEP_BLOCK, diag);
    }
    free(record);
    return is_good && ensemble_finish(ensemble, diag);
}

bool sweep_files_finish(struct sweep_files *files, double seconds, struct diag *diag)
{
    const struct sweep *sweep = files->sweep;
    if (!files->metrics)
        return true; // was complete before
    if ((sweep->n_bands && !write_bands(files, diag)) ||
        (sweep->n_kept && !write_ensemble(files, diag)))
        return false;
    for (int i = 0; i < N_SWEEP_TABLES; i++)
        if (rename(part_path(files, i), path_of(files, table_names[i])) != 0)
            return fail(files, table_names[i], diag);
    if (files->n_ends[RUN_COMPLETE] == files->n_runs_done)
        unlink(path_of(files, "failed.csv"));
    struct sweep_progress progress = progress_of(files, "complete", seconds);
    if (!sweep_manifest_write(sweep, files->folder, files->command, sweep_identity(sweep, diag),
                              &progress, diag))
        return false;
    unlink(path_of(files, "bands.state"));
    unlink(path_of(files, "bands.log"));
    unlink(path_of(files, "ensemble.part"));
    close_all(files);
    return true;
}

void sweep_files_close(struct sweep_files *files, double seconds, struct diag *diag)
{
    if (files->metrics) {
        struct sweep_progress progress = progress_of(files, "interrupted", seconds);
        sweep_manifest_write(files->sweep, files->folder, files->command,
                             sweep_identity(files->sweep, diag), &progress, diag);
    }
    close_all(files);
}
