#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
'use strict';
// A simulator of the VirusTotal API v3, stricter than the service: what a good client does not send is refused and noted.

const fs = require('fs');
const http = require('http');
const http2 = require('http2');
const zlib = require('zlib');
const { Corpus, fileText } = require('./corpus');
const { related, targetOf, hostObject, descriptor, mitreTrees } = require('./relationships');
const { parse, QueryError } = require('./query');
const { page, CursorError } = require('./pages');
const { Faults } = require('./faults');
const { errorBody, change, spoil } = require('./spoiled');
const { Quotas } = require('./quotas');

const usage = `usage: server.js [--port N] [--seed N] [--now TIME] [--until TIME] [--days N] [--files N] [--late N] [--country CC] [--key KEY]
                 [--latency-ms N] [--jitter-ms N] [--rpm N] [--refuse REL,REL] [--no-search] [--log FILE] [--fault SPEC]...
                 [--tls DIR [--max-streams N]]
--tls: HTTP/2, and HTTP/1.1 for who asks for it, over TLS with the certificate that tests/sim/make-ca wrote into DIR
`;
// The key that is accepted when none is given; nobody's secret.
const defaultKey = '0123456789abcdef'.repeat(4);
const userName = 'analyst';

function options(argv) {
  const result = { port: 0, seed: '1', now: undefined, until: undefined, days: 3, files: 300, late: 0, country: 'AU', key: defaultKey, latency: 0, jitter: 0, rpm: 0, refuse: [], search: true, log: undefined, faults: [], tls: undefined, maxStreams: 100 };
  for (let i = 0; i < argv.length; i++) {
    const value = () => {
      if (i + 1 >= argv.length) throw new Error(`${argv[i]} needs a value`);
      return argv[++i];
    };
    switch (argv[i]) {
      case '--port': result.port = Number(value()); break;
      case '--seed': result.seed = value(); break;
      case '--now': result.now = Date.parse(value()); break;
      case '--until': result.until = Date.parse(value()) / 1000; break;
      case '--days': result.days = Number(value()); break;
      case '--files': result.files = Number(value()); break;
      case '--late': result.late = Number(value()); break;
      case '--country': result.country = value(); break;
      case '--key': result.key = value(); break;
      case '--latency-ms': result.latency = Number(value()); break;
      case '--jitter-ms': result.jitter = Number(value()); break;
      case '--rpm': result.rpm = Number(value()); break;
      case '--refuse': result.refuse = value().split(','); break;
      case '--no-search': result.search = false; break;
      case '--log': result.log = value(); break;
      case '--fault': result.faults.push(value()); break;
      case '--tls': result.tls = value(); break;
      case '--max-streams': result.maxStreams = Number(value()); break;
      default: throw new Error(`unknown option ${argv[i]}`);
    }
  }
  const now = result.now === undefined ? Date.now() : result.now;
  if (result.until === undefined) result.until = Math.floor(now / 86400000) * 86400;
  return result;
}

class ApiError extends Error {
  constructor(status, code, message) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

const orders = { first_submission_date: (f) => f.first, last_submission_date: (f) => f.first + 7200, positives: (f) => f.positives, times_submitted: (f) => f.sources, size: (f) => f.size };

class Service {
  constructor(config) {
    this.config = config;
    this.corpus = new Corpus(config);
    this.faults = new Faults(config.faults);
    this.quotas = new Quotas(config.rpm);
    this.requests = [];
    this.found = {};
  }

  // Numbers of the query string: refused as the service refuses them.
  limit(params, fallback, max) {
    const text = params.get('limit');
    if (text === null) return fallback;
    if (!/^\d+$/.test(text) || Number(text) < 1) throw new ApiError(400, 'InvalidArgumentError', `Invalid limit "${text}"`);
    if (Number(text) > max) throw new ApiError(400, 'BadRequestError', `Limit can't be larger than ${max}`);
    return Number(text);
  }

