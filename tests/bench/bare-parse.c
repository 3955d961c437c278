/* SPDX-License-Identifier: Apache-2.0 */
/* What others are measured against: each line of standard input parsed by cJSON, and nothing else. */
#include <cjson/cJSON.h>
#include <stdio.h>
#include <stdlib.h>

int main(void)
{
	char *line = NULL;
	size_t size = 0;
	ssize_t len;
	long good = 0, bad = 0;
	while ((len = getline(&line, &size, stdin)) > 0) {
		cJSON *tree = cJSON_ParseWithLength(line, (size_t)len);
		good += tree != NULL;
		bad += tree == NULL;
		cJSON_Delete(tree);
	}
	free(line);
	printf("%ld good, %ld bad\n", good, bad);
	return bad > 0;
}
