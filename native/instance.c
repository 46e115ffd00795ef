#include "instance.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "fail.h"

enum { INSTANCE_MAX = 15 };

static const char DEFAULT_INSTANCE[] = "osctl";

static bool is_instance_name(const char *name) {
    size_t length = strlen(name);

    return length > 0 && length <= INSTANCE_MAX && *name >= 'a' && *name <= 'z' &&
           strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-") == length;
}

const char *take_instance(int *argc, char **argv) {
    static const char OPTION[] = "--instance";
    static const size_t LENGTH = sizeof(OPTION) - 1;
    const char *name = getenv("OSCTL_INSTANCE");
    int from = 1;
    int to = 1;

    if (name == NULL || *name == '\0') name = DEFAULT_INSTANCE;
    while (from < *argc && argv[from][0] == '-' && strcmp(argv[from], "--") != 0) {
        if (strcmp(argv[from], OPTION) == 0) {
            if (from + 1 == *argc) die(EXIT_USAGE, "--instance needs a name");
            name = argv[from + 1];
            from += 2;
        } else if (strncmp(argv[from], OPTION, LENGTH) == 0 && argv[from][LENGTH] == '=') {
            name = argv[from++] + LENGTH + 1;
        } else {
            argv[to++] = argv[from++];
        }
    }
    while (from < *argc) argv[to++] = argv[from++];
    *argc = to;
    if (!is_instance_name(name)) {
        die(EXIT_USAGE, "'%s' cannot be an instance: a name has up to %d of a-z, 0-9 and -, a letter first", name,
            INSTANCE_MAX);
    }
    return name;
}

_Noreturn static void die_unconnected(const char *instance, const char *path, int error) {
    if (error == EACCES || error == EPERM) {
        die(EXIT_NO_DAEMON, "permission denied on %s; use sudo or become a member of the group %s-admin", path,
            instance);
    }
    const char *problem = error == ENOENT         ? "there is no socket"
                          : error == ECONNREFUSED ? "nobody answers"
                                                  : strerror(error);
    if (strcmp(instance, DEFAULT_INSTANCE) == 0) {
        die(EXIT_NO_DAEMON,
            "osctld is not running: %s at %s; start it with 'systemctl start osctld', or 'osctld' by hand (the manual: "
            "'man osctl')",
            problem, path);
    }
    die(EXIT_NO_DAEMON, "osctld of instance %s is not running: %s at %s; start it with 'osctld --instance %s'",
        instance, problem, path, instance);
}

int connect_to(const char *instance) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

    if (fd < 0) die(EXIT_NO_DAEMON, "cannot make a socket: %s", strerror(errno));
    (void)snprintf(address.sun_path, sizeof(address.sun_path), "/run/%s/osctld.sock", instance);
    if (connect(fd, (const struct sockaddr *)&address, sizeof(address)) < 0) {
        die_unconnected(instance, address.sun_path, errno);
    }
    return fd;
}
