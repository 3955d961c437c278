// SPDX-License-Identifier: Apache-2.0
'use strict';
// Cursors: opaque, bound to one listing, search ones in URL-safe base64 that ends in ==.

const { hex } = require('./prng');

class CursorError extends Error {}

function encode(listing, position) {
  let text = `${hex('md5', listing).slice(0, 8)} ${position}`;
  while (text.length % 3 !== 1) text += ' ';
  return Buffer.from(text).toString('base64').replace(/\+/g, '-').replace(/\//g, '_');
}

function decode(listing, cursor) {
  const text = Buffer.from(cursor.replace(/-/g, '+').replace(/_/g, '/'), 'base64').toString();
  const match = /^([0-9a-f]{8}) (\d+) *$/.exec(text);
  if (!match || match[1] !== hex('md5', listing).slice(0, 8)) throw new CursorError('Invalid cursor');
  return Number(match[2]);
}

// One page of a list: {items, cursor?}
function page(listing, list, limit, cursor) {
  const from = cursor === undefined ? 0 : decode(listing, cursor);
  if (from > list.length) throw new CursorError('Invalid cursor');
  const items = list.slice(from, from + limit);
  const more = from + limit < list.length;
  return { items, cursor: more ? encode(listing, from + limit) : undefined };
}

module.exports = { page, encode, CursorError };
