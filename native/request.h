/* What osctl-enter is asked to do: its options, checked. */
#ifndef REQUEST_H
#define REQUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/resource.h>
#include <sys/types.h>

enum {
    REQUEST_GROUPS_MAX = 64,
    REQUEST_CGROUPS_MAX = 32,
};

struct limit {
    const char *name;
    int resource;
    struct rlimit value;
    bool wanted;
};

struct request {
    uid_t uid;
    gid_t gid;
    gid_t groups[REQUEST_GROUPS_MAX];
    size_t group_count;
    const char *cgroups[REQUEST_CGROUPS_MAX];
    size_t cgroup_count;
    struct limit limits[RLIM_NLIMITS];
    const char *oom_score; /* NULL: unchanged */
    const char *directory; /* NULL: unchanged */
    bool new_session;
    bool has_umask;
    mode_t umask;
    char **program; /* its argv, NULL-terminated; program[0] is absolute */
};

/* Parses the arguments of the program; ends it with EXIT_REFUSED if any is missing, unknown or out of range. */
void parse_request(struct request *request, char **argv);

#endif
