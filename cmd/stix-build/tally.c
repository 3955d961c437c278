/* SPDX-License-Identifier: Apache-2.0 */
#include "tally.h"

#include <stdlib.h>
#include <string.h>

#include "utf8.h"
#include "xalloc.h"

#define SLOT_COUNT 4096 /* a power of two, twice TALLY_MAX */

void tally_release(struct tally *tally)
{
	free(tally->rows);
	free(tally->slots);
	*tally = (struct tally){.rows = NULL};
}

/* FNV-1a, 64 bits. */
static uint64_t hash_of(const char *text)
{
	uint64_t hash = UINT64_C(0xCBF29CE484222325);
	for (; *text; text++)
		hash = (hash ^ (unsigned char)*text) * UINT64_C(0x100000001B3);
	return hash;
}

static void copy_text(char *to, size_t size, const char *text)
{
	size_t len = utf8_prefix(text, strlen(text), size - 1);
	memcpy(to, text, len);
	to[len] = '\0';
}

void tally_add(struct tally *tally, const char *key, const char *name, const char *note, int64_t malicious)
{
	uint64_t hash = hash_of(key);
	if (!tally->slots)
		tally->slots = xcalloc(SLOT_COUNT, sizeof(*tally->slots));
	size_t at = (size_t)hash & (SLOT_COUNT - 1);
	for (; tally->slots[at]; at = (at + 1) & (SLOT_COUNT - 1)) {
		struct tally_row *row = &tally->rows[tally->slots[at] - 1];
		if (row->hash == hash) {
			row->files++;
			return;
		}
	}
	if (tally->count == TALLY_MAX) {
		tally->overflow++;
		return;
	}
	if ((tally->count & (tally->count - 1)) == 0)
		tally->rows = xreallocarray(tally->rows, tally->count ? tally->count * 2 : 16, sizeof(*tally->rows));
	struct tally_row *row = &tally->rows[tally->count++];
	*row = (struct tally_row){.hash = hash, .files = 1, .malicious = malicious};
	copy_text(row->name, sizeof(row->name), name);
	copy_text(row->note, sizeof(row->note), note);
	tally->slots[at] = (uint16_t)tally->count;
}

static int compare_rows(const void *left, const void *right)
{
	const struct tally_row *a = left;
	const struct tally_row *b = right;
	if (a->files != b->files)
		return a->files > b->files ? -1 : 1;
	if (a->malicious != b->malicious)
		return a->malicious > b->malicious ? -1 : 1;
	int order = strcmp(a->name, b->name);
	return order ? order : strcmp(a->note, b->note);
}

void tally_sort(struct tally *tally)
{
	if (tally->count)
		qsort(tally->rows, tally->count, sizeof(*tally->rows), compare_rows);
}
