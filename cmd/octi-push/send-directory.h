/* SPDX-License-Identifier: Apache-2.0 */
/* Bundles into a directory, in the form that pycti writes and importers read (opencti.md section 4.1). */
#ifndef SEND_DIRECTORY_H
#define SEND_DIRECTORY_H

#include "bundle-spool.h"
#include "session.h"

/* Writes the bundle, then removes this connector's files that are older than the retention. -1 and err (EXIT_IO). */
int send_to_directory(const struct session *session, struct bundle_spool *bundle, struct error *err);

#endif
