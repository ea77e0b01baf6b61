/* Loaded into the server before its C library. A file is written in memory first and is on the disk
 * when it is synced: so here each write, until then, notes what it replaces. When the server has been
 * killed, power_cut.rs puts that back, and the files are what a disk has kept that lost its power.
 *
 * POWER_CUT_FILES: how the paths of the files begin. POWER_CUT_NOTES: where the notes go. One is five
 * numbers of 64 bits (the length of the path; 1 for a sync, else 0; the file's size, the place of
 * the write and how much it replaces), then the path and the replaced bytes. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

static ssize_t (*real_write)(int, const void *, size_t);
static ssize_t (*real_pwrite)(int, const void *, size_t, off_t);
static int (*real_ftruncate)(int, off_t);
static int (*real_fsync)(int);
static int (*real_fdatasync)(int);

/* One write or sync at a time, so that the notes are in the order of what happened. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static const char *files;
static int notes = -1;

__attribute__((constructor)) static void begin(void) {
    real_write = dlsym(RTLD_NEXT, "write");
    real_pwrite = dlsym(RTLD_NEXT, "pwrite");
    real_ftruncate = dlsym(RTLD_NEXT, "ftruncate");
    real_fsync = dlsym(RTLD_NEXT, "fsync");
    real_fdatasync = dlsym(RTLD_NEXT, "fdatasync");
    files = getenv("POWER_CUT_FILES");
    const char *path = getenv("POWER_CUT_NOTES");
    if (files && path) notes = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0600);
}

/* Whether this is one of the files, and its path. Memory that is shared with other processes
 * (SQLite's -shm) is not written in this way. */
static int is_watched(int fd, char *path) {
    struct stat file;
    if (notes < 0 || fd == notes || fstat(fd, &file) || !S_ISREG(file.st_mode)) return 0;
    char link[32] = "/proc/self/fd/";
    char digits[12];
    int count = 0, rest = fd;
    do digits[count++] = '0' + rest % 10; while (rest /= 10);
    for (char *end = link + strlen(link); count;) *end++ = digits[--count];
    ssize_t length = readlink(link, path, PATH_MAX - 1);
    if (length < 0) return 0;
    path[length] = 0;
    return strncmp(path, files, strlen(files)) == 0;
}

static void note(const char *path, int is_sync, int fd, off_t place, size_t length) {
    struct stat file = {0};
    char *old = NULL;
    ssize_t replaced = 0;
    if (!is_sync) {
        if (fstat(fd, &file)) abort();
        if (place < file.st_size) {
            size_t most = file.st_size - place;
            if (length > most) length = most;
            if (!(old = malloc(length)) || (replaced = pread(fd, old, length, place)) < 0) abort();
        }
    }
    int64_t head[5] = {strlen(path), is_sync, file.st_size, place, replaced};
    struct iovec parts[3] = {{head, sizeof head}, {(void *)path, head[0]}, {old, replaced}};
    ssize_t whole = sizeof head + head[0] + replaced;
    if (writev(notes, parts, 3) != whole) abort();
    free(old);
}

static ssize_t write_noted(int fd, const void *bytes, size_t length, off_t place, int is_placed) {
    char path[PATH_MAX];
    if (!is_watched(fd, path))
        return is_placed ? real_pwrite(fd, bytes, length, place) : real_write(fd, bytes, length);
    pthread_mutex_lock(&lock);
    note(path, 0, fd, is_placed ? place : lseek(fd, 0, SEEK_CUR), length);
    ssize_t done = is_placed ? real_pwrite(fd, bytes, length, place) : real_write(fd, bytes, length);
    pthread_mutex_unlock(&lock);
    return done;
}

static int sync_noted(int (*real)(int), int fd) {
    char path[PATH_MAX];
    if (!is_watched(fd, path)) return real(fd);
    pthread_mutex_lock(&lock);
    int failed = real(fd);
    if (!failed) note(path, 1, fd, 0, 0);
    pthread_mutex_unlock(&lock);
    return failed;
}

ssize_t write(int fd, const void *bytes, size_t length) {
    return write_noted(fd, bytes, length, 0, 0);
}

ssize_t pwrite(int fd, const void *bytes, size_t length, off_t place) {
    return write_noted(fd, bytes, length, place, 1);
}

ssize_t pwrite64(int fd, const void *bytes, size_t length, off_t place) {
    return write_noted(fd, bytes, length, place, 1);
}

int ftruncate(int fd, off_t size) {
    char path[PATH_MAX];
    if (!is_watched(fd, path)) return real_ftruncate(fd, size);
    pthread_mutex_lock(&lock);
    note(path, 0, fd, size, SIZE_MAX / 2);
    int failed = real_ftruncate(fd, size);
    pthread_mutex_unlock(&lock);
    return failed;
}

int ftruncate64(int fd, off_t size) { return ftruncate(fd, size); }

int fsync(int fd) { return sync_noted(real_fsync, fd); }

int fdatasync(int fd) { return sync_noted(real_fdatasync, fd); }
