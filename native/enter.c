/*
 * osctl-enter: the way from root to a container's user. It joins cgroups, gives up every privilege, proves that none
 * is left and becomes the program. It has one thread; what it can not verify does not run.
 *
 * `osctl-enter --userns` lends a process to a new user namespace instead, which a JVM, having threads, cannot make.
 * docs/protocol.md describes both.
 */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <linux/capability.h>
#include <linux/keyctl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "fail.h"
#include "request.h"

const char PROGRAM[] = "osctl-enter";

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

_Noreturn static void fail(const char *what, const char *object) {
    die(EXIT_REFUSED, "%s '%s': %s", what, object, strerror(errno));
}

static void write_all(const char *what, const char *object, int fd, const char *text) {
    size_t length = strlen(text);
    ssize_t written = write(fd, text, length);

    if (written < 0) fail(what, object);
    if ((size_t)written != length) die(EXIT_REFUSED, "%s '%s': short write", what, object);
}

/* ---- while still root ---- */

static int open_cgroup(const char *directory) {
    char path[PATH_MAX];
    int length = snprintf(path, sizeof(path), "%s/cgroup.procs", directory);

    if (length < 0 || (size_t)length >= sizeof(path)) die(EXIT_REFUSED, "cgroup '%s': path too long", directory);
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    if (fd < 0) fail("cannot open cgroup", directory);
    return fd;
}

/* All are opened before one is joined, so that a missing one leaves this process where it was. */
static void join_cgroups(const struct request *request) {
    int fds[REQUEST_CGROUPS_MAX];

    for (size_t i = 0; i < request->cgroup_count; i++) fds[i] = open_cgroup(request->cgroups[i]);
    for (size_t i = 0; i < request->cgroup_count; i++) {
        write_all("cannot join cgroup", request->cgroups[i], fds[i], "0");
        if (close(fds[i]) < 0) fail("cannot join cgroup", request->cgroups[i]);
    }
}

/* The most that the kernel lets even root set RLIMIT_NOFILE to; otherwise if it cannot be read. */
static rlim_t most_files(rlim_t otherwise) {
    unsigned long long most = 0;
    FILE *file = fopen("/proc/sys/fs/nr_open", "re");

    if (file == NULL) return otherwise;
    int fields = fscanf(file, "%llu", &most);
    (void)fclose(file);
    return fields == 1 ? (rlim_t)most : otherwise;
}

static rlim_t at_most(rlim_t ceiling, rlim_t value) {
    return value < ceiling ? value : ceiling;
}

/* What the kernel does not permit is lowered until it does; anything else is an error. */
static void set_limit(const struct limit *limit) {
    struct rlimit now;

    if (setrlimit(limit->resource, &limit->value) == 0) return;
    if (errno != EPERM || getrlimit(limit->resource, &now) < 0) fail("cannot set rlimit", limit->name);
    const rlim_t ceilings[] = {
        limit->resource == RLIMIT_NOFILE ? most_files(now.rlim_max) : now.rlim_max,
        now.rlim_max,
    };
    for (size_t i = 0; i < COUNT(ceilings); i++) {
        struct rlimit lowered = {
            .rlim_cur = at_most(ceilings[i], limit->value.rlim_cur),
            .rlim_max = at_most(ceilings[i], limit->value.rlim_max),
        };
        if (setrlimit(limit->resource, &lowered) < 0) continue;
        warn("rlimit '%s': not permitted that high, lowered to %llu", limit->name,
             (unsigned long long)lowered.rlim_max);
        return;
    }
    fail("cannot set rlimit", limit->name);
}

static void set_limits(const struct request *request) {
    for (size_t i = 0; i < COUNT(request->limits); i++) {
        if (request->limits[i].wanted) set_limit(&request->limits[i]);
    }
}

static void set_oom_score(const struct request *request) {
    static const char PATH[] = "/proc/self/oom_score_adj";

    if (request->oom_score == NULL) return;
    int fd = open(PATH, O_WRONLY | O_CLOEXEC);
    if (fd < 0) fail("cannot open", PATH);
    write_all("cannot set OOM score", request->oom_score, fd, request->oom_score);
    if (close(fd) < 0) fail("cannot close", PATH);
}

/*
 * A JVM ignores SIGPIPE and blocks what it likes; a program expects neither. The system call, because the C library's
 * function refuses the two signals that posix_spawn(3) of some versions leaves ignored, 32 and 33.
 */
static void reset_signals(void) {
    static const unsigned long initial[16]; /* larger than any architecture's struct; all zeroes is SIG_DFL */
    sigset_t none;

    for (int number = 1; number < NSIG; number++) {
        if (number == SIGKILL || number == SIGSTOP) continue;
        if (syscall(SYS_rt_sigaction, number, initial, NULL, (size_t)(NSIG / 8)) < 0) {
            fail("cannot reset signal", strsignal(number));
        }
    }
    sigemptyset(&none);
    if (sigprocmask(SIG_SETMASK, &none, NULL) < 0) fail("cannot unblock", "signals");
}

static void close_descriptors(void) {
    if (syscall(SYS_close_range, STDERR_FILENO + 1U, ~0U, 0U) < 0) fail("cannot close", "inherited descriptors");
}

