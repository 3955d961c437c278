/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A set of ids like id-set.h, in flat memory: what is more than KEY_TABLE_MEMORY of them lies in an unlinked temporary
 * file, as a table with open addressing. A failure of the disk is remembered, and to be asked for in the end.
 */
#ifndef KEY_TABLE_H
#define KEY_TABLE_H

#include <stdbool.h>
#include <stdint.h>

#include "error.h"
#include "id-set.h"
#include "spool.h"

#define KEY_TABLE_MEMORY 16384

struct key_table {
	struct id_set memory;
	struct spool file; /* used for its descriptor alone */
	uint64_t slots;    /* in the file; a power of two, 0 without one */
	uint64_t count;    /* of them in use */
	bool failed;
	struct error error;
};

void key_table_init(struct key_table *table);
void key_table_release(struct key_table *table);
/* True when the key was not there before. */
bool key_table_add(struct key_table *table, struct id_key key);
bool key_table_has(struct key_table *table, struct id_key key);
/* -1 and err (EXIT_IO) when an answer before this may have been wrong. */
int key_table_check(const struct key_table *table, struct error *err);

#endif
