// SPDX-License-Identifier: Apache-2.0
'use strict';
// Connectors, works, the queue and its workers.

const { Queue } = require('./queue');
const { split } = require('./splitter');
const { Store } = require('./store');

const sleep = (delay) => new Promise((resolve) => { setTimeout(resolve, delay); });

class PlatformError extends Error {
  constructor(code, message, status = 500) {
    super(message);
    this.code = code;
    this.status = status;
  }
}

class Platform {
  constructor(config, version) {
    this.config = config;
    this.version = version;
    this.store = new Store(version);
    this.connectors = new Map();
    this.works = new Map();
    this.queue = [];
    this.busy = 0;
    this.workerErrors = [];
    this.lastWork = '';
    this.applicant = '88ec0c6a-13ce-5e39-b486-354fe4a7084f';
    this.amqp = config.amqp ? new Queue(this, config.amqp) : null;
    for (let i = 0; i < config.workers; i++) this.work();
  }

  addWorkers(count) {
    this.config.workers += count;
    for (let i = 0; i < count; i++) {
      this.work();
      if (this.amqp) for (const id of this.amqp.connectors) this.amqp.work(id);
    }
  }

  now() {
    return new Date(Date.now() + this.config.clockOffset);
  }

  connector(id) {
    const connector = this.connectors.get(id);
    if (!connector) throw new PlatformError('FUNCTIONAL_ERROR', 'No connector found with the specified ID');
    return connector;
  }

  register(input) {
    if (input.name.trim().length < 2) throw new PlatformError('VALIDATION_ERROR', 'name too short');
    const old = this.connectors.get(input.id) || { connector_state: null, connector_state_reset: false };
    const connector = { ...old, id: input.id, name: input.name, connector_type: input.type, connector_scope: input.scope || [], connector_user_id: this.applicant, updated_at: this.now().toISOString() };
    this.connectors.set(input.id, connector);
    return connector;
  }

  ping(id, state, info) {
    const connector = this.connector(id);
    if (info) connector.connector_info = info;
    if (connector.connector_state_reset) {
      connector.connector_state_reset = false;
      return connector;
    }
    connector.connector_state = state;
    connector.updated_at = this.now().toISOString();
    return connector;
  }

  reset(id) {
    const connector = this.connector(id);
    connector.connector_state = '';
    connector.connector_state_reset = true;
    this.queue = this.queue.filter((message) => message.connector !== id);
    return connector;
  }

  remove(id) {
    this.connector(id);
    this.connectors.delete(id);
    this.queue = this.queue.filter((message) => message.connector !== id);
    for (const work of [...this.works.values()]) if (work.connector === id) this.works.delete(work.id);
    return id;
  }

  addWork(connectorId, name, multiPart) {
    if (!this.connectors.has(connectorId)) throw new PlatformError('INTERNAL_SERVER_ERROR', 'Cannot read properties of undefined');
    let time = this.now();
    // Two works of one millisecond would be one.
    while (`work_${connectorId}_${time.toISOString()}` <= this.lastWork) time = new Date(time.getTime() + 1);
    const id = `work_${connectorId}_${time.toISOString()}`;
    this.lastWork = id;
    const work = { id, connector: connectorId, name, multiPart: Boolean(multiPart), status: 'progress', timestamp: time.toISOString(), received_time: time.toISOString(), processed_time: null, completed_time: null, expected: 0, processed: 0, messages: [], errors: [], keyDeleted: false };
    this.works.set(id, work);
    return work;
  }

  findWork(id) {
    const work = this.works.get(id);
    if (!work) throw new PlatformError('ALREADY_DELETED_ERROR', `Work ${id} not found`);
    return work;
  }

  complete(work) {
    work.status = 'complete';
    work.completed_time = this.now().toISOString();
  }

  addExpectations(work, count) {
    work.expected += count;
  }

  reportExpectation(work, error) {
    work.processed++;
    if (error && work.errors.length < 100) work.errors.push({ timestamp: this.now().toISOString(), message: error.error, source: error.source });
    if (work.keyDeleted) return;
    if (!this.version.has('multiPartWork')) {
      if (work.processed === work.expected) this.complete(work);
    } else if ((!work.multiPart || work.processed_time) && work.processed >= work.expected) {
      this.complete(work);
    }
  }

  toProcessed(work, message, inError) {
    work.processed_time = this.now().toISOString();
    (inError ? work.errors : work.messages).push({ timestamp: work.processed_time, message });
    if (!this.version.has('multiPartWork')) {
      if (work.expected === 0 || work.processed === work.expected) this.complete(work);
    } else if (work.processed >= work.expected) {
      this.complete(work);
      if (!this.version.has('toProcessedKeepsKey')) work.keyDeleted = true;
    }
  }

