/* SPDX-License-Identifier: Apache-2.0 */
/* An unlinked temporary file in TMPDIR (default /tmp): holds what must wait, in flat memory, and is gone with the
 * process. */
#ifndef SPOOL_H
#define SPOOL_H

#include <stddef.h>
#include <stdint.h>

#include "buf.h"
#include "error.h"
#include "out.h"

struct spool {
	int fd; /* -1 until the first write */
	struct buf write_buf;
	uint64_t len; /* bytes appended so far */
};

void spool_init(struct spool *spool);
void spool_release(struct spool *spool);
int spool_append(struct spool *spool, const void *bytes, size_t len, struct error *err);
/* Reads exactly len bytes at offset into out (appended). Flushes what is buffered first. */
int spool_read(struct spool *spool, uint64_t offset, size_t len, struct buf *out, struct error *err);
/* Makes fd readable from the begin by read(2): for a second pass over all. fd stays -1 when nothing was appended. */
int spool_rewind(struct spool *spool, struct error *err);
/* Copies everything to out in pieces, flushing out as it goes. */
int spool_copy(struct spool *spool, struct out *out, struct error *err);

#endif
