/* SPDX-License-Identifier: Apache-2.0 */
/* ISO 3166-1 countries with the English names of OpenCTI's geography data set (opencti.md section 8.7). */
#ifndef COUNTRY_H
#define COUNTRY_H

#include <stddef.h>

struct country {
	const char *alpha2;
	const char *alpha3;
	const char *name;
};

extern const struct country countries[];
extern const size_t country_count;
/* By alpha-2 code, case ignored; NULL when there is none. */
const struct country *country_find(const char *alpha2);
/* What somebody who wrote this may have meant ("UK" -> GB, "AUS" -> AU, "Australia" -> AU), or NULL. */
const struct country *country_suggest(const char *text);

#endif
