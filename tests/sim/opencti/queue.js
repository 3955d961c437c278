// SPDX-License-Identifier: Apache-2.0
'use strict';
// The real RabbitMQ behind the platform: its queues are declared by registering, its messages taken by the workers.

const { Amqp } = require('./amqp');

const exchange = 'amqp.worker.exchange';
const sleep = (delay) => new Promise((resolve) => { setTimeout(resolve, delay); });
const base64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

// What a worker may rely on; texts of what is wrong.
function faultsOf(message, properties, applicant) {
  const faults = [];
  const want = (good, text) => { if (!good) faults.push(`message: ${text}`); };
  want(properties.delivery_mode === 2, `delivery_mode ${properties.delivery_mode}`);
  want(properties.content_encoding === 'utf-8', `content_encoding ${properties.content_encoding}`);
  want(properties.content_type === undefined && !properties.headers, 'content_type or headers');
  want(message.bundle_type === 'QUEUE_BUNDLE', `bundle_type ${message.bundle_type}`);
  want(message.applicant_id === applicant, `applicant_id ${message.applicant_id}`);
  want(Number.isInteger(message.action_sequence) && message.action_sequence > 0, `action_sequence ${message.action_sequence}`);
  want(Array.isArray(message.entities_types) && message.entities_types.length === 0, 'entities_types');
  want(message.update === false && message.draft_id === null && message.no_split === false, 'update, draft_id or no_split');
  want(typeof message.work_id === 'string' && message.work_id.startsWith('work_'), `work_id ${message.work_id}`);
  want(typeof message.content === 'string' && base64.test(message.content), 'content is no base64');
  return faults;
}

class Queue {
  // address: {host, port, user, password, vhost}
  constructor(platform, address) {
    this.platform = platform;
    this.address = address;
    this.connectors = new Set();
    this.redelivered = 0;
    this.sequence = [];
  }

  // As the platform does it when a connector registers or pings.
  async declare(id) {
    const amqp = new Amqp(this.address);
    await amqp.connect();
    await amqp.declareExchange(exchange);
    await amqp.declareQueue(`push_${id}`);
    await amqp.bind(`push_${id}`, exchange, `push_routing_${id}`);
    amqp.close();
    if (this.connectors.has(id)) return;
    this.connectors.add(id);
    for (let i = 0; i < this.platform.config.workers; i++) this.work(id);
  }

  async remove(id) {
    const amqp = new Amqp(this.address);
    await amqp.connect();
    await amqp.deleteQueue(`push_${id}`);
    amqp.close();
  }

  async count(id) {
    const amqp = new Amqp(this.address);
    try {
      await amqp.connect();
      const number = await amqp.count(`push_${id}`);
      amqp.close();
      return number;
    } catch {
      return 0;
    }
  }

  // A worker, for ever: connects again whenever the connection breaks.
  async work(id) {
    for (;;) {
      const amqp = new Amqp(this.address);
      try {
        await amqp.connect();
        const end = new Promise((resolve) => { amqp.onClose = resolve; });
        await amqp.consume(`push_${id}`, (delivery) => this.take(amqp, delivery));
        await end;
      } catch {
        // The server is not there, or the queue is not.
      }
      await sleep(100);
    }
  }

  async take(amqp, delivery) {
    const { platform } = this;
    platform.busy++;
    try {
      if (delivery.redelivered) this.redelivered++;
      const message = JSON.parse(delivery.body.toString());
      platform.store.violations.push(...faultsOf(message, delivery.properties, platform.applicant));
      const bundle = JSON.parse(Buffer.from(message.content, 'base64').toString());
      if (bundle.type !== 'bundle' || bundle.objects.length !== 1) platform.store.violations.push('message: not one object');
      this.sequence.push(message.action_sequence);
      await platform.consume({ work: message.work_id, bundle });
    } catch (error) {
      platform.workerErrors.push(`message: ${error.message}`);
    } finally {
      platform.busy--;
    }
    amqp.acknowledge(delivery.tag);
  }
}

module.exports = { Queue, exchange };
