/* More than there is, or than a guest may have. */
#include "hostile.h"

#include <fcntl.h>
#include <linux/btrfs.h>
#include <linux/fs.h>
#include <linux/keyctl.h>
#include <stdio.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Takes pseudo-terminals until there are none, then holds them. */
int terminals(char **arguments) {
    int count = 0;

    while (open(arguments[0], O_RDWR | O_NOCTTY) >= 0) count++;
    printf("%d terminals\n", count);
    (void)fflush(stdout);
    return pause();
}

static long take(const char *what, long number) {
    char name[32];

    if (strcmp(what, "inotify") == 0) return inotify_init1(IN_CLOEXEC);
    if (strcmp(what, "terminals") == 0) return open("/dev/ptmx", O_RDWR | O_NOCTTY);
    (void)snprintf(name, sizeof(name), "key%ld", number);
    return syscall(SYS_add_key, "user", name, "x", (size_t)1, KEY_SPEC_PROCESS_KEYRING);
}

/* Takes all that it can get of what a user of the host may have, 'inotify' instances, 'keys' or 'terminals': how many. A child
 * keeps them. */
int greedy(char **arguments) {
    struct rlimit files;
    char text[32] = "";
    int report[2];
    long taken = 0;

    if (getrlimit(RLIMIT_NOFILE, &files) < 0 || pipe(report) < 0) fail("greedy");
    files.rlim_cur = files.rlim_max;
    if (setrlimit(RLIMIT_NOFILE, &files) < 0) fail("setrlimit");
    if (fork() > 0) {
        (void)close(report[1]);
        if (read(report[0], text, sizeof(text) - 1) <= 0) fail("the child");
        return puts(text) < 0;
    }
    (void)setsid();
    while (take(arguments[0], taken) >= 0) taken++;
    dprintf(report[1], "%ld", taken);
    (void)close(report[1]);
    if (freopen("/dev/null", "w", stdout) == NULL || freopen("/dev/null", "w", stderr) == NULL) return 1;
    return pause();
}

/* Touches so many MiB, then holds them. */
int memory(char **arguments) {
    size_t size = (size_t)number(arguments[0]) << 20;
    char *bytes = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    if (bytes == MAP_FAILED) fail("mmap");
    for (size_t i = 0; i < size; i += 4096) bytes[i] = 1;
    puts("touched");
    (void)fflush(stdout);
    return pause();
}

/* Forks children that sleep until there can be no more, at most as many as are given: how many there are. */
int forks(char **arguments) {
    long most = number(arguments[0]);
    long count = 0;

    for (; count < most; count++) {
        pid_t child = fork();
        if (child < 0) break;
        if (child == 0) {
            (void)pause();
            _exit(0);
        }
    }
    printf("%ld children\n", count);
    (void)fflush(stdout);
    return pause();
}

/* Makes so many cgroups in a directory, at most: how many it got. */
int cgroups(char **arguments) {
    long most = number(arguments[1]);
    long count = 0;

    for (; count < most; count++) {
        char path[PATH_LIMIT];
        (void)snprintf(path, sizeof(path), "%s/c%ld", arguments[0], count);
        if (mkdir(path, 0755) < 0) break;
    }
    printf("%ld cgroups\n", count);
    return 0;
}

/* Directories in each other, deeper than any path can tell: how many it got. */
int depth(char **arguments) {
    long most = number(arguments[1]);
    long count = 0;

    if (chdir(arguments[0]) < 0) fail(arguments[0]);
    for (; count < most; count++) {
        if (mkdir("deeper", 0755) < 0 || chdir("deeper") < 0) break;
    }
    printf("%ld levels\n", count);
    return 0;
}

/* Makes subvolumes and snapshots of btrfs in a directory that is one, in every way that there is: what it got. */
int subvolume(char **arguments) {
    static const struct {
        const char *name;
        unsigned long request;
    } WAYS[] = {
        {"subvolume", BTRFS_IOC_SUBVOL_CREATE},
        {"subvolume by version 2", BTRFS_IOC_SUBVOL_CREATE_V2},
        {"snapshot", BTRFS_IOC_SNAP_CREATE},
        {"snapshot by version 2", BTRFS_IOC_SNAP_CREATE_V2},
    };
    int directory = open(arguments[0], O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    if (directory < 0) fail(arguments[0]);
    for (size_t i = 0; i < COUNT(WAYS); i++) {
        for (unsigned long high = 0; high < 2; high++) {
            union {
                struct btrfs_ioctl_vol_args first;
                struct btrfs_ioctl_vol_args_v2 second;
            } args;
            memset(&args, 0, sizeof(args));
            args.first.fd = directory;
            char *name = WAYS[i].request == BTRFS_IOC_SUBVOL_CREATE || WAYS[i].request == BTRFS_IOC_SNAP_CREATE
                             ? args.first.name
                             : args.second.name;
            (void)snprintf(name, 32, "way%zu.%lu", i, high);
            /* The kernel looks at the lower half of the request alone. */
            if (syscall(SYS_ioctl, directory, WAYS[i].request | high << 40, &args) == 0) {
                printf("made a %s\n", WAYS[i].name);
            }
        }
    }
    (void)close(directory);
    return 0;
}

/* Takes a directory and what will be made in it out of the project whose quota counts them: whether it did. */
int project(char **arguments) {
    int file = open(arguments[0], O_RDONLY | O_CLOEXEC);
    struct fsxattr attributes;

    if (file < 0) fail(arguments[0]);
    memset(&attributes, 0, sizeof(attributes));
    if (ioctl(file, FS_IOC_FSSETXATTR, &attributes) == 0 && ioctl(file, FS_IOC_FSGETXATTR, &attributes) == 0
        && attributes.fsx_projid == 0) {
        printf("left the project\n");
    }
    (void)close(file);
    return 0;
}
