/* SPDX-License-Identifier: Apache-2.0 */
#include "bundle-spool.h"

#include <stdio.h>
#include <string.h>

#include "bundle-object.h"
#include "exit-codes.h"
#include "platform.h"

struct forward_ref {
	struct id_key key;
	char id[BUNDLE_ID_MAX];
};

/* How many records of a temporary file are read at a time. */
#define BLOCK 512

static int take_element(void *data, struct json_slice value, uint64_t number, uint64_t offset, struct error *err);

void bundle_spool_init(struct bundle_spool *bundle)
{
	*bundle = (struct bundle_spool){.ordered = true};
	spool_init(&bundle->text);
	spool_init(&bundle->index);
	spool_init(&bundle->forward);
	key_table_init(&bundle->ids);
	id_set_init(&bundle->cuts);
	bundle_reader_init(&bundle->reader, take_element, bundle);
}

void bundle_spool_release(struct bundle_spool *bundle)
{
	spool_release(&bundle->text);
	spool_release(&bundle->index);
	spool_release(&bundle->forward);
	key_table_release(&bundle->ids);
	id_set_release(&bundle->cuts);
	record_counts_release(&bundle->types);
	bundle_reader_release(&bundle->reader);
}

/* Notes the references to what has not come yet; whether it comes at all is known at the end. */
static int note_forward_refs(struct bundle_spool *bundle, struct json_slice value, struct error *err)
{
	struct bundle_refs refs;
	const char *id;
	size_t len;
	bundle_refs_init(&refs, value);
	while (bundle_refs_next(&refs, &id, &len)) {
		struct forward_ref forward = {.key = bundle_key_of(id, len)};
		/* The platform leaves these out without a word. */
		if (!bundle_type_is_known(id, len))
			continue;
		if (key_table_has(&bundle->ids, forward.key))
			continue;
		memcpy(forward.id, id, len);
		if (spool_append(&bundle->forward, &forward, sizeof forward, err) != 0)
			return -1;
	}
	return 0;
}

static int take_element(void *data, struct json_slice value, uint64_t number, uint64_t offset, struct error *err)
{
	struct bundle_spool *bundle = data;
	struct bundle_object object;
	if (bundle_object_read(value, &object, err) != 0)
		return error_prefix(err, "object %llu", (unsigned long long)number);
	if (!key_table_add(&bundle->ids, object.key) && key_table_check(&bundle->ids, err) == 0)
		return error_set(err, EXIT_BAD_INPUT, "object %llu: the id \"%s\" is there twice",
				 (unsigned long long)number, object.id);
	if (key_table_check(&bundle->ids, err) != 0)
		return -1;
	if (object.incompatible) {
		if (bundle->incompatible++ == 0)
			snprintf(bundle->first_incompatible, sizeof bundle->first_incompatible, "%s", object.id);
		return 0;
	}
	for (size_t i = 0; i < object.alias_count; i++)
		key_table_add(&bundle->ids, object.aliases[i]);
	struct bundle_entry entry = {
	    .offset = offset,
	    .len = (uint32_t)value.len,
	    .cost = (uint32_t)platform_push_cost(value.text, value.len),
	    .class = object.class,
	};
	if (spool_append(&bundle->index, &entry, sizeof entry, err) != 0)
		return -1;
	bundle->count++;
	bundle->cost += entry.cost;
	if (object.class != BUNDLE_CONTAINER)
		bundle->containers_from = bundle->count;
	if (object.partial)
		bundle->partial = true;
	record_counts_add(&bundle->types, object.type, 1);
	return note_forward_refs(bundle, value, err);
}

int bundle_spool_feed(struct bundle_spool *bundle, const char *bytes, size_t len, struct error *err)
{
	if (spool_append(&bundle->text, bytes, len, err) != 0)
		return -1;
	return bundle_reader_feed(&bundle->reader, bytes, len, err);
}

