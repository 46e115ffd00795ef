/* Drives osctl-enter as the daemon would. Needs root, apart from what is refused before anything is done. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/capability.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness.h"

#define USER "--uid", "54321", "--gid", "54322"

#define NO_CAPABILITIES "\nCapInh:\t0000000000000000\nCapPrm:\t0000000000000000\nCapEff:\t0000000000000000\n"

static char enter[PATH_MAX];

struct result {
    char *output;
    char *errors;
    int status;
};

static struct result run_prepared(char *const argv[], void (*prepare)(void)) {
    struct program program = start(enter, argv, prepare);
    struct result result = {.output = read_all(program.output), .errors = read_all(program.errors)};

    int status = status_of(program.pid);
    CHECK(WIFEXITED(status));
    result.status = WEXITSTATUS(status);
    return result;
}

#define ENTER(...) run_prepared(ARGS("osctl-enter", __VA_ARGS__), NULL)
#define ENTER_PREPARED(prepare, ...) run_prepared(ARGS("osctl-enter", __VA_ARGS__), prepare)

static void needs_root(void) {
    if (geteuid() != 0) skip("not root");
}

static void refused(struct result result, const char *message) {
    CHECK(result.status == 126);
    CHECK(contains(result.errors, message));
    CHECK(*result.output == '\0');
}

static void refuses_root(void) {
    refused(ENTER("--uid", "0", "--gid", "54322", "--", "/bin/true"), "--uid '0'");
    refused(ENTER("--uid", "54321", "--gid", "0", "--", "/bin/true"), "--gid '0'");
    refused(ENTER(USER, "--group", "0", "--", "/bin/true"), "--group '0'");
    refused(ENTER("--uid", "4294967296", "--gid", "54322", "--", "/bin/true"), "out of range");
    refused(ENTER("--uid", "4294967295", "--gid", "54322", "--", "/bin/true"), "out of range");
}

static void refuses_what_is_incomplete(void) {
    refused(ENTER("--gid", "54322", "--", "/bin/true"), "--uid and --gid are needed");
    refused(ENTER("--uid", "54321", "--", "/bin/true"), "--uid and --gid are needed");
    refused(ENTER(USER), "a program");
    refused(ENTER(USER, "--"), "a program");
    refused(ENTER(USER, "--", "true"), "program 'true': not an absolute path");
    refused(ENTER(USER, "--cwd", "tmp", "--", "/bin/true"), "--cwd 'tmp'");
    refused(ENTER(USER, "--umask"), "--umask '': needs a value");
    refused(ENTER(USER, "--keep-fds", "1", "--", "/bin/true"), "'--keep-fds': unknown");
}

static void refuses_malformed_values(void) {
    refused(ENTER("--uid", "5x", "--gid", "1", "--", "/bin/true"), "--uid '5x': not a number");
    refused(ENTER("--uid", "-5", "--gid", "1", "--", "/bin/true"), "--uid '-5': not a number");
    refused(ENTER(USER, "--rlimit", "nofile=5", "--", "/bin/true"), "NAME=SOFT:HARD");
    refused(ENTER(USER, "--rlimit", "files=5:5", "--", "/bin/true"), "no such limit");
    refused(ENTER(USER, "--rlimit", "nofile=9:5", "--", "/bin/true"), "soft limit above hard limit");
    refused(ENTER(USER, "--umask", "8", "--", "/bin/true"), "--umask '8'");
    refused(ENTER(USER, "--oom-score", "1001", "--", "/bin/true"), "--oom-score '1001'");
}

static void leaves_no_privilege(void) {
    needs_root();
    struct result result = ENTER(USER, "--group", "300", "--group", "200", "--", "/bin/cat", "/proc/self/status");

    CHECK(result.status == 0);
    CHECK(contains(result.output, "\nUid:\t54321\t54321\t54321\t54321\n"));
    CHECK(contains(result.output, "\nGid:\t54322\t54322\t54322\t54322\n"));
    CHECK(contains(result.output, "\nGroups:\t200 300 \n"));
    CHECK(contains(result.output, NO_CAPABILITIES));
    CHECK(contains(result.output, "\nCapAmb:\t0000000000000000\n"));
    CHECK(contains(result.output, "\nNoNewPrivs:\t0\n"));
}

static void raise_ambient(void) {
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct held[_LINUX_CAPABILITY_U32S_3];

    CHECK(syscall(SYS_capget, &header, held) == 0);
    for (size_t i = 0; i < _LINUX_CAPABILITY_U32S_3; i++) held[i].inheritable = held[i].permitted;
    CHECK(syscall(SYS_capset, &header, held) == 0);
    CHECK(prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_CHOWN, 0, 0) == 0);
    CHECK(prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0) == 0);
}

static void clears_inheritable_and_ambient(void) {
    needs_root();
    struct result result = ENTER_PREPARED(raise_ambient, USER, "--", "/bin/cat", "/proc/self/status");

    CHECK(result.status == 0);
    CHECK(contains(result.output, NO_CAPABILITIES));
    CHECK(contains(result.output, "\nCapAmb:\t0000000000000000\n"));
    CHECK(contains(result.output, "\nGroups:\t \n"));
}

static void disturb(void) {
    sigset_t all;

    CHECK(dup2(STDIN_FILENO, 3) == 3 && dup2(STDIN_FILENO, 97) == 97);
    CHECK(signal(SIGPIPE, SIG_IGN) != SIG_ERR && signal(SIGUSR2, SIG_IGN) != SIG_ERR);
    const unsigned long ignore[16] = {1};
    CHECK(syscall(SYS_rt_sigaction, 33, ignore, NULL, (size_t)8) == 0); /* signal(3) refuses it */
    sigfillset(&all);
    CHECK(sigprocmask(SIG_BLOCK, &all, NULL) == 0);
}

