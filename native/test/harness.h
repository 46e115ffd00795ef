/* A small test runner: every test is a function, runs in a process of its own and is told by a sentence. */
#ifndef HARNESS_H
#define HARNESS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#define CHECK(condition) check((condition), #condition, __FILE__, __LINE__)
#define ARGS(...) ((char *[]){__VA_ARGS__, NULL})

/* Ends the test as failed unless holds. */
void check(bool holds, const char *text, const char *file, int line);

/* Ends the test as skipped. */
_Noreturn void skip(const char *reason);

/* Runs one test in a child that is killed if it hangs. */
void run(const char *sentence, void (*test)(void));

/* Exit status of the whole program: 0 if no test failed. */
int summary(void);

/* Makes a private /run, so that no real daemon is met; returns whether the kernel lets us. */
bool private_run(void);

struct program {
    pid_t pid;
    int output; /* what it writes to stdout */
    int errors; /* what it writes to stderr */
};

/* Starts the program at path with stdin /dev/null; prepare, unless NULL, runs in the child before. */
struct program start(const char *path, char *const argv[], void (*prepare)(void));

/* Everything that fd yields up to its end, as a string to be freed by the end of the test. */
char *read_all(int fd);

/* The wait status of a child that ended or stopped. */
int status_of(pid_t pid);

bool contains(const char *text, const char *part);

#endif
