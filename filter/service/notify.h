/* Tells the service manager how far the service is, as sd_notify(3) has it. */
#ifndef POSTERN_FILTER_SERVICE_NOTIFY_H
#define POSTERN_FILTER_SERVICE_NOTIFY_H

/* Where NOTIFY_SOCKET names a socket; processes that are started later don't see that variable.
 * Without it the others do nothing. */
void notify_open(void);

/* In a process that was forked, and has nothing to tell. */
void notify_close(void);

void notify_ready(void);
void notify_reloading(void);
void notify_stopping(void);

#endif