/* Whoever has a process in root's session keyring may use root's keys. */
static void leave_session_keyring(void) {
    if (syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, NULL) >= 0) return;
    /* A kernel without keys, or a filter that denies them to every descendant too. */
    if (errno != ENOSYS && errno != EPERM) fail("cannot leave", "session keyring");
}

static void detach(const struct request *request) {
    if (request->new_session && setsid() < 0) fail("cannot make", "session");
    if (request->has_umask) (void)umask(request->umask);
    reset_signals();
    close_descriptors();
    leave_session_keyring();
}

/* ---- the transition and its proof ---- */

static void clear_capabilities(void) {
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    const struct __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3] = {{0}};

    if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) < 0) fail("cannot clear", "ambient capabilities");
    if (syscall(SYS_capset, &header, none) < 0) fail("cannot clear", "capabilities");
}

/* no_new_privs stays off: newuidmap(1), which lxc-start needs, is setuid. */
static void drop_privileges(const struct request *request) {
    if (setgroups(request->group_count, request->groups) < 0) fail("cannot set", "supplementary groups");
    if (setresgid(request->gid, request->gid, request->gid) < 0) fail("cannot change", "group id");
    if (setresuid(request->uid, request->uid, request->uid) < 0) fail("cannot change", "user id");
    clear_capabilities();
}

static void require(bool holds, const char *what) {
    if (!holds) die(EXIT_REFUSED, "privileges were not dropped '%s': refusing to run the program", what);
}

static void verify_ids(const struct request *request) {
    uid_t real_uid, effective_uid, saved_uid;
    gid_t real_gid, effective_gid, saved_gid;

    if (getresuid(&real_uid, &effective_uid, &saved_uid) < 0) fail("cannot read", "user ids");
    if (getresgid(&real_gid, &effective_gid, &saved_gid) < 0) fail("cannot read", "group ids");
    require(request->uid != 0 && real_uid == request->uid && effective_uid == request->uid && saved_uid == request->uid,
            "user ids");
    require(request->gid != 0 && real_gid == request->gid && effective_gid == request->gid && saved_gid == request->gid,
            "group ids");
    require(setuid(0) < 0 && errno == EPERM, "user id 0 is out of reach");
    require(setgid(0) < 0 && errno == EPERM, "group id 0 is out of reach");
}

static int by_id(const void *a, const void *b) {
    const gid_t *left = a;
    const gid_t *right = b;

    return (*left > *right) - (*left < *right);
}

static void verify_groups(const struct request *request) {
    gid_t wanted[REQUEST_GROUPS_MAX] = {0};
    gid_t held[REQUEST_GROUPS_MAX] = {0};
    int count = getgroups(REQUEST_GROUPS_MAX, held);

    if (count < 0) fail("cannot read", "supplementary groups");
    memcpy(wanted, request->groups, sizeof(wanted));
    qsort(wanted, request->group_count, sizeof(*wanted), by_id);
    qsort(held, (size_t)count, sizeof(*held), by_id);
    require((size_t)count == request->group_count && memcmp(wanted, held, sizeof(held)) == 0, "supplementary groups");
}

static void verify_capabilities(void) {
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct held[_LINUX_CAPABILITY_U32S_3];

    if (syscall(SYS_capget, &header, held) < 0) fail("cannot read", "capabilities");
    for (size_t i = 0; i < COUNT(held); i++) {
        require((held[i].effective | held[i].permitted | held[i].inheritable) == 0, "capabilities");
    }
    /* Ends with EINVAL at the first number that the kernel knows no capability for. */
    int ambient = 0;
    for (unsigned long number = 0; ambient >= 0; number++) {
        ambient = prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_IS_SET, number, 0, 0);
        require(ambient <= 0, "ambient capabilities");
    }
}

static void verify(const struct request *request) {
    verify_ids(request);
    verify_groups(request);
    verify_capabilities();
}

static void enter(const struct request *request) {
    join_cgroups(request);
    set_limits(request);
    set_oom_score(request);
    detach(request);
    drop_privileges(request);
    verify(request);
    if (request->directory != NULL && chdir(request->directory) < 0) fail("cannot change to", request->directory);
    execve(request->program[0], request->program, environ);
    die(EXIT_NOT_RUN, "cannot run '%s': %s", request->program[0], strerror(errno));
}

/* ---- a user namespace on loan ---- */

static void lend_user_namespace(void) {
    char ignored[64];
    ssize_t got = 0;

    close_descriptors();
    if (unshare(CLONE_NEWUSER) < 0) fail("cannot make", "user namespace");
    /* After unshare(2): a change of credentials may clear it. End of input covers a parent that is gone already. */
    if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) < 0) fail("cannot bind to", "parent");
    write_all("cannot report", "user namespace", STDOUT_FILENO, "+");
    do {
        got = read(STDIN_FILENO, ignored, sizeof(ignored));
    } while (got > 0 || (got < 0 && errno == EINTR));
    if (got < 0) fail("cannot read", "stdin");
}

int main(int argc, char **argv) {
    struct request request;

    if (argc == 2 && strcmp(argv[1], "--userns") == 0) {
        lend_user_namespace();
        return EXIT_SUCCESS;
    }
    if (argc < 2) die(EXIT_REFUSED, "usage: osctl-enter --uid N --gid N [OPTION…] -- PROGRAM [ARGUMENT…]");
    parse_request(&request, argv);
    enter(&request);
}
