/* SPDX-License-Identifier: Apache-2.0 */
/* What a run needs of the platform. */
#include <stdlib.h>
#include <string.h>

#include "doctor.h"
#include "exit-codes.h"
#include "http.h"
#include "marking.h"
#include "push-amqp.h"
#include "timestamp.h"

#define SKEW_MAX_S     300
#define CONNECTOR_TYPE "EXTERNAL_IMPORT"

static void say_failure(struct doctor *doctor, const char *subject, const struct error *err)
{
	doctor_say(doctor, DOCTOR_FAILED, err->status, subject, "%s", err->text);
}

static void look_at_tls(struct doctor *doctor)
{
	const struct push_settings *settings = doctor->settings;
	if (strncmp(settings->url, "http:", 5) == 0) {
		bool loopback = http_url_is_loopback(settings->url);
		doctor_say(doctor, loopback ? DOCTOR_OK : DOCTOR_WARNING, 0, "tls",
			   loopback ? "none, on a loopback address"
				    : "none: the token and the data travel in the clear");
	} else if (settings->insecure) {
		doctor_say(doctor, DOCTOR_WARNING, 0, "tls",
			   "opencti.ssl_verify is off: the certificate is not checked");
	} else {
		doctor_say(doctor, DOCTOR_OK, 0, "tls", "the certificate's chain and name are good%s%s",
			   settings->ca_path ? ", by " : "", settings->ca_path ? settings->ca_path : "");
	}
}

static void look_at_clock(struct doctor *doctor, int64_t there)
{
	if (there < 0) {
		doctor_say(doctor, DOCTOR_SKIPPED, 0, "clock", "the platform does not tell its time");
		return;
	}
	int64_t ahead = timestamp_now() - there;
	int64_t skew = ahead < 0 ? -ahead : ahead;
	doctor_say(doctor, skew > SKEW_MAX_S ? DOCTOR_WARNING : DOCTOR_OK, 0, "clock", "%lld s %s the platform's",
		   (long long)skew, ahead < 0 ? "behind" : "ahead of");
}

/* The other form is no failure, but every technique has an alias then. */
static void look_at_technique_ids(struct doctor *doctor, struct version version)
{
	bool is_lower = strcmp(config_text(doctor->config, "vtreporter.technique_ids"), "lower") == 0;
	if (is_lower != version_lowers_mitre_ids(version))
		doctor_say(doctor, DOCTOR_WARNING, 0, "techniques",
			   "vtreporter.technique_ids should be %s for this version, or techniques get a second id",
			   is_lower ? "as_written" : "lower");
}

/* Whether the platform answers at all. */
static bool look_at_version(struct doctor *doctor, struct platform *platform)
{
	struct error err;
	const char *odd;
	if (platform_about(platform, &odd, &err) != 0) {
		say_failure(doctor, "platform", &err);
		return false;
	}
	look_at_tls(doctor);
	look_at_clock(doctor, platform->date_epoch);
	if (odd)
		doctor_say(doctor, DOCTOR_WARNING, 0, "version", "OpenCTI %s: %s", platform->version_text, odd);
	else
		doctor_say(doctor, DOCTOR_OK, 0, "version", "OpenCTI %s", platform->version_text);
	look_at_technique_ids(doctor, platform->version);
	return true;
}

/* The right without which a run ends, or loses something. */
static const struct right {
	const char *name;
	bool is_needed;
	const char *without;
} rights[] = {
    {"CONNECTORAPI", true, "it cannot register and push"},
    {"MODULES", true, "it cannot read its state and works"},
    {"KNOWLEDGE_KNUPDATE", true, "what is pushed cannot be written"},
    {"SETTINGS_SETLABELS", false, "new labels are silently left out"},
    {"SETTINGS_SETMARKINGS", false, "a marking that is missing cannot be made"},
    {"SETTINGS_SETVOCABULARIES", false, "new words of vocabularies are silently left out"},
};

static bool has_right(const struct platform_user *user, const struct right *right, struct version version)
{
	if (platform_user_can(user, right->name))
		return true;
	/* In 6.5.1 one right is for both; it was divided later. */
	return strcmp(right->name, "SETTINGS_SETVOCABULARIES") == 0 && !version_at_least(version, 6, 5, 2) &&
	       platform_user_can(user, "SETTINGS_SETLABELS");
}

static void look_at_rights(struct doctor *doctor, const struct platform *platform, const struct platform_user *user)
{
	bool complete = true;
	for (size_t i = 0; i < sizeof rights / sizeof rights[0]; i++) {
		if (has_right(user, &rights[i], platform->version))
			continue;
		complete = false;
		doctor_say(doctor, rights[i].is_needed ? DOCTOR_FAILED : DOCTOR_WARNING, EXIT_REFUSED, "rights",
			   "the token's user \"%s\" lacks %s: %s", user->name, rights[i].name, rights[i].without);
	}
	if (complete)
		doctor_say(doctor, DOCTOR_OK, 0, "rights", "the token's user \"%s\" has all that are needed",
			   user->name);
}

