// Stage: analysis. A rank asks for blocks, computes them and sends them back with their text; rank
// 0 answers, keeps blocks that come before their turn (a bounded number: it lets ranks wait rather
// than run far ahead of a slow one) and computes with a thread of its own between messages.
//
// Messages to rank 0: ASK (the id of the sweep that this rank read), RESULT (a packed block),
// CANCELLED (empty), UNREAD (empty: could not read the sweep). Messages from it: WORK (first block,
// count), STOP (empty), and the answer to UNREAD, SPEAK or BE_QUIET (empty): what every rank finds
// wrong only rank 0 needs to say.
#include "analysis/sweep/sweep_ranks.h"

#ifndef HAS_MPI

void ranks_join(void)
{
}

void ranks_leave(void)
{
}

int ranks_self(void)
{
    return 0;
}

int ranks_count(void)
{
    return 1;
}

void ranks_lead(struct turnstile *turnstile)
{
    turnstile_work(turnstile, 1);
}

bool ranks_follow(const struct sweep *sweep, const volatile sig_atomic_t *cancel, struct diag *diag)
{
    (void)sweep, (void)cancel, (void)diag;
    return true;
}

void ranks_meet(void)
{
}

void ranks_dismiss(void)
{
}

#else

#include "analysis/sweep/sweep_manifest.h"
#include "base/array.h"

#include <mpi.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
    TAG_ASK,
    TAG_RESULT,
    TAG_CANCELLED,
    TAG_UNREAD,
    TAG_WORK,
    TAG_STOP,
    TAG_SPEAK,
    TAG_BE_QUIET
};
enum { MAX_BATCH = 64, ID_SIZE = 16 };

static const double BATCH_SECONDS = 0.05; // of work between two messages

void ranks_join(void)
{
    static const char *const signs[] = {"OMPI_COMM_WORLD_SIZE", "PMI_RANK", "PMIX_RANK",
                                        "MV2_COMM_WORLD_SIZE"};
    bool is_job = false;
    for (size_t i = 0; i < ARRAY_COUNT(signs); i++)
        is_job |= getenv(signs[i]) != NULL;
    int provided;
    if (is_job)
        MPI_Init_thread(NULL, NULL, MPI_THREAD_FUNNELED, &provided);
}

static bool is_joined(void)
{
    int is_initialized = 0, is_finalized = 0;
    MPI_Initialized(&is_initialized);
    MPI_Finalized(&is_finalized);
    return is_initialized && !is_finalized;
}

void ranks_leave(void)
{
    if (is_joined())
        MPI_Finalize();
}

int ranks_self(void)
{
    int rank = 0;
    if (is_joined())
        MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    return rank;
}

int ranks_count(void)
{
    int count = 1;
    if (is_joined())
        MPI_Comm_size(MPI_COMM_WORLD, &count);
    return count;
}

// Sizes of the arrays of a block.
struct block_shape {
    size_t n_inputs, n_metrics, n_bands, n_kept;
};

static struct block_shape shape_of(const struct sweep *sweep)
{
    return (struct block_shape){(size_t)sweep->design.n_inputs * SWEEP_BLOCK,
                                (size_t)sweep->n_metrics * SWEEP_BLOCK,
                                (size_t)sweep->n_bands * (size_t)sweep->n_band_times * SWEEP_BLOCK,
                                (size_t)sweep->n_kept * (size_t)sweep->n_kept_saves * SWEEP_BLOCK};
}

struct packet_head {
    uint64_t index, first_run;
    int32_t case_index, n_runs;
    uint64_t design_length, metrics_length, failed_length;
};

