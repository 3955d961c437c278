/* SPDX-License-Identifier: Apache-2.0 */
#include "run.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "bundle-spool.h"
#include "dry-run.h"
#include "exit-codes.h"
#include "input.h"
#include "log.h"
#include "out.h"
#include "outbox.h"
#include "platform.h"
#include "push.h"
#include "stop.h"

int run_fail(const struct error *err)
{
	log_failure(err);
	return err->status;
}

static int dry_run(struct run *run, struct bundle_spool *bundle, struct out *out, int *status, struct error *err)
{
	struct platform platform;
	const char *odd;
	struct dry_run dry_run = {
	    .bundle = bundle,
	    .limits = {run->settings.body_max, run->settings.objects_max},
	    .by_message = strcmp(run->settings.queue_protocol, push_amqp.name) == 0,
	};
	if (input_read(STDIN_FILENO, bundle, NULL, err) != 0 || delivery_check(&run->delivery, bundle, err) != 0)
		return -1;
	/* A platform is asked only when there is a token. */
	if (run->settings.url && run->settings.token) {
		if (platform_open(&platform, &run->settings, err) != 0)
			return -1;
		dry_run.platform = &platform;
	}
	int result = dry_run.platform ? platform_about(&platform, &odd, err) : 0;
	if (result == 0)
		result = dry_run_tell(&dry_run, out, err);
	if (dry_run.platform)
		platform_close(&platform);
	*status = dry_run.refused || dry_run.unknown_markings ? EXIT_REJECTED : EXIT_DONE;
	return result;
}

int run_dry(struct run *run)
{
	struct error err;
	struct bundle_spool bundle;
	struct out out;
	int status;
	out_init(&out, STDOUT_FILENO);
	bundle_spool_init(&bundle);
	int result = dry_run(run, &bundle, &out, &status, &err);
	bool reader_left = out.reader_left;
	out_release(&out);
	bundle_spool_release(&bundle);
	if (reader_left)
		stop_by_sigpipe();
	return result == 0 ? status : run_fail(&err);
}

int run_outbox(struct run *run)
{
	struct error err;
	struct outbox_list list;
	struct out out;
	if (outbox_list(&run->settings, &list, &err) != 0)
		return run_fail(&err);
	out_init(&out, STDOUT_FILENO);
	outbox_put(&list, &run->settings, &out);
	int closed = out_close(&out, &err);
	bool reader_left = out.reader_left;
	out_release(&out);
	outbox_list_release(&list);
	if (reader_left)
		stop_by_sigpipe();
	return closed == 0 ? EXIT_DONE : run_fail(&err);
}
