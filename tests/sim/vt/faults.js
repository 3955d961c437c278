// SPDX-License-Identifier: Apache-2.0
'use strict';
// Fault switches: PATHGLOB=FAULT[:ARG][@NTH|@FROM-TO|@every], counted over the requests that match; default the first.

function parse(spec) {
  const match = /^([^=]+)=([a-z0-9-]+)(?::(.*?))?(?:@(every|\d+(?:-\d+)?))?$/.exec(spec);
  if (!match) throw new Error(`fault "${spec}" is not PATHGLOB=FAULT[:ARG][@NTH]`);
  const [, glob, name, argument, when = name === 'quota' ? 'every' : '1'] = match;
  const path = new RegExp(`^${glob.replace(/[.+^${}()|[\]\\]/g, '\\$&').replace(/\*/g, '.*')}$`);
  const [from, to] = when === 'every' ? [1, Infinity] : when.split('-').map(Number);
  return { path, name, argument, from, to: to === undefined ? from : to, seen: 0 };
}

class Faults {
  constructor(specs) {
    this.set(specs);
  }

  set(specs) {
    this.list = specs.map(parse);
  }

  // The fault that this request meets, if any.
  meet(path) {
    let met;
    for (const fault of this.list) {
      if (!fault.path.test(path)) continue;
      fault.seen++;
      if (!met && fault.seen >= fault.from && fault.seen <= fault.to) met = fault;
    }
    return met;
  }
}

module.exports = { Faults };
