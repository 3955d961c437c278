/* SPDX-License-Identifier: Apache-2.0 */
#include "cluster.h"

#include <stdlib.h>
#include <string.h>

#include "xalloc.h"

static int falling(int64_t a, int64_t b)
{
	return a > b ? -1 : a < b;
}

int ranked_file_compare(const struct ranked_file *a, const struct ranked_file *b)
{
	int order = falling(a->severity, b->severity);
	if (!order)
		order = falling(a->malicious, b->malicious);
	if (!order)
		order = falling(a->unique_sources, b->unique_sources);
	if (!order)
		order = falling(a->first_submission_date, b->first_submission_date);
	if (order)
		return order;
	if (a->key.high != b->key.high)
		return a->key.high < b->key.high ? -1 : 1;
	return a->key.low < b->key.low ? -1 : a->key.low > b->key.low;
}

void clusters_release(struct clusters *clusters)
{
	free(clusters->items);
	free(clusters->slots);
	*clusters = (struct clusters){.items = NULL};
}

/* The slot of the cluster, or the free one for it. */
static uint32_t *slot_of(const struct clusters *clusters, enum cluster_kind kind, struct id_key key)
{
	size_t at = (size_t)((key.high ^ (uint64_t)kind) & (clusters->cap - 1));
	for (;; at = (at + 1) & (clusters->cap - 1)) {
		uint32_t *slot = &clusters->slots[at];
		if (!*slot)
			return slot;
		const struct cluster *item = &clusters->items[*slot - 1];
		if (item->kind == kind && item->key.high == key.high && item->key.low == key.low)
			return slot;
	}
}

static void grow(struct clusters *clusters)
{
	clusters->cap = clusters->cap ? clusters->cap * 2 : 256;
	clusters->items = xreallocarray(clusters->items, clusters->cap / 2, sizeof(*clusters->items));
	free(clusters->slots);
	clusters->slots = xcalloc(clusters->cap, sizeof(*clusters->slots));
	for (size_t i = 0; i < clusters->count; i++)
		*slot_of(clusters, clusters->items[i].kind, clusters->items[i].key) = (uint32_t)i + 1;
}

void clusters_add(struct clusters *clusters, enum cluster_kind kind, const char *value, const struct ranked_file *file)
{
	struct id_key key = id_key_of(value, strlen(value));
	if (clusters->count * 2 >= clusters->cap && clusters->count < CLUSTERS_MAX)
		grow(clusters);
	uint32_t *slot = slot_of(clusters, kind, key);
	if (!*slot && clusters->count == CLUSTERS_MAX) {
		clusters->is_full = true;
		return;
	}
	if (!*slot) {
		clusters->items[clusters->count++] = (struct cluster){.key = key, .kind = kind, .riskiest = *file};
		*slot = (uint32_t)clusters->count;
	}
	struct cluster *cluster = &clusters->items[*slot - 1];
	cluster->count++;
	if (ranked_file_compare(file, &cluster->riskiest) < 0)
		cluster->riskiest = *file;
}

const struct cluster *clusters_find(const struct clusters *clusters, enum cluster_kind kind, const char *value)
{
	if (!clusters->cap)
		return NULL;
	uint32_t slot = *slot_of(clusters, kind, id_key_of(value, strlen(value)));
	return slot ? &clusters->items[slot - 1] : NULL;
}

static int compare_clusters(const void *left, const void *right)
{
	const struct cluster *a = *(const struct cluster *const *)left;
	const struct cluster *b = *(const struct cluster *const *)right;
	if (a->count != b->count)
		return a->count > b->count ? -1 : 1;
	int order = ranked_file_compare(&a->riskiest, &b->riskiest);
	return order ? order : (int)a->kind - (int)b->kind;
}

/* Equal in size and in their riskiest file: in all likelihood the same files. */
static bool is_same(const struct cluster *a, const struct cluster *b)
{
	return a->count == b->count && ranked_file_compare(&a->riskiest, &b->riskiest) == 0;
}

size_t clusters_largest(const struct clusters *clusters, struct cluster_row *rows, size_t max, size_t *total)
{
	const struct cluster **sorted = xcalloc(clusters->count + 1, sizeof(struct cluster *));
	size_t count = 0, used = 0;
	*total = 0;
	for (size_t i = 0; i < clusters->count; i++) {
		if (clusters->items[i].count > 1)
			sorted[count++] = &clusters->items[i];
	}
	qsort(sorted, count, sizeof(struct cluster *), compare_clusters);
	for (size_t i = 0; i < count; i++) {
		bool is_new = i == 0 || !is_same(sorted[i], sorted[i - 1]);
		*total += is_new;
		if (is_new && *total <= max)
			rows[used++] = (struct cluster_row){.cluster = sorted[i]};
		if (*total <= max)
			rows[used - 1].kinds[sorted[i]->kind] = true;
	}
	free(sorted);
	return used;
}