  only(params, allowed, request) {
    for (const name of new Set(params.keys())) {
      if (!allowed.includes(name)) {
        request.violations.push(`unknown parameter ${name}`);
        throw new ApiError(400, 'InvalidArgumentError', `Unknown parameter "${name}"`);
      }
      if (params.getAll(name).length > 1) request.violations.push(`parameter ${name} twice`);
    }
  }

  // The whole result, in order; kept until what there is changes.
  find(query, key, sign) {
    const name = `${sign} ${key} ${query}`;
    if (this.found.version !== this.corpus.version) this.found = { version: this.corpus.version };
    if (!this.found[name]) this.found[name] = this.corpus.files.filter(parse(query)).sort((a, b) => sign * (key(a) - key(b)));
    return this.found[name];
  }

  search(request, params) {
    this.only(params, ['query', 'order', 'limit', 'cursor', 'descriptors_only'], request);
    if (!this.config.search) throw new ApiError(403, 'ForbiddenError', 'You are not authorized to perform the requested operation');
    const query = params.get('query');
    if (query === null) throw new ApiError(400, 'InvalidArgumentError', 'Missing query');
    const limit = this.limit(params, 10, 300);
    const order = /^([a-z_]+)([+-]?)$/.exec(params.get('order') || 'last_submission_date-');
    if (!order || !orders[order[1]]) throw new ApiError(400, 'InvalidArgumentError', `Invalid order "${params.get('order')}"`);
    const found = this.find(query, orders[order[1]], order[2] === '-' ? -1 : 1);
    const listing = `search ${query} ${params.get('order')}`;
    const { items, cursor } = page(listing, found, limit, params.get('cursor') === null ? undefined : params.get('cursor'));
    const shortOnes = params.get('descriptors_only') === 'true';
    // As for content searches, where the order has no effect.
    if (request.fault === 'unsorted') items.reverse();
    const data = items.map((file) => (shortOnes ? JSON.stringify({ type: 'file', id: file.sha256 }) : fileText(file, request.base, request.withGti)));
    const meta = { ...(cursor ? { cursor } : {}), total_hits: found.length, allowed_orders: Object.keys(orders), days_back: 90 };
    return this.list(request, params, data, cursor, meta);
  }

  // data: array of texts
  list(request, params, data, cursor, meta) {
    const self = new URL(request.base + request.path);
    for (const name of ['query', 'limit', 'order', 'descriptors_only']) if (params.has(name)) self.searchParams.set(name, params.get(name));
    if (!self.searchParams.has('limit') && request.path.startsWith('/files/')) self.searchParams.set('limit', '10');
    const links = { self: self.href };
    if (cursor) {
      const next = new URL(request.base + request.path);
      next.searchParams.set('cursor', cursor);
      for (const [name, value] of self.searchParams) next.searchParams.set(name, value);
      links.next = next.href;
    }
    const hasMeta = meta && Object.keys(meta).length > 0;
    return `{${hasMeta ? `"meta":${JSON.stringify(meta)},` : ''}"data":[${data.join(',')}],"links":${JSON.stringify(links)}}`;
  }

