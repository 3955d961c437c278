/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What VirusTotal has answered before (design section 3): an entry for each relationship of each file, empty answers
 * and "not found" too. Kept is what was answered, before anything is left out of it, so that other settings need no
 * new requests.
 *
 * An entry is a file of zstd frames with checksums, JSON Lines inside: a header, then the pages. It comes into being by
 * rename(2), so a crash leaves no half of one and processes may share a directory. Its age is the file's modification
 * time. A cache that fails is no failure: it is told once, and VirusTotal is asked.
 */
#ifndef CACHE_H
#define CACHE_H

#include "buf.h"
#include "config.h"
#include "json-scan.h"

struct cache;

enum cache_kind {
	CACHE_OBJECTS,     /* pages are arrays of objects, or the object of behaviour_mitre_trees */
	CACHE_DESCRIPTORS, /* pages are arrays of descriptors */
	CACHE_NOT_FOUND    /* the only page is the error's text, a string */
};

/* The answer about one relationship of one file. All zeros and init'ed buffers: nothing answered yet. */
struct cache_answer {
	enum cache_kind kind;
	int64_t count;     /* VirusTotal's own, -1 when it told none */
	bool has_more;     /* pages were left that nobody asked for */
	struct buf packed; /* while it is gathered: the pages' frames */
	struct buf text;   /* after cache_load: the pages' lines, checked */
	size_t at;         /* of the next page in text */
};

void cache_answer_init(struct cache_answer *answer);
void cache_answer_release(struct cache_answer *answer);

/*
 * NULL when vtreporter.cache_days or cache_max is 0, or when the directory cannot be used, which is told. For reading
 * only nothing is made or changed, and a cache that is not there is simply empty.
 */
struct cache *cache_open(const struct config *config, bool is_read_only);
/* Keeps the cache within its size. NULL is allowed, here and in all others. */
void cache_close(struct cache *cache);

/* Adds a page (a checked slice) to an answer that is to be stored. */
void cache_add_page(struct cache *cache, struct cache_answer *answer, struct json_slice page);
/* Makes the entry, in place of an older one. */
void cache_store(struct cache *cache, const char *file_id, const char *name, const struct cache_answer *answer);
/* Whether there is an entry that is good still; the answer is then filled. first_submission may be VT_ABSENT. */
bool cache_load(struct cache *cache, const char *file_id, const char *name, int64_t first_submission,
		struct cache_answer *answer);
/* The loaded answer's next page, borrowed from it; false at the end. */
bool cache_next_page(struct cache_answer *answer, struct json_slice *page);

/*
 * Whether an answer of asked_at is good at now (all in seconds): for 12 hours when it was got within 48 hours of the
 * file's first submission, else for so many days.
 */
bool cache_is_good(int64_t asked_at, int64_t now, int64_t first_submission, int64_t days);

#endif
