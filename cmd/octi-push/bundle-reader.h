/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reads one bundle from bytes that come in pieces, in memory bounded by one object: the top level members are kept as
 * they are, each element of "objects" is given away as soon as it is whole, strictly checked. Knows JSON and the outer
 * shape of a bundle, nothing of what the objects mean.
 */
#ifndef BUNDLE_READER_H
#define BUNDLE_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "buf.h"
#include "error.h"
#include "json-scan.h"

/* Larger than any object that a platform would take: its own limit for a whole request is 50 MB. */
#define BUNDLE_OBJECT_MAX ((size_t)48 << 20)
/* All members beside "objects" together. */
#define BUNDLE_HEAD_MAX ((size_t)1 << 20)

struct bundle_reader {
	/* An element of "objects", the number-th (from 1), which began at the given offset of the input. */
	int (*element)(void *data, struct json_slice value, uint64_t number, uint64_t offset, struct error *err);
	void *data;
	/* "name":value of all other members, with commas between them. */
	struct buf head;
	uint64_t count; /* of elements given away */

	/* Private. */
	int state;
	struct buf pending; /* what was not consumed yet */
	size_t at;          /* in pending */
	uint64_t offset;    /* of pending's first byte in the input */
	struct buf key;     /* the member whose value is being read, with quotes */
	size_t scanned;     /* bytes of the current value that were looked at */
	unsigned depth;
	bool in_string, escaped;
	bool has_type, has_objects;
};

void bundle_reader_init(struct bundle_reader *reader,
			int (*element)(void *data, struct json_slice value, uint64_t number, uint64_t offset,
				       struct error *err),
			void *data);
void bundle_reader_release(struct bundle_reader *reader);
/* Takes the next bytes. -1 and err (EXIT_BAD_INPUT, or what element said); the reader is then of no more use. */
int bundle_reader_feed(struct bundle_reader *reader, const char *bytes, size_t len, struct error *err);
/* The input has ended: -1 and err (EXIT_BAD_INPUT) unless exactly one whole bundle was there. */
int bundle_reader_finish(struct bundle_reader *reader, struct error *err);

#endif
