/* What a guest reaches though it belongs to the host or to others: files, processes that enter, sockets, keys. */
#include "hostile.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

/* ---- files ---- */

static bool is_process(const char *directory, const char *name) {
    return strcmp(directory, "/proc") == 0 && (strspn(name, "0123456789") == strlen(name) || strstr(name, "self") != NULL);
}

/* Every regular file beneath directory that opens for writing, but those of processes. */
static void writable_beneath(const char *directory) {
    DIR *entries = opendir(directory);

    if (entries == NULL) return;
    for (struct dirent *entry = readdir(entries); entry != NULL; entry = readdir(entries)) {
        char path[PATH_LIMIT];
        struct stat file;

        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) continue;
        if (is_process(directory, entry->d_name)) continue;
        (void)snprintf(path, sizeof(path), "%s/%s", directory, entry->d_name);
        if (lstat(path, &file) < 0) continue;
        if (S_ISDIR(file.st_mode)) writable_beneath(path);
        if (S_ISREG(file.st_mode) && opens(path, O_WRONLY)) puts(path);
    }
    (void)closedir(entries);
}

int writable(char **arguments) {
    for (; *arguments != NULL; arguments++) writable_beneath(*arguments);
    return 0;
}

/* Every device number of a kind, by a node of one's own: those that open. */
int devices(char **arguments) {
    mode_t kind = strcmp(arguments[0], "block") == 0 ? S_IFBLK : S_IFCHR;
    const char *node = arguments[1];

    for (unsigned major_number = 1; major_number < 260; major_number++) {
        for (unsigned minor_number = 0; minor_number < 4; minor_number++) {
            (void)unlink(node);
            if (mknod(node, kind | 0600, makedev(major_number, minor_number)) < 0) continue;
            if (opens(node, O_RDONLY) || opens(node, O_WRONLY)) printf("%u:%u\n", major_number, minor_number);
        }
    }
    (void)unlink(node);
    return 0;
}

/* A handle made up of an inode's number, which skips every directory above it. */
int handle(char **arguments) {
    struct {
        struct file_handle head;
        unsigned char bytes[MAX_HANDLE_SZ];
    } guess = {.head = {.handle_bytes = 8, .handle_type = 1}};
    int place = open(arguments[0], O_RDONLY | O_DIRECTORY);

    if (place < 0) fail(arguments[0]);
    for (unsigned inode = 1; inode < 256; inode++) {
        memcpy(guess.head.f_handle, &inode, sizeof(inode));
        int fd = open_by_handle_at(place, &guess.head, O_RDONLY);
        if (fd >= 0) printf("inode %u\n", inode);
        if (fd >= 0) (void)close(fd);
    }
    return 0;
}

/* Out of a root within the root, by the way up that the kernel forgets: ends in the outermost root there is. */
int climb(char **arguments) {
    struct stat guest, here;

    if (stat("/etc", &guest) < 0) fail("/etc");
    int outside = open("/", O_RDONLY | O_DIRECTORY);
    if (outside < 0 || chroot(arguments[0]) < 0 || fchdir(outside) < 0) fail(arguments[0]);
    for (int i = 0; i < 100; i++) {
        if (chdir("..") < 0) fail("..");
    }
    if (chroot(".") == 0 && stat("/etc", &here) == 0 && here.st_dev != guest.st_dev) puts("another root");
    return 0;
}

/* Two names that are each other's at any moment, until it is killed. */
int swap(char **arguments) {
    (void)puts("swapping");
    (void)fflush(stdout);
    while (syscall(SYS_renameat2, AT_FDCWD, arguments[0], AT_FDCWD, arguments[1], 2 /* RENAME_EXCHANGE */) == 0 ||
           errno == ENOENT) {
    }
    fail("renameat2");
}

/* ---- processes that come from the host ---- */

