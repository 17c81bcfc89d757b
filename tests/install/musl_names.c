/* What Debian's static libraries, made for the C library of GNU, ask of it by names that musl
 * lacks: calls that count (-D_FORTIFY_SOURCE), and files above 2 GB. For tests/install/musl.sh. */
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>

void *__memcpy_chk(void *to, const void *from, size_t length, size_t room);
void *__memmove_chk(void *to, const void *from, size_t length, size_t room);
void *__memset_chk(void *at, int octet, size_t length, size_t room);
int __fprintf_chk(FILE *to, int flag, const char *format, ...);
int __printf_chk(int flag, const char *format, ...);
int __snprintf_chk(char *to, size_t most, int flag, size_t room, const char *format, ...);
int __sprintf_chk(char *to, int flag, size_t room, const char *format, ...);
void __syslog_chk(int priority, int flag, const char *format, ...);
int fcntl64(int file, int command, ...);

static void
counted(size_t length, size_t room)
{
    if (length > room)
        abort();
}

void *
__memcpy_chk(void *to, const void *from, size_t length, size_t room)
{
    counted(length, room);
    return memcpy(to, from, length);
}

void *
__memmove_chk(void *to, const void *from, size_t length, size_t room)
{
    counted(length, room);
    return memmove(to, from, length);
}

void *
__memset_chk(void *at, int octet, size_t length, size_t room)
{
    counted(length, room);
    return memset(at, octet, length);
}

#define WITH_ARGUMENTS(call)                                                                       \
    do {                                                                                           \
        va_list arguments;                                                                         \
        int said;                                                                                  \
                                                                                                   \
        va_start(arguments, format);                                                               \
        said = call;                                                                               \
        va_end(arguments);                                                                         \
        return said;                                                                               \
    } while (0)

int
__fprintf_chk(FILE *to, int flag, const char *format, ...)
{
    (void)flag;
    WITH_ARGUMENTS(vfprintf(to, format, arguments));
}

int
__printf_chk(int flag, const char *format, ...)
{
    (void)flag;
    WITH_ARGUMENTS(vprintf(format, arguments));
}

int
__snprintf_chk(char *to, size_t most, int flag, size_t room, const char *format, ...)
{
    (void)flag;
    counted(most, room);
    WITH_ARGUMENTS(vsnprintf(to, most, format, arguments));
}

int
__sprintf_chk(char *to, int flag, size_t room, const char *format, ...)
{
    (void)flag;
    WITH_ARGUMENTS(vsnprintf(to, room, format, arguments));
}

void
__syslog_chk(int priority, int flag, const char *format, ...)
{
    va_list arguments;

    (void)flag;
    va_start(arguments, format);
    vsyslog(priority, format, arguments);
    va_end(arguments);
}

int
fcntl64(int file, int command, ...)
{
    va_list arguments;
    void *argument;

    va_start(arguments, command);
    argument = va_arg(arguments, void *);
    va_end(arguments);
    return fcntl(file, command, argument);
}
