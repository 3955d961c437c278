/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Ending by signal. SIGINT and SIGTERM are only noted, and wake every poll that includes stop_fd(); SIGPIPE is ignored,
 * so that a lost reader is an EPIPE.
 */
#ifndef STOP_H
#define STOP_H

/* Installs the handlers. Call once, first thing in main. */
void stop_init(void);
/* The signal that asked us to end, or 0. */
int stop_signal(void);
/* Readable once a signal came. */
int stop_fd(void);
/* Sleeps for ms milliseconds, less when a signal comes. */
void stop_sleep(long ms);
/* Ends the program as a reader's leaving should: by SIGPIPE with its default action. */
void stop_by_sigpipe(void) __attribute__((noreturn));

#endif
