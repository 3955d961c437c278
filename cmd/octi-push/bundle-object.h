/* SPDX-License-Identifier: Apache-2.0 */
/* One element of a bundle's objects: what it is, and what it refers to. Borrows from checked JSON text. */
#ifndef BUNDLE_OBJECT_H
#define BUNDLE_OBJECT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "buf.h"
#include "error.h"
#include "id-set.h"
#include "json-scan.h"

#define BUNDLE_TYPE_MAX 48
#define BUNDLE_ID_MAX   96

enum bundle_class {
	BUNDLE_NODE,
	BUNDLE_RELATIONSHIP, /* the platform refuses it when an end is missing */
	BUNDLE_CONTAINER     /* what the platform cannot find is silently left out of it */
};

struct bundle_object {
	char id[BUNDLE_ID_MAX];
	char type[BUNDLE_TYPE_MAX];
	struct id_key key;
	struct id_key aliases[2]; /* of OpenCTI's own ids, by which others may refer to it */
	size_t alias_count;
	enum bundle_class class;
	bool incompatible; /* the platform has no such thing, or one of its ends is none: it leaves the object out */
	bool partial;      /* a report that says that it does not tell everything (stix-build --partial) */
};

/* Checks that value is an object with a type, an id of that type, and well-formed references. EXIT_BAD_INPUT. */
int bundle_object_read(struct json_slice value, struct bundle_object *object, struct error *err);

/* Whether text is "type--uuid". */
bool bundle_is_id(const char *text, size_t len);
/* The key of a well-formed id: ids of two types never have the same. */
struct id_key bundle_key_of(const char *id, size_t len);

/* Whether the platform knows the type of what is referred to (opencti.md section 4.2); a bare UUID may be anything. */
bool bundle_type_is_known(const char *id, size_t len);

/*
 * Walks all references of an object that bundle_object_read has passed: the top level members *_ref and *_refs, which
 * are those that the platform resolves (opencti.md section 4.2).
 */
struct bundle_refs {
	struct json_iter members;
	struct json_iter list;
	bool in_list;
	size_t member; /* which member the last one was in, from 1 */
};
void bundle_refs_init(struct bundle_refs *refs, struct json_slice object);
/* The next one, without quotes; false at the end. */
bool bundle_refs_next(struct bundle_refs *refs, const char **id, size_t *len);

/* Appends the object without the references that is_cut names: out of a list, or null instead of a single one. */
void bundle_object_cut(struct json_slice object, bool (*is_cut)(void *data, const char *id, size_t len), void *data,
		       struct buf *out);

#endif
