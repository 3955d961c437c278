/* SPDX-License-Identifier: Apache-2.0 */
/* Countries: look-up and suggestions; with the path of countries.tsv, every row and the id that the platform gives. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "country.h"
#include "stix-id.h"

static void own_cases(void)
{
	const struct country *australia = country_find("au");
	if (CHECK(australia != NULL)) {
		CHECK_TEXT(australia->name, "Australia");
		CHECK_TEXT(australia->alpha3, "AUS");
	}
	CHECK(country_find("XX") == NULL);
	CHECK(country_find("") == NULL);
	CHECK(country_suggest("UK") == country_find("GB"));
	CHECK(country_suggest("Germany") == country_find("DE"));
	for (size_t i = 1; i < country_count; i++)
		CHECK(strcmp(countries[i - 1].alpha2, countries[i].alpha2) < 0);
}

/* A heading, then alpha-2, alpha-3, name and standard_id, with tabs between. */
static void table(const char *path)
{
	char line[300], id[STIX_ID_MAX];
	size_t rows = 0;
	FILE *stream = fopen(path, "r");
	if (!CHECK(stream != NULL))
		return;
	while (fgets(line, sizeof(line), stream)) {
		char *rest = line;
		const char *alpha2 = strsep(&rest, "\t"), *alpha3 = strsep(&rest, "\t"), *name = strsep(&rest, "\t");
		const char *want = rest ? strsep(&rest, "\r\n\t") : NULL;
		if (!want || strcmp(alpha2, "alpha2") == 0)
			continue;
		rows++;
		const struct country *country = country_find(alpha2);
		if (!CHECK(country != NULL))
			continue;
		CHECK_TEXT(country->alpha3, alpha3);
		CHECK_TEXT(country->name, name);
		CHECK_TEXT(stix_id_location(id, country->name, "Country"), want);
	}
	fclose(stream);
	CHECK_INT(rows, country_count);
}

int main(int argc, char **argv)
{
	own_cases();
	if (argc > 1)
		table(argv[1]);
	return check_result();
}
