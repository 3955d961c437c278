/* SPDX-License-Identifier: Apache-2.0 */
/* The cache's inside, for its own files. */
#ifndef CACHE_INTERNAL_H
#define CACHE_INTERNAL_H

#include <zstd.h>

#include "cache.h"

struct cache {
	char *directory;
	char *api_url;
	int64_t days;
	uint64_t max;     /* bytes on disk */
	uint64_t written; /* since it was last trimmed */
	bool is_read_only;
	bool has_complained;
	ZSTD_CCtx *packer;
	ZSTD_DCtx *unpacker;
	struct buf plain, packed; /* for one frame at a time */
};

/* cache-trim.c: removes what is too old for any use, then the oldest, until a quarter of the room is free. */
void cache_trim(struct cache *cache);

#endif
