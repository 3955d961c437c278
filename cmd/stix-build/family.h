/* SPDX-License-Identifier: Apache-2.0 */
/* What a file's malware family is called (design section 6, row "family"). */
#ifndef FAMILY_H
#define FAMILY_H

#include "view.h"

/* One known family: its usual spelling, and how engines and others write it, lower case without blanks and punctuation.
 */
struct family_name {
	const char *key;
	const char *name;
};
extern const struct family_name family_names[]; /* ordered by key */
extern const size_t family_name_count;

/* The known spelling of a name in any writing, or NULL. */
const char *family_find(const char *name);
/*
 * Fills view->families: first what an extracted configuration or Google Threat Intelligence tells, then what five and
 * more engines agree on.
 */
void family_read(struct view *view);
/* The category that most engines agree on ("trojan"), cleaned, into category[size]; "" when there is none. */
void family_category(const struct view *view, char *category, size_t size);
/* STIX's malware-type-ov word for a category, or NULL. */
const char *family_malware_type(const char *category);

#endif
