/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PUSH_AMQP_H
#define PUSH_AMQP_H

#include "amqp-link.h"
#include "platform.h"
#include "push.h"

/* Where to connect: what the platform tells, replaced by what is configured. Borrows from both. */
struct amqp_target push_amqp_target(const struct mq_settings *mq, const struct platform_queue *queue);

#endif