static void resets_signals_and_closes_descriptors(void) {
    needs_root();
    struct result result = ENTER_PREPARED(disturb, USER, "--", "/bin/cat", "/proc/self/status");
    CHECK(contains(result.output, "\nSigBlk:\t0000000000000000\nSigIgn:\t0000000000000000\n"));

    result = ENTER_PREPARED(disturb, USER, "--", "/bin/ls", "/proc/self/fd");
    CHECK(strcmp(result.output, "0\n1\n2\n3\n") == 0); /* 3 is the directory that ls reads */
}

static void sets_directory_umask_session_and_score(void) {
    needs_root();
    struct result result = ENTER(USER, "--cwd", "/usr", "--umask", "0027", "--setsid", "--oom-score", "321", "--",
        "/bin/sh", "-c", "pwd; umask; read a b c d e session g </proc/self/stat; [ $session = $$ ] && echo leader; "
        "cat /proc/self/oom_score_adj");

    CHECK(result.status == 0);
    CHECK(strcmp(result.output, "/usr\n0027\nleader\n321\n") == 0);
}

static void change_environment(void) {
    CHECK(clearenv() == 0 && setenv("ONE", "1", 1) == 0 && setenv("EMPTY", "", 1) == 0);
}

static void passes_environment_and_status(void) {
    needs_root();
    struct result result = ENTER_PREPARED(change_environment, USER, "--", "/usr/bin/env");
    CHECK(strcmp(result.output, "ONE=1\nEMPTY=\n") == 0);

    result = ENTER(USER, "--", "/bin/sh", "-c", "exit 42");
    CHECK(result.status == 42);
}

static void sets_limits(void) {
    needs_root();
    struct result result = ENTER(USER, "--rlimit", "nofile=100:200", "--rlimit", "core=0:0", "--", "/bin/sh", "-c",
        "ulimit -Sn; ulimit -Hn; ulimit -Hc");

    CHECK(result.status == 0);
    CHECK(strcmp(result.output, "100\n200\n0\n") == 0);
    CHECK(*result.errors == '\0');
}

static void lowers_a_limit_with_a_warning(void) {
    needs_root();
    struct result result = ENTER(USER, "--rlimit", "nofile=100:unlimited", "--", "/bin/sh", "-c", "ulimit -Sn");

    CHECK(result.status == 0);
    CHECK(strcmp(result.output, "100\n") == 0);
    CHECK(contains(result.errors, "osctl-enter: rlimit 'nofile': not permitted that high, lowered to "));
}

static void refuses_a_directory_that_the_user_may_not_enter(void) {
    needs_root();
    char directory[] = "/tmp/osctl-enter-test-XXXXXX";
    CHECK(mkdtemp(directory) != NULL);
    struct result result = ENTER(USER, "--cwd", directory, "--", "/bin/pwd");
    CHECK(rmdir(directory) == 0);

    refused(result, "cannot change to '/tmp/osctl-enter-test-");
}

static void tells_what_cannot_be_run(void) {
    needs_root();
    struct result result = ENTER(USER, "--", "/no/such/program");

    CHECK(result.status == 127);
    CHECK(contains(result.errors, "cannot run '/no/such/program': No such file or directory"));
}