static void resolve(struct bundle_spool *bundle, const struct forward_ref *forward)
{
	if (key_table_has(&bundle->ids, forward->key)) {
		bundle->ordered = false;
		return;
	}
	if (bundle->outside++ == 0)
		snprintf(bundle->first_outside, sizeof bundle->first_outside, "%s", forward->id);
}

static int resolve_forward_refs(struct bundle_spool *bundle, struct error *err)
{
	struct buf block;
	int result = 0;
	buf_init(&block, BLOCK * sizeof(struct forward_ref));
	for (uint64_t at = 0; at < bundle->forward.len && result == 0; at += block.len) {
		uint64_t left = bundle->forward.len - at;
		size_t want = BLOCK * sizeof(struct forward_ref);
		buf_clear(&block);
		result = spool_read(&bundle->forward, at, left < want ? (size_t)left : want, &block, err);
		for (size_t i = 0; result == 0 && i < block.len; i += sizeof(struct forward_ref)) {
			struct forward_ref forward;
			memcpy(&forward, block.data + i, sizeof forward);
			resolve(bundle, &forward);
		}
	}
	buf_release(&block);
	spool_release(&bundle->forward);
	return result;
}

int bundle_spool_finish(struct bundle_spool *bundle, struct error *err)
{
	if (bundle_reader_finish(&bundle->reader, err) != 0 || resolve_forward_refs(bundle, err) != 0 ||
	    key_table_check(&bundle->ids, err) != 0)
		return -1;
	/* A full disk shall show now, and not when a work is open. */
	struct buf nothing;
	buf_init(&nothing, 0);
	int result = spool_read(&bundle->text, 0, 0, &nothing, err);
	if (result == 0)
		result = spool_read(&bundle->index, 0, 0, &nothing, err);
	buf_release(&nothing);
	return result;
}

int bundle_spool_entry(struct bundle_spool *bundle, uint64_t number, struct bundle_entry *entry, struct error *err)
{
	struct buf record;
	buf_init(&record, sizeof *entry);
	int result = spool_read(&bundle->index, number * sizeof *entry, sizeof *entry, &record, err);
	if (result == 0)
		memcpy(entry, record.data, sizeof *entry);
	buf_release(&record);
	return result;
}

struct id_key bundle_cut_key(struct id_key object, struct id_key ref)
{
	/* Not the same both ways. */
	return (struct id_key){object.high ^ (ref.high << 1 | ref.high >> 63),
			       object.low ^ (ref.low << 1 | ref.low >> 63)};
}

struct cut_of {
	const struct id_set *cuts;
	struct id_key object;
};

static bool is_cut(void *data, const char *id, size_t len)
{
	const struct cut_of *cut_of = data;
	return id_set_has(cut_of->cuts, bundle_cut_key(cut_of->object, bundle_key_of(id, len)));
}

static int text_with_cuts(struct bundle_spool *bundle, const struct bundle_entry *entry, struct buf *out,
			  struct error *err)
{
	struct buf whole;
	struct bundle_object object;
	buf_init(&whole, BUF_UNBOUNDED);
	int result = spool_read(&bundle->text, entry->offset, entry->len, &whole, err);
	struct json_slice value = {whole.data, whole.len};
	if (result == 0)
		result = bundle_object_read(value, &object, err);
	if (result == 0)
		bundle_object_cut(value, is_cut, &(struct cut_of){&bundle->cuts, object.key}, out);
	buf_release(&whole);
	return result;
}

int bundle_spool_text(struct bundle_spool *bundle, const struct bundle_entry *entry, struct buf *out, struct error *err)
{
	if (entry->cut)
		return text_with_cuts(bundle, entry, out, err);
	return spool_read(&bundle->text, entry->offset, entry->len, out, err);
}

struct json_slice bundle_spool_head(const struct bundle_spool *bundle)
{
	return (struct json_slice){bundle->reader.head.data, bundle->reader.head.len};
}
