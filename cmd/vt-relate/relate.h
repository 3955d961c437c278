/* SPDX-License-Identifier: Apache-2.0 */
/* The stream through vt-relate: many files are expanded at a time, and leave in the order in which they came. */
#ifndef RELATE_H
#define RELATE_H

#include "asking.h"
#include "intake.h"
#include "out.h"
#include "totals.h"

/*
 * Passes the whole stream on, files of the right severity with their relationships; in a dry run as it is, and
 * totals->not_asked tells how many would be expanded. When there is no more asking (quota, refused key, signal) the
 * rest passes as it is, and asking->stop says why. 0; -1 and err when reading or writing failed (out->reader_left: the
 * reader has gone), or, with --strict, for a malformed line.
 */
int relate_run(struct asking *asking, struct intake *intake, struct out *out, struct totals *totals, struct error *err);

#endif
