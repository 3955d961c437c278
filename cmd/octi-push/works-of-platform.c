/* SPDX-License-Identifier: Apache-2.0 */
#include "works-of-platform.h"

#include <stdlib.h>
#include <string.h>

#include "log.h"
#include "xalloc.h"

static void remember(void *data, const char *id, const char *name, const char *status)
{
	struct works_known *known = data;
	(void)name;
	(void)status;
	known->ids = xreallocarray(known->ids, known->count + 1, sizeof *known->ids);
	known->ids[known->count++] = xstrdup(id);
}

void works_known_release(struct works_known *known)
{
	for (size_t i = 0; i < known->count; i++)
		free(known->ids[i]);
	free(known->ids);
	*known = (struct works_known){0};
}

int works_of_platform_begin(struct works *works, struct error *err)
{
	return platform_each_work(&works->session->platform, remember, &works->known, err);
}

static bool is_new(const struct works *works, const char *id)
{
	for (size_t i = 0; i < works->known.count; i++) {
		if (strcmp(works->known.ids[i], id) == 0)
			return false;
	}
	return true;
}

struct count {
	const struct works *works;
	size_t count, ended;
};

static void count_new(void *data, const char *id, const char *name, const char *status)
{
	struct count *count = data;
	(void)name;
	if (!is_new(count->works, id))
		return;
	count->count++;
	if (platform_work_has_ended(status))
		count->ended++;
}

int works_of_platform_look(struct works *works, bool *settled, int64_t *progress, struct error *err)
{
	struct count count = {.works = works};
	if (platform_each_work(&works->session->platform, count_new, &count, err) != 0)
		return -1;
	*settled = count.count >= works->pushes && count.ended == count.count;
	*progress = (int64_t)count.ended;
	return 0;
}

struct found {
	const struct works *works;
	struct works_known ids;
};

static void find_new(void *data, const char *id, const char *name, const char *status)
{
	struct found *found = data;
	if (is_new(found->works, id))
		remember(&found->ids, id, name, status);
}

void works_of_platform_adopt(struct works *works)
{
	struct error err;
	struct found found = {.works = works};
	if (platform_each_work(&works->session->platform, find_new, &found, &err) != 0)
		log_debug("the works that the platform opened are not known: %s", err.text);
	else if (found.ids.count != works->pushes)
		log_debug("%zu new works after %zu pushes: not watched", found.ids.count, works->pushes);
	else
		for (size_t i = 0; i < found.ids.count; i++)
			works_take(works, found.ids.ids[i], JOURNAL_ENDED, 0);
	works_known_release(&found.ids);
}
