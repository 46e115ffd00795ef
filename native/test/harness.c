#include "harness.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    SKIPPED = 77,
    HANGS_AFTER_SECONDS = 60,
};

static int passed, skipped, failed;

void check(bool holds, const char *text, const char *file, int line) {
    if (holds) return;
    fprintf(stderr, "  %s:%d: not true: %s (errno: %s)\n", file, line, text, strerror(errno));
    _exit(EXIT_FAILURE);
}

_Noreturn void skip(const char *reason) {
    printf("  skipped: %s\n", reason);
    fflush(stdout);
    _exit(SKIPPED);
}

void run(const char *sentence, void (*test)(void)) {
    printf("- %s\n", sentence);
    fflush(stdout);
    CHECK(prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) == 0);
    pid_t pid = fork();
    if (pid == 0) {
        (void)alarm(HANGS_AFTER_SECONDS);
        test();
        fflush(stdout);
        _exit(EXIT_SUCCESS);
    }
    int status = status_of(pid);
    while (wait(NULL) > 0) continue; /* what the test left behind ends with it */
    if (WIFEXITED(status) && WEXITSTATUS(status) == EXIT_SUCCESS) {
        passed++;
    } else if (WIFEXITED(status) && WEXITSTATUS(status) == SKIPPED) {
        skipped++;
    } else {
        printf("  FAILED%s\n", WIFSIGNALED(status) ? ": killed, or it hung" : "");
        failed++;
    }
}

int summary(void) {
    printf("%d passed, %d skipped, %d failed\n", passed, skipped, failed);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

static void write_file(const char *path, const char *text) {
    int fd = open(path, O_WRONLY | O_CLOEXEC);

    CHECK(fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text) && close(fd) == 0);
}

static bool become_root_of_a_namespace(void) {
    char map[64];
    uid_t uid = getuid();
    gid_t gid = getgid();

    if (unshare(CLONE_NEWUSER | CLONE_NEWNS) < 0) return false;
    write_file("/proc/self/setgroups", "deny");
    snprintf(map, sizeof(map), "0 %u 1", uid);
    write_file("/proc/self/uid_map", map);
    snprintf(map, sizeof(map), "0 %u 1", gid);
    write_file("/proc/self/gid_map", map);
    return true;
}

bool private_run(void) {
    bool alone = geteuid() == 0 ? unshare(CLONE_NEWNS) == 0 : become_root_of_a_namespace();

    return alone && mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 &&
           mount("none", "/run", "tmpfs", 0, NULL) == 0;
}

struct program start(const char *path, char *const argv[], void (*prepare)(void)) {
    struct program program;
    int output[2], errors[2];

    CHECK(pipe2(output, O_CLOEXEC) == 0 && pipe2(errors, O_CLOEXEC) == 0);
    program.pid = fork();
    if (program.pid == 0) {
        int null = open("/dev/null", O_RDWR | O_CLOEXEC);
        CHECK(null > STDERR_FILENO && prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) == 0);
        CHECK(dup2(null, 0) == 0 && dup2(output[1], 1) == 1 && dup2(errors[1], 2) == 2);
        if (prepare != NULL) prepare();
        execv(path, argv);
        CHECK(false);
    }
    CHECK(program.pid > 0 && close(output[1]) == 0 && close(errors[1]) == 0);
    program.output = output[0];
    program.errors = errors[0];
    return program;
}

char *read_all(int fd) {
    char *text = NULL;
    size_t length = 0;
    ssize_t got = 0;

    do {
        text = realloc(text, length + 4097);
        CHECK(text != NULL);
        got = read(fd, text + length, 4096);
        CHECK(got >= 0);
        length += (size_t)got;
    } while (got > 0);
    text[length] = '\0';
    return text;
}

int status_of(pid_t pid) {
    int status = 0;

    CHECK(waitpid(pid, &status, WUNTRACED) == pid);
    return status;
}

bool contains(const char *text, const char *part) {
    if (strstr(text, part) != NULL) return true;
    fprintf(stderr, "  '%s' is not in: %s\n", part, text);
    return false;
}
