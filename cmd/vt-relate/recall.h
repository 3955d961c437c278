/* SPDX-License-Identifier: Apache-2.0 */
/* A relationship and the cache: what was answered before answers again, under whatever settings there are now. */
#ifndef RECALL_H
#define RECALL_H

#include "relation.h"

/* Fills the relation (just initialised) from the cache. False, and the relation untouched, when that does not do. */
bool recall_relation(struct cache *cache, struct relation *relation, int64_t first_submission);
/* Makes the entry of an answered relation, of the pages in relation->answer; for CACHE_NOT_FOUND of its error. */
void recall_store(struct cache *cache, struct relation *relation, enum cache_kind kind);

#endif
