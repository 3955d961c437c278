/* SPDX-License-Identifier: Apache-2.0 */
/* A set of ids by 128 bits of each: open addressing, at most 32 bytes an id on average at any size. */
#ifndef ID_SET_H
#define ID_SET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct id_key {
	uint64_t high, low;
};

struct id_set {
	struct id_key *slots;
	size_t count, cap;
	bool has_zero;
};

/* The key of any text: the first 128 bits of its SHA-256 when it is 64 hex digits, or of a UUID after "--"; else a hash
 * of the text that nobody can aim at from outside (SipHash or a cryptographic one with a key drawn per process). */
struct id_key id_key_of(const char *text, size_t len);
void id_set_init(struct id_set *set);
void id_set_release(struct id_set *set);
/* True when the key was not there before. */
bool id_set_add(struct id_set *set, struct id_key key);
/* Adds all keys of another set. */
void id_set_add_all(struct id_set *set, const struct id_set *others);
bool id_set_has(const struct id_set *set, struct id_key key);

#endif
