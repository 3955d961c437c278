/* SPDX-License-Identifier: Apache-2.0 */
/* "did you mean": the nearest of the known words. */
#ifndef SUGGEST_H
#define SUGGEST_H

#include <stddef.h>

/*
 * The one of the count words that is nearest to word by edit distance (case ignored), or NULL when none is near enough
 * to be a likely slip. words are borrowed; stride is the distance in bytes from one const char * to the next (tables of
 * structs).
 */
const char *suggest_word(const char *word, const char *const *words, size_t count, size_t stride);

#endif
