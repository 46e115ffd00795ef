/* The daemon as each test of the relay plays it itself. A call that is not answered as expected fails the test. */
#ifndef DAEMON_H
#define DAEMON_H

#include <limits.h>
#include <stddef.h>
#include <stdint.h>

#include "harness.h"

/* The relay; main() sets it. */
extern char osctl[PATH_MAX];

struct received {
    char type;
    size_t length;
    unsigned char *payload;
    int fds[3];
    size_t fd_count;
};

struct session {
    struct program relay;
    int connection;
};

/* Starts the relay for instance, and takes its connection; prepare, unless NULL, runs in it before. */
struct session call(const char *instance, char *const argv[], void (*prepare)(void));

/* Four bytes, as frames have them. */
uint32_t u32_at(const unsigned char *bytes);

/* The next frame that the relay sends. */
struct received next_frame(struct session session);

/* The next frame says that the relay got this signal. */
void expect_signal(struct session session, int number);

/* The next frame says that the terminal has this size. */
void expect_window(struct session session, int rows, int columns);

/* Sends the relay what need not be a frame. */
void send_bytes(struct session session, const void *bytes, size_t length);

/* Tells the relay to end with status, or to die of a signal. */
void answer_exit(struct session session, int status, int number);

/* Asks the relay to open a file of the caller. */
void ask_open(struct session session, int flags, unsigned mode, const char *path);

/* What the relay opened. */
struct received opened(struct session session);

/* The relay ends with this status. */
void exits_with(struct session session, int expected);

/* The relay ends with this status and one line of errors that has message in it. */
void ends_with_message(struct session session, int expected, const char *message);

/* A relay whose hello is read. */
struct session greeted(void (*prepare)(void));

/* A socket that listens where the daemon of instance does. */
int listen_at(const char *instance);

/* For the relay, before it is run: its working directory is gone. */
void lose_working_directory(void);

/* Finds the relay in the directory that a test program is given, and makes /run private; returns whether tests can run. */
bool prepare_relay(int argc, char **argv);

#endif