  push(connectorId, text, workId) {
    const invalid = () => new PlatformError('UNSUPPORTED_ERROR', 'Invalid bundle');
    let bundle;
    try {
      bundle = JSON.parse(text);
    } catch {
      throw invalid();
    }
    if (!bundle || bundle.type !== 'bundle' || !Array.isArray(bundle.objects) || bundle.objects.length === 0) throw invalid();
    const connector = this.connectors.get(connectorId);
    if (!connector) throw invalid();
    let work;
    if (workId) {
      work = this.findWork(workId);
    } else {
      work = this.addWork(connectorId, `${connector.name} run @ ${this.now().toISOString()}`, false);
      if (!this.version.has('platformSplits') && bundle.objects.length === 1) this.addExpectations(work, 1);
    }
    const message = { connector: connectorId, work: work.id, bundle, size: text.length };
    if (this.version.has('platformSplits')) this.splitMessage(message);
    else this.queue.push(message);
    return true;
  }

  splitMessage(message) {
    const { bundles, incompatible } = split(message.bundle);
    const work = this.works.get(message.work);
    for (const object of incompatible) {
      if (work && this.version.has('discardedAreReported')) work.errors.push({ timestamp: this.now().toISOString(), message: 'Incompatible element in bundle', source: object.id });
    }
    if (work) this.addExpectations(work, bundles.length);
    for (const bundle of bundles) this.queue.push({ ...message, bundle, noSplit: true, size: message.size / bundles.length });
  }

  // One worker: a message at a time, for ever.
  async work() {
    for (;;) {
      const message = this.queue.shift();
      if (!message) {
        await sleep(5);
        continue;
      }
      this.busy++;
      try {
        await this.consume(message);
      } finally {
        this.busy--;
      }
    }
  }

  async consume(message) {
    const work = this.works.get(message.work);
    if ((!work && this.version.has('workerSkipsDeadWorks')) || (work && work.keyDeleted)) {
      this.workerErrors.push(`message for the dead work ${message.work} dropped`);
      return;
    }
    // Before the field is known a message of several objects is split whatever it says.
    const noSplit = message.noSplit && this.version.has('noSplitField');
    if (message.bundle.objects.length > 1 && !noSplit) {
      this.splitMessage(message);
      return;
    }
    if (this.config.workerDelay) await sleep(this.config.workerDelay);
    const error = await this.importWithRetries(message.bundle.objects[0]);
    // Its requests carry the work's id, and are refused when that is gone.
    if (work && !this.works.has(work.id) && this.version.has('workMustBeAlive')) return;
    if (error) this.workerErrors.push(`${message.bundle.objects[0].id}: ${error.error}`);
    if (work) this.reportExpectation(work, error);
  }

  // undefined, or what is reported on the work
  async importWithRetries(object) {
    for (let retry = 0; ; retry++) {
      try {
        this.store.importObject(object, retry, 'connector');
        return undefined;
      } catch (error) {
        if (error.code !== 'MISSING_REFERENCE_ERROR' || retry >= 4) return { error: `${error.code || 'UNKNOWN_ERROR'}: ${error.message}`, source: JSON.stringify(object).slice(0, 50000) };
        await sleep(this.config.retryMs);
      }
    }
  }

  // A message that was taken and not acknowledged is not counted: busy tells of it.
  async waitingInAmqp() {
    let waiting = 0;
    for (const id of this.amqp ? this.amqp.connectors : []) waiting += await this.amqp.count(id);
    return waiting;
  }

  async settle(limitMs) {
    const until = Date.now() + limitMs;
    while (this.queue.length || this.busy || await this.waitingInAmqp()) {
      if (Date.now() > until) return false;
      await sleep(5);
    }
    return true;
  }

  summary() {
    const counts = {};
    for (const element of this.store.dump()) {
      const name = element.stix === 'relationship' ? `relationship ${element.attributes.relationship_type}` : element.entity_type;
      counts[name] = (counts[name] || 0) + 1;
    }
    const reports = this.store.dump('report').map((r) => ({ name: r.attributes.name, published: r.attributes.published, object_refs: r.object_refs.length, labels: r.labels, files: r.files.map((f) => `${f.name} (${f.size} bytes)`) }));
    const works = [...this.works.values()].map((w) => ({ name: w.name, status: w.status, expected: w.expected, processed: w.processed, errors: w.errors.length }));
    return { version: this.version.text, counts, reports, works, connectors: [...this.connectors.values()].map((c) => ({ name: c.name, state: c.connector_state })), violations: this.store.violations, dropped_references: this.store.dropped, errors: this.workerErrors };
  }
}

module.exports = { Platform, PlatformError };
