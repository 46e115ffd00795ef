/* What LXC runs before a container's init: asks the daemon to prepare the container and waits for its answer. */
#ifndef HOOK_H
#define HOOK_H

/* Runs the hook that argv[1] names to its end; words after it are LXC's. Ends the program. */
_Noreturn void run_hook(const char *instance, int argc, char **argv);

#endif
