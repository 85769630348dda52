// Stage: result. JSON by jansson, hashes by nettle.
#include "result/manifest.h"

#include "base/file.h"
#include "base/text.h"

#include <jansson.h>
#include <nettle/sha2.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

void hash_bytes(const void *bytes, size_t length, char *text)
{
    struct sha256_ctx context;
    uint8_t digest[SHA256_DIGEST_SIZE];
    sha256_init(&context);
    sha256_update(&context, length, bytes);
    sha256_digest(&context, sizeof digest, digest);
    for (size_t i = 0; i < sizeof digest; i++)
        snprintf(text + 2 * i, 3, "%02x", digest[i]);
}

static void hash_file(struct arena *arena, const char *path, char *text, struct diag *diag)
{
    size_t length;
    const char *bytes = file_read(arena, path, (size_t)1 << 31, &length, diag);
    if (bytes)
        hash_bytes(bytes, length, text);
    else
        strcpy(text, "unreadable");
}

const char *manifest_id(const struct manifest *manifest, struct arena *arena, struct diag *diag)
{
    struct text all = {0};
    char hash[HASH_TEXT_SIZE];
    text_append_format(&all, "%s %llu\n", manifest->version, manifest->seed);
    for (size_t i = 0; i < manifest->n_files; i++) {
        hash_file(arena, manifest->files[i], hash, diag);
        text_append_format(&all, "%s\n", hash);
    }
    for (size_t i = 0; i < manifest->n_runs; i++) {
        const struct manifest_run *run = &manifest->runs[i];
        text_append_format(&all, "%s %s %.17g %.17g %.17g\n", run->label, run->method, run->start,
                           run->stop, run->step);
    }
    hash_bytes(all.bytes, all.length, hash);
    text_clear(&all);
    return arena_copy_text(arena, hash, 8);
}

static json_t *files_json(const struct manifest *manifest, struct arena *arena, struct diag *diag)
{
    json_t *files = json_array();
    for (size_t i = 0; i < manifest->n_files; i++) {
        char hash[HASH_TEXT_SIZE];
        hash_file(arena, manifest->files[i], hash, diag);
        json_array_append_new(files,
                              json_pack("{s:s, s:s}", "path", manifest->files[i], "sha256", hash));
    }
    return files;
}

static json_t *runs_json(const struct manifest *manifest)
{
    json_t *runs = json_array();
    for (size_t i = 0; i < manifest->n_runs; i++) {
        const struct manifest_run *run = &manifest->runs[i];
        json_array_append_new(runs, json_pack("{s:s, s:s, s:f, s:f, s:f, s:s}", "run", run->label,
                                              "method", run->method, "start", run->start, "stop",
                                              run->stop, "dt", run->step, "end", run->end));
    }
    return runs;
}

static json_t *endings_json(const struct manifest *manifest)
{
    json_t *endings = json_object();
    for (size_t i = 0; i < manifest->n_counts; i++)
        json_object_set_new(endings, manifest->counts[i].end, json_integer(manifest->counts[i].n));
    for (size_t i = 0; i < manifest->n_runs && !manifest->counts; i++) {
        const char *end = manifest->runs[i].end;
        json_int_t count = json_integer_value(json_object_get(endings, end));
        json_object_set_new(endings, end, json_integer(count + 1));
    }
    return endings;
}

bool manifest_write(const struct manifest *manifest, struct arena *arena, const char *folder,
                    struct diag *diag)
{
    json_t *root =
        json_pack("{s:s, s:s, s:s, s:s, s:I, s:o, s:o, s:o, s:f}", "program", "kantelpunt",
                  "version", manifest->version, "id", manifest_id(manifest, arena, diag), "command",
                  manifest->command, "seed", (json_int_t)manifest->seed, "inputs",
                  files_json(manifest, arena, diag), "runs", runs_json(manifest), "endings",
                  endings_json(manifest), "wall_seconds", manifest->wall_seconds);
    char *json = json_dumps(root, JSON_INDENT(2) | JSON_REAL_PRECISION(17));
    json_decref(root);
    if (!json) { // jansson takes UTF-8 only
        diag_fail(diag, FAULT_ENVIRONMENT, "cannot write the manifest: a file name is not UTF-8");
        return false;
    }
    const char *text = arena_format(arena, "%s\n", json);
    free(json);
    return file_write(arena, path_join(arena, folder, "manifest.json"), text, diag);
}

static const char *string_member(struct arena *arena, const json_t *object, const char *key,
                                 const char *otherwise)
{
    const char *value = json_string_value(json_object_get(object, key));
    return value ? arena_copy_string(arena, value) : otherwise;
}

bool manifest_read(struct arena *arena, const char *folder, struct manifest_state *state,
                   struct diag *diag)
{
    const char *path = path_join(arena, folder, "manifest.json");
    *state = (struct manifest_state){.version = "", .id = "", .state = "complete"};
    if (!file_exists(path))
        return true;
    size_t length;
    const char *text = file_read(arena, path, 1 << 26, &length, diag);
    if (!text)
        return false;
    json_error_t error;
    json_t *root = json_loadb(text, length, 0, &error);
    if (!json_is_object(root)) {
        json_decref(root);
        diag_error(diag, (struct position){.file = path, .line = root ? 0 : error.line},
                   "this is not a manifest%s%s", root ? "" : ": ", root ? "" : error.text);
        return false;
    }
    state->exists = true;
    state->version = string_member(arena, root, "version", "");
    state->id = string_member(arena, root, "id", "");
    state->state = string_member(arena, root, "state", "complete");
    const char *end;
    json_t *count;
    json_object_foreach(json_object_get(root, "endings"), end, count)
    {
        state->n_runs += (long)json_integer_value(count);
        state->n_failed += strcmp(end, "complete") == 0 ? 0 : (long)json_integer_value(count);
    }
    json_decref(root);
    return true;
}
