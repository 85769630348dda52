// Stage: command line. Finds the command, parses its options, runs it.
#include "analysis/sweep/sweep_ranks.h"
#include "cli/command.h"

#include "base/array.h"
#include "base/text.h"
#include "cli/help.h"
#include "model/unit.h"

#include <gsl/gsl_errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static const struct command *const commands[] = {
    &command_run,         &command_compare,  &command_sweep,  &command_tip,     &command_check,
    &command_show,        &command_plot,     &command_brief,  &command_explain, &command_fit,
    &command_sensitivity, &command_optimize, &command_convert};

enum { EXIT_INTERRUPTED = 130 };

static volatile sig_atomic_t is_interrupted;

// The first Ctrl-C asks for an orderly end, the second one ends at once.
static void interrupt(int signal_number)
{
    (void)signal_number;
    if (is_interrupted)
        _exit(EXIT_INTERRUPTED);
    is_interrupted = 1;
}

struct unit_system *session_units(struct session *session)
{
    if (!session->units)
        session->units = unit_system_create(&session->diag);
    return session->units;
}

int session_finish(struct session *session)
{
    terminal_flush(&session->terminal, &session->diag);
    if (is_interrupted)
        return EXIT_INTERRUPTED;
    return session->diag.fault;
}

const char *session_command_line(const struct session *session)
{
    struct text text = {0};
    text_append(&text, "kantelpunt");
    for (int i = 1; i < session->argc; i++)
        text_append_format(&text, strpbrk(session->argv[i], " *[]()'\"") ? " '%s'" : " %s",
                           session->argv[i]);
    const char *line = arena_copy_string(session->arena, text_string(&text));
    text_clear(&text);
    return line;
}

double session_seconds(const struct session *session)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec - session->start_seconds;
}

bool session_wants_files(struct session *session, int least, int most)
{
    int n = session->options.n_files;
    if (n >= least && n <= most)
        return true;
    if (n < least)
        diag_fail(&session->diag, FAULT_USAGE, "no file given");
    else
        diag_fail(&session->diag, FAULT_USAGE, "only %d file%s can be given here", most,
                  most == 1 ? "" : "s");
    return false;
}

static const struct command *find_command(const char *name)
{
    for (size_t i = 0; i < ARRAY_COUNT(commands); i++)
        if (strcmp(commands[i]->name, name) == 0)
            return commands[i];
    return NULL;
}

static int fail_unknown(struct session *session, const char *name)
{
    diag_fail(&session->diag, FAULT_USAGE, "unknown command '%s'", name);
    struct nearest nearest = nearest_start(name);
    for (size_t i = 0; i < ARRAY_COUNT(commands); i++)
        nearest_consider(&nearest, commands[i]->name, commands[i]->name);
    nearest_consider(&nearest, "help", "help");
    if (nearest.best)
        diag_suggest(&session->diag, nearest.best);
    else
        diag_hint(&session->diag, "kantelpunt help lists the commands");
    return session_finish(session);
}

static int fail_no_help(struct session *session, const char *topic)
{
    diag_fail(&session->diag, FAULT_USAGE, "no help on '%s'", topic);
    struct nearest nearest = nearest_start(topic);
    for (size_t i = 0; i < ARRAY_COUNT(commands); i++)
        nearest_consider(&nearest, commands[i]->name, commands[i]->name);
    help_consider_topics(&nearest);
    if (nearest.best)
        diag_suggest(&session->diag, nearest.best);
    else
        diag_hint(&session->diag, "kantelpunt help lists commands and topics");
    return session_finish(session);
}

static int run_help(struct session *session, const char *topic)
{
    const struct command *command = topic ? find_command(topic) : NULL;
    if (!topic)
        help_print_overview(commands, ARRAY_COUNT(commands));
    else if (command)
        help_print_command(command);
    else if (!help_print_topic(topic))
        return fail_no_help(session, topic);
    return 0;
}

// In an MPI job: ranks other than 0 take part in sweeps and in nothing else. They are silent.
static int follow(struct session *session)
{
    const struct command *command = session->argc > 1 ? find_command(session->argv[1]) : NULL;
    if ((command != &command_sweep && command != &command_sensitivity) ||
        !options_parse(&session->options, session->arena, session->argc - 2, session->argv + 2,
                       (unsigned)command->bit, &session->diag) ||
        session->options.help)
        return 0;
    terminal_init(&session->terminal, &session->options);
    session->terminal.is_silent = true;
    return command->run(session);
}

static int dispatch(struct session *session)
{
    int argc = session->argc;
    char **argv = session->argv;
    if (ranks_self() > 0)
        return follow(session);
    if (argc < 2) {
        help_print_overview(commands, ARRAY_COUNT(commands));
        return FAULT_USAGE;
    }
    if (strcmp(argv[1], "--version") == 0) {
        printf("kantelpunt %s\n", KANTELPUNT_VERSION);
        return 0;
    }
    if (strcmp(argv[1], "help") == 0 || strcmp(argv[1], "--help") == 0 ||
        strcmp(argv[1], "-h") == 0)
        return run_help(session, argc > 2 ? argv[2] : NULL);
    const struct command *command = find_command(argv[1]);
    if (!command)
        return fail_unknown(session, argv[1]);
    bool is_good = options_parse(&session->options, session->arena, argc - 2, argv + 2,
                                 (unsigned)command->bit, &session->diag);
    terminal_init(&session->terminal, &session->options);
    if (session->options.help) {
        help_print_command(command);
        return 0;
    }
    if (!is_good) {
        terminal_flush(&session->terminal, &session->diag);
        fprintf(stderr, "usage: kantelpunt %s\n", command->usage);
        return FAULT_USAGE;
    }
    return command->run(session);
}

int main(int argc, char **argv)
{
    gsl_set_error_handler_off();
    ranks_join();
    struct sigaction action = {.sa_handler = interrupt};
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    struct session session = {
        .arena = arena_create(), .cancel = &is_interrupted, .argc = argc, .argv = argv};
    session.start_seconds = session_seconds(&session);
    diag_init(&session.diag, session.arena);
    terminal_init(&session.terminal, &session.options);
    int code = dispatch(&session);
    if ((fflush(stdout) != 0 || ferror(stdout)) && code == 0) {
        diag_fail(&session.diag, FAULT_ENVIRONMENT, "cannot write to standard output");
        code = session_finish(&session);
    }
    unit_system_free(session.units);
    arena_free(session.arena);
    ranks_leave();
    return code;
}
