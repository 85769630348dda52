// Help on commands and topics; it comes from the same tables that the program runs on.
#ifndef CLI_HELP_H
#define CLI_HELP_H

#include "cli/command.h"

void help_print_overview(const struct command *const *commands, size_t n_commands);
void help_print_command(const struct command *command);

// Offers every topic to a search for the nearest spelling.
void help_consider_topics(struct nearest *nearest);

// Prints help on `topic` ("functions", "methods", "model", ...); false where there is none.
bool help_print_topic(const char *topic);

#endif
