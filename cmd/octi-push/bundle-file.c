/* SPDX-License-Identifier: Apache-2.0 */
#include "bundle-file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "exit-codes.h"
#include "state-dir.h"
#include "xalloc.h"

#define PIECE ((size_t)64 << 10)

static int write_all(int fd, const char *bytes, size_t len, struct error *err)
{
	for (size_t done = 0; done < len;) {
		ssize_t sent = write(fd, bytes + done, len - done);
		if (sent < 0 && errno == EINTR)
			continue;
		if (sent < 0)
			return error_set_errno(err, EXIT_IO, "cannot write the bundle");
		done += (size_t)sent;
	}
	return 0;
}

static int write_bundle(int fd, struct bundle_spool *bundle, struct error *err)
{
	struct buf piece;
	int result = 0;
	buf_init(&piece, PIECE);
	for (uint64_t at = 0; at < bundle->text.len && result == 0; at += piece.len) {
		uint64_t left = bundle->text.len - at;
		buf_clear(&piece);
		result = spool_read(&bundle->text, at, left < PIECE ? (size_t)left : PIECE, &piece, err);
		if (result == 0)
			result = write_all(fd, piece.data, piece.len, err);
	}
	buf_release(&piece);
	return result;
}

static int write_document(int fd, const struct bundle_file *file, struct bundle_spool *bundle, struct error *err)
{
	if (write_all(fd, file->head->data, file->head->len, err) != 0 || write_bundle(fd, bundle, err) != 0 ||
	    write_all(fd, file->tail, strlen(file->tail), err) != 0)
		return -1;
	return fsync(fd) == 0 ? 0 : error_set_errno(err, EXIT_IO, "cannot write the bundle");
}

/* The name is on the disk only when the directory is. */
static void sync_directory(const char *directory)
{
	int fd = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return;
	fsync(fd);
	close(fd);
}

static int write_as(const char *temporary, const char *path, const struct bundle_file *file,
		    struct bundle_spool *bundle, struct error *err)
{
	if (!state_dir_make_parents(temporary))
		return error_set_errno(err, EXIT_IO, "cannot make the directory");
	int fd = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, file->mode);
	if (fd < 0)
		return error_set_errno(err, EXIT_IO, "cannot make a file");
	flock(fd, LOCK_EX | LOCK_NB);
	int result = write_document(fd, file, bundle, err);
	if (result == 0 && rename(temporary, path) != 0)
		result = error_set_errno(err, EXIT_IO, "cannot name the file");
	if (result == 0)
		sync_directory(file->directory);
	else
		unlink(temporary);
	close(fd);
	return result;
}

int bundle_file_write(const struct bundle_file *file, struct bundle_spool *bundle, struct error *err)
{
	char *temporary = xasprintf("%s/.%s.tmp", file->directory, file->name);
	char *path = xasprintf("%s/%s", file->directory, file->name);
	int result = write_as(temporary, path, file, bundle, err);
	free(path);
	free(temporary);
	return result;
}
