/* System calls that are the host's alone. */
#include "hostile.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/bpf.h>
#include <linux/netlink.h>
#include <linux/perf_event.h>
#include <stdio.h>
#include <sys/io.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

static long bpf(int what, union bpf_attr *attributes) {
    return syscall(SYS_bpf, what, attributes, sizeof(*attributes));
}

static bool bpf_map(void) {
    union bpf_attr map = {.map_type = BPF_MAP_TYPE_ARRAY, .key_size = 4, .value_size = 4, .max_entries = 1};
    return bpf(BPF_MAP_CREATE, &map) >= 0;
}

static bool bpf_program(void) {
    struct bpf_insn allow_all[] = {
        {.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0, .imm = 1},
        {.code = BPF_JMP | BPF_EXIT},
    };
    static const unsigned TYPES[] = {BPF_PROG_TYPE_CGROUP_DEVICE, BPF_PROG_TYPE_SOCKET_FILTER, BPF_PROG_TYPE_KPROBE};
    bool loaded = false;

    for (size_t i = 0; i < COUNT(TYPES); i++) {
        union bpf_attr program = {.prog_type = TYPES[i],
                                  .insn_cnt = COUNT(allow_all),
                                  .insns = (unsigned long)allow_all,
                                  .license = (unsigned long)"GPL"};
        loaded = loaded || bpf(BPF_PROG_LOAD, &program) >= 0;
    }
    return loaded;
}

static bool bpf_objects_of_others(void) {
    union bpf_attr first = {.start_id = 0};
    return bpf(BPF_PROG_GET_NEXT_ID, &first) == 0;
}

static bool perf_of_machine(void) {
    struct perf_event_attr event = {.type = PERF_TYPE_SOFTWARE, .size = sizeof(event), .config = PERF_COUNT_SW_CPU_CLOCK};
    return syscall(SYS_perf_event_open, &event, -1, 0, -1, 0) >= 0;
}

static bool perf_of_kernel(void) {
    struct perf_event_attr event = {.type = PERF_TYPE_SOFTWARE, .size = sizeof(event), .config = PERF_COUNT_SW_CPU_CLOCK};
    return syscall(SYS_perf_event_open, &event, 0, -1, -1, 0) >= 0;
}

static bool kernel_log(void) {
    char log[4096];
    return syscall(SYS_syslog, 3 /* SYSLOG_ACTION_READ_ALL */, log, sizeof(log)) > 0;
}

static bool kernel_log_size(void) {
    return syscall(SYS_syslog, 10 /* SYSLOG_ACTION_SIZE_BUFFER */, NULL, 0) > 0;
}

static bool clock_of_host(void) {
    struct timeval now;
    return gettimeofday(&now, NULL) == 0 && settimeofday(&now, NULL) == 0;
}

static bool ports(void) {
    return iopl(3) == 0 || ioperm(0x80, 1, 1) == 0;
}

static bool module(void) {
    return syscall(SYS_init_module, "", 0, "") == 0 || errno != EPERM;
}

static bool kernel(void) {
    return syscall(SYS_kexec_load, 0, 0, NULL, 0) == 0 || errno != EPERM;
}

static bool accounting(void) {
    return syscall(SYS_acct, NULL) == 0;
}

static bool swapping_on(void) {
    return syscall(SYS_swapon, "/dev/null", 0) == 0 || errno != EPERM;
}

static bool audit_rules(void) {
    struct {
        struct nlmsghdr head;
        struct audit_status status;
    } change = {
        .head = {.nlmsg_len = sizeof(change), .nlmsg_type = AUDIT_SET, .nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK},
        .status = {.mask = AUDIT_STATUS_RATE_LIMIT},
    };
    struct {
        struct nlmsghdr head;
        struct nlmsgerr error;
        char rest[1024];
    } answer;
    struct timeval patience = {.tv_sec = 1};
    int fd = socket(AF_NETLINK, SOCK_RAW, NETLINK_AUDIT);

    if (fd < 0) return false;
    (void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
    if (send(fd, &change, sizeof(change), 0) < 0) return false;
    return recv(fd, &answer, sizeof(answer), 0) > 0 && answer.head.nlmsg_type == NLMSG_ERROR && answer.error.error == 0;
}

static bool faults_of_kernel(void) {
    /* Faults in kernel mode can be held up by it, which many exploits of races need. */
    return syscall(SYS_userfaultfd, O_CLOEXEC) >= 0;
}

static bool memory_of_init(void) {
    return opens("/proc/1/../kcore", O_RDONLY) || opens("/dev/mem", O_RDONLY) || opens("/dev/kmsg", O_RDONLY);
}

static const struct attempt {
    const char *name;
    bool (*succeeds)(void);
} ATTEMPTS[] = {
    {"accounting", accounting},
    {"audit rules", audit_rules},
    {"bpf map", bpf_map},
    {"bpf objects of others", bpf_objects_of_others},
    {"bpf program", bpf_program},
    {"clock of the host", clock_of_host},
    {"another kernel", kernel},
    {"kernel log", kernel_log},
    {"size of the kernel log", kernel_log_size},
    {"kernel memory", memory_of_init},
    {"kernel module", module},
    {"page faults of the kernel", faults_of_kernel},
    {"perf of the kernel", perf_of_kernel},
    {"perf of the machine", perf_of_machine},
    {"input and output ports", ports},
    {"swap", swapping_on},
};

int calls(char **arguments) {
    (void)arguments;
    for (size_t i = 0; i < COUNT(ATTEMPTS); i++) {
        if (ATTEMPTS[i].succeeds()) puts(ATTEMPTS[i].name);
    }
    return 0;
}
