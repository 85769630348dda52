// Help on commands and topics; it comes from the same tables that the program runs on.
#ifndef CLI_HELP_H
#define CLI_HELP_H

#include "cli/command.h"

void help_print_overview(const struct command *const *commands, size_t n_commands);
void help_print_command(const struct command *command);

// Prints help on `topic` ("functions", "methods", "model", ...); false where there is none.
bool help_print_topic(const char *topic);

#endif