static void look_at(const char *process, const struct stat *root) {
    static const char *const DOORS[] = {"root", "cwd", "fd/0", "fd/3", "fd/4", "fd/5", "fd/6", "fd/7", "fd/8"};
    char path[PATH_LIMIT];
    struct stat place;

    for (size_t i = 0; i < COUNT(DOORS); i++) {
        (void)snprintf(path, sizeof(path), "/proc/%s/%s/etc", process, DOORS[i]);
        if (stat(path, &place) == 0 && place.st_dev != root->st_dev) printf("%s leads out\n", path);
    }
    (void)snprintf(path, sizeof(path), "/proc/%s/exe", process);
    int program = open(path, O_RDONLY | O_CLOEXEC);
    if (program < 0) return;
    (void)snprintf(path, sizeof(path), "/proc/self/fd/%d", program);
    int changed = open(path, O_WRONLY | O_CLOEXEC);
    char byte;
    /* The copy in memory that LXC makes of itself opens, but is sealed. */
    if (fstat(program, &place) == 0 && place.st_dev != root->st_dev && changed >= 0 && pread(program, &byte, 1, 0) == 1 &&
        pwrite(changed, &byte, 1, 0) == 1) {
        printf("the program of %s can be written\n", process);
    }
    if (changed >= 0) (void)close(changed);
    (void)close(program);
}

/* Whatever enters is looked at while it still has something of the host, until it is killed. */
int ambush(char **arguments) {
    struct stat root;

    (void)arguments;
    if (stat("/etc", &root) < 0) fail("/etc");
    (void)setvbuf(stdout, NULL, _IOLBF, 0);
    (void)puts("waiting");
    for (;;) {
        DIR *processes = opendir("/proc");
        if (processes == NULL) fail("/proc");
        for (struct dirent *entry = readdir(processes); entry != NULL; entry = readdir(processes)) {
            if (strspn(entry->d_name, "0123456789") == strlen(entry->d_name)) look_at(entry->d_name, &root);
        }
        (void)closedir(processes);
    }
}

/* ---- sockets ---- */

static int to_abstract(const char *name) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    size_t length = strlen(name);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

    if (fd < 0) fail("socket");
    if (length + 2 > sizeof(address.sun_path)) fail(name);
    memcpy(address.sun_path + 1, name, length);
    socklen_t size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + length);
    if (connect(fd, (struct sockaddr *)&address, size) == 0) return fd;
    /* LXC 5 counts a zero byte behind the name. */
    if (connect(fd, (struct sockaddr *)&address, size + 1) == 0) return fd;
    (void)close(fd);
    return -1;
}

/* Whether LXC's monitor does what it is told by a number over its socket. */
int command(char **arguments) {
    struct {
        int number, length;
        const void *data;
    } request = {.number = (int)number(arguments[1])};
    char answer[64];
    struct timeval patience = {.tv_sec = 2};
    int fd = to_abstract(arguments[0]);

    if (fd < 0) return 0;
    (void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
    if (send(fd, &request, sizeof(request), MSG_NOSIGNAL) < 0) return 0;
    ssize_t got = recv(fd, answer, sizeof(answer), 0);
    int result = 0;
    if (got >= (ssize_t)sizeof(result)) memcpy(&result, answer, sizeof(result));
    if (got > 0 && result >= 0) printf("command %d is answered with %d\n", request.number, result);
    return 0;
}

/* ---- keys ---- */

/* Holds a key that every process of the same user may read. */
int hold_key(char **arguments) {
    long key = syscall(SYS_add_key, "user", arguments[0], arguments[1], strlen(arguments[1]), -3 /* the session's keyring */);

    if (key < 0) fail("add_key");
    if (syscall(SYS_keyctl, 5 /* KEYCTL_SETPERM */, key, 0x3f3f0000) < 0) fail("keyctl");
    printf("key %ld\n", key);
    (void)fflush(stdout);
    return pause();
}

/* The key of a number, or one of a name, told if it is found. */
int read_key(char **arguments) {
    char secret[256];
    long key = number(arguments[0]);

    for (int i = 0; i < 2; i++) {
        long length = syscall(SYS_keyctl, 11 /* KEYCTL_READ */, key, secret, sizeof(secret));
        if (length >= 0) printf("%.*s\n", (int)length, secret);
        key = syscall(SYS_request_key, "user", arguments[1], NULL, 0);
    }
    return 0;
}