static void pack(struct text *packet, uint64_t index, const struct sweep_block *block,
                 const struct sweep_text *text, struct block_shape shape)
{
    const struct packet_head head = {index,
                                     block->first_run,
                                     block->case_index,
                                     block->n_runs,
                                     text->design.length,
                                     text->metrics.length,
                                     text->failed.length};
    packet->length = 0;
    text_append_bytes(packet, (const char *)&head, sizeof head);
    text_append_bytes(packet, (const char *)block->inputs, shape.n_inputs * sizeof(double));
    text_append_bytes(packet, (const char *)block->metrics, shape.n_metrics * sizeof(double));
    text_append_bytes(packet, (const char *)block->bands, shape.n_bands * sizeof(double));
    text_append_bytes(packet, (const char *)block->kept, shape.n_kept * sizeof(double));
    text_append_bytes(packet, (const char *)block->endings,
                      SWEEP_BLOCK * sizeof(struct run_ending));
    text_append_bytes(packet, text_string(&text->design), text->design.length);
    text_append_bytes(packet, text_string(&text->metrics), text->metrics.length);
    text_append_bytes(packet, text_string(&text->failed), text->failed.length);
}

// A block that came from another rank; its arrays point into `bytes`.
struct arrival {
    struct arrival *next;
    uint64_t index;
    struct sweep_block block;
    struct sweep_text text;
    char *bytes;
};

static char *cut(char **at, size_t length)
{
    char *piece = *at;
    *at += length;
    return piece;
}

// Text pieces are not zero-terminated: only their length is used.
static struct text borrowed_text(char **at, uint64_t length)
{
    return (struct text){.bytes = cut(at, (size_t)length), .length = (size_t)length};
}

static struct arrival *unpack(char *bytes, struct block_shape shape)
{
    struct arrival *arrival = calloc(1, sizeof *arrival);
    struct packet_head head;
    char *at = bytes;
    if (!arrival)
        abort();
    memcpy(&head, cut(&at, sizeof head), sizeof head);
    arrival->bytes = bytes;
    arrival->index = head.index;
    arrival->block.first_run = head.first_run;
    arrival->block.case_index = head.case_index;
    arrival->block.n_runs = head.n_runs;
    arrival->block.inputs = (double *)cut(&at, shape.n_inputs * sizeof(double));
    arrival->block.metrics = (double *)cut(&at, shape.n_metrics * sizeof(double));
    arrival->block.bands = (double *)cut(&at, shape.n_bands * sizeof(double));
    arrival->block.kept = (double *)cut(&at, shape.n_kept * sizeof(double));
    arrival->block.endings = (struct run_ending *)cut(&at, SWEEP_BLOCK * sizeof(struct run_ending));
    arrival->text.design = borrowed_text(&at, head.design_length);
    arrival->text.metrics = borrowed_text(&at, head.metrics_length);
    arrival->text.failed = borrowed_text(&at, head.failed_length);
    return arrival;
}

// What rank 0 knows of the others.
struct leader {
    struct turnstile *turnstile;
    struct block_shape shape;
    struct arrival *arrivals; // sorted by index
    int n_arrivals;
    bool *is_waiting; // [n_ranks] asked for work that is being held back
    int n_ranks;      //
    int n_working;    // ranks that have not been told to stop
    int batch;        // blocks a message
};

static void keep_arrival(struct leader *leader, struct arrival *arrival)
{
    struct arrival **place = &leader->arrivals;
    while (*place && (*place)->index < arrival->index)
        place = &(*place)->next;
    arrival->next = *place;
    *place = arrival;
    leader->n_arrivals++;
}

static void drop_first(struct leader *leader)
{
    struct arrival *first = leader->arrivals;
    leader->arrivals = first->next;
    leader->n_arrivals--;
    free(first->bytes);
    free(first);
}

// Writes the arrivals whose turn has come.
static void write_arrivals(struct leader *leader)
{
    while (leader->arrivals && turnstile_try(leader->turnstile, leader->arrivals->index,
                                             &leader->arrivals->block, &leader->arrivals->text))
        drop_first(leader);
}

// Takes up to a batch of blocks in a row; returns how many.
static uint64_t take_batch(struct leader *leader, uint64_t *first)
{
    struct turnstile *turnstile = leader->turnstile;
    pthread_mutex_lock(&turnstile->mutex);
    uint64_t left = turnstile->is_stopped ? 0 : turnstile->n_blocks - turnstile->next_taken;
    uint64_t n = left < (uint64_t)leader->batch ? left : (uint64_t)leader->batch;
    *first = turnstile->next_taken;
    turnstile->next_taken += n;
    pthread_mutex_unlock(&turnstile->mutex);
    return n;
}

