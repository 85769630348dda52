// A program for the accumulator machine as C. Rows that live within one section become local
// variables, which the compiler keeps in registers; the others are one array.
#include "translate.h"

#include "base/array.h"
#include "equation/expr.h"
#include "model/time.h"

#include <stdlib.h>
#include <string.h>

struct translation {
    const struct program *program;
    FILE *file;
    bool *is_shared; // [n_rows] lives longer than a section
};

static const char prelude[] =
    "#include <math.h>\n"
    "#ifdef LANES\n"
    "#define AT [lane]\n"
    "#define EACH_LANE _Pragma(\"omp simd\") for (int lane = 0; lane < LANES; lane++)\n"
    "typedef double row[LANES] __attribute__((aligned(64)));\n"
    "#else\n"
    "#define LANES 1\n"
    "#define AT\n"
    "#define EACH_LANE\n"
    "typedef double row;\n"
    "#endif\n"
    "static inline double least(double a, double b) { return b < a ? b : a; }\n"
    "static inline double most(double a, double b) { return b > a ? b : a; }\n"
    "static inline double modulo(double a, double b) { return a - b * floor(a / b); }\n";

// C for each pure operation, by its number in operation.def; a and b are its operands.
static const char *const formulas[] = {
    [OP_ADD] = "%s + %s",
    [OP_SUBTRACT] = "%s - %s",
    [OP_MULTIPLY] = "%s * %s",
    [OP_DIVIDE] = "%s / %s",
    [OP_POWER] = "pow(%s, %s)",
    [OP_MODULO] = "modulo(%s, %s)",
    [OP_NEGATE] = "-%s",
    [OP_LESS] = "(double)(%s < %s)",
    [OP_LESS_EQUAL] = "(double)(%s <= %s)",
    [OP_GREATER] = "(double)(%s > %s)",
    [OP_GREATER_EQUAL] = "(double)(%s >= %s)",
    [OP_EQUAL] = "(double)(%s == %s)",
    [OP_NOT_EQUAL] = "(double)(%s != %s)",
    [OP_AND] = "(double)(%s != 0 && %s != 0)",
    [OP_OR] = "(double)(%s != 0 || %s != 0)",
    [OP_NOT] = "(double)(%s == 0)",
    [OP_MINIMUM] = "least(%s, %s)",
    [OP_MAXIMUM] = "most(%s, %s)",
    [OP_ABSOLUTE] = "fabs(%s)",
    [OP_FLOOR] = "floor(%s)",
    [OP_SQUARE_ROOT] = "sqrt(%s)",
    [OP_EXPONENTIAL] = "exp(%s)",
    [OP_LOGARITHM] = "log(%s)",
    [OP_LOGARITHM_10] = "log10(%s)",
    [OP_SINE] = "sin(%s)",
    [OP_COSINE] = "cos(%s)",
    [OP_TANGENT] = "tan(%s)",
    [OP_HYPERBOLIC_SINE] = "sinh(%s)",
    [OP_HYPERBOLIC_COSINE] = "cosh(%s)",
    [OP_HYPERBOLIC_TANGENT] = "tanh(%s)",
    [OP_ARC_SINE] = "asin(%s)",
    [OP_ARC_COSINE] = "acos(%s)",
    [OP_ARC_TANGENT] = "atan(%s)",
};

// Rows that an instruction reads; -1: none. `writes` is the row it writes.
static void rows_of(struct instruction instruction, int reads[2], int *writes)
{
    int opcode = instruction.opcode;
    reads[0] = reads[1] = *writes = -1;
    if (opcode <= OPCODE_FIRST_SPECIAL) {
        if (operation_info[opcode / N_BINARY_FORMS].n_operands != 2)
            return;
        int form = opcode % N_BINARY_FORMS;
        if (form == FORM_AR || form == FORM_RA || form == FORM_RR || form == FORM_RN)
            reads[0] = instruction.a;
        if (form == FORM_RR || form == FORM_NR)
            reads[1] = instruction.b;
        return;
    }
    if (opcode == OPCODE_STORE)
        *writes = instruction.a;
    if (opcode == OPCODE_LOAD_ROW || opcode == OPCODE_SELECT_RR || opcode == OPCODE_SELECT_RN)
        reads[0] = instruction.a;
    if (opcode == OPCODE_SELECT_RR || opcode == OPCODE_SELECT_NR)
        reads[1] = instruction.b;
}

