/* SPDX-License-Identifier: Apache-2.0 */
#include "key-table.h"

#include <errno.h>
#include <unistd.h>

#include "exit-codes.h"

/* Slots that are read at once: most searches end within them. */
#define RUN         8
#define FIRST_SLOTS ((uint64_t)1 << 17)

void key_table_init(struct key_table *table)
{
	*table = (struct key_table){0};
	id_set_init(&table->memory);
	spool_init(&table->file);
}

void key_table_release(struct key_table *table)
{
	id_set_release(&table->memory);
	spool_release(&table->file);
}

static void fail(struct key_table *table, const char *what)
{
	if (!table->failed)
		error_set_errno(&table->error, EXIT_IO, "cannot %s a temporary file", what);
	table->failed = true;
}

/* A file of so many empty slots: a hole, which reads as zeros. */
static bool make_file(struct key_table *table, struct spool *file, uint64_t slots)
{
	struct buf nothing;
	spool_init(file);
	buf_init(&nothing, 0);
	bool made =
	    spool_append(file, "", 1, &table->error) == 0 && spool_read(file, 0, 0, &nothing, &table->error) == 0;
	buf_release(&nothing);
	if (!made) {
		table->failed = true;
		return false;
	}
	if (ftruncate(file->fd, 0) == 0 && ftruncate(file->fd, (off_t)(slots * sizeof(struct id_key))) == 0)
		return true;
	fail(table, "make");
	return false;
}

static bool is_empty(struct id_key key)
{
	return !key.high && !key.low;
}

static off_t offset_of(uint64_t slot)
{
	return (off_t)(slot * sizeof(struct id_key));
}

static bool read_slots(struct key_table *table, int fd, uint64_t slot, struct id_key *keys, size_t count)
{
	ssize_t want = (ssize_t)(count * sizeof *keys);
	ssize_t got;
	do
		got = pread(fd, keys, (size_t)want, offset_of(slot));
	while (got < 0 && errno == EINTR);
	if (got != want)
		fail(table, "read");
	return got == want;
}

/* Where the key is (*found) or belongs; slots when the disk fails. */
static uint64_t find(struct key_table *table, int fd, uint64_t slots, struct id_key key, bool *found)
{
	struct id_key run[RUN];
	uint64_t slot = (key.low ^ key.high) & (slots - 1);
	*found = false;
	for (;;) {
		uint64_t count = slots - slot < RUN ? slots - slot : RUN;
		if (!read_slots(table, fd, slot, run, (size_t)count))
			return slots;
		for (uint64_t i = 0; i < count; i++) {
			*found = run[i].high == key.high && run[i].low == key.low;
			if (*found || is_empty(run[i]))
				return slot + i;
		}
		slot = (slot + count) & (slots - 1);
	}
}

static bool put(struct key_table *table, int fd, uint64_t slots, struct id_key key)
{
	bool found;
	uint64_t slot = find(table, fd, slots, key, &found);
	if (slot == slots || found)
		return false;
	if (pwrite(fd, &key, sizeof key, offset_of(slot)) == (ssize_t)sizeof key)
		return true;
	fail(table, "write");
	return false;
}

/* Twice the slots, or the first ones. */
static void grow(struct key_table *table)
{
	struct spool larger;
	struct id_key run[RUN];
	uint64_t slots = table->slots ? table->slots * 2 : FIRST_SLOTS;
	if (!make_file(table, &larger, slots)) {
		spool_release(&larger);
		return;
	}
	for (uint64_t slot = 0; slot < table->slots && !table->failed; slot += RUN) {
		if (!read_slots(table, table->file.fd, slot, run, RUN))
			break;
		for (size_t i = 0; i < RUN; i++) {
			if (!is_empty(run[i]))
				put(table, larger.fd, slots, run[i]);
		}
	}
	spool_release(&table->file);
	table->file = larger;
	table->slots = slots;
}

bool key_table_has(struct key_table *table, struct id_key key)
{
	bool found = id_set_has(&table->memory, key);
	/* The key of zeros, which means an empty slot in the file, is always kept in memory. */
	if (!found && table->slots && !table->failed && !is_empty(key))
		find(table, table->file.fd, table->slots, key, &found);
	return found;
}

bool key_table_add(struct key_table *table, struct id_key key)
{
	if (table->memory.count < KEY_TABLE_MEMORY || is_empty(key))
		return id_set_add(&table->memory, key);
	if (table->failed || id_set_has(&table->memory, key))
		return false;
	if ((table->count + 1) * 2 > table->slots)
		grow(table);
	if (table->failed || !put(table, table->file.fd, table->slots, key))
		return false;
	table->count++;
	return true;
}

int key_table_check(const struct key_table *table, struct error *err)
{
	if (!table->failed)
		return 0;
	if (err)
		*err = table->error;
	return -1;
}
