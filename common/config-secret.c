/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "buf.h"
#include "config-internal.h"

#define SECRET_FILE_MAX 65536

/* Places that a container engine or systemd filled, where modes are not ours to choose. */
static bool is_vouched_for(const char *path)
{
	struct statvfs mount;
	const char *credentials = getenv("CREDENTIALS_DIRECTORY");
	if (strncmp(path, "/run/secrets/", strlen("/run/secrets/")) == 0)
		return true;
	if (credentials && *credentials && strncmp(path, credentials, strlen(credentials)) == 0)
		return true;
	return statvfs(path, &mount) == 0 && (mount.f_flag & ST_RDONLY);
}

void config_check_secret_file(struct config *config, const char *path, const char *origin)
{
	struct stat status;
	if (stat(path, &status) != 0)
		return;
	bool writable = status.st_mode & S_IWOTH;
	bool readable = status.st_mode & S_IROTH;
	if (!writable && !readable)
		return;
	const char *what = writable ? "write" : "read";
	if (is_vouched_for(path))
		config_texts_add(&config->notices, false, "%s: \"%s\" holds a secret and others can %s it", origin,
				 path, what);
	else
		config_texts_add(&config->faults, false, "%s: \"%s\" holds a secret and others can %s it; chmod 600",
				 origin, path, what);
}

static int read_all(int fd, struct buf *content)
{
	for (;;) {
		char *room = buf_reserve(content, 4096);
		ssize_t got = room ? read(fd, room, 4096) : -1;
		if (got < 0 && room && errno == EINTR)
			continue;
		if (got <= 0)
			return room ? (int)got : (errno = EFBIG, -1);
		content->len += (size_t)got;
		content->data[content->len] = '\0';
	}
}

char *config_read_secret(struct config *config, const char *path, const char *origin)
{
	struct buf content;
	buf_init(&content, SECRET_FILE_MAX);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || read_all(fd, &content)) {
		config_texts_add(&config->faults, false, "%s: cannot read \"%s\": %s", origin, path, strerror(errno));
		if (fd >= 0)
			close(fd);
		buf_release(&content);
		return NULL;
	}
	close(fd);
	config_check_secret_file(config, path, origin);
	if (content.len && content.data[content.len - 1] == '\n')
		content.data[--content.len] = '\0';
	if (content.len && content.data[content.len - 1] == '\r')
		content.data[--content.len] = '\0';
	if (strlen(content.data) != content.len || content.len == 0) {
		config_texts_add(&config->faults, false, "%s: \"%s\" holds no secret", origin, path);
		buf_release(&content);
		return NULL;
	}
	return buf_take(&content);
}
