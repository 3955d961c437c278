/* SPDX-License-Identifier: Apache-2.0 */
/* Standard input into a bundle. */
#ifndef INPUT_H
#define INPUT_H

#include "bundle-spool.h"
#include "error.h"
#include "session.h"

/*
 * Reads fd to its end and decides whether it was one whole bundle. session (NULL: none) is kept alive meanwhile, so a
 * token that is refused or a platform that is gone ends the pipeline before more is asked for.
 */
int input_read(int fd, struct bundle_spool *bundle, struct session *session, struct error *err);
/*
 * The same without a session, going on with what was read before, but only as long as there is something to read: -1
 * and err (EXIT_UNAVAILABLE) as soon as more would have to be waited for.
 */
int input_read_at_hand(int fd, struct bundle_spool *bundle, struct error *err);

#endif
