/* SPDX-License-Identifier: Apache-2.0 */
/* What it would cost to expand the stream, before anything is spent. */
#ifndef PLAN_H
#define PLAN_H

#include "asking.h"
#include "intake.h"
#include "out.h"

/*
 * Reads the whole stream and prints the cost against what is left; asks for nothing but the quotas. 0, or -1 and err:
 * EXIT_TRY_LATER when what is expected is more than what is left.
 */
int plan_run(struct asking *asking, struct intake *intake, struct out *out, struct error *err);

#endif
