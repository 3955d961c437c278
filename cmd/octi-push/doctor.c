/* SPDX-License-Identifier: Apache-2.0 */
#include "doctor.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "country.h"
#include "exit-codes.h"
#include "log.h"
#include "stop.h"
#include "xalloc.h"

void doctor_say(struct doctor *doctor, enum doctor_verdict verdict, int status, const char *subject, const char *format,
		...)
{
	static const char *const words[] = {"ok", "skipped", "warning", "failed"};
	struct error text;
	va_list args;
	struct buf long_text;
	buf_init(&long_text, BUF_UNBOUNDED);
	va_start(args, format);
	buf_vprintf(&long_text, format, args);
	va_end(args);
	/* An error's text is one line without control characters. */
	error_set(&text, 0, "%s", long_text.data);
	char *plain = xasprintf("%-8s %-12s %s", words[verdict], subject, text.text);
	char *line = log_redact(plain);
	out_put_line(&doctor->out, line, strlen(line));
	free(line);
	free(plain);
	buf_release(&long_text);
	if (verdict == DOCTOR_FAILED && doctor->status == EXIT_DONE)
		doctor->status = status;
}

/* Whether files can be made in the directory, or it can be made; errno tells why not. */
static bool is_usable(const char *directory)
{
	char *path = xstrdup(directory);
	int result = access(path, W_OK | X_OK);
	while (result != 0 && errno == ENOENT) {
		char *slash = strrchr(path, '/');
		if (!slash)
			break;
		slash[slash == path] = '\0';
		result = access(path, W_OK | X_OK);
		if (slash == path)
			break;
	}
	int number = errno;
	free(path);
	errno = number;
	return result == 0;
}

static void look_at_directory(struct doctor *doctor, const char *name, const char *directory, bool is_needed)
{
	if (!directory)
		return;
	if (is_usable(directory))
		doctor_say(doctor, DOCTOR_OK, 0, "directory", "%s: \"%s\" is writable", name, directory);
	else
		doctor_say(doctor, is_needed ? DOCTOR_FAILED : DOCTOR_WARNING, EXIT_IO, "directory",
			   "%s: \"%s\" cannot be written: %s", name, directory, strerror(errno));
}

void doctor_look_here(struct doctor *doctor)
{
	for (const char *const *code = doctor->settings->countries; *code; code++)
		doctor_say(doctor, DOCTOR_OK, 0, "country", "%s is %s", *code, country_find(*code)->name);
	const char *temporary = getenv("TMPDIR");
	look_at_directory(doctor, "TMPDIR", temporary && *temporary ? temporary : "/tmp", true);
	look_at_directory(doctor, "vtreporter.state_dir", doctor->settings->state_dir, true);
	look_at_directory(doctor, "vtreporter.outbox_dir", doctor->settings->outbox_dir, true);
	look_at_directory(doctor, "connector.send_to_directory_path", doctor->settings->directory, true);
	look_at_directory(doctor, "vtreporter.archive_dir", config_text(doctor->config, "vtreporter.archive_dir"),
			  true);
	look_at_directory(doctor, "vtreporter.cache_dir", config_text(doctor->config, "vtreporter.cache_dir"), false);
}

int doctor_run(const struct config *config, const struct push_settings *settings)
{
	/* Who asks wants to know how it stands now. */
	struct push_settings at_once = *settings;
	struct doctor doctor = {.config = config, .settings = &at_once, .status = EXIT_DONE};
	struct error err;
	at_once.retry_ms = 0;
	out_init(&doctor.out, STDOUT_FILENO);
	doctor_look_here(&doctor);
	doctor_look_at_platform(&doctor);
	doctor_look_at_virustotal(&doctor);
	int closed = out_close(&doctor.out, &err);
	bool reader_left = doctor.out.reader_left;
	out_release(&doctor.out);
	if (reader_left)
		stop_by_sigpipe();
	if (stop_signal())
		return EXIT_SIGNAL_BASE + stop_signal();
	if (closed != 0) {
		log_failure(&err);
		return err.status;
	}
	return doctor.status;
}
