/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Files of a search that are alike: by vhash (structure), imphash (imported functions) or TLSH (content). Of each
 * cluster the size and the riskiest file are kept.
 */
#ifndef CLUSTER_H
#define CLUSTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "id-set.h"

#define CLUSTERS_MAX 16384 /* different ones; further files alone are not looked at */

/* What ranks a kept file, and where its record waits. */
struct ranked_file {
	uint64_t offset;
	int64_t first_submission_date;
	int64_t last_analysis_date;
	struct id_key key; /* of its SHA-256 */
	uint32_t len;
	int32_t malicious;
	int32_t unique_sources;
	uint8_t severity;
};
/* As vt_file_compare_risk: <0 when a is riskier. */
int ranked_file_compare(const struct ranked_file *a, const struct ranked_file *b);

enum cluster_kind { CLUSTER_VHASH, CLUSTER_IMPHASH, CLUSTER_TLSH, CLUSTER_KIND_COUNT };

struct cluster {
	struct id_key key;
	uint32_t count;
	enum cluster_kind kind;
	struct ranked_file riskiest;
};

struct clusters {
	struct cluster *items;
	size_t count;
	uint32_t *slots; /* item + 1 by key; 0: free */
	size_t cap;      /* of slots: a power of two, never full */
	bool is_full;    /* there were more than CLUSTERS_MAX */
};

void clusters_release(struct clusters *clusters);
/* One more file that has this value of the kind. */
void clusters_add(struct clusters *clusters, enum cluster_kind kind, const char *value, const struct ranked_file *file);
/* The cluster of a value, or NULL. */
const struct cluster *clusters_find(const struct clusters *clusters, enum cluster_kind kind, const char *value);

/* A cluster of two and more files, with every kind by which the same files are alike. */
struct cluster_row {
	const struct cluster *cluster;
	bool kinds[CLUSTER_KIND_COUNT];
};
/* The largest, at most max (the riskiest first among equals), into rows[max]; how many there are. total: of all. */
size_t clusters_largest(const struct clusters *clusters, struct cluster_row *rows, size_t max, size_t *total);

#endif
