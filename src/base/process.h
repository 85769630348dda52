// Other programs.
#ifndef BASE_PROCESS_H
#define BASE_PROCESS_H

// Runs arguments[0], looked up in PATH, with `arguments` (ends with NULL) in `folder` (NULL: here)
// and waits for it. It reads and writes nothing here; its messages go to the file `log` (NULL:
// nowhere). Returns its exit code, 127 where it cannot be started, 125 where a signal ended it.
int process_run(const char *folder, char *const arguments[], const char *log);

#endif
