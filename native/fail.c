#include "fail.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

static void tell(const char *format, va_list args) {
    char line[8192];

    (void)vsnprintf(line, sizeof(line), format, args);
    (void)fprintf(stderr, "%s: %s\n", PROGRAM, line);
}

_Noreturn void die(int status, const char *format, ...) {
    va_list args;

    va_start(args, format);
    tell(format, args);
    va_end(args);
    exit(status);
}

void warn(const char *format, ...) {
    va_list args;

    va_start(args, format);
    tell(format, args);
    va_end(args);
}
