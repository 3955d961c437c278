#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
'use strict';
// A simulator of OpenCTI: the GraphQL endpoint, validated by graphql-js against a schema, and the workers behind it.

const fs = require('fs');
const http = require('http');
const zlib = require('zlib');
const { Faults } = require('../vt/faults');
const { toStix, typeName } = require('./export');
const { fixedMarkings } = require('./ids');
const { Platform, PlatformError } = require('./platform');
const { schemaFor } = require('./schema');
const { Version } = require('./version');

function loadGraphql() {
  try {
    return require('graphql');
  } catch {
    return require('/usr/share/nodejs/graphql'); // Debian's node-graphql, without NODE_PATH
  }
}
const { buildSchema, parse, validate, execute, getOperationAST, GraphQLError } = loadGraphql();

const usage = `usage: server.js [--port N] [--version V] [--token T] [--workers N] [--worker-delay-ms N] [--retry-ms N] [--now TIME]
                 [--max-body BYTES] [--log FILE] [--fault SPEC]... [--amqp HOST:PORT] [--amqp-told HOST:PORT[:tls]]
                     OPENCTI_SCHEMA=FILE takes a full schema
`;
// The token that is accepted when none is given; nobody's secret.
const defaultToken = '11111111-2222-4333-8444-555555555555';

const mqPassword = 'mq-password-never-to-be-shown';

// HOST:PORT or HOST:PORT:tls
function address(text) {
  const [host, port, tls] = text.split(':');
  return { host, port: Number(port), tls: tls === 'tls', user: 'mq-user', password: mqPassword, vhost: '/' };
}

function options(argv) {
  const result = { port: 0, version: '7.260817.0', token: defaultToken, workers: 1, workerDelay: 0, retryMs: 5, clockOffset: 0, maxBody: 52428800, log: undefined, faults: [] };
  for (let i = 0; i < argv.length; i++) {
    const value = () => {
      if (i + 1 >= argv.length) throw new Error(`${argv[i]} needs a value`);
      return argv[++i];
    };
    switch (argv[i]) {
      case '--port': result.port = Number(value()); break;
      case '--version': result.version = value(); break;
      case '--token': result.token = value(); break;
      case '--workers': result.workers = Number(value()); break;
      case '--worker-delay-ms': result.workerDelay = Number(value()); break;
      case '--retry-ms': result.retryMs = Number(value()); break;
      case '--now': result.clockOffset = Date.parse(value()) - Date.now(); break;
      case '--max-body': result.maxBody = Number(value()); break;
      case '--amqp': result.amqp = address(value()); break;
      case '--amqp-told': result.told = address(value()); break;
      case '--log': result.log = value(); break;
      case '--fault': result.faults.push(value()); break;
      default: throw new Error(`unknown option ${argv[i]}`);
    }
  }
  const told = result.told || result.amqp || address('127.0.0.1:5672');
  result.amqpTold = { host: told.host, port: told.port, use_ssl: told.tls };
  return result;
}

function errorBody(code, message, status, data = null) {
  return { errors: [{ message, name: code, extensions: { code, data: { http_status: status, genre: status < 500 ? 'BUSINESS' : 'TECHNICAL' } } }], data };
}

class Service {
  constructor(config) {
    this.config = config;
    this.version = new Version(config.version);
    this.platform = new Platform(config, this.version);
    const file = process.env.OPENCTI_SCHEMA;
    this.schema = buildSchema(file ? fs.readFileSync(file, 'utf8') : schemaFor(this.version), { assumeValidSDL: Boolean(file) });
    this.faults = new Faults(config.faults);
    this.requests = [];
    // The role Connector, and what it sees; changed by the control endpoint "user".
    this.user = {
      capabilities: ['CONNECTORAPI', 'MODULES_MODMANAGE', 'KNOWLEDGE_KNUPDATE', 'KNOWLEDGE_KNUPLOAD', 'SETTINGS_SETMARKINGS', 'SETTINGS_SETLABELS', ...(this.version.has('vocabulariesApart') ? ['SETTINGS_SETVOCABULARIES'] : [])],
      allowed: Object.keys(fixedMarkings),
      present: Object.keys(fixedMarkings),
    };
  }

