/* SPDX-License-Identifier: Apache-2.0 */
#include "suggest.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

#define WORD_MAX 63

static size_t smallest(size_t a, size_t b, size_t c)
{
	size_t least = a < b ? a : b;
	return least < c ? least : c;
}

/* Levenshtein's distance, letter case ignored. */
static size_t distance(const char *a, const char *b)
{
	size_t row[WORD_MAX + 1];
	size_t len = strlen(b);
	for (size_t j = 0; j <= len; j++)
		row[j] = j;
	for (size_t i = 1; a[i - 1]; i++) {
		size_t diagonal = row[0];
		row[0] = i;
		for (size_t j = 1; j <= len; j++) {
			bool same = tolower((unsigned char)a[i - 1]) == tolower((unsigned char)b[j - 1]);
			size_t replaced = diagonal + !same;
			diagonal = row[j];
			row[j] = smallest(row[j] + 1, row[j - 1] + 1, replaced);
		}
	}
	return row[len];
}

const char *suggest_word(const char *word, const char *const *words, size_t count, size_t stride)
{
	const char *best = NULL;
	size_t len = strlen(word);
	/* A third of the word may be wrong, and always one letter. */
	size_t best_distance = len / 3 + 2;
	if (len > WORD_MAX)
		return NULL;
	for (size_t i = 0; i < count; i++) {
		const char *candidate;
		memcpy(&candidate, (const char *)words + i * stride, sizeof(candidate));
		if (!candidate || strlen(candidate) > WORD_MAX)
			continue;
		size_t away = distance(word, candidate);
		if (away < best_distance) {
			best = candidate;
			best_distance = away;
		}
	}
	return best;
}
