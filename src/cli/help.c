// Stage: command line. Texts for people; `kantelpunt help TOPIC`.
#include "cli/help.h"

#include "base/array.h"
#include "cli/topics.h"
#include "equation/function.h"
#include "report/brief/brief_specs.h"
#include "report/brief/page_number.h"
#include "run/method.h"

#include <string.h>

static void print_functions(void)
{
    for (int i = 0; i < n_functions; i++)
        printf("  %-48s %s (%s)\n", functions[i].signature, functions[i].summary,
               functions[i].source);
    fputs("\nOperators, strongest first: ^ (to the right), unary + - NOT, * / MOD, + -,\n"
          "< <= > >=, = <>, AND, OR; IF condition THEN a ELSE b. {Comments} stand in braces.\n"
          "What PULSE, PREVIOUS, DELAY and WINDOW yield is fixed at the start of each DT and\n"
          "held during it, whatever the integration method.\n",
          stdout);
}

static void print_methods(void)
{
    for (int i = 0; i < n_methods; i++)
        printf("  %-8s %s (%s)\n", methods[i]->name, methods[i]->summary, methods[i]->source);
}

static void print_briefing(void)
{
    fputs(topic_briefing, stdout);
    puts("\nformats, behind |:");
    for (int i = 0; i < n_page_formats; i++)
        printf("  %-10s %s\n", page_formats[i].name, page_formats[i].summary);
    puts("\ntables and their columns (unit: how a number is printed; \"\": as the column unit of "
         "its row"
         "\nsays; texts have none):");
    for (int i = 0; i < n_brief_specs; i++) {
        const struct fact_spec *spec = &brief_specs[i];
        printf("\n%s: %s%s\n", spec->name, spec->summary, spec->is_single ? " (one row)" : "");
        for (int k = 0; k < MAX_FACT_COLUMNS && spec->columns[k].name; k++) {
            const struct fact_column *column = &spec->columns[k];
            const char *unit = !column->unit ? "text" : *column->unit ? column->unit : "\"\"";
            printf("  %-15s %-8s %s\n", column->name, unit, column->summary);
        }
    }
}

static const struct {
    const char *name;
    const char *summary;
    const char *text;
    void (*print)(void);
} topics[] = {
    {"model", "the model file", topic_model, NULL},
    {"xmile", "models of Stella, Simlin and others", topic_xmile, NULL},
    {"scenario", "the scenario file", topic_scenario, NULL},
    {"metrics", "numbers that runs yield, and checks", topic_metrics, NULL},
    {"designs", "sweeps: axes, distributions, many machines", topic_designs, NULL},
    {"tipping", "the questions of kantelpunt tip, and what counts as tipped", topic_tipping, NULL},
    {"functions", "the built-ins of equations", NULL, print_functions},
    {"methods", "the integration methods", NULL, print_methods},
    {"support", "tip: what support it takes, and how that is found", topic_support, NULL},
    {"loops", "what explain does, and how to read it", topic_loops, NULL},
    {"fitting", "data, and which parameters are fitted to them", topic_fitting, NULL},
    {"sensitivity", "which uncertainties matter, and how that is found", topic_sensitivity, NULL},
    {"optimizing", "what is chosen, made best and limited", topic_optimizing, NULL},
    {"results", "the results folder", topic_results, NULL},
    {"charts", "charts of a model, and how to restyle them", topic_charts, NULL},
    {"briefing", "the text of the briefing, its tables and formats", NULL, print_briefing},
    {"codes", "exit codes", topic_codes, NULL},
};

void help_print_overview(const struct command *const *commands, size_t n_commands)
{
    printf("kantelpunt %s: simulates transitions and finds their tipping points\n\n"
           "usage: kantelpunt COMMAND [OPTIONS] FILE...\n\ncommands:\n",
           KANTELPUNT_VERSION);
    for (size_t i = 0; i < n_commands; i++)
        printf("  %-11s %s\n", commands[i]->name, commands[i]->summary);
    puts("\nkantelpunt help COMMAND tells more about each; other topics:");
    for (size_t i = 0; i < ARRAY_COUNT(topics); i++)
        printf("  %-11s %s\n", topics[i].name, topics[i].summary);
}

void help_print_command(const struct command *command)
{
    printf("usage: kantelpunt %s\n\n%s\n\noptions:\n", command->usage, command->text);
    options_print_help((unsigned)command->bit);
}

void help_consider_topics(struct nearest *nearest)
{
    for (size_t i = 0; i < ARRAY_COUNT(topics); i++)
        nearest_consider(nearest, topics[i].name, topics[i].name);
}

bool help_print_topic(const char *topic)
{
    for (size_t i = 0; i < ARRAY_COUNT(topics); i++) {
        if (strcmp(topics[i].name, topic) != 0)
            continue;
        if (topics[i].print)
            topics[i].print();
        else
            fputs(topics[i].text, stdout);
        return true;
    }
    return false;
}