  markings() {
    return Object.entries(fixedMarkings).map(([definition, id]) => ({ id, standard_id: id, definition_type: 'TLP', definition }));
  }

  connectorView(connector) {
    const { id } = connector;
    return {
      ...connector,
      active: true,
      connector_queue_details: async () => {
        if (this.platform.amqp) {
          const number = await this.platform.amqp.count(id);
          return { messages_number: number, messages_size: number * 1000 };
        }
        const mine = this.platform.queue.filter((message) => message.connector === id);
        return { messages_number: mine.length, messages_size: mine.reduce((sum, message) => sum + message.size, 0) };
      },
      config: {
        connection: { vhost: '/', user: 'mq-user', pass: mqPassword, ...this.config.amqpTold },
        listen: `listen_${id}`, listen_routing: `listen_routing_${id}`, listen_exchange: 'amqp.connector.exchange',
        push: `push_${id}`, push_routing: `push_routing_${id}`, push_exchange: 'amqp.worker.exchange',
      },
    };
  }

  workView(work) {
    return { ...work, completed_number: work.processed, tracking: { import_expected_number: work.expected, import_processed_number: work.processed, import_last_processed: null } };
  }

  root() {
    const { platform } = this;
    const view = (connector) => this.connectorView(connector);
    return {
      about: () => ({ version: this.config.version }),
      me: () => ({ id: '88ec0c6a-13ce-5e39-b486-354fe4a7084f', name: 'connector', user_email: 'connector@example.org', capabilities: this.user.capabilities.map((name) => ({ id: name, name })), allowed_marking: this.markings().filter((marking) => this.user.allowed.includes(marking.definition)) }),
      stixObjectOrStixRelationship: ({ id }) => {
        const element = platform.store.resolve(id);
        if (!element) return null;
        return { id: element.standard_id, __typename: typeName(element), toStix: () => toStix(element) };
      },
      markingDefinitions: ({ first }) => ({ edges: this.markings().filter((marking) => this.user.present.includes(marking.definition)).slice(0, first || 50).map((node) => ({ node })) }),
      connector: ({ id }) => (platform.connectors.has(id) ? view(platform.connectors.get(id)) : null),
      registerConnector: async ({ input }) => {
        const connector = platform.register(input);
        if (platform.amqp) await platform.amqp.declare(input.id);
        return view(connector);
      },
      pingConnector: async ({ id, state, connectorInfo }) => {
        const connector = platform.ping(id, state === undefined ? null : state, connectorInfo);
        if (platform.amqp) await platform.amqp.declare(id);
        return view(connector);
      },
      resetStateConnector: ({ id }) => view(platform.reset(id)),
      deleteConnector: ({ id }) => platform.remove(id),
      work: ({ id }) => (platform.works.has(id) ? this.workView(platform.works.get(id)) : null),
      works: ({ first, filters, orderMode }) => {
        let list = [...platform.works.values()];
        for (const filter of filters ? filters.filters : []) {
          if (filter.key.includes('connector_id')) list = list.filter((work) => filter.values.includes(work.connector));
          if (filter.key.includes('status')) list = list.filter((work) => filter.values.includes(work.status));
        }
        if (orderMode === 'desc') list.reverse();
        return { edges: list.slice(0, first || 50).map((work) => ({ cursor: work.id, node: this.workView(work) })) };
      },
      isWorkAlive: ({ id }) => platform.works.has(id),
      workAdd: ({ connectorId, friendlyName, isMultiPartWork }) => this.workView(platform.addWork(connectorId, friendlyName, isMultiPartWork)),
      workEdit: ({ id }) => {
        const work = platform.findWork(id);
        const after = (action) => { action(); return id; };
        return {
          delete: () => after(() => platform.works.delete(id)),
          ping: () => id,
          reportExpectation: ({ error }) => after(() => platform.reportExpectation(work, error)),
          addExpectations: ({ expectations }) => after(() => platform.addExpectations(work, expectations)),
          toReceived: () => id,
          toProcessed: ({ message, inError }) => after(() => platform.toProcessed(work, message, inError)),
        };
      },
      stixBundlePush: ({ connectorId, bundle, work_id: workId }) => platform.push(connectorId, bundle, workId),
    };
  }

