// Stage: command line. A bar, runs a second and the time left, on a terminal only.
#include "cli/sweep_progress.h"

#include <time.h>

double progress_now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

struct progress_line progress_begin(const struct session *session)
{
    const struct options *options = &session->options;
    bool is_shown = session->terminal.is_tty && !options->no_progress && !options->quiet;
    return (struct progress_line){progress_now(), 0, 0, is_shown};
}

struct progress_line progress_start(const struct session *session, const struct sweep_files *files)
{
    struct progress_line line = progress_begin(session);
    line.n_before = files->n_runs_done;
    return line;
}

void progress_count(void *context, long n_runs)
{
    struct progress_line *line = context;
    double time = progress_now(), spent = time - line->started;
    char buffer[32];
    if (!line->is_shown || time - line->drawn < 0.2)
        return;
    line->drawn = time;
    fprintf(stderr, "\r%ld runs, %.0f a second, %s so far  ", n_runs, (double)n_runs / spent,
            progress_duration(spent, buffer, sizeof buffer));
}

void progress_stage(void *context, const char *stage)
{
    struct progress_line *line = context;
    char buffer[32];
    if (!line->is_shown)
        return;
    line->drawn = progress_now();
    fprintf(stderr, "\r\033[K%s (%s so far) ...", stage,
            progress_duration(line->drawn - line->started, buffer, sizeof buffer));
}

const char *progress_duration(double seconds, char *buffer, size_t size)
{
    if (seconds < 90)
        snprintf(buffer, size, "%.0f s", seconds);
    else if (seconds < 5400)
        snprintf(buffer, size, "%.0f min", seconds / 60);
    else
        snprintf(buffer, size, "%.1f h", seconds / 3600);
    return buffer;
}

void progress_show(void *context, const struct sweep_files *files)
{
    enum { BAR = 30 };
    struct progress_line *line = context;
    double time = progress_now();
    if (!line->is_shown || time - line->drawn < 0.2)
        return;
    line->drawn = time;
    uint64_t n = sweep_n_runs(files->sweep), done = files->n_runs_done;
    double rate = (double)(done - line->n_before) / (time - line->started);
    char bar[BAR + 1], left[32];
    for (int i = 0; i < BAR; i++)
        bar[i] = (uint64_t)i * n < done * BAR ? '#' : '.';
    bar[BAR] = '\0';
    fprintf(stderr, "\r[%s] %llu of %llu runs, %.0f a second, %s left  ", bar,
            (unsigned long long)done, (unsigned long long)n, rate,
            progress_duration((double)(n - done) / rate, left, sizeof left));
}

void progress_end(const struct progress_line *line)
{
    if (line->drawn > 0)
        fputs("\r\033[K", stderr);
}

void progress_watch(struct progress_trials *trials, const struct session *session,
                    struct sweep *sweep)
{
    trials->line = progress_begin(session);
    trials->watch = (struct run_watch){progress_count, &trials->line, 0};
    sweep->watch = &trials->watch;
}

void progress_unwatch(const struct progress_trials *trials, struct sweep *sweep)
{
    sweep->watch = NULL;
    progress_end(&trials->line);
}