static void look_at_marking(struct doctor *doctor, const struct platform_user *user, const char *name)
{
	enum marking_level level;
	if (!marking_parse(name, &level))
		return;
	if (!platform_user_sees_marking(user, marking_id(level)))
		doctor_say(doctor, platform_user_can(user, "SETTINGS_SETMARKINGS") ? DOCTOR_WARNING : DOCTOR_FAILED,
			   EXIT_REFUSED, "markings", "%s is not on the platform", name);
	else if (!platform_user_may_mark(user, marking_id(level)))
		doctor_say(doctor, DOCTOR_FAILED, EXIT_REFUSED, "markings",
			   "%s is not allowed to the token's user: the platform would refuse every object", name);
	else
		doctor_say(doctor, DOCTOR_OK, 0, "markings", "%s is there and allowed", name);
}

static void look_at_markings(struct doctor *doctor, const struct platform_user *user)
{
	const char *const *report = config_list(doctor->config, "vtreporter.report_markings");
	const char *const *file = config_list(doctor->config, "vtreporter.file_markings");
	for (const char *const *name = report; name && *name; name++)
		look_at_marking(doctor, user, *name);
	for (const char *const *name = file; name && *name; name++) {
		bool told = false;
		for (const char *const *other = report; other && *other; other++)
			told = told || strcmp(*name, *other) == 0;
		if (!told)
			look_at_marking(doctor, user, *name);
	}
}

static void look_at_token(struct doctor *doctor, struct platform *platform)
{
	struct error err;
	struct platform_user user;
	if (platform_read_user(platform, &user, &err) != 0) {
		say_failure(doctor, "rights", &err);
		return;
	}
	look_at_rights(doctor, platform, &user);
	look_at_markings(doctor, &user);
	platform_user_release(&user);
}

static void look_at_queue(struct doctor *doctor, const struct platform_connector *connector)
{
	double mb = connector->queue_bytes / 1e6;
	double threshold = doctor->settings->queue_threshold_mb;
	doctor_say(doctor, mb >= threshold ? DOCTOR_WARNING : DOCTOR_OK, 0, "queue",
		   "%.1f MB wait on the platform, the threshold is %.1f MB", mb, threshold);
}

static void look_at_connector(struct doctor *doctor, struct platform *platform)
{
	struct error err;
	struct platform_connector connector;
	const struct push_settings *settings = doctor->settings;
	if (platform_read_connector(platform, &connector, &err) != 0) {
		say_failure(doctor, "connector", &err);
		return;
	}
	const char *name = connector.name ? connector.name : "";
	if (!connector.found) {
		doctor_say(doctor, DOCTOR_OK, 0, "connector", "%s is not registered yet; the first run does it",
			   settings->connector_id);
	} else if (connector.type && strcmp(connector.type, CONNECTOR_TYPE) != 0) {
		doctor_say(doctor, DOCTOR_FAILED, EXIT_CONFIG, "connector",
			   "%s is the id of \"%s\", of the type %s; choose another connector.id",
			   settings->connector_id, name, connector.type);
	} else if (strcmp(name, settings->connector_name) != 0) {
		doctor_say(doctor, DOCTOR_FAILED, EXIT_CONFIG, "connector",
			   "%s is the id of \"%s\", which a run would rename to \"%s\"", settings->connector_id, name,
			   settings->connector_name);
	} else {
		doctor_say(doctor, DOCTOR_OK, 0, "connector", "%s is registered as \"%s\"", settings->connector_id,
			   name);
	}
	if (connector.found)
		look_at_queue(doctor, &connector);
	platform_connector_release(&connector);
}

static void look_at_amqp(struct doctor *doctor, struct platform *platform)
{
	struct error err;
	struct platform_queue queue;
	bool found;
	if (strcmp(doctor->settings->queue_protocol, push_amqp.name) != 0)
		return;
	if (platform_find_queue(platform, &queue, &found, &err) != 0) {
		say_failure(doctor, "amqp", &err);
		return;
	}
	if (!found) {
		doctor_say(doctor, DOCTOR_SKIPPED, 0, "amqp", "where it is is told to a registered connector");
		return;
	}
	struct amqp_link link;
	struct amqp_target target = push_amqp_target(&doctor->settings->mq, &queue);
	if (amqp_link_open(&link, &target, &err) == 0) {
		doctor_say(doctor, DOCTOR_OK, 0, "amqp", "%s:%d takes messages%s", target.host, target.port,
			   target.use_tls ? ", by TLS" : "");
		amqp_link_close(&link);
	} else {
		say_failure(doctor, "amqp", &err);
	}
	platform_queue_release(&queue);
}

void doctor_look_at_platform(struct doctor *doctor)
{
	struct platform platform;
	struct error err;
	if (platform_open(&platform, doctor->settings, &err) != 0) {
		say_failure(doctor, "platform", &err);
		return;
	}
	if (look_at_version(doctor, &platform)) {
		look_at_token(doctor, &platform);
		look_at_connector(doctor, &platform);
		look_at_amqp(doctor, &platform);
	}
	platform_close(&platform);
}
