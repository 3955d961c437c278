/* SPDX-License-Identifier: Apache-2.0 */
/* Keeps the cache within cache_max. Others may write and remove at the same time: what is gone is gone. */
#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cache-internal.h"
#include "log.h"
#include "timestamp.h"
#include "xalloc.h"

#define DAY_S 86400
/* Of a process that died while it wrote. */
#define LEFT_OVER_S 3600

/* A file of the cache, met on the way through it. */
struct trim_file {
	const char *path;
	int64_t changed_ns;
	uint64_t size; /* on disk: most entries are smaller than a block */
	int64_t age_s;
	bool is_temporary;
};

/* Paths are not kept: a cache has tens of thousands of entries. */
struct trim_entry {
	int64_t changed_ns;
	uint64_t size;
};

struct trimming {
	const struct cache *cache;
	struct trim_entry *entries;
	size_t count;
	uint64_t size;
	int64_t cutoff_ns;
};

static void visit_path(struct trimming *trimming, void (*visit)(struct trimming *, const struct trim_file *),
		       const char *path, bool is_temporary)
{
	struct stat info;
	if (lstat(path, &info) || !S_ISREG(info.st_mode))
		return;
	struct trim_file file = {
	    .path = path,
	    .changed_ns = info.st_mtim.tv_sec * INT64_C(1000000000) + info.st_mtim.tv_nsec,
	    .size = (uint64_t)info.st_blocks * 512,
	    .age_s = timestamp_now() - info.st_mtim.tv_sec,
	    .is_temporary = is_temporary,
	};
	visit(trimming, &file);
}

static void visit_all(struct trimming *trimming, void (*visit)(struct trimming *, const struct trim_file *))
{
	for (unsigned i = 0; i < 256; i++) {
		char *path = xasprintf("%s/%02x", trimming->cache->directory, i);
		DIR *directory = opendir(path);
		for (struct dirent *item; directory && (item = readdir(directory));) {
			if (strcmp(item->d_name, ".") == 0 || strcmp(item->d_name, "..") == 0)
				continue;
			char *below = xasprintf("%s/%s", path, item->d_name);
			visit_path(trimming, visit, below, item->d_name[0] == '.');
			free(below);
		}
		if (directory)
			closedir(directory);
		free(path);
	}
}

/* Removes what is of no use any more, and takes down the rest. */
static void take_down(struct trimming *trimming, const struct trim_file *file)
{
	if (file->age_s > (file->is_temporary ? LEFT_OVER_S : trimming->cache->days * DAY_S)) {
		unlink(file->path);
		return;
	}
	if ((trimming->count & (trimming->count - 1)) == 0)
		trimming->entries = xreallocarray(trimming->entries, trimming->count ? trimming->count * 2 : 1,
						  sizeof(*trimming->entries));
	trimming->entries[trimming->count++] = (struct trim_entry){.changed_ns = file->changed_ns, .size = file->size};
	trimming->size += file->size;
}

static void remove_old(struct trimming *trimming, const struct trim_file *file)
{
	if (file->changed_ns <= trimming->cutoff_ns && !file->is_temporary)
		unlink(file->path);
}

static int compare_ages(const void *a, const void *b)
{
	int64_t left = ((const struct trim_entry *)a)->changed_ns, right = ((const struct trim_entry *)b)->changed_ns;
	return left < right ? -1 : left > right;
}

/* The age from which on entries have to go, so that no more than goal bytes stay. */
static void find_cutoff(struct trimming *trimming, uint64_t goal)
{
	uint64_t left = trimming->size;
	qsort(trimming->entries, trimming->count, sizeof(*trimming->entries), compare_ages);
	for (size_t i = 0; i < trimming->count && left > goal; i++) {
		trimming->cutoff_ns = trimming->entries[i].changed_ns;
		left -= trimming->entries[i].size;
	}
}

void cache_trim(struct cache *cache)
{
	struct trimming trimming = {.cache = cache};
	cache->written = 0;
	visit_all(&trimming, take_down);
	/* An eighth may come before we look again. */
	if (trimming.size > cache->max - cache->max / 8) {
		find_cutoff(&trimming, cache->max - cache->max / 4);
		visit_all(&trimming, remove_old);
		log_debug("the cache was full: its oldest entries were removed");
	}
	free(trimming.entries);
}
