/*
 * A guest's tool for what no shell can do. Each command tries one thing and prints a line for whatever it got that no
 * guest should get; a host that holds leaves nothing to print. Linked statically: it is copied into containers.
 */
#include "hostile.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

_Noreturn void fail(const char *what) {
    perror(what);
    exit(1);
}

long number(const char *text) {
    return strtol(text, NULL, 10);
}

bool opens(const char *path, int flags) {
    int fd = open(path, flags | O_NONBLOCK | O_NOCTTY | O_CLOEXEC | O_NOFOLLOW);

    if (fd < 0) return false;
    (void)close(fd);
    return true;
}

static const struct command_line {
    const char *name;
    int (*run)(char **arguments);
    int arguments;
} COMMANDS[] = {
    {"ambush", ambush, 0}, {"calls", calls, 0}, {"cgroups", cgroups, 2}, {"climb", climb, 1},
    {"command", command, 2}, {"depth", depth, 2}, {"devices", devices, 2}, {"forks", forks, 1},
    {"greedy", greedy, 1}, {"handle", handle, 1}, {"hold-key", hold_key, 2}, {"memory", memory, 1},
    {"project", project, 1}, {"read-key", read_key, 2}, {"subvolume", subvolume, 1},
    {"swap", swap, 2}, {"terminals", terminals, 1}, {"writable", writable, 1},
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
