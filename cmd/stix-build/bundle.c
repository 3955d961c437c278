/* SPDX-License-Identifier: Apache-2.0 */
#include "bundle.h"

#include <string.h>

#define FLUSH_AT ((size_t)64 << 10)

/* What stands in front of each text in a spool. */
struct entry {
	struct id_key id, source, target;
	uint32_t len;
	bool has_ends;
};

void bundle_init(struct bundle *bundle, struct out *out, const char *id, bool is_pretty)
{
	*bundle = (struct bundle){.out = out, .id = id, .is_pretty = is_pretty};
	id_set_init(&bundle->written);
	id_set_init(&bundle->waiting);
	id_set_init(&bundle->dropped);
	for (int i = 0; i < BUNDLE_CLASS_COUNT; i++)
		spool_init(&bundle->spools[i]);
}

void bundle_release(struct bundle *bundle)
{
	id_set_release(&bundle->written);
	id_set_release(&bundle->waiting);
	id_set_release(&bundle->dropped);
	for (int i = 0; i < BUNDLE_CLASS_COUNT; i++)
		spool_release(&bundle->spools[i]);
}

static void check(struct bundle *bundle, int result)
{
	bundle->failed |= result != 0;
}

void bundle_write(struct bundle *bundle, const char *text, size_t len)
{
	if (bundle->failed)
		return;
	if (bundle->is_pretty)
		pretty_append(&bundle->pretty, &bundle->out->buf, text, len);
	else
		out_put(bundle->out, text, len);
	if (out_pending(bundle->out) >= FLUSH_AT)
		check(bundle, out_flush(bundle->out, &bundle->err));
}

static void write_text(struct bundle *bundle, const char *text)
{
	bundle_write(bundle, text, strlen(text));
}

static void begin_bundle(struct bundle *bundle)
{
	write_text(bundle, "{\"type\":\"bundle\",\"id\":\"");
	write_text(bundle, bundle->id);
	write_text(bundle, "\"");
}

void bundle_begin_object(struct bundle *bundle)
{
	if (bundle->object_count++) {
		write_text(bundle, ",\n");
		return;
	}
	begin_bundle(bundle);
	write_text(bundle, ",\"objects\":[\n");
}

static void write_object(struct bundle *bundle, const char *text, size_t len)
{
	bundle_begin_object(bundle);
	bundle_write(bundle, text, len);
}

void bundle_refer(struct bundle *bundle, const char *id)
{
	if (!bundle->failed)
		check(bundle, spool_append(bundle->refs, id, strlen(id), &bundle->err) ||
				  spool_append(bundle->refs, "\n", 1, &bundle->err));
}

void bundle_put(struct bundle *bundle, enum bundle_class object_class, const char *id, const char *text, size_t len,
		bool in_report, const char *source, const char *target)
{
	struct id_key key = id_key_of(id, strlen(id));
	if (in_report)
		bundle_refer(bundle, id);
	if (bundle->failed)
		return;
	if (object_class <= BUNDLE_FILE) {
		if (id_set_add(&bundle->written, key))
			write_object(bundle, text, len);
		return;
	}
	if (id_set_has(&bundle->written, key) || !id_set_add(&bundle->waiting, key))
		return;
	struct entry entry;
	memset(&entry, 0, sizeof(entry));
	entry.id = key;
	entry.len = (uint32_t)len;
	entry.has_ends = source && target;
	if (entry.has_ends) {
		entry.source = id_key_of(source, strlen(source));
		entry.target = id_key_of(target, strlen(target));
	}
	struct spool *spool = &bundle->spools[object_class];
	check(bundle,
	      spool_append(spool, &entry, sizeof(entry), &bundle->err) || spool_append(spool, text, len, &bundle->err));
}

static bool is_known(const struct bundle *bundle, struct id_key key)
{
	return id_set_has(&bundle->written, key) || id_set_has(&bundle->waiting, key);
}

bool bundle_has(const struct bundle *bundle, const char *id)
{
	return is_known(bundle, id_key_of(id, strlen(id)));
}

/* Whatever waits and is no relationship gets written, so that an end that waits is as good as a written one. */
static void drain_entry(struct bundle *bundle, const struct entry *entry, const char *text)
{
	if (entry->has_ends && !(is_known(bundle, entry->source) && is_known(bundle, entry->target)))
		id_set_add(&bundle->dropped, entry->id);
	/* A related file may have come as a file of the search since. */
	else if (!id_set_has(&bundle->written, entry->id))
		write_object(bundle, text, entry->len);
}

static void drain_spool(struct bundle *bundle, struct spool *spool)
{
	struct buf piece;
	buf_init(&piece, BUF_UNBOUNDED);
	for (uint64_t at = 0; at < spool->len && !bundle->failed;) {
		struct entry entry;
		buf_clear(&piece);
		if (spool_read(spool, at, sizeof(entry), &piece, &bundle->err)) {
			bundle->failed = true;
			break;
		}
		memcpy(&entry, piece.data, sizeof(entry));
		at += sizeof(entry);
		buf_clear(&piece);
		if (spool_read(spool, at, entry.len, &piece, &bundle->err)) {
			bundle->failed = true;
			break;
		}
		at += entry.len;
		drain_entry(bundle, &entry, piece.data);
	}
	buf_release(&piece);
}

void bundle_drain(struct bundle *bundle)
{
	for (int i = BUNDLE_RELATED; i < BUNDLE_CLASS_COUNT; i++)
		drain_spool(bundle, &bundle->spools[i]);
	id_set_release(&bundle->written);
	id_set_release(&bundle->waiting);
}

int bundle_close(struct bundle *bundle, struct error *err)
{
	if (bundle->object_count)
		write_text(bundle, "\n]");
	else
		begin_bundle(bundle);
	write_text(bundle, "}");
	if (!bundle->failed) {
		buf_add_char(&bundle->out->buf, '\n');
		check(bundle, out_flush(bundle->out, &bundle->err));
	}
	if (!bundle->failed)
		return 0;
	*err = bundle->err;
	return -1;
}
