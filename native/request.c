#include "request.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "fail.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* Names as in prlimit(1). */
static const struct limit LIMITS[RLIM_NLIMITS] = {
    {.name = "as", .resource = RLIMIT_AS},
    {.name = "core", .resource = RLIMIT_CORE},
    {.name = "cpu", .resource = RLIMIT_CPU},
    {.name = "data", .resource = RLIMIT_DATA},
    {.name = "fsize", .resource = RLIMIT_FSIZE},
    {.name = "locks", .resource = RLIMIT_LOCKS},
    {.name = "memlock", .resource = RLIMIT_MEMLOCK},
    {.name = "msgqueue", .resource = RLIMIT_MSGQUEUE},
    {.name = "nice", .resource = RLIMIT_NICE},
    {.name = "nofile", .resource = RLIMIT_NOFILE},
    {.name = "nproc", .resource = RLIMIT_NPROC},
    {.name = "rss", .resource = RLIMIT_RSS},
    {.name = "rtprio", .resource = RLIMIT_RTPRIO},
    {.name = "rttime", .resource = RLIMIT_RTTIME},
    {.name = "sigpending", .resource = RLIMIT_SIGPENDING},
    {.name = "stack", .resource = RLIMIT_STACK},
};

_Noreturn static void refuse(const char *option, const char *value, const char *reason) {
    die(EXIT_REFUSED, "%s '%s': %s", option, value, reason);
}

/* The number that text holds up to its end. */
static unsigned long long number(const char *option, const char *text, int base) {
    char *end = NULL;

    errno = 0;
    unsigned long long value = strtoull(text, &end, base);
    if (*text < '0' || *text > '9' || *end != '\0' || errno != 0) refuse(option, text, "not a number");
    return value;
}

/* An id other than root's, and other than the one that setresuid(2) takes for "unchanged". */
static uint32_t unprivileged_id(const char *option, const char *text) {
    unsigned long long id = number(option, text, 10);

    if (id == 0) refuse(option, text, "a container never runs as root of the host");
    if (id >= UINT32_MAX) refuse(option, text, "out of range");
    return (uint32_t)id;
}

static void take_uid(struct request *request, const char *option, const char *value) {
    request->uid = unprivileged_id(option, value);
}

static void take_gid(struct request *request, const char *option, const char *value) {
    request->gid = unprivileged_id(option, value);
}

static void take_group(struct request *request, const char *option, const char *value) {
    if (request->group_count == COUNT(request->groups)) refuse(option, value, "too many");
    request->groups[request->group_count++] = unprivileged_id(option, value);
}

static void take_cgroup(struct request *request, const char *option, const char *value) {
    if (request->cgroup_count == COUNT(request->cgroups)) refuse(option, value, "too many");
    request->cgroups[request->cgroup_count++] = value;
}

static rlim_t limit_value(const char *option, const char *text) {
    return strcmp(text, "unlimited") == 0 ? RLIM_INFINITY : (rlim_t)number(option, text, 10);
}

static void take_rlimit(struct request *request, const char *option, const char *value) {
    char text[64];
    char *rest = text;

    if (strlen(value) >= sizeof(text)) refuse(option, value, "too long");
    strcpy(text, value);
    const char *name = strsep(&rest, "=");
    const char *soft = strsep(&rest, ":");
    if (rest == NULL) refuse(option, value, "expected NAME=SOFT:HARD");
    for (size_t i = 0; i < COUNT(request->limits); i++) {
        struct limit *limit = &request->limits[i];
        if (strcmp(limit->name, name) != 0) continue;
        limit->value = (struct rlimit){.rlim_cur = limit_value(option, soft), .rlim_max = limit_value(option, rest)};
        limit->wanted = true;
        if (limit->value.rlim_cur > limit->value.rlim_max) refuse(option, value, "soft limit above hard limit");
        return;
    }
    refuse(option, value, "no such limit");
}

static void take_oom_score(struct request *request, const char *option, const char *value) {
    if (number(option, value + (*value == '-'), 10) > 1000) refuse(option, value, "not within -1000 and 1000");
    request->oom_score = value;
}

static void take_directory(struct request *request, const char *option, const char *value) {
    if (*value != '/') refuse(option, value, "not an absolute path");
    request->directory = value;
}

static void take_umask(struct request *request, const char *option, const char *value) {
    unsigned long long mask = number(option, value, 8);

    if (mask > 0777) refuse(option, value, "out of range");
    request->umask = (mode_t)mask;
    request->has_umask = true;
}

static const struct {
    const char *name;
    void (*take)(struct request *request, const char *option, const char *value);
} VALUED[] = {
    {"--uid", take_uid},       {"--gid", take_gid},
    {"--group", take_group},   {"--cgroup", take_cgroup},
    {"--rlimit", take_rlimit}, {"--oom-score", take_oom_score},
    {"--cwd", take_directory}, {"--umask", take_umask},
};

static void take_valued(struct request *request, const char *option, const char *value) {
    for (size_t i = 0; i < COUNT(VALUED); i++) {
        if (strcmp(VALUED[i].name, option) != 0) continue;
        if (value == NULL) refuse(option, "", "needs a value");
        VALUED[i].take(request, option, value);
        return;
    }
    refuse("option", option, "unknown");
}

void parse_request(struct request *request, char **argv) {
    *request = (struct request){0};
    memcpy(request->limits, LIMITS, sizeof(LIMITS));
    for (argv++; *argv != NULL && strcmp(*argv, "--") != 0; argv++) {
        if (strcmp(*argv, "--setsid") == 0) {
            request->new_session = true;
        } else {
            take_valued(request, argv[0], argv[1]);
            argv++;
        }
    }
    if (request->uid == 0 || request->gid == 0) die(EXIT_REFUSED, "--uid and --gid are needed");
    if (*argv == NULL || argv[1] == NULL) die(EXIT_REFUSED, "'--' and a program are needed");
    request->program = argv + 1;
    if (*request->program[0] != '/') refuse("program", request->program[0], "not an absolute path");
}
