// Stage: base. fork and exec, with the numbers of the outside world written the C way.
#include "base/process.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

int process_run(const char *folder, char *const arguments[], const char *log)
{
    pid_t child = fork();
    if (child == 0) {
        int null = open("/dev/null", O_RDWR);
        int messages = log ? open(log, O_WRONLY | O_CREAT | O_TRUNC, 0666) : null;
        dup2(null, STDIN_FILENO);
        dup2(null, STDOUT_FILENO);
        dup2(messages < 0 ? null : messages, STDERR_FILENO);
        setenv("LC_ALL", "C.UTF-8", 1);
        if (folder && chdir(folder) != 0)
            _exit(126);
        execvp(arguments[0], arguments);
        _exit(127);
    }
    int status = 0;
    if (child < 0)
        return 127;
    while (waitpid(child, &status, 0) < 0 && errno == EINTR)
        continue;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 125;
}
