/* SPDX-License-Identifier: Apache-2.0 */
/* TLS of a connection to a message queue: certificates from files or from PEM text. */
#ifndef AMQP_TLS_H
#define AMQP_TLS_H

#include "amqp-link.h"

/* socket is librabbitmq's TLS socket, not open yet. -1 and err (EXIT_CONFIG). */
int amqp_tls_set_up(void *socket, const struct amqp_target *target, struct error *err);

#endif