/* A new cgroup in the first hierarchy where one can be made. */
static void make_cgroup(char *path, size_t size) {
    char line[4096], place[PATH_MAX], type[64];
    FILE *mounts = fopen("/proc/mounts", "re");

    CHECK(mounts != NULL);
    while (fgets(line, sizeof(line), mounts) != NULL) {
        if (sscanf(line, "%*s %4095s %63s", place, type) != 2 || strncmp(type, "cgroup", 6) != 0) continue;
        if (strstr(place, "cpuset") != NULL) continue; /* takes no process before it has CPUs */
        snprintf(path, size, "%.200s/osctl-enter-test-%d", place, getpid());
        if (mkdir(path, 0755) == 0) {
            fclose(mounts);
            return;
        }
    }
    skip("no cgroup can be made here");
}

static void joins_a_cgroup(void) {
    needs_root();
    char cgroup[PATH_MAX];
    make_cgroup(cgroup, sizeof(cgroup));
    struct result result = ENTER(USER, "--cgroup", cgroup, "--", "/bin/cat", "/proc/self/cgroup");
    CHECK(rmdir(cgroup) == 0);

    CHECK(result.status == 0);
    CHECK(contains(result.output, strrchr(cgroup, '/')));
}

static void refuses_a_missing_cgroup(void) {
    needs_root();
    refused(ENTER(USER, "--cgroup", "/sys/fs/cgroup/no/such", "--", "/bin/true"),
        "cannot open cgroup '/sys/fs/cgroup/no/such': No such file or directory");
}

static int lending[2];

/* Nothing but osctl-enter itself shall bind it to its parent. */
static void read_from_lender(void) {
    CHECK(prctl(PR_SET_PDEATHSIG, 0, 0, 0, 0) == 0);
    CHECK(dup2(lending[0], STDIN_FILENO) == STDIN_FILENO);
}

static struct program start_lender(void) {
    CHECK(pipe2(lending, O_CLOEXEC) == 0);
    struct program lender = start(enter, ARGS("osctl-enter", "--userns"), read_from_lender);
    char byte;
    CHECK(close(lending[0]) == 0);
    if (read(lender.output, &byte, 1) != 1) skip("no user namespace can be made here");
    return lender;
}

static void lends_a_user_namespace(void) {
    struct program lender = start_lender();
    struct stat ours, lent;
    char path[64];

    snprintf(path, sizeof(path), "/proc/%d/ns/user", lender.pid);
    CHECK(stat("/proc/self/ns/user", &ours) == 0 && stat(path, &lent) == 0 && ours.st_ino != lent.st_ino);
    CHECK(close(lending[1]) == 0);
    CHECK(status_of(lender.pid) == 0);
}

static void the_loan_ends_with_its_parent(void) {
    int output[2];
    CHECK(pipe(output) == 0);
    pid_t parent = fork();
    if (parent == 0) {
        CHECK(prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) == 0);
        struct program lender = start_lender();
        CHECK(dup2(lending[1], 99) == 99 && write(output[1], &lender.pid, sizeof(pid_t)) == sizeof(pid_t));
        for (;;) pause();
    }
    pid_t lender;
    CHECK(close(output[1]) == 0);
    if (read(output[0], &lender, sizeof(lender)) != sizeof(lender)) skip("no user namespace can be made here");
    CHECK(prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) == 0);
    /* The pipe's other end must stay open, or the end of input would end the lender too. */
    char held[64];
    snprintf(held, sizeof(held), "/proc/%d/fd/99", parent);
    CHECK(open(held, O_WRONLY) >= 0);
    CHECK(kill(parent, SIGKILL) == 0 && WIFSIGNALED(status_of(parent)));

    int status = status_of(lender);
    CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
}

int main(int argc, char **argv) {
    if (argc != 2 || realpath(argv[1], enter) == NULL) return EXIT_FAILURE;
    strcat(enter, "/osctl-enter");

    run("refuses to run anything as root", refuses_root);
    run("refuses what is incomplete", refuses_what_is_incomplete);
    run("refuses malformed values", refuses_malformed_values);
    run("leaves no privilege", leaves_no_privilege);
    run("clears inheritable and ambient capabilities", clears_inheritable_and_ambient);
    run("resets signals and closes descriptors", resets_signals_and_closes_descriptors);
    run("sets directory, umask, session and OOM score", sets_directory_umask_session_and_score);
    run("passes the environment in and the status out", passes_environment_and_status);
    run("sets limits", sets_limits);
    run("lowers a limit that is not permitted, with a warning", lowers_a_limit_with_a_warning);
    run("refuses a directory that the user may not enter", refuses_a_directory_that_the_user_may_not_enter);
    run("tells what cannot be run", tells_what_cannot_be_run);
    run("joins a cgroup", joins_a_cgroup);
    run("refuses a missing cgroup", refuses_a_missing_cgroup);
    run("lends a user namespace", lends_a_user_namespace);
    run("a lent user namespace ends with its parent", the_loan_ends_with_its_parent);
    return summary();
}
