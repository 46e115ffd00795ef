/* The commands of hostile, by the kind of attack, and what they share. A command returns its exit status. */
#ifndef HOSTILE_H
#define HOSTILE_H

#include <stdbool.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define PATH_LIMIT 4096

/* Ends the program: what a command needs is not there. */
_Noreturn void fail(const char *what);

/* The decimal number in text. */
long number(const char *text);

/* Whether path, which is no link, opens so. */
bool opens(const char *path, int flags);

/* hostile_reach.c */
int ambush(char **arguments);
int climb(char **arguments);
int command(char **arguments);
int devices(char **arguments);
int handle(char **arguments);
int hold_key(char **arguments);
int read_key(char **arguments);
int swap(char **arguments);
int writable(char **arguments);

/* hostile_calls.c */
int calls(char **arguments);

/* hostile_limits.c */
int cgroups(char **arguments);
int depth(char **arguments);
int forks(char **arguments);
int greedy(char **arguments);
int memory(char **arguments);
int project(char **arguments);
int subvolume(char **arguments);
int terminals(char **arguments);

#endif
