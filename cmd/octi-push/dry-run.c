/* SPDX-License-Identifier: Apache-2.0 */
#include "dry-run.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "bundle-object.h"
#include "import-change.h"
#include "import-rules.h"
#include "log.h"
#include "stix-id.h"
#include "stop.h"

/* So many faults, and so many changes, are told one by one. */
#define TOLD_MAX 20
/* A platform is asked object by object; for more than these that takes too long. */
#define ASKED_MAX 5000

static void put_line(struct out *out, const char *name, const char *value)
{
	char line[128];
	int len = snprintf(line, sizeof line, "%-28s %10s", name, value);
	out_put_line(out, line, (size_t)len);
}

static void put_count(struct out *out, const char *name, uint64_t count)
{
	char text[24];
	snprintf(text, sizeof text, "%" PRIu64, count);
	put_line(out, name, text);
}

/* Every object of a part is one expectation of the platform, a part's company too. */
static int count_parts(const struct dry_run *dry_run, uint64_t *parts, uint64_t *expectations, struct error *err)
{
	*parts = *expectations = 0;
	if (dry_run->by_message)
		*parts = *expectations = dry_run->bundle->count;
	for (uint64_t first = 0; first < dry_run->bundle->count && !dry_run->by_message;) {
		struct part part;
		if (part_cut(dry_run->bundle, first, &dry_run->limits, &part, err) != 0)
			return -1;
		first += part.count;
		++*parts;
		*expectations += part.count + part.company;
	}
	return 0;
}

static void tell_fault(uint64_t number, const char *id, const char *text)
{
	if (number <= TOLD_MAX)
		log_warning("\"%s\": %s", id, text);
	if (number == TOLD_MAX)
		log_warning("further ones are only counted");
}

static void look_at_markings(struct dry_run *dry_run, struct json_slice object, const char *own)
{
	struct json_slice list, marking;
	struct json_iter iter;
	if (!json_member(object, "object_marking_refs", &list))
		return;
	json_iter_init(&iter, list);
	while (json_iter_next(&iter, NULL, &marking)) {
		const char *id = marking.text + 1;
		size_t len = marking.len - 2;
		if (json_type_of(marking) != JSON_STRING || import_is_fixed_marking(id, len) ||
		    key_table_has(&dry_run->bundle->ids, bundle_key_of(id, len)))
			continue;
		char text[200];
		snprintf(text, sizeof text, "the marking %.*s is neither in the bundle nor one that every platform has",
			 (int)len, id);
		tell_fault(++dry_run->unknown_markings, own, text);
	}
}

/* What an import would do to the platform's own form of an object. */
static void compare(struct dry_run *dry_run, const char *id, struct json_slice object, const char *text)
{
	struct json_slice stored;
	if (json_check(text, strlen(text), &stored, NULL) != 0)
		return;
	const char *member = import_change(object, stored);
	if (!member)
		return;
	if (++dry_run->changed <= TOLD_MAX)
		log_info("\"%s\": %s would change", id, member);
	if (dry_run->changed == TOLD_MAX)
		log_info("further ones are only counted");
}

static int ask_platform(struct dry_run *dry_run, const char *id, struct json_slice object, struct error *err)
{
	bool known;
	char *stored;
	if (!dry_run->platform || dry_run->bundle->count > ASKED_MAX)
		return 0;
	if (stop_signal())
		return error_set(err, 128 + stop_signal(), "ended by a signal");
	if (platform_knows(dry_run->platform, id, &known, &stored, err) != 0)
		return -1;
	dry_run->asked++;
	dry_run->known += known;
	if (stored)
		compare(dry_run, id, object, stored);
	free(stored);
	return 0;
}

static int look_at_object(struct dry_run *dry_run, struct json_slice value, struct error *err)
{
	struct bundle_object object;
	char text[300];
	if (bundle_object_read(value, &object, err) != 0)
		return -1;
	if (import_refuses(value, text, sizeof text))
		tell_fault(++dry_run->refused, object.id, text);
	dry_run->foreign_ids += import_id_is_foreign(value, object.id);
	look_at_markings(dry_run, value, object.id);
	return ask_platform(dry_run, object.id, value, err);
}

static int look_at_all(struct dry_run *dry_run, struct error *err)
{
	struct buf text;
	int result = 0;
	buf_init(&text, BUF_UNBOUNDED);
	for (uint64_t i = 0; i < dry_run->bundle->count && result == 0; i++) {
		struct bundle_entry entry;
		buf_clear(&text);
		result = bundle_spool_entry(dry_run->bundle, i, &entry, err);
		if (result == 0)
			result = bundle_spool_text(dry_run->bundle, &entry, &text, err);
		if (result == 0)
			result = look_at_object(dry_run, (struct json_slice){text.data, text.len}, err);
	}
	buf_release(&text);
	return result;
}

static void put_platform(const struct dry_run *dry_run, struct out *out)
{
	put_line(out, "platform", dry_run->platform->version_text);
	if (dry_run->bundle->count > ASKED_MAX) {
		put_line(out, "known to it", "not asked");
		return;
	}
	put_count(out, "known to it", dry_run->known);
	put_count(out, "of these it would change", dry_run->changed);
	put_count(out, "new to it", dry_run->asked - dry_run->known);
}

int dry_run_tell(struct dry_run *dry_run, struct out *out, struct error *err)
{
	uint64_t parts, expectations;
	struct bundle_spool *bundle = dry_run->bundle;
	if (look_at_all(dry_run, err) != 0 || count_parts(dry_run, &parts, &expectations, err) != 0)
		return -1;
	if (parts > 1 &&
	    (bundle_spool_order(bundle, err) != 0 || count_parts(dry_run, &parts, &expectations, err) != 0))
		return -1;
	for (size_t i = 0; i < bundle->types.len; i++)
		put_count(out, bundle->types.items[i].name, (uint64_t)bundle->types.items[i].count);
	put_count(out, "all objects", bundle->count);
	put_count(out, dry_run->by_message ? "messages" : "parts", parts);
	put_count(out, "expectations", expectations);
	put_count(out, "references outside", bundle->outside);
	put_count(out, "left out, of no known type", bundle->incompatible);
	put_count(out, "would be refused", dry_run->refused);
	put_count(out, "with an id not OpenCTI's own", dry_run->foreign_ids);
	put_count(out, "unknown markings", dry_run->unknown_markings);
	if (dry_run->platform)
		put_platform(dry_run, out);
	return out_flush(out, err);
}
