/* The caller's terminal: its size, and the mode it had before a command may have changed it. */
#ifndef TERMINAL_H
#define TERMINAL_H

#include <sys/ioctl.h>

/* Takes /dev/null for input if another job has the terminal that it would come from: the daemon, which reads it, is not stopped as a
   job in the background is, and would take what is typed for the shell. */
void leave_input_to_the_foreground(void);

/* Chooses the first standard descriptor that is a terminal and registers the restoring of its mode at exit. */
void remember_terminal(void);

/* Gives the terminal its remembered mode back, unless another program may own the mode by now. */
void restore_terminal(void);

/* The size of the remembered terminal; zeroes where there is none. */
struct winsize window_size(void);

#endif
