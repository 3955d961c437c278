// SPDX-License-Identifier: Apache-2.0
'use strict';
// The part of VirusTotal's search language that clients of this project use; everything else is refused.

class QueryError extends Error {}

const MODIFIERS = new Set(['entity', 'submitter', 'first_submitter', 'fs', 'ls', 'p', 'positives', 'type', 'tag', 'size', 'name', 's', 'us']);

function tokens(text) {
  const list = [];
  const pattern = /\s*(\(|\)|[a-z_]+:"[^"]*"|[^\s()"]+|"[^"]*")/gy;
  let at = 0;
  while (at < text.length) {
    pattern.lastIndex = at;
    const match = pattern.exec(text);
    if (!match) {
      if (text.slice(at).trim() === '') break;
      throw new QueryError(`Invalid query near "${text.slice(at, at + 20)}"`);
    }
    list.push(match[1]);
    at = pattern.lastIndex;
  }
  return list;
}

// "20+" from 20 on, "20-" below 20, "20" exactly
function range(value, parse) {
  const match = /^(.*?)([+-]?)$/.exec(value);
  const bound = parse(match[1]);
  if (match[2] === '+') return (number) => number >= bound;
  if (match[2] === '-') return (number) => number < bound;
  return (number) => number === bound;
}

function wholeNumber(text) {
  if (!/^\d+$/.test(text)) throw new QueryError(`"${text}" is not a valid number`);
  return Number(text);
}

// No zone designator is known to the language.
function date(text) {
  if (!/^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}:\d{2})?$/.test(text)) throw new QueryError(`"${text}" is not a valid date`);
  const epoch = Date.parse(text.length === 10 ? `${text}T00:00:00Z` : `${text}Z`) / 1000;
  if (!Number.isFinite(epoch)) throw new QueryError(`"${text}" is not a valid date`);
  return epoch;
}

function term(token) {
  const match = /^([a-z_]+):(.+)$/.exec(token);
  if (!match) throw new QueryError(`Unsupported term "${token}"`);
  const modifier = match[1];
  const value = match[2].replace(/^"(.*)"$/, '$1');
  if (!MODIFIERS.has(modifier)) throw new QueryError(`Unknown modifier "${modifier}"`);
  switch (modifier) {
    case 'entity':
      if (value !== 'file') throw new QueryError(`Entity "${value}" is not simulated`);
      return () => true;
    case 'submitter':
      return (file) => file.submitters.includes(value.toUpperCase());
    case 'first_submitter':
      return (file) => file.submitters[0] === value.toUpperCase();
    case 'fs': {
      const holds = range(value, date);
      return (file) => holds(file.first);
    }
    case 'ls': {
      const holds = range(value, date);
      return (file) => holds(file.first + 7200);
    }
    case 'type':
      return (file) => file.type === value;
    case 'tag':
      return (file) => (file.tags || []).includes(value) || file.cve === value;
    case 'name':
      return (file) => file.name.includes(value);
    default: {
      const field = { p: 'positives', positives: 'positives', size: 'size', s: 'sources', us: 'sources' }[modifier];
      const holds = range(value, wholeNumber);
      return (file) => holds(file[field]);
    }
  }
}

// or := and ("OR" and)*; and := not (["AND"] not)*; not := "NOT" not | "(" or ")" | term
function parse(text) {
  const list = tokens(text);
  let at = 0;
  const parseNot = () => {
    const token = list[at++];
    if (token === undefined) throw new QueryError('Unexpected end of query');
    if (token === 'NOT') {
      const inner = parseNot();
      return (file) => !inner(file);
    }
    if (token === '(') {
      const inner = parseOr();
      if (list[at++] !== ')') throw new QueryError('A parenthesis is not closed');
      return inner;
    }
    return term(token);
  };
  const parseAnd = () => {
    const parts = [parseNot()];
    while (at < list.length && list[at] !== 'OR' && list[at] !== ')') {
      if (list[at] === 'AND') at++;
      parts.push(parseNot());
    }
    return (file) => parts.every((part) => part(file));
  };
  function parseOr() {
    const parts = [parseAnd()];
    while (list[at] === 'OR') {
      at++;
      parts.push(parseAnd());
    }
    return (file) => parts.some((part) => part(file));
  }
  if (list.length === 0) throw new QueryError('The query is empty');
  const matches = parseOr();
  if (at < list.length) throw new QueryError(`Unexpected "${list[at]}"`);
  return matches;
}

module.exports = { parse, QueryError };
