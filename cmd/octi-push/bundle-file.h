/* SPDX-License-Identifier: Apache-2.0 */
/* A bundle into a file of its own, as part of a larger document: all of it on the disk before it has its name. */
#ifndef BUNDLE_FILE_H
#define BUNDLE_FILE_H

#include "buf.h"
#include "bundle-spool.h"
#include "error.h"

struct bundle_file {
	const char *directory; /* made, for this user alone, when it is not there */
	const char *name;
	const struct buf *head; /* before the bundle */
	const char *tail;       /* behind it */
	unsigned mode;
};

/* -1 and err: EXIT_IO, and nothing is left behind. The unfinished file has a name that begins with a dot, and a lock.
 */
int bundle_file_write(const struct bundle_file *file, struct bundle_spool *bundle, struct error *err);

#endif
