/* SPDX-License-Identifier: Apache-2.0 */
#include "certificates.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "buf.h"
#include "exit-codes.h"

#define PEM_MAX ((size_t)1 << 20)

static int read_file(const char *path, struct buf *out, struct error *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t got = -1;
	while (fd >= 0) {
		char *room = buf_reserve(out, 4096);
		got = room ? read(fd, room, 4096) : -1;
		if (got <= 0)
			break;
		out->len += (size_t)got;
		out->data[out->len] = '\0';
	}
	int result = got == 0 ? 0 : error_set_errno(err, EXIT_CONFIG, "cannot read the certificates in \"%s\"", path);
	if (fd >= 0)
		close(fd);
	return result;
}

int certificates_read(const struct config *config, char **pem, struct error *err)
{
	const char *value = config_text(config, "opencti.https_ca_certificates");
	struct buf text;
	*pem = NULL;
	if (!value)
		return 0;
	buf_init(&text, PEM_MAX);
	if (strncmp(value, "-----BEGIN", 10) == 0)
		buf_add_str(&text, value);
	else if (read_file(value, &text, err) != 0) {
		buf_release(&text);
		return -1;
	}
	*pem = buf_take(&text);
	return 0;
}
