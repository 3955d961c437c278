/* SPDX-License-Identifier: Apache-2.0 */
#include "cache.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cache-internal.h"
#include "dirs.h"
#include "json-write.h"
#include "log.h"
#include "out.h"
#include "timestamp.h"
#include "vt-file.h"
#include "xalloc.h"

/* Of the entry's layout: entries of another one are not there. */
#define FORMAT 1

#define HOUR_S         3600
#define DAY_S          86400
#define ENTRY_SIZE_MAX ((size_t)256 << 20)

static const char *const kind_names[] = {
    [CACHE_OBJECTS] = "objects", [CACHE_DESCRIPTORS] = "descriptors", [CACHE_NOT_FOUND] = "not_found"};
#define KIND_COUNT (sizeof(kind_names) / sizeof(*kind_names))

void cache_answer_init(struct cache_answer *answer)
{
	*answer = (struct cache_answer){.count = -1};
	buf_init(&answer->packed, BUF_UNBOUNDED);
	buf_init(&answer->text, ENTRY_SIZE_MAX);
}

void cache_answer_release(struct cache_answer *answer)
{
	buf_release(&answer->packed);
	buf_release(&answer->text);
}

bool cache_is_good(int64_t asked_at, int64_t now, int64_t first_submission, int64_t days)
{
	int64_t age = now - asked_at;
	/* Sandboxes and engines are still at work then. */
	bool is_early = first_submission == VT_ABSENT || asked_at - first_submission < 2 * (int64_t)DAY_S;
	return age >= 0 && age < (is_early ? 12 * (int64_t)HOUR_S : days * DAY_S);
}

/* The first fault is told, further ones are likely to be the same. */
static void complain(struct cache *cache, const char *what, const char *path, const char *reason)
{
	if (cache->has_complained)
		log_debug("the cache: %s \"%s\": %s", what, path, reason);
	else
		log_warning("the cache does not work as it should: %s \"%s\": %s", what, path, reason);
	cache->has_complained = true;
}

/* Why the directory is not to be used, or NULL. */
static const char *refuse_directory(const char *path, bool is_read_only)
{
	struct stat info;
	if ((!is_read_only && dirs_make(path)) || stat(path, &info))
		return is_read_only && errno == ENOENT ? NULL : strerror(errno);
	if (!S_ISDIR(info.st_mode))
		return strerror(ENOTDIR);
	return info.st_mode & S_IWOTH ? "everybody can write into it" : NULL;
}

struct cache *cache_open(const struct config *config, bool is_read_only)
{
	int64_t days = config_int(config, "vtreporter.cache_days"), max = config_int(config, "vtreporter.cache_max");
	if (days == 0 || max == 0)
		return NULL;
	char *directory = xasprintf("%s/relationships", config_text(config, "vtreporter.cache_dir"));
	const char *reason = refuse_directory(directory, is_read_only);
	if (reason) {
		log_warning("no cache: \"%s\": %s", directory, reason);
		free(directory);
		return NULL;
	}
	struct cache *cache = xcalloc(1, sizeof(*cache));
	*cache =
	    (struct cache){.directory = directory, .days = days, .max = (uint64_t)max, .is_read_only = is_read_only};
	cache->api_url = xstrdup(config_text(config, "vtreporter.api_url"));
	cache->packer = ZSTD_createCCtx();
	cache->unpacker = ZSTD_createDCtx();
	buf_init(&cache->plain, BUF_UNBOUNDED);
	buf_init(&cache->packed, ENTRY_SIZE_MAX);
	/* The checksum tells what a crash of the machine has left half written. */
	ZSTD_CCtx_setParameter(cache->packer, ZSTD_c_checksumFlag, 1);
	return cache;
}

void cache_close(struct cache *cache)
{
	if (!cache)
		return;
	if (cache->written)
		cache_trim(cache);
	ZSTD_freeCCtx(cache->packer);
	ZSTD_freeDCtx(cache->unpacker);
	buf_release(&cache->plain);
	buf_release(&cache->packed);
	free(cache->directory);
	free(cache->api_url);
	free(cache);
}

/* Appends what is in cache->plain as one frame. */
static void pack(struct cache *cache, struct buf *out)
{
	size_t bound = ZSTD_compressBound(cache->plain.len);
	buf_clear(&cache->packed);
	char *room = buf_reserve(&cache->packed, bound);
	size_t len = ZSTD_compress2(cache->packer, room, bound, cache->plain.data, cache->plain.len);
	if (!ZSTD_isError(len))
		buf_add(out, room, len);
}

void cache_add_page(struct cache *cache, struct cache_answer *answer, struct json_slice page)
{
	if (!cache || cache->is_read_only)
		return;
	buf_clear(&cache->plain);
	json_compact(page, &cache->plain);
	buf_add_char(&cache->plain, '\n');
	pack(cache, &answer->packed);
}

static void put_header(struct cache *cache, const char *file_id, const char *name, const struct cache_answer *answer)
{
	struct json_writer json;
	buf_clear(&cache->plain);
	json_writer_init(&json, &cache->plain);
	json_begin_object(&json);
	json_member_int(&json, "format", FORMAT);
	json_member_string(&json, "api_url", cache->api_url);
	json_member_string(&json, "file", file_id);
	json_member_string(&json, "relationship", name);
	json_member_string(&json, "kind", kind_names[answer->kind]);
	json_member_int(&json, "count", answer->count);
	json_member_bool(&json, "has_more", answer->has_more);
	json_end_object(&json);
	buf_add_char(&cache->plain, '\n');
}

static char *entry_path(const struct cache *cache, const char *file_id, const char *name)
{
	return xasprintf("%s/%.2s/%s.%s.jsonl.zst", cache->directory, file_id, file_id, name);
}

