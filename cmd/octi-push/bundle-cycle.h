/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Objects that refer to each other in a circle: which reference is left out so that they can be imported one after the
 * other, and in which order. The rules are those of the platform's own splitter (opencti.md section 4.2), step by step,
 * oddities included: it has the same objects before it when a bundle is pushed in one part.
 */
#ifndef BUNDLE_CYCLE_H
#define BUNDLE_CYCLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "id-set.h"

/* More than so many objects in circles, or behind them, are taken in the order of the input. */
#define CYCLE_MAX 10000

struct cycle_ref {
	struct id_key key;
	size_t target; /* in nodes; of references to what is not among them nothing is kept here */
	size_t member; /* which of the object's members it is in, from 0 */
	bool in_list;  /* "_refs", not "_ref" */
	bool kept;
};

struct cycle_node {
	struct id_key key;
	struct cycle_ref *refs; /* heap */
	size_t count;
	double weight;   /* nb_deps */
	size_t sequence; /* when it was placed, from 1; 0: not yet */
};

struct cycle {
	struct cycle_node *nodes; /* in the order of the input */
	size_t count;
};

void cycle_release(struct cycle *cycle);
struct cycle_node *cycle_add_node(struct cycle *cycle, struct id_key key);
void cycle_add_ref(struct cycle_node *node, struct id_key key, size_t member, bool in_list);
/* Decides kept and weight of all, once every node is there. order (of count) gets the numbers of the nodes. */
void cycle_resolve(struct cycle *cycle, size_t *order);

#endif
