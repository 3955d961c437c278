/* SPDX-License-Identifier: Apache-2.0 */
/* Further CA certificates for both services, as pycti's HTTPS_CA_CERTIFICATES names them. */
#ifndef CERTIFICATES_H
#define CERTIFICATES_H

#include "config.h"

/*
 * opencti.https_ca_certificates: PEM text, or the path of a file that holds it (opencti.md section 1). *pem is heap, or
 * NULL when nothing is configured. -1 and err (EXIT_CONFIG) for a file that cannot be read or is too large.
 */
int certificates_read(const struct config *config, char **pem, struct error *err);

#endif
