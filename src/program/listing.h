// A compiled program as text, for those who want to see what the engine does.
#ifndef PROGRAM_LISTING_H
#define PROGRAM_LISTING_H

#include "program/program.h"

#include <stdio.h>

// Prints every section, an instruction a line.
void program_print(const struct program *program, struct arena *arena, FILE *stream);

#endif