static void share(struct translation *translation, struct operand operand)
{
    if (!operand.is_number)
        translation->is_shared[operand.index] = true;
}

// Shared are rows that a section reads before it writes them, or that someone else looks at.
static void find_shared(struct translation *translation)
{
    const struct program *program = translation->program;
    for (int section = 0; section < N_SECTIONS; section++) {
        bool *is_written = calloc((size_t)program->n_rows + 1, sizeof *is_written);
        const struct code *code = &program->sections[section];
        for (size_t i = 0; i < code->count && is_written; i++) {
            int reads[2], writes;
            rows_of(code->items[i], reads, &writes);
            for (int k = 0; k < 2; k++)
                if (reads[k] >= 0 && !is_written[reads[k]])
                    translation->is_shared[reads[k]] = true;
            if (writes >= 0)
                is_written[writes] = true;
        }
        free(is_written);
    }
    for (int i = 0; i < program->n_states; i++)
        share(translation, program->states[i].initial);
}

static const char *row_text(const struct translation *translation, int row, char *buffer)
{
    const struct program *program = translation->program;
    if (row < program->n_states)
        sprintf(buffer, "s[%d]AT", row);
    else if (translation->is_shared[row])
        sprintf(buffer, "r[%d]AT", row);
    else
        sprintf(buffer, "t%d", row);
    return buffer;
}

static const char *number_c(const struct translation *translation, int number, char *buffer)
{
    if (number < N_FIXED_NUMBERS)
        strcpy(buffer, number == NUMBER_TIME ? "time" : "step_time");
    else
        sprintf(buffer, "(%.17g)", translation->program->numbers[number]);
    return buffer;
}

static void put_pure(const struct translation *translation, struct instruction instruction)
{
    enum operation op = (enum operation)(instruction.opcode / N_BINARY_FORMS);
    int form = instruction.opcode % N_BINARY_FORMS;
    char a[64] = "acc", b[64] = "acc";
    if (operation_info[op].n_operands == 2) {
        if (form == FORM_AR || form == FORM_AN)
            form == FORM_AR ? row_text(translation, instruction.a, b)
                            : number_c(translation, instruction.a, b);
        else if (form == FORM_RA || form == FORM_RR || form == FORM_RN)
            row_text(translation, instruction.a, a);
        else
            number_c(translation, instruction.a, a);
        if (form == FORM_RR || form == FORM_NR)
            row_text(translation, instruction.b, b);
        else if (form == FORM_RN)
            number_c(translation, instruction.b, b);
    }
    fputs("        acc = ", translation->file);
    fprintf(translation->file, formulas[op], a, b);
    fputs(";\n", translation->file);
}

// NULL, or what cannot be translated.
static const char *put_special(const struct translation *translation,
                               struct instruction instruction)
{
    FILE *file = translation->file;
    char a[64], b[64];
    switch (instruction.opcode) {
    case OPCODE_END:
        return NULL;
    case OPCODE_LOAD_ROW:
        fprintf(file, "        acc = %s;\n", row_text(translation, instruction.a, a));
        return NULL;
    case OPCODE_LOAD_NUMBER:
        fprintf(file, "        acc = %s;\n", number_c(translation, instruction.a, a));
        return NULL;
    case OPCODE_STORE:
        fprintf(file, "        %s = acc;\n", row_text(translation, instruction.a, a));
        return NULL;
    case OPCODE_RATE:
        fprintf(file, "        d[%d]AT = acc;\n", instruction.a);
        return NULL;
    case OPCODE_LOOKUP:
        fprintf(file, "        acc = table_%d(acc);\n", instruction.a);
        return NULL;
    case OPCODE_SELECT_RR:
    case OPCODE_SELECT_RN:
    case OPCODE_SELECT_NR:
    case OPCODE_SELECT_NN: {
        bool a_is_row =
            instruction.opcode == OPCODE_SELECT_RR || instruction.opcode == OPCODE_SELECT_RN;
        bool b_is_row =
            instruction.opcode == OPCODE_SELECT_RR || instruction.opcode == OPCODE_SELECT_NR;
        fprintf(file, "        acc = acc != 0 ? %s : %s;\n",
                a_is_row ? row_text(translation, instruction.a, a)
                         : number_c(translation, instruction.a, a),
                b_is_row ? row_text(translation, instruction.b, b)
                         : number_c(translation, instruction.b, b));
        return NULL;
    }
    default:
        return "delays or random numbers";
    }
}

