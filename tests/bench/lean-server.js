#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
'use strict';
// Answers as VirusTotal does about relationships, always the same and after a fixed time, and does so little else that
// it is not what a benchmark measures. GET /count tells how many requests there were.
// usage: lean-server.js [--latency-ms N] [--tls DIR]

const fs = require('fs');
const http = require('http');
const http2 = require('http2');

const value = (name, fallback) => (process.argv.includes(name) ? process.argv[process.argv.indexOf(name) + 1] : fallback);
const latency = Number(value('--latency-ms', '100'));
const tls = value('--tls');

const hosts = ['a', 'b', 'c'].map((name) => `${name}.evil.example`);
const descriptors = hosts.map((id) => ({ type: 'domain', id }));
const objects = hosts.map((id) => ({ type: 'domain', id, attributes: { last_analysis_stats: { malicious: 7, suspicious: 0, undetected: 30, harmless: 60 }, whois: 'x'.repeat(1500) } }));
const list = JSON.stringify({ data: objects, meta: { count: objects.length }, links: { self: 'x' } });
let count = 0;

function plan(id, names) {
  return JSON.stringify({ data: { type: 'file', id, attributes: {}, relationships: Object.fromEntries(names.map((name) => [name, { data: name.endsWith('domains') ? descriptors : [] }])) } });
}

function answer(request, response) {
  if (request.url === '/count') {
    response.end(`${count}\n`);
    return;
  }
  count++;
  const match = /\/files\/([0-9a-f]{64})\?relationships=([a-z_,]+)$/.exec(request.url);
  const body = match ? plan(match[1], match[2].split(',')) : list;
  setTimeout(() => {
    response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) });
    response.end(body);
  }, latency);
}

const server = tls
  ? http2.createSecureServer({ cert: fs.readFileSync(`${tls}/server.pem`), key: fs.readFileSync(`${tls}/server.key`), allowHTTP1: true }, answer)
  : http.createServer(answer);
if (!tls) server.keepAliveTimeout = 60000;
server.listen(0, '127.0.0.1', () => console.log(`listening ${tls ? 'https' : 'http'}://127.0.0.1:${server.address().port}`));
process.on('SIGTERM', () => process.exit(0));
