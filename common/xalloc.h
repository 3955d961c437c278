/* SPDX-License-Identifier: Apache-2.0 */
/* Allocation that cannot fail: out of memory ends the program with EXIT_SOFTWARE and one line on stderr. */
#ifndef XALLOC_H
#define XALLOC_H

#include <stddef.h>

void *xmalloc(size_t size);
void *xcalloc(size_t count, size_t size);
void *xrealloc(void *old, size_t size);
/* Room for count elements of size bytes; the product is checked. */
void *xreallocarray(void *old, size_t count, size_t size);
char *xstrdup(const char *text);
char *xstrndup(const char *text, size_t len);
char *xasprintf(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
