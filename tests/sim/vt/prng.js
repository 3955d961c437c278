// SPDX-License-Identifier: Apache-2.0
'use strict';
// Chance that can be repeated: every part of the corpus has a generator of its own, seeded by a text.

const crypto = require('crypto');

function hex(algorithm, text) {
  return crypto.createHash(algorithm).update(text).digest('hex');
}

class Random {
  constructor(seed) {
    const digest = crypto.createHash('sha256').update(String(seed)).digest();
    this.a = digest.readUInt32LE(0);
    this.b = digest.readUInt32LE(4) || 1;
  }

  // xorshift over two words; 32 bits at a time
  next() {
    let t = this.a;
    const s = this.b;
    this.a = s;
    t ^= t << 23;
    t ^= t >>> 17;
    t ^= s ^ (s >>> 26);
    this.b = t;
    return (t + s) >>> 0;
  }

  // whole number from low to high, both included
  int(low, high) {
    return low + (this.next() % (high - low + 1));
  }

  chance(share) {
    return this.next() / 4294967296 < share;
  }

  pick(list) {
    return list[this.next() % list.length];
  }

  // one of the keys of {key: weight}
  weighted(weights) {
    const total = Object.values(weights).reduce((sum, weight) => sum + weight, 0);
    let at = (this.next() / 4294967296) * total;
    for (const [key, weight] of Object.entries(weights)) {
      at -= weight;
      if (at < 0) return key;
    }
    return Object.keys(weights)[0];
  }

  hex(length) {
    let text = '';
    while (text.length < length) text += this.next().toString(16).padStart(8, '0');
    return text.slice(0, length);
  }

  sample(list, count) {
    const rest = list.slice();
    const chosen = [];
    while (chosen.length < count && rest.length) chosen.push(rest.splice(this.next() % rest.length, 1)[0]);
    return chosen;
  }
}

module.exports = { Random, hex };
