/* Which daemon is meant, and the way to it. */
#ifndef INSTANCE_H
#define INSTANCE_H

/*
 * Takes --instance out of the options before the first word; later ones may belong to a command in a container.
 * Returns the instance's name, checked. Ends the program if it is none.
 */
const char *take_instance(int *argc, char **argv);

/* Connects to the daemon of the instance, or ends the program saying why not and what to do. */
int connect_to(const char *instance);

#endif
