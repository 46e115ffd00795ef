#include "terminal.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include "fail.h"

static struct {
    int fd;
    struct termios mode;
} terminal = {.fd = -1};

static bool same_mode(const struct termios *a, const struct termios *b) {
    return a->c_iflag == b->c_iflag && a->c_oflag == b->c_oflag && a->c_cflag == b->c_cflag &&
           a->c_lflag == b->c_lflag && memcmp(a->c_cc, b->c_cc, sizeof(a->c_cc)) == 0;
}

/* A job in the foreground or a pager at the other end of our output may have set the mode that we would undo. */
static bool others_may_own_the_mode(void) {
    struct stat output;
    pid_t foreground = tcgetpgrp(terminal.fd);

    if (foreground >= 0 && foreground != getpgrp()) return true;
    return fstat(STDOUT_FILENO, &output) == 0 && S_ISFIFO(output.st_mode);
}

void restore_terminal(void) {
    struct termios now;

    if (terminal.fd < 0 || tcgetattr(terminal.fd, &now) < 0) return;
    if (same_mode(&now, &terminal.mode) || others_may_own_the_mode()) return;
    /* Not TCSADRAIN: output held back by a stopped terminal must not hold back the exit. */
    if (tcsetattr(terminal.fd, TCSANOW, &terminal.mode) < 0) perror("osctl: cannot restore the terminal");
}

void leave_input_to_the_foreground(void) {
    pid_t foreground = tcgetpgrp(STDIN_FILENO);

    if (foreground <= 0 || foreground == getpgrp()) return;
    int nothing = open("/dev/null", O_RDONLY | O_CLOEXEC);
    if (nothing < 0 || dup2(nothing, STDIN_FILENO) < 0 || close(nothing) < 0) die(EXIT_LOST, "cannot open /dev/null");
}

void remember_terminal(void) {
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
        if (tcgetattr(fd, &terminal.mode) < 0) continue;
        terminal.fd = fd;
        if (atexit(restore_terminal) != 0) die(EXIT_LOST, "out of memory");
        return;
    }
}

struct winsize window_size(void) {
    struct winsize size = {0};

    if (terminal.fd < 0 || ioctl(terminal.fd, TIOCGWINSZ, &size) < 0) return (struct winsize){0};
    return size;
}
