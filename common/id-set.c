/* SPDX-License-Identifier: Apache-2.0 */
#include "id-set.h"

#include <openssl/sha.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "xalloc.h"

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

/* The first 32 hex digits of text, dashes skipped; false when another byte comes before them. */
static bool hex_key(const char *text, size_t len, struct id_key *key)
{
	uint64_t parts[2] = {0, 0};
	int count = 0;
	for (size_t i = 0; i < len && count < 32; i++) {
		if (text[i] == '-')
			continue;
		int digit = hex_digit(text[i]);
		if (digit < 0)
			return false;
		parts[count / 16] = parts[count / 16] << 4 | (uint64_t)digit;
		count++;
	}
	*key = (struct id_key){parts[0], parts[1]};
	return count == 32;
}

/* Keyed by chance, so that nobody outside can make texts that collide. */
static struct id_key hashed_key(const char *text, size_t len)
{
	static unsigned char secret[16];
	static bool has_secret;
	if (!has_secret) {
		if (getrandom(secret, sizeof(secret), 0) != (ssize_t)sizeof(secret))
			memcpy(secret, &(void *){secret}, sizeof(void *));
		has_secret = true;
	}
	unsigned char digest[SHA256_DIGEST_LENGTH];
	unsigned char *message = xmalloc(sizeof(secret) + len);
	memcpy(message, secret, sizeof(secret));
	memcpy(message + sizeof(secret), text, len);
	SHA256(message, sizeof(secret) + len, digest);
	free(message);
	struct id_key key;
	memcpy(&key, digest, sizeof(key));
	return key;
}

struct id_key id_key_of(const char *text, size_t len)
{
	struct id_key key;
	const char *dashes = len > 38 ? memmem(text, len, "--", 2) : NULL;
	if (dashes && (size_t)(text + len - dashes) == 38 && hex_key(dashes + 2, 36, &key)) {
		/* The same UUID may stand behind several types. */
		uint64_t type = 0;
		for (const char *at = text; at < dashes; at++)
			type = type * 31 + (unsigned char)*at;
		key.low ^= type;
		return key;
	}
	if (len == 64 && hex_key(text, len, &key))
		return key;
	return hashed_key(text, len);
}

void id_set_init(struct id_set *set)
{
	*set = (struct id_set){.slots = NULL};
}

void id_set_release(struct id_set *set)
{
	free(set->slots);
	id_set_init(set);
}

static bool is_zero(struct id_key key)
{
	return key.high == 0 && key.low == 0;
}

/* The slot that holds the key, or the free one where it belongs. cap is a power of two and never full. */
static struct id_key *slot_of(const struct id_set *set, struct id_key key)
{
	uint64_t mixed = (key.high ^ key.low) * 0x9E3779B97F4A7C15u;
	size_t at = (size_t)(mixed >> 20) & (set->cap - 1);
	while (!is_zero(set->slots[at]) && (set->slots[at].high != key.high || set->slots[at].low != key.low))
		at = (at + 1) & (set->cap - 1);
	return &set->slots[at];
}

static void grow(struct id_set *set)
{
	struct id_set larger = {.cap = set->cap ? set->cap * 2 : 64};
	larger.slots = xcalloc(larger.cap, sizeof(*larger.slots));
	for (size_t i = 0; i < set->cap; i++) {
		if (!is_zero(set->slots[i]))
			*slot_of(&larger, set->slots[i]) = set->slots[i];
	}
	free(set->slots);
	set->slots = larger.slots;
	set->cap = larger.cap;
}

bool id_set_add(struct id_set *set, struct id_key key)
{
	if (is_zero(key)) {
		bool is_new = !set->has_zero;
		set->has_zero = true;
		set->count += is_new;
		return is_new;
	}
	if ((set->count + 1) * 4 > set->cap * 3)
		grow(set);
	struct id_key *slot = slot_of(set, key);
	if (!is_zero(*slot))
		return false;
	*slot = key;
	set->count++;
	return true;
}

void id_set_add_all(struct id_set *set, const struct id_set *others)
{
	for (size_t i = 0; i < others->cap; i++) {
		if (!is_zero(others->slots[i]))
			id_set_add(set, others->slots[i]);
	}
	if (others->has_zero)
		id_set_add(set, (struct id_key){0, 0});
}

bool id_set_has(const struct id_set *set, struct id_key key)
{
	if (is_zero(key))
		return set->has_zero;
	return set->cap && !is_zero(*slot_of(set, key));
}