static void send_empty(int rank, int tag)
{
    MPI_Send(NULL, 0, MPI_BYTE, rank, tag, MPI_COMM_WORLD);
}

static void answer(struct leader *leader, int rank)
{
    uint64_t work[2];
    bool is_ahead = leader->n_arrivals > 2 * leader->n_ranks * leader->batch;
    leader->is_waiting[rank] = is_ahead && !leader->turnstile->is_stopped;
    if (leader->is_waiting[rank])
        return;
    work[1] = take_batch(leader, &work[0]);
    if (work[1]) {
        MPI_Send(work, 2, MPI_UINT64_T, rank, TAG_WORK, MPI_COMM_WORLD);
        return;
    }
    send_empty(rank, TAG_STOP);
    leader->n_working--;
}

// Stops the sweep for a reason that concerns `rank`.
static void refuse(struct leader *leader, int rank, const char *problem)
{
    struct turnstile *turnstile = leader->turnstile;
    pthread_mutex_lock(&turnstile->mutex);
    diag_fail(turnstile->diag, FAULT_FILE, "rank %d %s", rank, problem);
    diag_hint(turnstile->diag, "all ranks need the same program and the same files");
    pthread_mutex_unlock(&turnstile->mutex);
    turnstile_stop(turnstile);
}

static void receive(struct leader *leader, MPI_Status status)
{
    int length;
    MPI_Get_count(&status, MPI_BYTE, &length);
    char *bytes = malloc((size_t)length + 1);
    if (!bytes)
        abort();
    MPI_Recv(bytes, length, MPI_BYTE, status.MPI_SOURCE, status.MPI_TAG, MPI_COMM_WORLD,
             MPI_STATUS_IGNORE);
    if (status.MPI_TAG == TAG_RESULT) {
        keep_arrival(leader, unpack(bytes, leader->shape));
        return;
    }
    bool is_same = status.MPI_TAG != TAG_ASK ||
                   strncmp(bytes, leader->turnstile->files->id, (size_t)length) == 0;
    free(bytes);
    if (!is_same)
        refuse(leader, status.MPI_SOURCE, "reads another sweep than rank 0");
    if (status.MPI_TAG == TAG_ASK) {
        answer(leader, status.MPI_SOURCE);
        return;
    }
    if (status.MPI_TAG == TAG_UNREAD) {
        refuse(leader, status.MPI_SOURCE, "cannot read the sweep");
        send_empty(status.MPI_SOURCE, TAG_SPEAK);
    }
    turnstile_stop(leader->turnstile); // that rank is gone
    leader->n_working--;
}

// Serves the other ranks until all have been told to stop.
static void serve(struct leader *leader)
{
    const struct timespec nap = {0, 200000};
    while (leader->n_working > 0) {
        int is_there = 0;
        MPI_Status status;
        if (leader->turnstile->watch->cancel && *leader->turnstile->watch->cancel)
            turnstile_stop(leader->turnstile);
        MPI_Iprobe(MPI_ANY_SOURCE, MPI_ANY_TAG, MPI_COMM_WORLD, &is_there, &status);
        if (is_there)
            receive(leader, status);
        write_arrivals(leader);
        for (int rank = 1; rank < leader->n_ranks; rank++)
            if (leader->is_waiting[rank])
                answer(leader, rank);
        if (!is_there)
            nanosleep(&nap, NULL);
    }
}

static void *compute_beside(void *context)
{
    turnstile_work(context, 1);
    return NULL;
}