  file(hash) {
    if (!/^([0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{64})$/i.test(hash)) throw new ApiError(400, 'InvalidArgumentError', `"${hash}" is not a valid hash`);
    const facts = this.corpus.find(hash);
    if (!facts) throw new ApiError(404, 'NotFoundError', `File "${hash}" not found`);
    return facts;
  }

  fileObject(request, params, hash) {
    this.only(params, ['relationships'], request);
    const facts = this.file(hash);
    const extra = {};
    const names = params.get('relationships');
    if (names !== null) {
      extra.relationships = {};
      for (const name of names.split(',')) {
        this.checkRelationship(name);
        if (this.config.refuse.includes(name)) continue;
        const entries = related(this.corpus, facts, name);
        const { items, cursor } = page(`${facts.sha256} ${name}`, entries, 20, undefined);
        const path = `${request.base}/files/${facts.sha256}`;
        extra.relationships[name] = {
          data: items.map(descriptor),
          links: { self: `${path}/relationships/${name}?limit=20`, related: `${path}/${name}`, ...(cursor ? { next: `${path}/relationships/${name}?cursor=${encodeURIComponent(cursor)}&limit=20` } : {}) },
          ...(cursor ? { meta: { cursor } } : {}),
        };
      }
    }
    return `{"data":${fileText(facts, request.base, request.withGti, extra)}}`;
  }

  checkRelationship(name) {
    if (!targetOf.has(name)) throw new ApiError(400, 'InvalidArgumentError', `"${name}" is not a valid relationship of file`);
  }

  relationship(request, params, hash, name, asDescriptors) {
    this.only(params, ['limit', 'cursor'], request);
    const facts = this.file(hash);
    this.checkRelationship(name);
    if (this.config.refuse.includes(name)) throw new ApiError(403, 'ForbiddenError', 'You are not authorized to perform the requested operation');
    const entries = related(this.corpus, facts, name);
    const limit = this.limit(params, 10, 40);
    const { items, cursor } = page(`${facts.sha256} ${name}`, entries, limit, params.get('cursor') === null ? undefined : params.get('cursor'));
    const data = items.map((entry) => this.entryText(request, name, entry, asDescriptors));
    return this.list(request, params, data, cursor, { ...(cursor ? { cursor } : {}), ...(name.startsWith('contacted') ? { count: entries.length } : {}) });
  }

  entryText(request, name, entry, asDescriptors) {
    if (asDescriptors) return JSON.stringify(descriptor(entry));
    if (entry.unknown) return JSON.stringify({ type: 'file', id: entry.id, error: { code: 'NotFoundError', message: `file with id "${entry.id}" not found` } });
    if (entry.facts) {
      const context = name === 'dropped_files' ? { context_attributes: { paths: ['C:\\Temp\\a.exe'], type: 'PE' } } : {};
      return fileText(entry.facts, request.base, request.withGti, context);
    }
    return JSON.stringify(hostObject(entry, request.base));
  }

  mitre(request, params, hash) {
    this.only(params, [], request);
    const facts = this.file(hash);
    const trees = mitreTrees(this.corpus, facts);
    if (!trees) throw new ApiError(404, 'NotFoundError', `No behaviour for "${hash}"`);
    return JSON.stringify({ data: trees, links: { self: request.base + request.path } });
  }

  host(request, type, map, id) {
    const host = map.get(id);
    if (!host) throw new ApiError(404, 'NotFoundError', `${type} "${id}" not found`);
    return JSON.stringify({ data: hostObject({ type, id, host }, request.base) });
  }

  user(request, id, what) {
    if (id === this.config.key) request.violations.push('the key stands in a URL');
    else if (id !== userName) throw new ApiError(404, 'NotFoundError', `User "${id}" not found`);
    if (what === 'overall_quotas') return JSON.stringify({ data: this.quotas.overall() });
    return JSON.stringify({ data: { type: 'user', id: userName, attributes: { quotas: this.quotas.counters, privileges: { intelligence: { granted: this.config.search } } } } });
  }

  route(request, params) {
    const parts = request.path.split('/').slice(1).map(decodeURIComponent);
    if (request.path === '/intelligence/search') return this.search(request, params);
    if (parts[0] === 'files' && parts.length === 2) return this.fileObject(request, params, parts[1]);
    if (parts[0] === 'files' && parts.length === 3 && parts[2] === 'behaviour_mitre_trees') return this.mitre(request, params, parts[1]);
    if (parts[0] === 'files' && parts.length === 3) return this.relationship(request, params, parts[1], parts[2], false);
    if (parts[0] === 'files' && parts.length === 4 && parts[2] === 'relationships') return this.relationship(request, params, parts[1], parts[3], true);
    if (parts[0] === 'domains' && parts.length === 2) return this.host(request, 'domain', this.corpus.domainByName, parts[1]);
    if (parts[0] === 'ip_addresses' && parts.length === 2) return this.host(request, 'ip_address', this.corpus.ipByAddress, parts[1]);
    if (parts[0] === 'urls' && parts.length === 2) return this.host(request, 'url', this.corpus.urlById, parts[1]);
    if (parts[0] === 'users' && parts.length <= 3) return this.user(request, parts[1], parts[2]);
    request.violations.push('no such endpoint');
    throw new ApiError(404, 'NotFoundError', `Resource "${request.path}" not found`);
  }

  // {status, body}; body compact
  answer(message, request, url) {
    try {
      if (message.method !== 'GET') {
        request.violations.push(`method ${message.method}`);
        throw new ApiError(405, 'BadRequestError', 'Method not allowed');
      }
      this.checkHeaders(message, request);
      this.corpus.ripen(Date.now() / 1000);
      if (!request.path.startsWith('/users/')) {
        const code = this.quotas.spend(request.path.startsWith('/intelligence/'), Date.now());
        if (code) throw new ApiError(429, code, 'Quota exceeded');
      }
      return { status: 200, body: this.route(request, url.searchParams) };
    } catch (error) {
      if (error instanceof ApiError) return { status: error.status, body: errorBody(error.code, error.message) };
      if (error instanceof QueryError || error instanceof CursorError) return { status: 400, body: errorBody('InvalidArgumentError', error.message) };
      throw error;
    }
  }

  checkHeaders(message, request) {
    const key = message.headers['x-apikey'];
    if (key === undefined) throw new ApiError(401, 'AuthenticationRequiredError', 'X-Apikey header is missing');
    if (key !== this.config.key) throw new ApiError(401, 'WrongCredentialsError', `Wrong API key: ${key}`);
    if (!/gzip/.test(message.headers['user-agent'] || '')) request.violations.push('no gzip in User-Agent');
    if (!/gzip/.test(message.headers['accept-encoding'] || '')) request.violations.push('no gzip in Accept-Encoding');
    if (!message.headers['x-tool']) request.violations.push('no x-tool');
    if (message.url.includes(this.config.key)) request.violations.push('the key stands in a URL');
    request.withGti = Boolean(message.headers['x-tool']);
  }
}

// Indented as the service does it, without changing a token (a parser would lose repeated keys and numbers' spelling).
function indent(text) {
  let out = '';
  let depth = 0;
  const line = () => `\n${'    '.repeat(depth)}`;
  for (let i = 0; i < text.length; i++) {
    const c = text[i];
    if (c === '"') {
      let end = i + 1;
      while (text[end] !== '"') end += text[end] === '\\' ? 2 : 1;
      out += text.slice(i, end + 1);
      i = end;
    } else if ((c === '{' || c === '[') && (text[i + 1] === '}' || text[i + 1] === ']')) {
      out += c + text[++i];
    } else if (c === '{' || c === '[') {
      depth++;
      out += c + line();
    } else if (c === '}' || c === ']') {
      depth--;
      out += line() + c;
    } else if (c === ',') {
      out += c + line();
    } else if (c === ':') {
      out += ': ';
    } else {
      out += c;
    }
  }
  return out;
}

function control(service, message, response, path, params) {
  const reply = (value) => {
    response.writeHead(200, { 'Content-Type': 'application/json' });
    response.end(JSON.stringify(value));
  };
  if (message.method === 'POST') {
    const chunks = [];
    message.on('data', (chunk) => chunks.push(chunk));
    message.on('end', () => {
      const body = JSON.parse(Buffer.concat(chunks).toString() || 'null');
      if (path === '/_sim/faults') service.faults.set(body);
      else if (path === '/_sim/quota') service.quotas.set(body);
      else if (path === '/_sim/forget') service.requests.length = 0;
      reply({ ok: true });
    });
    return;
  }
  const { corpus } = service;
  if (path === '/_sim/log') reply(service.requests);
  else if (path === '/_sim/corpus') reply({ start: corpus.start, end: corpus.end, files: corpus.files.length, cases: Object.fromEntries(corpus.files.filter((f) => f.case).map((f) => [f.case, f.sha256])) });
  else if (path === '/_sim/files') {
    const [from, to, country] = [Number(params.get('from') || corpus.start), Number(params.get('to') || corpus.end), params.get('country') || corpus.country];
    reply(corpus.files.filter((f) => f.first >= from && f.first < to && f.submitters.includes(country)).map((f) => ({ id: f.sha256, first_submission_date: f.first, severity: f.severity, positives: f.positives, unique_sources: f.sources, case: f.case, first_submitter: f.submitters[0] })));
  } else {
    response.writeHead(404);
    response.end();
  }
}

// Numbers the connections, so that the log tells which requests shared one.
const connections = new Map();
function connectionOf(message) {
  const connection = message.httpVersionMajor === 2 ? message.stream.session : message.socket;
  if (!connections.has(connection)) {
    connections.set(connection, connections.size + 1);
  }
  return connections.get(connection);
}

function headersOf(service, fault) {
  const skew = fault && fault.name === 'clock' ? Number(fault.argument) * 1000 : 0;
  return {
    'Content-Type': 'application/json; charset=utf-8',
    Server: 'Google Frontend',
    'X-Cloud-Trace-Context': '0123456789abcdef0123456789abcdef',
    ...(skew ? { Date: new Date(Date.now() + skew).toUTCString() } : {}),
  };
}

function handle(service, message, response) {
  // HTTP/2 has a pseudo header instead.
  const host = message.headers.host || message.headers[':authority'];
  const base = `${service.config.tls ? 'https' : 'http'}://${host}/api/v3`;
  const url = new URL(message.url, base);
  if (url.pathname.startsWith('/_sim/')) {
    control(service, message, response, url.pathname, url.searchParams);
    return;
  }
  const path = url.pathname.replace(/^\/api\/v3/, '');
  const request = { n: service.requests.length + 1, at_ms: Date.now(), http: message.httpVersion, connection: connectionOf(message), method: message.method, path, query: Object.fromEntries(url.searchParams), agent: message.headers['user-agent'], has_key: message.headers['x-apikey'] !== undefined, violations: [], status: 0, base };
  if (!url.pathname.startsWith('/api/v3/')) request.violations.push('outside of /api/v3');
  service.requests.push(request);
  const fault = service.faults.meet(path);
  request.fault = fault && fault.name;
  // From the request's coming to the answer's leaving: what the service itself takes.
  response.on('finish', () => { request.took_ms = Date.now() - request.at_ms; });
  change(fault, service);
  const result = service.answer(message, request, url);
  const finish = () => {
    delete request.base;
    if (service.config.log) fs.appendFileSync(service.config.log, `${JSON.stringify(request)}\n`);
    if (response.destroyed) return;
    if (fault && spoil(fault, service, request, url, response, result)) return;
    request.status = result.status;
    const body = Buffer.from(indent(result.body) + ' '.repeat(result.padding || 0));
    const zip = /gzip/.test(message.headers['accept-encoding'] || '') && /gzip/.test(message.headers['user-agent'] || '');
    const sent = zip ? zlib.gzipSync(body, { level: 1 }) : body;
    response.writeHead(result.status, { ...headersOf(service, fault), ...(zip ? { 'Content-Encoding': 'gzip' } : {}), 'Content-Length': sent.length });
    response.end(sent);
  };
  const delay = (fault && fault.name === 'stall' ? Number(fault.argument) : 0) + service.config.latency + Math.random() * service.config.jitter;
  if (delay) setTimeout(finish, delay);
  else finish();
}

function serverOf(config, listener) {
  if (!config.tls) {
    const server = http.createServer(listener);
    server.keepAliveTimeout = 60000;
    return server;
  }
  const [cert, key] = ['server.pem', 'server.key'].map((name) => fs.readFileSync(`${config.tls}/${name}`));
  return http2.createSecureServer({ cert, key, allowHTTP1: true, settings: { maxConcurrentStreams: config.maxStreams } }, listener);
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
  const server = serverOf(config, (message, response) => handle(service, message, response));
  server.listen(config.port, '127.0.0.1', () => console.log(`listening ${config.tls ? 'https' : 'http'}://127.0.0.1:${server.address().port}/api/v3`));
  process.on('SIGTERM', () => process.exit(0));
}

main();
