/* SPDX-License-Identifier: Apache-2.0 */
/* How many files share a name, a host, a dropped file: bounded, whatever comes. */
#ifndef TALLY_H
#define TALLY_H

#include <stddef.h>
#include <stdint.h>

#define TALLY_MAX 2000 /* different ones; later ones are only counted together */

struct tally_row {
	uint64_t hash;
	char name[200];
	char note[64];
	int64_t files;
	int64_t malicious; /* engines that call it so; -1: not told */
};

struct tally {
	struct tally_row *rows;
	size_t count;
	uint16_t *slots;  /* row + 1 by hash; 0: free */
	int64_t overflow; /* times that something was not told apart */
};

void tally_release(struct tally *tally);
/* One more file that shares what key stands for. The first name, note and number of a key are kept. */
void tally_add(struct tally *tally, const char *key, const char *name, const char *note, int64_t malicious);
/* Brings the rows into order: most files first, then most engines, then by name. Nothing can be added after it. */
void tally_sort(struct tally *tally);

#endif