void ranks_lead(struct turnstile *turnstile)
{
    struct leader leader = {.turnstile = turnstile,
                            .shape = shape_of(turnstile->files->sweep),
                            .n_ranks = ranks_count()};
    double seconds = sweep_block_seconds(turnstile->files->sweep);
    leader.batch = seconds * MAX_BATCH < BATCH_SECONDS ? MAX_BATCH : (int)(BATCH_SECONDS / seconds);
    leader.batch = leader.batch < 1 ? 1 : leader.batch;
    leader.n_working = leader.n_ranks - 1;
    leader.is_waiting = calloc((size_t)leader.n_ranks, sizeof *leader.is_waiting);
    pthread_t thread;
    bool has_thread = pthread_create(&thread, NULL, compute_beside, turnstile) == 0;
    serve(&leader);
    if (has_thread) {
        // The thread may wait for a turn that arrivals have to give way to.
        while (leader.arrivals && !turnstile->is_stopped) {
            const struct timespec nap = {0, 200000};
            write_arrivals(&leader);
            nanosleep(&nap, NULL);
        }
        pthread_join(thread, NULL);
    } else {
        turnstile_stop(turnstile);
    }
    while (leader.arrivals)
        drop_first(&leader);
    free(leader.is_waiting);
}

void ranks_meet(void)
{
    if (is_joined())
        MPI_Barrier(MPI_COMM_WORLD);
}

void ranks_dismiss(void)
{
    for (int rank = 1; rank < ranks_count(); rank++) {
        MPI_Status status;
        char id[ID_SIZE];
        MPI_Recv(id, ID_SIZE, MPI_BYTE, rank, MPI_ANY_TAG, MPI_COMM_WORLD, &status);
        if (status.MPI_TAG != TAG_CANCELLED)
            send_empty(rank, status.MPI_TAG == TAG_ASK ? TAG_STOP : TAG_BE_QUIET);
    }
}

// Computes blocks `first` .. `first + n - 1` and sends them to rank 0; false where cancelled.
static bool compute_batch(struct sweep_worker *worker, const struct sweep *sweep, uint64_t first,
                          uint64_t n, const volatile sig_atomic_t *cancel)
{
    struct sweep_text text = {0};
    struct text packet = {0};
    bool is_whole = true;
    for (uint64_t i = 0; i < n && is_whole; i++) {
        const struct sweep_block *block = sweep_compute(worker, first + i, cancel);
        is_whole = block != NULL;
        if (!block)
            continue;
        sweep_text_format(&text, sweep, block);
        pack(&packet, first + i, block, &text, shape_of(sweep));
        MPI_Send(packet.bytes, (int)packet.length, MPI_BYTE, 0, TAG_RESULT, MPI_COMM_WORLD);
    }
    sweep_text_clear(&text);
    text_clear(&packet);
    return is_whole;
}

// Asks rank 0 for blocks; 0 where there are none any more.
static uint64_t ask(const char *id, uint64_t *first)
{
    uint64_t work[2] = {0, 0};
    MPI_Status status;
    MPI_Send(id, ID_SIZE, MPI_BYTE, 0, TAG_ASK, MPI_COMM_WORLD);
    MPI_Recv(work, 2, MPI_UINT64_T, 0, MPI_ANY_TAG, MPI_COMM_WORLD, &status);
    *first = work[0];
    return status.MPI_TAG == TAG_WORK ? work[1] : 0;
}

bool ranks_follow(const struct sweep *sweep, const volatile sig_atomic_t *cancel, struct diag *diag)
{
    if (!sweep) {
        MPI_Status status;
        send_empty(0, TAG_UNREAD);
        MPI_Recv(NULL, 0, MPI_BYTE, 0, MPI_ANY_TAG, MPI_COMM_WORLD, &status);
        return status.MPI_TAG == TAG_BE_QUIET;
    }
    char id[ID_SIZE] = {0};
    strncpy(id, sweep_id(sweep, sweep_identity(sweep, diag)), ID_SIZE - 1);
    struct sweep_worker *worker = sweep_worker_create(sweep);
    uint64_t first;
    for (uint64_t n; (n = ask(id, &first)) > 0;)
        if (!compute_batch(worker, sweep, first, n, cancel)) {
            send_empty(0, TAG_CANCELLED);
            break;
        }
    sweep_worker_free(worker);
    return true;
}

#endif
