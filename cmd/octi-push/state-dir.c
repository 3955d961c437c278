/* SPDX-License-Identifier: Apache-2.0 */
#include "state-dir.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "dirs.h"
#include "log.h"
#include "xalloc.h"

bool state_dir_make_parents(const char *path)
{
	return dirs_make_parents(path) == 0;
}

char *state_dir_path(const struct push_settings *settings, const char *name)
{
	if (!settings->state_dir)
		return NULL;
	char *path = xasprintf("%s/%s", settings->state_dir, name);
	if (state_dir_make_parents(path))
		return path;
	log_debug("cannot make the directory of \"%s\": %s", path, strerror(errno));
	free(path);
	return NULL;
}
