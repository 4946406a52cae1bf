/*
 * Preloaded into a database: fsync and fdatasync wait as many milliseconds as the file named by SLOWDISK_FILE says,
 * and do their work then. No file, or 0: they do not wait. The file is read at every call, so that a disk becomes slow while the program runs.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

static void wait_as_told(void)
{
    const char *path = getenv("SLOWDISK_FILE");
    char text[16] = "";
    int kept = errno;
    int file = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    if (file >= 0) {
        if (read(file, text, sizeof text - 1) < 0) text[0] = 0;
        close(file);
        long milliseconds = strtol(text, NULL, 10);
        struct timespec left = { milliseconds / 1000, milliseconds % 1000 * 1000000L };
        while (milliseconds > 0 && nanosleep(&left, &left) != 0 && errno == EINTR) { }
    }
    errno = kept;
}

int fsync(int file)
{
    static int (*next)(int);
    if (!next) next = (int (*)(int))dlsym(RTLD_NEXT, "fsync");
    wait_as_told();
    return next(file);
}

int fdatasync(int file)
{
    static int (*next)(int);
    if (!next) next = (int (*)(int))dlsym(RTLD_NEXT, "fdatasync");
    wait_as_told();
    return next(file);
}
