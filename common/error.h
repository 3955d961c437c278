/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What went wrong, handed from where it was found to where it is decided.
 * Code in common/ never prints and never exits: it fills the caller's struct error and returns -1.
 */
#ifndef ERROR_H
#define ERROR_H

#include <stdarg.h>

struct error {
	int status;       /* the exit status (enum exit_code) if nobody can go on after this */
	long http_status; /* of the answer, 0 when there was none */
	char code[64];    /* the service's own error code, "" when there is none */
	char text[1000];  /* one line: lower case, subject quoted, no full stop, no control characters, valid UTF-8 */
};

/*
 * Fills err (NULL is allowed: then nothing is told) with the status and the formatted text; control characters become
 * spaces, a text too long is cut at a character border. http_status and code are cleared. Always returns -1.
 */
int error_set(struct error *err, int status, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* The same with the system's reason (errno at the call) appended as ": reason". */
int error_set_errno(struct error *err, int status, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* Puts the formatted text and ": " in front of what err says. Returns -1. */
int error_prefix(struct error *err, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
