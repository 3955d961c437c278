/* SPDX-License-Identifier: Apache-2.0 */
#include "part.h"

#include "exit-codes.h"

/* Everything in a request that is not an object: document, ids, brackets. */
#define REQUEST_OVERHEAD 2048

static uint64_t head_cost(const struct bundle_spool *bundle)
{
	struct json_slice head = bundle_spool_head(bundle);
	return REQUEST_OVERHEAD + platform_push_cost(head.text, head.len);
}

int part_cut(struct bundle_spool *bundle, uint64_t first, const struct part_limits *limits, struct part *part,
	     struct error *err)
{
	uint64_t least = first == 0 && bundle->count > 1 ? 2 : 1;
	uint64_t end = bundle->count;
	/* All in one when it fits; else the containers go alone. */
	bool fits = first == 0 && bundle->count <= limits->objects_max &&
		    head_cost(bundle) + bundle->cost + bundle->count <= limits->body_max;
	if (!fits && first + least <= bundle->containers_from)
		end = bundle->containers_from;
	*part = (struct part){.first = first};
	uint64_t size = head_cost(bundle);
	while (first + part->count < end) {
		struct bundle_entry entry;
		if (bundle_spool_entry(bundle, first + part->count, &entry, err) != 0)
			return -1;
		size += entry.cost + 1u;
		bool full = part->count >= limits->objects_max || size > limits->body_max;
		if (full && part->count >= least)
			break;
		part->count++;
	}
	part->company = part->count == 1 && first > 0;
	return 0;
}

int part_count(struct bundle_spool *bundle, const struct part_limits *limits, uint64_t *parts, struct error *err)
{
	*parts = 0;
	for (uint64_t first = 0; first < bundle->count;) {
		struct part part;
		if (part_cut(bundle, first, limits, &part, err) != 0)
			return -1;
		first += part.count;
		++*parts;
	}
	return 0;
}

struct writing {
	struct bundle_spool *bundle;
	struct buf *body;
	struct buf text;
	bool any;
	int (*each)(void *data, struct json_slice object, struct error *err);
	void *data;
};

static int overflow(struct error *err)
{
	return error_set(err, EXIT_SOFTWARE, "a part grew over its bound");
}

static int write_object(struct writing *writing, uint64_t number, struct error *err)
{
	struct bundle_entry entry;
	buf_clear(&writing->text);
	if (bundle_spool_entry(writing->bundle, number, &entry, err) != 0 ||
	    bundle_spool_text(writing->bundle, &entry, &writing->text, err) != 0)
		return -1;
	struct json_slice object = {writing->text.data, writing->text.len};
	if (writing->each && writing->each(writing->data, object, err) != 0)
		return -1;
	if ((writing->any && platform_push_add(writing->body, ",", 1) != 0) ||
	    platform_push_add(writing->body, object.text, object.len) != 0)
		return overflow(err);
	writing->any = true;
	return 0;
}

static int write_objects(struct writing *writing, const struct part *part, struct error *err)
{
	if (part->company && write_object(writing, 0, err) != 0)
		return -1;
	for (uint64_t i = 0; i < part->count; i++) {
		if (write_object(writing, part->first + i, err) != 0)
			return -1;
	}
	return 0;
}

int part_write(struct bundle_spool *bundle, const struct part *part, struct buf *body,
	       int (*each)(void *data, struct json_slice object, struct error *err), void *data, struct error *err)
{
	static const char begin[] = "{", objects[] = ",\"objects\":[", end[] = "]}";
	struct json_slice head = bundle_spool_head(bundle);
	struct writing writing = {.bundle = bundle, .body = body, .each = each, .data = data};
	buf_init(&writing.text, BUF_UNBOUNDED);
	int result = 0;
	/* A bundle has its type at least, so something stands before the comma. */
	if (platform_push_add(body, begin, sizeof begin - 1) != 0 ||
	    platform_push_add(body, head.text, head.len) != 0 ||
	    platform_push_add(body, objects, sizeof objects - 1) != 0)
		result = overflow(err);
	if (result == 0)
		result = write_objects(&writing, part, err);
	if (result == 0 && platform_push_add(body, end, sizeof end - 1) != 0)
		result = overflow(err);
	buf_release(&writing.text);
	return result;
}
