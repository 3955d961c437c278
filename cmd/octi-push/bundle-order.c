/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Dependency order by passes over the index: each pass moves what refers only to what was moved before, in the order
 * of the input. A bundle in order takes one pass, a report in front of its objects two. What is left when a pass moves
 * nothing refers to each other in circles (bundle-cycle.h).
 */
#include <stdlib.h>
#include <string.h>

#include "bundle-cycle.h"
#include "bundle-object.h"
#include "bundle-spool.h"
#include "xalloc.h"

/* A chain of references longer than this, written backwards, is ordered in memory. */
#define PASSES_MAX 64

struct ordering {
	struct bundle_spool *bundle;
	struct key_table placed;
	struct spool ordered;
	struct spool waiting; /* of the pass before */
	struct spool deferred;
	struct buf text;
	uint64_t placed_count, containers_from;
};

static bool is_ready(struct ordering *ordering, struct json_slice value, struct id_key own)
{
	struct bundle_refs refs;
	const char *id;
	size_t len;
	bundle_refs_init(&refs, value);
	while (bundle_refs_next(&refs, &id, &len)) {
		struct id_key key = bundle_key_of(id, len);
		bool is_self = key.high == own.high && key.low == own.low;
		if (!is_self && key_table_has(&ordering->bundle->ids, key) && !key_table_has(&ordering->placed, key))
			return false;
	}
	return true;
}

static int place(struct ordering *ordering, const struct bundle_entry *entry, const struct bundle_object *object,
		 struct error *err)
{
	key_table_add(&ordering->placed, object->key);
	for (size_t i = 0; i < object->alias_count; i++)
		key_table_add(&ordering->placed, object->aliases[i]);
	ordering->placed_count++;
	if (entry->class != BUNDLE_CONTAINER)
		ordering->containers_from = ordering->placed_count;
	return spool_append(&ordering->ordered, entry, sizeof *entry, err);
}

static int read_object(struct ordering *ordering, const struct bundle_entry *entry, struct json_slice *value,
		       struct bundle_object *object, struct error *err)
{
	buf_clear(&ordering->text);
	if (bundle_spool_text(ordering->bundle, entry, &ordering->text, err) != 0)
		return -1;
	*value = (struct json_slice){ordering->text.data, ordering->text.len};
	return bundle_object_read(*value, object, err);
}

static int visit(struct ordering *ordering, const struct bundle_entry *entry, struct error *err)
{
	struct bundle_object object;
	struct json_slice value;
	if (read_object(ordering, entry, &value, &object, err) != 0)
		return -1;
	if (!is_ready(ordering, value, object.key))
		return spool_append(&ordering->deferred, entry, sizeof *entry, err);
	return place(ordering, entry, &object, err);
}

static int waiting_entry(struct ordering *ordering, uint64_t number, struct bundle_entry *entry, struct error *err)
{
	struct buf record;
	buf_init(&record, sizeof *entry);
	int result = spool_read(&ordering->waiting, number * sizeof *entry, sizeof *entry, &record, err);
	if (result == 0)
		memcpy(entry, record.data, sizeof *entry);
	buf_release(&record);
	return result;
}

/* Visits all that wait; what stays behind waits for the next pass. */
static int pass(struct ordering *ordering, struct error *err)
{
	uint64_t count = ordering->waiting.len / sizeof(struct bundle_entry);
	int result = 0;
	for (uint64_t i = 0; i < count && result == 0; i++) {
		struct bundle_entry entry;
		result = waiting_entry(ordering, i, &entry, err);
		if (result == 0)
			result = visit(ordering, &entry, err);
	}
	spool_release(&ordering->waiting);
	ordering->waiting = ordering->deferred;
	spool_init(&ordering->deferred);
	return result;
}

static int add_node(struct ordering *ordering, struct cycle *cycle, uint64_t number, struct error *err)
{
	struct bundle_entry entry;
	struct bundle_object object;
	struct bundle_refs refs;
	struct json_slice value;
	const char *id;
	size_t len;
	if (waiting_entry(ordering, number, &entry, err) != 0 ||
	    read_object(ordering, &entry, &value, &object, err) != 0)
		return -1;
	struct cycle_node *node = cycle_add_node(cycle, object.key);
	bundle_refs_init(&refs, value);
	while (bundle_refs_next(&refs, &id, &len))
		cycle_add_ref(node, bundle_key_of(id, len), refs.member, refs.in_list);
	return 0;
}

/* Notes the references that the node loses. */
static bool note_cuts(struct bundle_spool *bundle, const struct cycle_node *node)
{
	bool any = false;
	for (size_t i = 0; i < node->count; i++) {
		if (node->refs[i].kept)
			continue;
		id_set_add(&bundle->cuts, bundle_cut_key(node->key, node->refs[i].key));
		any = true;
	}
	return any;
}

/* cycle is NULL when there are too many of them to look into. */
static int place_node(struct ordering *ordering, const struct cycle *cycle, uint64_t number, struct error *err)
{
	struct bundle_entry entry;
	struct bundle_object object;
	struct json_slice value;
	if (waiting_entry(ordering, number, &entry, err) != 0 ||
	    read_object(ordering, &entry, &value, &object, err) != 0)
		return -1;
	if (cycle)
		entry.cut = note_cuts(ordering->bundle, &cycle->nodes[number]);
	return place(ordering, &entry, &object, err);
}

/* What waits refers to each other in a circle, or to what does; all of it is placed. */
static int open_circles(struct ordering *ordering, struct error *err)
{
	uint64_t count = ordering->waiting.len / sizeof(struct bundle_entry);
	struct cycle cycle = {0};
	size_t *order = xcalloc(count, sizeof *order);
	/* More than that are left in the order of the input. */
	bool is_small = count <= CYCLE_MAX;
	int result = 0;
	for (uint64_t i = 0; i < count; i++)
		order[i] = (size_t)i;
	for (uint64_t i = 0; i < count && is_small && result == 0; i++)
		result = add_node(ordering, &cycle, i, err);
	if (result == 0 && is_small)
		cycle_resolve(&cycle, order);
	for (uint64_t i = 0; i < count && result == 0; i++)
		result = place_node(ordering, is_small ? &cycle : NULL, order[i], err);
	free(order);
	cycle_release(&cycle);
	spool_release(&ordering->waiting);
	return result;
}

static int run_passes(struct ordering *ordering, struct error *err)
{
	for (int passes = 0; ordering->waiting.len; passes++) {
		uint64_t before = ordering->placed_count;
		if (pass(ordering, err) != 0 || key_table_check(&ordering->placed, err) != 0 ||
		    key_table_check(&ordering->bundle->ids, err) != 0)
			return -1;
		bool stuck = ordering->placed_count == before || passes >= PASSES_MAX;
		if (ordering->waiting.len && stuck && open_circles(ordering, err) != 0)
			return -1;
	}
	return 0;
}

int bundle_spool_order(struct bundle_spool *bundle, struct error *err)
{
	if (bundle->ordered)
		return 0;
	struct ordering ordering = {.bundle = bundle, .waiting = bundle->index};
	spool_init(&bundle->index);
	spool_init(&ordering.ordered);
	spool_init(&ordering.deferred);
	key_table_init(&ordering.placed);
	buf_init(&ordering.text, BUF_UNBOUNDED);
	int result = run_passes(&ordering, err);
	bundle->index = ordering.ordered;
	bundle->containers_from = ordering.containers_from;
	bundle->ordered = true;
	spool_release(&ordering.waiting);
	spool_release(&ordering.deferred);
	key_table_release(&ordering.placed);
	buf_release(&ordering.text);
	return result;
}