  // {status, body, fields}: what a request is answered with
  async graphql(message, text) {
    if (message.method !== 'POST') return { status: 405, body: { message: 'GET not supported' } };
    if (!/^application\/json/.test(message.headers['content-type'] || '')) return { status: 400, body: { message: 'content type' } };
    if (text.length > this.config.maxBody) return { status: 413, body: { message: 'request entity too large' } };
    let request;
    try {
      request = JSON.parse(text);
    } catch {
      return { status: 400, body: { message: 'not JSON' } };
    }
    if (message.headers.authorization !== `Bearer ${this.config.token}`) return { status: 200, body: errorBody('AUTH_REQUIRED', 'You must be logged in to do this.', 401, { about: null }) };
    let document;
    try {
      document = parse(request.query);
    } catch (error) {
      return { status: 200, body: errorBody('GRAPHQL_PARSE_FAILED', error.message, 400) };
    }
    const faults = validate(this.schema, document);
    const operation = getOperationAST(document);
    const fields = operation ? operation.selectionSet.selections.map((selection) => selection.name.value) : [];
    if (new Set(fields).size !== fields.length) return { status: 200, body: errorBody('UNSUPPORTED_ERROR', 'Alias batch is refused', 400), fields };
    if (faults.length) return { status: 200, body: errorBody('GRAPHQL_VALIDATION_FAILED', faults[0].message, 400), fields };
    const result = await execute({ schema: this.schema, document, rootValue: this.root(), variableValues: request.variables });
    if (result.errors) {
      const errors = result.errors.map((error) => {
        const cause = error.originalError;
        const code = cause instanceof PlatformError ? cause.code : cause && !(cause instanceof GraphQLError) ? 'INTERNAL_SERVER_ERROR' : 'BAD_USER_INPUT';
        return { message: error.message, path: error.path, name: code, extensions: { code, data: { http_status: 500, genre: 'TECHNICAL' } } };
      });
      return { status: 200, body: { errors, data: result.data || null }, fields, variables: request.variables };
    }
    return { status: 200, body: result, fields, variables: request.variables };
  }
}

function shortened(variables) {
  const copy = { ...variables };
  if (typeof copy.bundle === 'string') {
    let objects = null;
    try {
      objects = JSON.parse(copy.bundle).objects.map((object) => object.id);
    } catch {
      objects = null;
    }
    copy.bundle = { length: copy.bundle.length, objects: objects && objects.length, types: objects && [...new Set(objects.map((id) => id.split('--')[0]))] };
  }
  return copy;
}