static const char *put_section(const struct translation *translation, enum section section,
                               const char *name)
{
    const struct program *program = translation->program;
    const struct code *code = &program->sections[section];
    fprintf(translation->file,
            "static void %s(row *restrict r, const row *restrict s, double time, double "
            "step_time, row *restrict d)\n{\n    (void)r, (void)s, (void)time, (void)step_time, "
            "(void)d;\n    EACH_LANE {\n        double acc = 0;\n        (void)acc;\n",
            name);
    for (int row = program->n_states; row < program->n_rows; row++)
        if (!translation->is_shared[row])
            fprintf(translation->file, "        double t%d = 0;\n        (void)t%d;\n", row, row);
    for (size_t i = 0; i < code->count; i++) {
        if (code->items[i].opcode <= OPCODE_FIRST_SPECIAL) {
            put_pure(translation, code->items[i]);
            continue;
        }
        const char *problem = put_special(translation, code->items[i]);
        if (problem)
            return problem;
    }
    fputs("    }\n}\n", translation->file);
    return NULL;
}

static void put_numbers(FILE *file, const char *name, const double *numbers, int n)
{
    fprintf(file, "    static const double %s[] = {", name);
    for (int i = 0; i < n; i++)
        fprintf(file, "%.17g, ", numbers[i]);
    fputs("};\n", file);
}

// As in scalar.c and vectorised.c: by a multiplication where points are evenly spaced, else by
// counting.
static void put_table(const struct translation *translation, int index)
{
    const struct table *table = translation->program->tables[index];
    FILE *file = translation->file;
    int n = table->n_points;
    double step = n > 1 ? (table->x[n - 1] - table->x[0]) / (n - 1) : 1;
    bool is_even = n > 2;
    for (int i = 0; i < n; i++)
        is_even &= table->x[i] == table->x[0] + i * step;
    fprintf(file, "static inline double table_%d(double x)\n{\n", index);
    put_numbers(file, "px", table->x, n);
    put_numbers(file, "py", table->y, n);
    if (table->kind != TABLE_EXTRAPOLATE)
        fprintf(file, "    x = most(x, px[0]);\n    x = least(x, px[%d]);\n", n - 1);
    if (n < 2)
        fputs("    return py[0];\n", file);
    else if (is_even)
        fprintf(file,
                "    int i = (int)((x - px[0]) * %.17g);\n    i = i > %d ? %d : i < 0 ? 0 : i;\n",
                1 / step, n - 2, n - 2);
    else {
        fputs("    int i = 0", file);
        for (int i = 1; i < n - 1; i++)
            fprintf(file, " + (x >= px[%d])", i);
        fputs(";\n", file);
    }
    if (n >= 2 && table->kind == TABLE_DISCRETE)
        fprintf(file, "    return x >= px[%d] ? py[%d] : py[i];\n", n - 1, n - 1);
    else if (n >= 2) {
        fputs("    static const double slope[] = {", file);
        for (int i = 0; i < n - 1; i++)
            fprintf(file, "%.17g, ",
                    (table->y[i + 1] - table->y[i]) / (table->x[i + 1] - table->x[i]));
        fputs("};\n    return py[i] + (x - px[i]) * slope[i];\n", file);
    }
    fputs("}\n", file);
}

