/* SPDX-License-Identifier: Apache-2.0 */
#include "bundle-cycle.h"

#include <stdlib.h>
#include <string.h>

#include "xalloc.h"

#define NOWHERE ((size_t)-1)

void cycle_release(struct cycle *cycle)
{
	for (size_t i = 0; i < cycle->count; i++)
		free(cycle->nodes[i].refs);
	free(cycle->nodes);
	*cycle = (struct cycle){0};
}

struct cycle_node *cycle_add_node(struct cycle *cycle, struct id_key key)
{
	cycle->nodes = xreallocarray(cycle->nodes, cycle->count + 1, sizeof *cycle->nodes);
	struct cycle_node *node = &cycle->nodes[cycle->count++];
	*node = (struct cycle_node){.key = key};
	return node;
}

void cycle_add_ref(struct cycle_node *node, struct id_key key, size_t member, bool in_list)
{
	node->refs = xreallocarray(node->refs, node->count + 1, sizeof *node->refs);
	node->refs[node->count++] =
	    (struct cycle_ref){.key = key, .target = NOWHERE, .member = member, .in_list = in_list, .kept = true};
}

struct place {
	struct id_key key;
	size_t index;
};

static int compare_keys(const void *a, const void *b)
{
	const struct place *left = a, *right = b;
	if (left->key.high != right->key.high)
		return left->key.high < right->key.high ? -1 : 1;
	if (left->key.low != right->key.low)
		return left->key.low < right->key.low ? -1 : 1;
	return 0;
}

static void find_targets(struct cycle *cycle)
{
	struct place *places = xcalloc(cycle->count, sizeof *places);
	for (size_t i = 0; i < cycle->count; i++)
		places[i] = (struct place){cycle->nodes[i].key, i};
	qsort(places, cycle->count, sizeof *places, compare_keys);
	for (size_t i = 0; i < cycle->count; i++) {
		struct cycle_node *node = &cycle->nodes[i];
		for (size_t r = 0; r < node->count; r++) {
			struct place wanted = {node->refs[r].key, 0};
			const struct place *found =
			    bsearch(&wanted, places, cycle->count, sizeof *places, compare_keys);
			node->refs[r].target = found ? found->index : NOWHERE;
		}
	}
	free(places);
}

/* A visit under way: who was asked for on the way here. */
struct visit {
	struct cycle *cycle;
	bool *on_path;
	/* What each node was noted to refer to: noted[node] is a list that only grows, as the splitter has it. */
	struct noted {
		size_t *targets;
		size_t count;
	} * noted;
	size_t placed;
};

static bool has_noted(const struct noted *noted, size_t target)
{
	for (size_t i = 0; i < noted->count; i++) {
		if (noted->targets[i] == target)
			return true;
	}
	return false;
}

static void note(struct noted *noted, size_t target)
{
	noted->targets = xreallocarray(noted->targets, noted->count + 1, sizeof *noted->targets);
	noted->targets[noted->count++] = target;
}

static double visit_node(struct visit *visit, size_t index);

/* Whether the reference is kept; then what it refers to was visited, and its weight added. */
static bool follow(struct visit *visit, size_t index, size_t target, double *weight)
{
	if (visit->on_path[target] || target == index || has_noted(&visit->noted[target], index))
		return false;
	note(&visit->noted[index], target);
	visit->on_path[target] = true;
	*weight += visit_node(visit, target);
	visit->on_path[target] = false;
	return true;
}

/*
 * The references of one member, the first of which is number first. A node may be visited once more while it is being
 * visited; a list is then as the visit that ends last has it, but a single reference that was dropped once is gone.
 */
static size_t visit_member(struct visit *visit, size_t index, size_t first, double *weight)
{
	struct cycle_node *node = &visit->cycle->nodes[index];
	size_t end = first;
	while (end < node->count && node->refs[end].member == node->refs[first].member)
		end++;
	bool *kept = xcalloc(end - first, sizeof *kept);
	for (size_t r = first; r < end; r++) {
		size_t target = node->refs[r].target;
		kept[r - first] = target == NOWHERE || (!node->refs[r].in_list && !node->refs[r].kept) ||
				  follow(visit, index, target, weight);
	}
	for (size_t r = first; r < end; r++)
		node->refs[r].kept = kept[r - first] && (node->refs[r].in_list || node->refs[r].kept);
	free(kept);
	return end;
}

/* As deep as there are nodes at most: whoever is on the path is not visited again. */
static double visit_node(struct visit *visit, size_t index)
{
	struct cycle_node *node = &visit->cycle->nodes[index];
	double weight = 1;
	if (node->sequence)
		return node->weight;
	for (size_t first = 0; first < node->count;)
		first = visit_member(visit, index, first, &weight);
	node->weight = weight;
	if (!node->sequence)
		node->sequence = ++visit->placed;
	return weight;
}

struct rank {
	double weight;
	size_t sequence, index;
};

static int compare_ranks(const void *a, const void *b)
{
	const struct rank *left = a, *right = b;
	if (left->weight != right->weight)
		return left->weight < right->weight ? -1 : 1;
	return left->sequence < right->sequence ? -1 : left->sequence > right->sequence;
}

static void sort_by_weight(const struct cycle *cycle, size_t *order)
{
	struct rank *ranks = xcalloc(cycle->count, sizeof *ranks);
	for (size_t i = 0; i < cycle->count; i++)
		ranks[i] = (struct rank){cycle->nodes[i].weight, cycle->nodes[i].sequence, i};
	qsort(ranks, cycle->count, sizeof *ranks, compare_ranks);
	for (size_t i = 0; i < cycle->count; i++)
		order[i] = ranks[i].index;
	free(ranks);
}

void cycle_resolve(struct cycle *cycle, size_t *order)
{
	if (!cycle->count)
		return;
	struct visit visit = {
	    .cycle = cycle,
	    .on_path = xcalloc(cycle->count, sizeof *visit.on_path),
	    .noted = xcalloc(cycle->count, sizeof *visit.noted),
	};
	find_targets(cycle);
	for (size_t i = 0; i < cycle->count; i++)
		visit_node(&visit, i);
	for (size_t i = 0; i < cycle->count; i++)
		free(visit.noted[i].targets);
	free(visit.noted);
	free(visit.on_path);
	sort_by_weight(cycle, order);
}