// True when the fault has answered.
function applyFault(fault, service, response, answer) {
  const send = (status, headers, body) => {
    answer.status = status;
    response.writeHead(status, { 'Content-Type': 'application/json', ...headers });
    response.end(body);
    return true;
  };
  switch (fault.name) {
    case 'http': {
      const [status, retryAfter] = (fault.argument || '503').split(':');
      return send(Number(status), retryAfter ? { 'Retry-After': retryAfter } : {}, '{"message":"fault"}');
    }
    case 'html': return send(502, { 'Content-Type': 'text/html' }, '<html>Bad Gateway</html>');
    case 'graphql': return send(200, {}, JSON.stringify(errorBody(fault.argument, 'fault', 500)));
    case 'redirect': return send(302, { Location: fault.argument }, '');
    case 'unbound': return send(200, {}, JSON.stringify(answer.body).replace(/"push_routing":"[^"]*"/, '"push_routing":"nowhere"'));
    case 'false': return send(200, {}, JSON.stringify({ data: { [answer.fields[0]]: false } }));
    case 'cut': {
      const body = JSON.stringify(answer.body);
      response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': String(body.length + 100) });
      response.write(body);
      setTimeout(() => response.destroy(), 20);
      return true;
    }
    case 'reset':
    case 'lost-reply':
      response.destroy();
      return true;
    default: throw new Error(`unknown fault ${fault.name}`);
  }
}

async function control(service, message, response, path, params, text) {
  const { platform } = service;
  const reply = (value, status = 200) => {
    response.writeHead(status, { 'Content-Type': 'application/json' });
    response.end(JSON.stringify(value));
  };
  const body = message.method === 'POST' && text ? JSON.parse(text) : null;
  switch (path) {
    case '/_sim/objects': return reply(platform.store.dump(params.get('type'), params.get('id')));
    case '/_sim/summary': return reply(platform.summary());
    case '/_sim/works': return reply([...platform.works.values()]);
    case '/_sim/connectors': return reply([...platform.connectors.values()]);
    case '/_sim/log': return reply(service.requests);
    case '/_sim/settle': return reply({ settled: await platform.settle(60000) });
    case '/_sim/reset-state': platform.reset(body.id); return reply({ ok: true });
    case '/_sim/delete-connector': platform.remove(body.id); return reply({ ok: true });
    case '/_sim/amqp': return reply({ redelivered: platform.amqp.redelivered, sequence: platform.amqp.sequence });
    case '/_sim/delete-queue': await platform.amqp.remove(body.id); return reply({ ok: true });
    case '/_sim/faults': service.faults.set(body); return reply({ ok: true });
    case '/_sim/headers': return reply(service.headers);
    case '/_sim/refuse': platform.store.refusals = body; return reply({ ok: true });
    case '/_sim/user': Object.assign(service.user, body); return reply({ ok: true });
    case '/_sim/add-workers': platform.addWorkers(body.count); return reply({ ok: true });
    case '/_sim/purge': platform.queue.length = 0; return reply({ ok: true });
    case '/_sim/preload':
      for (const object of body) platform.store.importObject(object, 9, 'curator');
      return reply({ ok: true });
    default: return reply({ error: 'unknown' }, 404);
  }
}

// Faults that must keep the request from having an effect are met before it is executed.
const withoutEffect = new Set(['http', 'html', 'graphql', 'redirect', 'reset', 'false']);

function fieldsOf(text) {
  try {
    return getOperationAST(parse(JSON.parse(text).query)).selectionSet.selections.map((selection) => selection.name.value);
  } catch {
    return [];
  }
}

async function handle(service, message, response, text) {
  const url = new URL(message.url, 'http://localhost');
  if (url.pathname.startsWith('/_sim/')) {
    await control(service, message, response, url.pathname, url.searchParams, text);
    return;
  }
  const fields = fieldsOf(text);
  const request = { n: service.requests.length + 1, path: url.pathname, operation: fields[0] || null, has_token: message.headers.authorization !== undefined, agent: message.headers['user-agent'], bytes: text.length };
  service.requests.push(request);
  service.headers = message.headers;
  const fault = service.faults.meet(fields[0] || '*');
  if (fault) request.fault = fault.name;
  if (fault && fault.name === 'stall') await new Promise((resolve) => { setTimeout(resolve, Number(fault.argument)); });
  response.setHeader('Date', service.platform.now().toUTCString());
  let answer = { status: 404, body: { message: 'not found' }, fields };
  if (!(fault && withoutEffect.has(fault.name)) && url.pathname.endsWith('/graphql')) answer = await service.graphql(message, text);
  const handled = fault && fault.name !== 'stall' && applyFault(fault, service, response, { ...answer, fields });
  request.status = answer.status;
  request.error = answer.body.errors ? answer.body.errors[0].extensions.code : null;
  request.variables = answer.variables ? shortened(answer.variables) : null;
  if (service.config.log) fs.appendFileSync(service.config.log, `${JSON.stringify(request)}\n`);
  if (handled) return;
  response.writeHead(answer.status, { 'Content-Type': 'application/json' });
  response.end(JSON.stringify(answer.body));
}

function main() {
  let config;
  try {
    config = options(process.argv.slice(2));
  } catch (error) {
    process.stderr.write(`${error.message}\n${usage}`);
    process.exit(64);
  }
  const service = new Service(config);
  const server = http.createServer((message, response) => {
    const chunks = [];
    message.on('data', (chunk) => chunks.push(chunk));
    message.on('end', () => {
      const raw = Buffer.concat(chunks);
      const text = (message.headers['content-encoding'] === 'gzip' ? zlib.gunzipSync(raw) : raw).toString();
      handle(service, message, response, text).catch((error) => {
        process.stderr.write(`${error.stack}\n`);
        response.writeHead(500, { 'Content-Type': 'text/plain' });
        response.end('simulator fault');
      });
    });
  });
  server.listen(config.port, '127.0.0.1', () => console.log(`listening http://127.0.0.1:${server.address().port}`));
  process.on('SIGTERM', () => process.exit(0));
}

main();
