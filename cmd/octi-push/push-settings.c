/* SPDX-License-Identifier: Apache-2.0 */
#include "push-settings.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "certificates.h"
#include "exit-codes.h"
#include "log.h"
#include "xalloc.h"

#define API_TIMEOUT_S 120

/* Headers that are ours, or that would make a request mean something else. */
static const char *const reserved[] = {"authorization", "content-type", "content-length", "host", "transfer-encoding"};

static bool is_any(const char *text, const char *const *words)
{
	for (; *words; words++) {
		if (strcasecmp(text, *words) == 0)
			return true;
	}
	return false;
}

static void read_tls(const struct config *config, struct push_settings *settings)
{
	const char *verify = config_text(config, "opencti.ssl_verify");
	settings->insecure = is_any(verify, (const char *const[]){"false", "no", NULL});
	if (!settings->insecure && !is_any(verify, (const char *const[]){"true", "yes", NULL}))
		settings->ca_path = verify;
}

static int read_extra_certificates(const struct config *config, struct push_settings *settings, struct error *err)
{
	if (certificates_read(config, &settings->ca_extra_pem, err) != 0)
		return -1;
	/* pycti switches verification on with them. */
	if (settings->ca_extra_pem)
		settings->insecure = false;
	return 0;
}

static char *trim(char *text)
{
	while (isspace((unsigned char)*text))
		text++;
	size_t len = strlen(text);
	while (len && isspace((unsigned char)text[len - 1]))
		text[--len] = '\0';
	return text;
}

static bool is_reserved(const char *name)
{
	for (size_t i = 0; i < sizeof reserved / sizeof reserved[0]; i++) {
		if (strcasecmp(name, reserved[i]) == 0)
			return true;
	}
	return false;
}

/* "name1:value1;name2:value2"; like pycti, a pair that is none is left out. */
static void read_headers(const struct config *config, struct push_settings *settings)
{
	const char *value = config_text(config, "opencti.custom_headers");
	size_t count = 0;
	settings->headers = xcalloc((value ? strlen(value) : 0) + 3, sizeof *settings->headers);
	settings->headers[count++] = xstrdup("Content-Type: application/json");
	char *copy = xstrdup(value ? value : "");
	char *rest = copy;
	for (char *pair; (pair = strsep(&rest, ";"));) {
		char *colon = strchr(pair, ':');
		if (!colon)
			continue;
		*colon = '\0';
		const char *name = trim(pair);
		const char *text = trim(colon + 1);
		if (!*name || !*text || strpbrk(text, "\r\n") || is_reserved(name)) {
			log_warning("opencti.custom_headers: the header \"%s\" cannot be sent", name);
			continue;
		}
		log_add_secret(text);
		settings->headers[count++] = xasprintf("%s: %s", name, text);
	}
	free(copy);
}

static int64_t milliseconds(const struct config *config, const char *key)
{
	return duration_approx_seconds(config_duration(config, key)) * 1000;
}

static void read_windows(const struct config *config, struct push_settings *settings)
{
	settings->countries = config_list(config, "vtreporter.country");
	settings->period = config_duration(config, "connector.duration_period");
	settings->lag_s = duration_approx_seconds(config_duration(config, "vtreporter.lag"));
	settings->max_catchup = (int)config_int(config, "vtreporter.max_catchup");
	settings->state_dir = config_text(config, "vtreporter.state_dir");
	settings->outbox_dir = config_text(config, "vtreporter.outbox_dir");
	/* "NONE" is no duration and leaves zero. */
	if (duration_parse(config_text(config, "vtreporter.revisit"), &settings->revisit, NULL) != 0)
		settings->revisit = (struct duration){0};
}

static void read_mq(const struct config *config, struct mq_settings *mq)
{
	*mq = (struct mq_settings){
	    .host = config_text(config, "mq.host"),
	    .vhost = config_text(config, "mq.vhost"),
	    .user = config_text(config, "mq.user"),
	    .password = config_text(config, "mq.pass"),
	    .port = config_has(config, "mq.port") ? (int)config_int(config, "mq.port") : 0,
	    .tls_is_set = config_has(config, "mq.use_ssl"),
	    .ca = config_text(config, "mq.use_ssl_ca"),
	    .certificate = config_text(config, "mq.use_ssl_cert"),
	    .key = config_text(config, "mq.use_ssl_key"),
	    .passphrase = config_text(config, "mq.use_ssl_passphrase"),
	    .verify = config_bool(config, "mq.use_ssl_reject_unauthorized"),
	};
	mq->use_tls = mq->tls_is_set && config_bool(config, "mq.use_ssl");
}

int push_settings_read(const struct config *config, struct push_settings *settings, struct error *err)
{
	*settings = (struct push_settings){
	    .url = config_text(config, "opencti.url"),
	    .token = config_text(config, "opencti.token"),
	    .timeout_ms = API_TIMEOUT_S * 1000,
	    .retry_ms = (long)milliseconds(config, "vtreporter.push_retry"),
	    .connector_id = config_text(config, "connector.id"),
	    .connector_name = config_text(config, "connector.name"),
	    .scope = config_list(config, "connector.scope"),
	    .queue_protocol = config_text(config, "connector.queue_protocol"),
	    .queue_threshold_mb = (double)config_int(config, "connector.queue_threshold"),
	    .to_queue = config_bool(config, "connector.send_to_queue"),
	    .directory_retention_days = config_int(config, "connector.send_to_directory_retention"),
	    .body_max = (uint64_t)config_int(config, "vtreporter.push_max_body"),
	    .objects_max = (uint64_t)config_int(config, "vtreporter.push_max_objects"),
	    .wait_ms = milliseconds(config, "vtreporter.push_wait"),
	};
	if (config_bool(config, "connector.send_to_directory"))
		settings->directory = config_text(config, "connector.send_to_directory_path");
	read_windows(config, settings);
	read_mq(config, &settings->mq);
	read_tls(config, settings);
	read_headers(config, settings);
	if (read_extra_certificates(config, settings, err) != 0) {
		push_settings_release(settings);
		return -1;
	}
	return 0;
}

void push_settings_release(struct push_settings *settings)
{
	for (size_t i = 0; settings->headers && settings->headers[i]; i++)
		free((char *)(uintptr_t)settings->headers[i]);
	free(settings->headers);
	free(settings->ca_extra_pem);
	*settings = (struct push_settings){0};
}
