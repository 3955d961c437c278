/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "config-internal.h"
#include "xalloc.h"

#define DAY_S 86400

static struct config_value *value_of(struct config *config, const char *key)
{
	return &config->values[config_find(key)];
}

/* Takes text over. */
static void set_default(struct config *config, const char *key, char *text)
{
	struct config_value *value = value_of(config, key);
	if (value->text) {
		free(text);
		return;
	}
	value->text = text;
	value->origin = xstrdup("default");
}

/* systemd's directory, else the user's by the XDG base directory specification. */
static char *directory(const char *systemd_variable, const char *xdg_variable, const char *below_home)
{
	const char *path = getenv(systemd_variable);
	if (path && *path)
		return xstrndup(path, strcspn(path, ":"));
	path = getenv(xdg_variable);
	if (path && *path == '/')
		return xasprintf("%s/vt-country-report", path);
	const char *home = getenv("HOME");
	return xasprintf("%s/%s/vt-country-report", home && *home ? home : "", below_home);
}

void config_derive(struct config *config)
{
	struct duration period;
	const char *text = value_of(config, "connector.duration_period")->text;
	bool is_long = !text || duration_parse(text, &period, NULL) || duration_is_zero(period) ||
		       duration_approx_seconds(period) >= DAY_S;
	set_default(config, "vtreporter.lag", xstrdup(is_long ? "PT3H" : "PT15M"));
	const char *name = value_of(config, "connector.name")->text;
	set_default(config, "vtreporter.author", xstrdup(name ? name : ""));
	set_default(config, "vtreporter.state_dir", directory("STATE_DIRECTORY", "XDG_STATE_HOME", ".local/state"));
	set_default(config, "vtreporter.cache_dir", directory("CACHE_DIRECTORY", "XDG_CACHE_HOME", ".cache"));
	set_default(config, "vtreporter.outbox_dir",
		    xasprintf("%s/outbox", value_of(config, "vtreporter.state_dir")->text));
}
