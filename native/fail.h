/* How the native programs fail: one line on stderr, one exit status. */
#ifndef FAIL_H
#define FAIL_H

enum {
    /* osctl as LXC's hook: the container does not start. */
    EXIT_HOOK_FAILED = 1,

    /* osctl; the lower ones are those of its commands. */
    EXIT_USAGE = 2,
    EXIT_NO_DAEMON = 69,
    EXIT_LOST = 70,

    /* osctl-enter, as a shell's. */
    EXIT_REFUSED = 126,
    EXIT_NOT_RUN = 127,
};

/* What the lines begin with; defined beside main. */
extern const char PROGRAM[];

/* Tells the user in one line and exits by exit(3), so what atexit(3) registered still runs. */
_Noreturn void die(int status, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Tells the user in one line and goes on. */
void warn(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