/* Writes and renames. -1 and err; nothing is left then. */
static int write_entry(const char *path, char *temporary, const struct buf *header, const struct buf *pages,
		       struct error *err)
{
	struct out out;
	int fd = dirs_make_parents(path) ? -1 : mkostemp(temporary, O_CLOEXEC);
	if (fd < 0)
		return error_set_errno(err, 0, "it cannot be made");
	out_init(&out, fd);
	out_put(&out, header->data, header->len);
	out_put(&out, pages->data, pages->len);
	int failed = out_close(&out, err);
	if (!failed && rename(temporary, path))
		failed = error_set_errno(err, 0, "it cannot be renamed");
	if (failed)
		unlink(temporary);
	out_release(&out);
	return failed;
}

void cache_store(struct cache *cache, const char *file_id, const char *name, const struct cache_answer *answer)
{
	struct buf header;
	struct error err;
	if (!cache || cache->is_read_only)
		return;
	buf_init(&header, BUF_UNBOUNDED);
	put_header(cache, file_id, name, answer);
	pack(cache, &header);
	char *path = entry_path(cache, file_id, name);
	char *temporary = xasprintf("%s/%.2s/.XXXXXX", cache->directory, file_id);
	if (write_entry(path, temporary, &header, &answer->packed, &err)) {
		complain(cache, "cannot write", path, err.text);
		cache->is_read_only = true;
	} else {
		/* Whole blocks, about. */
		cache->written += (header.len + answer->packed.len + 4095) / 4096 * 4096;
		if (cache->written >= cache->max / 8)
			cache_trim(cache);
	}
	buf_release(&header);
	free(path);
	free(temporary);
}

/* Reads the file into cache->packed. False with errno; ENOENT: it is not there, or not good any more. */
static bool read_file(struct cache *cache, const char *path, int64_t first_submission)
{
	struct stat info;
	ssize_t got = 0;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	bool is_good =
	    fstat(fd, &info) == 0 && cache_is_good(info.st_mtim.tv_sec, timestamp_now(), first_submission, cache->days);
	buf_clear(&cache->packed);
	char *room;
	while (is_good && (room = buf_reserve(&cache->packed, 65536)) && (got = read(fd, room, 65536)) > 0)
		cache->packed.len += (size_t)got;
	int reason = got < 0 ? errno : ENOENT;
	close(fd);
	errno = reason;
	return is_good && got == 0;
}

/* The frames of cache->packed as text. */
static bool unpack(struct cache *cache, struct buf *text)
{
	for (size_t at = 0; at < cache->packed.len;) {
		const char *frame = cache->packed.data + at;
		size_t left = cache->packed.len - at;
		size_t packed = ZSTD_findFrameCompressedSize(frame, left);
		unsigned long long plain = ZSTD_getFrameContentSize(frame, left);
		if (ZSTD_isError(packed) || plain == 0 || plain > ENTRY_SIZE_MAX)
			return false;
		char *room = buf_reserve(text, (size_t)plain);
		if (!room || ZSTD_decompressDCtx(cache->unpacker, room, (size_t)plain, frame, packed) != plain)
			return false;
		text->len += (size_t)plain;
		at += packed;
	}
	return true;
}

static bool read_header(const struct cache *cache, struct json_slice header, const char *file_id, const char *name,
			struct cache_answer *answer)
{
	static const char *const keys[] = {"format", "api_url", "file", "relationship", "kind", "count", "has_more"};
	struct json_slice values[7];
	int64_t format;
	json_members(header, keys, values, 7);
	if (!json_int64(values[0], &format) || format != FORMAT || !json_string_is(values[1], cache->api_url) ||
	    !json_string_is(values[2], file_id) || !json_string_is(values[3], name) ||
	    !json_int64(values[5], &answer->count))
		return false;
	answer->has_more = json_type_of(values[6]) == JSON_TRUE;
	for (size_t kind = 0; kind < KIND_COUNT; kind++) {
		answer->kind = (enum cache_kind)kind;
		if (json_string_is(values[4], kind_names[kind]))
			return true;
	}
	return false;
}

bool cache_next_page(struct cache_answer *answer, struct json_slice *page)
{
	const char *begin = answer->text.data + answer->at;
	const char *newline = memchr(begin, '\n', answer->text.len - answer->at);
	if (!newline)
		return false;
	*page = (struct json_slice){begin, (size_t)(newline - begin)};
	answer->at += page->len + 1;
	return true;
}

/* Nothing is taken for JSON because we have written it once. */
static bool check_lines(struct cache_answer *answer)
{
	struct json_slice line;
	size_t count = 0;
	for (answer->at = 0; cache_next_page(answer, &line); count++) {
		if (json_check(line.text, line.len, NULL, NULL))
			return false;
	}
	bool is_whole = answer->at == answer->text.len && count >= 2;
	answer->at = 0;
	return is_whole;
}

bool cache_load(struct cache *cache, const char *file_id, const char *name, int64_t first_submission,
		struct cache_answer *answer)
{
	struct json_slice header;
	bool is_loaded = false;
	if (!cache)
		return false;
	char *path = entry_path(cache, file_id, name);
	if (!read_file(cache, path, first_submission)) {
		if (errno != ENOENT)
			complain(cache, "cannot read", path, strerror(errno));
	} else if (!unpack(cache, &answer->text) || !check_lines(answer)) {
		complain(cache, "cannot read", path, "it is damaged");
	} else {
		is_loaded = cache_next_page(answer, &header) && read_header(cache, header, file_id, name, answer);
	}
	free(path);
	return is_loaded;
}