static const char driver[] =
    "static void advance(row *restrict r, row *restrict s, double t, double h)\n{\n"
    "    static _Thread_local row k1[N_STATES], k2[N_STATES], k3[N_STATES], k4[N_STATES],\n"
    "        next[N_STATES];\n"
    "    double *restrict at = (double *)s, *restrict to = (double *)next;\n"
    "    const double *restrict a = (double *)k1, *restrict b = (double *)k2,\n"
    "                 *restrict c = (double *)k3, *restrict e = (double *)k4;\n"
    "    enum { N = N_STATES * LANES };\n"
    "    timed(r, s, t, t, k1); first(r, s, t, t, k1);\n"
    "    for (int i = 0; i < N; i++) to[i] = at[i] + h / 2 * a[i];\n"
    "    timed(r, next, t + h / 2, t, k2); later(r, next, t + h / 2, t, k2);\n"
    "    for (int i = 0; i < N; i++) to[i] = at[i] + h / 2 * b[i];\n"
    "    later(r, next, t + h / 2, t, k3);\n"
    "    for (int i = 0; i < N; i++) to[i] = at[i] + h * c[i];\n"
    "    timed(r, next, t + h, t, k4); later(r, next, t + h, t, k4);\n"
    "    for (int i = 0; i < N; i++) at[i] += h / 6 * (a[i] + 2 * b[i] + 2 * c[i] + e[i]);\n"
    "}\n"
    "void yardstick(const double *, double *, long, long, long);\n"
    "void yardstick(const double *inputs, double *results, long stride, long begin, long end)\n{\n"
    "    static _Thread_local row r[N_ROWS], s[N_STATES];\n"
    "    for (long run = begin; run < end; run += LANES) {\n"
    "        for (int lane = 0; lane < LANES; lane++)\n"
    "            for (int i = 0; i < N_PARAMETERS; i++)\n"
    "                ((double *)(r + N_STATES + i))[lane] =\n"
    "                    inputs[i * stride + (run + lane < end ? run + lane : end - 1)];\n"
    "        once(r, s, START, START, s);\n"
    "        begin_states(r, s);\n"
    "        for (long step = 0; step < N_STEPS; step++)\n"
    "            advance(r, s, START + step * STEP, STEP);\n"
    "        for (int lane = 0; lane < LANES && run + lane < end; lane++)\n"
    "            for (int i = 0; i < N_STATES; i++)\n"
    "                results[i * stride + run + lane] = ((double *)(s + i))[lane];\n"
    "    }\n"
    "}\n";

static void put_start(const struct translation *translation)
{
    const struct program *program = translation->program;
    fputs("static void begin_states(const row *restrict r, row *restrict s)\n{\n    (void)r;\n"
          "    EACH_LANE {\n",
          translation->file);
    for (int i = 0; i < program->n_states; i++) {
        char text[64];
        struct operand operand = program->states[i].initial;
        fprintf(translation->file, "        s[%d]AT = %s;\n", i,
                operand.is_number ? number_c(translation, operand.index, text)
                                  : row_text(translation, operand.index, text));
    }
    fputs("    }\n}\n", translation->file);
}

const char *translate(const struct program *program, FILE *file)
{
    if (program->n_memories || program->n_delay_lines || program->n_draws)
        return "delays, previous values or random numbers";
    struct translation translation = {program, file,
                                      calloc((size_t)program->n_rows + 1, sizeof(bool))};
    static const char *const names[N_SECTIONS] = {"once", "timed", "first", "later", NULL};
    const char *problem = translation.is_shared ? NULL : "so much";
    fputs(prelude, file);
    fprintf(file,
            "enum { N_STATES = %d, N_PARAMETERS = %d, N_ROWS = %d };\n"
            "static const long N_STEPS = %ld;\n"
            "static const double START = %.17g, STEP = %.17g;\n",
            program->n_states, program->n_parameters, program->n_rows,
            time_spec_n_steps(&program->time), program->time.start, program->time.step);
    if (!problem)
        find_shared(&translation);
    for (int i = 0; i < program->n_parameters && !problem; i++)
        translation.is_shared[program->n_states + i] = true;
    for (int i = 0; i < program->n_tables; i++)
        put_table(&translation, i);
    for (int section = 0; section < N_SECTIONS && !problem; section++)
        if (names[section])
            problem = put_section(&translation, (enum section)section, names[section]);
    put_start(&translation);
    fputs(driver, file);
    free(translation.is_shared);
    return problem;
}
