// SPDX-License-Identifier: Apache-2.0
'use strict';
// What a fault makes of an answer, or of what there is.

const http2 = require('http2');
const { encode } = require('./pages');

const json = { 'Content-Type': 'application/json; charset=utf-8' };
const errors = { 401: 'WrongCredentialsError', 403: 'ForbiddenError', 404: 'NotFoundError', 424: 'FailedDependencyError', 429: 'TooManyRequestsError', 500: 'InternalError', 502: 'BadGateway', 503: 'TransientError', 504: 'DeadlineExceededError' };

function errorBody(code, message) {
  return JSON.stringify({ error: { code, message } });
}

// As a server that crashes: the connection, or the one stream of it, ends without an end.
function breakOff(response) {
  if (response.stream) response.stream.close(http2.constants.NGHTTP2_INTERNAL_ERROR);
  else response.destroy();
}

// Before the request is answered: results that move while somebody pages through them, an allowance that another program spends.
function change(fault, service) {
  if (!fault) return;
  if (fault.name === 'insert') service.corpus.insert(Number(fault.argument));
  if (fault.name === 'remove') service.corpus.remove(Number(fault.argument));
  if (fault.name === 'spend') service.quotas.set({ api_requests_daily: { used: service.quotas.counters.api_requests_daily.allowed } });
}

// The first half of the body, and then nothing for some time, or nothing at all.
function sendHalf(response, body, after) {
  const half = Math.floor(body.length / 2);
  response.write(body.slice(0, half));
  after(body.slice(half));
}

function sendSlowly(response, body, bytesPerSecond) {
  const step = Math.max(1, Math.floor(bytesPerSecond / 20));
  let at = 0;
  const timer = setInterval(() => {
    if (!response.destroyed) response.write(body.slice(at, at + step));
    at += step;
    if (at >= body.length || response.destroyed) {
      clearInterval(timer);
      response.end();
    }
  }, 50);
}

// True when it has sent an answer itself; else result may be another now.
function spoil(fault, service, request, url, response, result) {
  const send = (status, headers, body) => {
    request.status = status;
    response.writeHead(status, headers);
    response.end(body);
    return true;
  };
  const begin = (headers) => {
    request.status = 200;
    response.writeHead(200, { ...json, ...headers });
  };
  if (errors[fault.name]) return send(Number(fault.name), json, errorBody(errors[fault.name], fault.name === '401' ? `Wrong API key: ${service.config.key}` : 'fault'));
  switch (fault.name) {
    case 'insert': case 'remove': case 'spend': case 'unsorted': case 'stall': case 'clock': return false;
    case '429-retry-after': return send(429, { ...json, 'Retry-After': fault.argument || '1' }, errorBody('TooManyRequestsError', 'Slow down'));
    // As a date, by a clock that is that many seconds off: one second later.
    case '429-retry-date': {
      const now = Date.now() + Number(fault.argument) * 1000;
      return send(429, { ...json, Date: new Date(now).toUTCString(), 'Retry-After': new Date(now + 1000).toUTCString() }, errorBody('TooManyRequestsError', 'Slow down'));
    }
    case 'quota': return send(429, { ...json, ...(fault.argument ? { 'Retry-After': fault.argument } : {}) }, errorBody('QuotaExceededError', 'Quota exceeded'));
    case '204': return send(204, {}, '');
    case '504-above': return Number(url.searchParams.get('limit')) > Number(fault.argument) && send(504, json, errorBody('DeadlineExceededError', 'fault'));
    case 'html': return send(Number(fault.argument || 502), { 'Content-Type': 'text/html' }, '<html><h1>502 Bad Gateway</h1></html>');
    case 'bad-json': return send(200, json, '{"data": [ {"type": "file", ');
    case 'no-data': return send(200, json, '{"hello": 1}');
    case 'bad-gzip': return send(Number(fault.argument || 200), { ...json, 'Content-Encoding': 'gzip' }, 'this is not gzip');
    case 'redirect': return send(302, { Location: fault.argument }, '');
    case 'redirect-path': return send(302, { Location: url.pathname.replace('/api/v3', `/api/v3${fault.argument || ''}`) + url.search }, '');
    case 'cut':
      begin({ 'Content-Length': String(result.body.length + 1000) });
      sendHalf(response, result.body, () => setTimeout(() => breakOff(response), 20));
      return true;
    case 'reset':
      breakOff(response);
      return true;
    case 'slow':
      begin({});
      sendSlowly(response, result.body, Number(fault.argument));
      return true;
    case 'stall-body':
      begin({});
      sendHalf(response, result.body, (rest) => setTimeout(() => !response.destroyed && response.end(rest), Number(fault.argument)));
      return true;
    // So many bytes more for each object: white space costs the client memory and the network nothing.
    case 'fat':
      result.padding = Number(fault.argument) * (result.body.match(/"type":"file"/g) || []).length;
      return false;
    case 'next-host':
      result.body = result.body.replace(/"next":"[^"]*"/, `"next":${JSON.stringify(fault.argument)}`);
      return false;
    case 'repeat-cursor':
      // The next page is this one again, from the second on.
      if (url.searchParams.has('cursor')) result.body = result.body.replace(/"cursor":"[^"]*"/, `"cursor":${JSON.stringify(url.searchParams.get('cursor'))}`);
      return false;
    // Who has no cursor cannot have a stale one.
    case 'stale-cursor': return url.searchParams.has('cursor') && send(400, json, errorBody('InvalidArgumentError', 'Invalid cursor'));
    case 'empty-page': {
      const listing = `search ${url.searchParams.get('query')} ${url.searchParams.get('order')}`;
      result.body = `{"meta":{"cursor":"${encode(listing, 0)}"},"data":[],"links":{"self":"x"}}`;
      return false;
    }
    default: throw new Error(`unknown fault ${fault.name}`);
  }
}

module.exports = { errorBody, change, spoil };
