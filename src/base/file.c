// Stage: reading and writing. A failure of the machine becomes a message with strerror's words.
#include "base/file.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

char *file_read(struct arena *arena, const char *path, size_t max_bytes, size_t *length,
                struct diag *diag)
{
    if (file_is_folder(path)) {
        diag_fail(diag, FAULT_FILE, "cannot read '%s': it is a folder", path);
        return NULL;
    }
    FILE *stream = fopen(path, "rb");
    if (!stream) {
        diag_fail(diag, FAULT_FILE, "cannot read '%s': %s", path, strerror(errno));
        return NULL;
    }
    size_t capacity = 4096, used = 0;
    char *bytes = arena_alloc(arena, capacity);
    for (;;) {
        used += fread(bytes + used, 1, capacity - 1 - used, stream);
        if (used < capacity - 1)
            break;
        if (used > max_bytes) {
            fclose(stream);
            diag_fail(diag, FAULT_FILE, "cannot read '%s': larger than %zu bytes", path, max_bytes);
            return NULL;
        }
        char *larger = arena_alloc(arena, capacity * 2);
        memcpy(larger, bytes, used);
        bytes = larger;
        capacity *= 2;
    }
    bool failed = ferror(stream);
    fclose(stream);
    if (failed) {
        diag_fail(diag, FAULT_FILE, "cannot read '%s': %s", path, strerror(errno));
        return NULL;
    }
    bytes[used] = '\0';
    if (length)
        *length = used;
    return bytes;
}

bool file_exists(const char *path)
{
    struct stat status;
    return stat(path, &status) == 0;
}

bool file_is_folder(const char *path)
{
    struct stat status;
    return stat(path, &status) == 0 && S_ISDIR(status.st_mode);
}

bool folder_create(const char *path, struct diag *diag)
{
    char *copy = arena_copy_string(diag->arena, path);
    for (char *at = copy + (*copy == '/');; at++) {
        if (*at && *at != '/')
            continue;
        char kept = *at;
        *at = '\0';
        if (*copy && mkdir(copy, 0777) && errno != EEXIST) {
            diag_fail(diag, FAULT_ENVIRONMENT, "cannot make the folder '%s': %s", copy,
                      strerror(errno));
            return false;
        }
        *at = kept;
        if (!kept)
            break;
    }
    if (!file_is_folder(path)) {
        diag_fail(diag, FAULT_ENVIRONMENT, "cannot make the folder '%s': a file has that name",
                  path);
        return false;
    }
    return true;
}

const char *path_folder(struct arena *arena, const char *path)
{
    const char *slash = strrchr(path, '/');
    if (!slash)
        return ".";
    return arena_copy_text(arena, path, slash == path ? 1 : (size_t)(slash - path));
}

const char *path_base(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

const char *path_stem(struct arena *arena, const char *path)
{
    const char *base = path_base(path), *dot = strrchr(base, '.');
    return arena_copy_text(arena, base, dot && dot > base ? (size_t)(dot - base) : strlen(base));
}

const char *path_join(struct arena *arena, const char *folder, const char *name)
{
    if (*name == '/' || strcmp(folder, ".") == 0)
        return arena_copy_string(arena, name);
    size_t length = strlen(folder);
    bool has_slash = length && folder[length - 1] == '/';
    return arena_format(arena, "%s%s%s", folder, has_slash ? "" : "/", name);
}

bool path_has_ending(const char *path, const char *ending)
{
    const char *dot = strrchr(path_base(path), '.');
    return dot && strcasecmp(dot + 1, ending) == 0;
}

// Whether `path` is there but neither a file nor a folder: /dev/stdout, a pipe.
static bool is_device(const char *path)
{
    struct stat status;
    return stat(path, &status) == 0 && !S_ISREG(status.st_mode) && !S_ISDIR(status.st_mode);
}

// Where a link leads to, so that a rename replaces the file and not the link.
static const char *follow_link(struct arena *arena, const char *path)
{
    struct stat status;
    if (lstat(path, &status) != 0 || !S_ISLNK(status.st_mode))
        return path;
    char *real = realpath(path, NULL);
    const char *target = real ? arena_copy_string(arena, real) : path;
    free(real);
    return target;
}

bool output_open(struct output_file *file, struct arena *arena, const char *path, struct diag *diag)
{
    *file = (struct output_file){.path = path};
    if (strcmp(path, "-") == 0) {
        file->stream = stdout;
        return true;
    }
    if (file_is_folder(path)) {
        diag_fail(diag, FAULT_ENVIRONMENT, "cannot write '%s': it is a folder", path);
        return false;
    }
    if (is_device(path)) { // a rename would put a file in its place
        file->stream = fopen(path, "wb");
    } else {
        file->target = follow_link(arena, path);
        file->temporary = arena_format(arena, "%s.%ld.part", file->target, (long)getpid());
        file->stream = fopen(file->temporary, "wb");
    }
    if (!file->stream)
        diag_fail(diag, FAULT_ENVIRONMENT, "cannot write '%s': %s", path, strerror(errno));
    return file->stream != NULL;
}

bool output_commit(struct output_file *file, struct diag *diag)
{
    if (!file->stream)
        return false;
    bool is_stdout = file->stream == stdout;
    bool failed = ferror(file->stream) != 0; // then errno still tells why
    if (!failed) {
        errno = 0;
        failed = fflush(file->stream) != 0;
    }
    int reason = errno;
    if (!is_stdout && fclose(file->stream) != 0 && !failed) {
        failed = true;
        reason = errno;
    }
    file->stream = NULL;
    if (!failed && file->temporary && rename(file->temporary, file->target) != 0) {
        failed = true;
        reason = errno;
    }
    if (failed) {
        if (file->temporary)
            unlink(file->temporary);
        const char *words = strerror(reason ? reason : EIO);
        if (is_stdout)
            diag_fail(diag, FAULT_ENVIRONMENT, "cannot write to standard output: %s", words);
        else
            diag_fail(diag, FAULT_ENVIRONMENT, "cannot write '%s': %s", file->path, words);
    }
    return !failed;
}

void output_discard(struct output_file *file)
{
    if (!file->stream || file->stream == stdout)
        return;
    fclose(file->stream);
    if (file->temporary)
        unlink(file->temporary);
    file->stream = NULL;
}

bool file_write(struct arena *arena, const char *path, const char *contents, struct diag *diag)
{
    struct output_file file;
    if (!output_open(&file, arena, path, diag))
        return false;
    fwrite(contents, 1, strlen(contents), file.stream);
    return output_commit(&file, diag);
}
