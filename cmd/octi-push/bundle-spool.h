/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A bundle that waits in temporary files until it is known to be whole. Where each object lies is kept in a second
 * file, and most ids in a third (key-table.h), so memory is that of the largest object.
 */
#ifndef BUNDLE_SPOOL_H
#define BUNDLE_SPOOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "buf.h"
#include "bundle-reader.h"
#include "error.h"
#include "json-scan.h"
#include "key-table.h"
#include "record.h"
#include "spool.h"

/* Where an object lies. */
struct bundle_entry {
	uint64_t offset;
	uint32_t len;
	uint32_t cost;  /* bytes that it takes as a part of a push (platform_push_cost) */
	uint32_t class; /* enum bundle_class */
	uint32_t cut;   /* 1: some of its references are left out, to open a circle */
};

struct bundle_spool {
	struct spool text;  /* the input as it came */
	struct spool index; /* struct bundle_entry, in the order of pushing */
	uint64_t count;
	uint64_t containers_from; /* from this entry on there are only containers */
	uint64_t cost;            /* of all objects together */
	bool partial;             /* a report says that it is not all */
	bool ordered;             /* every reference points backwards in index */
	uint64_t outside;         /* references to objects that are not in the bundle */
	char first_outside[128];
	uint64_t incompatible; /* objects that the platform has no place for: they are left out */
	char first_incompatible[128];
	struct record_counts types;

	/* Private. */
	struct bundle_reader reader;
	struct key_table ids;
	struct id_set cuts;   /* of pairs: bundle_cut_key */
	struct spool forward; /* struct forward_ref: references to what had not come yet */
};

void bundle_spool_init(struct bundle_spool *bundle);
void bundle_spool_release(struct bundle_spool *bundle);
/* Takes the next bytes of the input. -1 and err: EXIT_BAD_INPUT, or EXIT_IO when the temporary disk is full. */
int bundle_spool_feed(struct bundle_spool *bundle, const char *bytes, size_t len, struct error *err);
/* The input ended: decides whether the bundle is whole, and resolves what pointed forward. */
int bundle_spool_finish(struct bundle_spool *bundle, struct error *err);
/* Brings index into an order in which every reference points backwards, but for one of each cycle. */
int bundle_spool_order(struct bundle_spool *bundle, struct error *err);

/* Names a reference that is left out: of which object, to what. */
struct id_key bundle_cut_key(struct id_key object, struct id_key ref);

int bundle_spool_entry(struct bundle_spool *bundle, uint64_t number, struct bundle_entry *entry, struct error *err);
/* The object's text, without the references that open a circle, appended to out. */
int bundle_spool_text(struct bundle_spool *bundle, const struct bundle_entry *entry, struct buf *out,
		      struct error *err);
/* The members beside "objects", each followed by nothing, with commas between them; may be empty. */
struct json_slice bundle_spool_head(const struct bundle_spool *bundle);

#endif
