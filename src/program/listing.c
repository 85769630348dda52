// Stage: program. Code -> text.
#include "program/listing.h"

#include "base/text.h"

#include <string.h>

static const char *number_name(const struct program *program, struct arena *arena, int index)
{
    char buffer[NUMBER_TEXT_SIZE];
    if (index == NUMBER_TIME)
        return "time";
    if (index == NUMBER_STEP_TIME)
        return "step time";
    return arena_copy_string(arena, number_text(program->numbers[index], buffer));
}

static const char *row_name(const struct program *program, struct arena *arena, int row)
{
    if (row < program->n_states)
        return arena_format(arena, "%s", program->states[row].name);
    if (row < program->n_states + program->n_parameters)
        return arena_format(arena, "parameter %d", row - program->n_states);
    return arena_format(arena, "r%d", row);
}

static void print_instruction(const struct program *program, struct arena *arena,
                              struct instruction instruction, FILE *stream)
{
    const char *name = opcode_name(arena, instruction.opcode);
    const char *form = strrchr(name, '_');
    int opcode = instruction.opcode;
    fprintf(stream, "  %-18s", name);
    if (opcode == OPCODE_LOOKUP || opcode == OPCODE_DELAY) {
        fprintf(stream, "%s %d", opcode == OPCODE_LOOKUP ? "table" : "line", instruction.a);
    } else if (opcode == OPCODE_LOAD_ROW || opcode == OPCODE_STORE || opcode == OPCODE_RATE) {
        fputs(row_name(program, arena, instruction.a), stream);
    } else if (opcode == OPCODE_LOAD_NUMBER) {
        fputs(number_name(program, arena, instruction.a), stream);
    } else if (opcode != OPCODE_END && form && strlen(form) == 3) {
        const int operands[] = {instruction.a, instruction.b};
        int n = 0;
        for (int i = 1; i <= 2; i++) {
            if (form[i] == 'A')
                continue;
            fprintf(stream, "%s%s", n ? ", " : "",
                    form[i] == 'N' ? number_name(program, arena, operands[n])
                                   : row_name(program, arena, operands[n]));
            n++;
        }
    }
    fputc('\n', stream);
}

void program_print(const struct program *program, struct arena *arena, FILE *stream)
{
    static const char *const sections[N_SECTIONS] = {
        "once a run", "when the time of the stage changes", "first stage of each step",
        "later stages", "outputs"};
    fprintf(stream, "states: %d, rows: %d, numbers: %d\n", program->n_states, program->n_rows,
            program->n_numbers);
    for (int i = 0; i < N_SECTIONS; i++) {
        fprintf(stream, "\n%s\n", sections[i]);
        for (size_t k = 0; k < program->sections[i].count; k++)
            print_instruction(program, arena, program->sections[i].items[k], stream);
    }
}
