/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a platform would say to an object, as far as that can be known without one (opencti.md sections 8 to 11): for
 * the dry run. Knows the objects that this product makes and those near them; of others it says nothing.
 */
#ifndef IMPORT_RULES_H
#define IMPORT_RULES_H

#include <stdbool.h>
#include <stddef.h>

#include "json-scan.h"

/* What the platform would refuse about the object, which bundle_object_read has passed: text, or false for nothing. */
bool import_refuses(struct json_slice object, char *text, size_t size);
/*
 * Whether the platform computes another id for the object than given, which it then keeps as an alias; false when that
 * is not known. A technique's is right in both forms, that of older platforms and that of newer ones.
 */
bool import_id_is_foreign(struct json_slice object, const char *given);
/* Whether an id is one of the markings that every platform has. */
bool import_is_fixed_marking(const char *id, size_t len);

#endif
