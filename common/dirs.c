/* SPDX-License-Identifier: Apache-2.0 */
#include "dirs.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "xalloc.h"

static int make_one(const char *path)
{
	return mkdir(path, 0700) == 0 || errno == EEXIST ? 0 : -1;
}

int dirs_make_parents(const char *path)
{
	char *parent = xstrdup(path);
	int failed = 0;
	for (char *slash = strchr(parent + 1, '/'); slash && !failed; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		failed = make_one(parent);
		*slash = '/';
	}
	int reason = errno;
	free(parent);
	errno = reason;
	return failed;
}

int dirs_make(const char *path)
{
	return dirs_make_parents(path) || make_one(path) ? -1 : 0;
}
