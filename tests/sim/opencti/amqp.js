// SPDX-License-Identifier: Apache-2.0
'use strict';
// As much of AMQP 0-9-1 as a worker and a platform need of RabbitMQ: declare, bind, purge, consume, acknowledge.

const net = require('net');

const METHOD = 1;
const HEADER = 2;
const BODY = 3;
const HEARTBEAT = 8;
const FRAME_END = 0xce;
const FRAME_MAX = 131072;

// Arguments of a method, one after the other.
class Writer {
  constructor() { this.parts = []; }

  u8(n) { this.parts.push(Buffer.from([n])); return this; }

  u16(n) { const b = Buffer.alloc(2); b.writeUInt16BE(n); this.parts.push(b); return this; }

  u32(n) { const b = Buffer.alloc(4); b.writeUInt32BE(n); this.parts.push(b); return this; }

  u64(n) { const b = Buffer.alloc(8); b.writeBigUInt64BE(n); this.parts.push(b); return this; }

  short(text) { return this.u8(Buffer.byteLength(text)).raw(Buffer.from(text)); }

  long(bytes) { return this.u32(bytes.length).raw(Buffer.from(bytes)); }

  raw(bytes) { this.parts.push(bytes); return this; }

  bytes() { return Buffer.concat(this.parts); }
}

// The properties of a content header (class basic), by the bits of its flags.
function readProperties(bytes) {
  let at = 14;
  const flags = bytes.readUInt16BE(12);
  const short = () => { const length = bytes[at]; at += 1 + length; return bytes.toString('utf8', at - length, at); };
  const properties = {};
  if (flags & 0x8000) properties.content_type = short();
  if (flags & 0x4000) properties.content_encoding = short();
  if (flags & 0x2000) { properties.headers = true; at += 4 + bytes.readUInt32BE(at); }
  if (flags & 0x1000) { properties.delivery_mode = bytes[at]; at += 1; }
  return properties;
}

class Amqp {
  // options: host, port, user, password, vhost
  constructor(options) {
    this.options = options;
    this.waiting = []; // {method, resolve} of calls without an answer yet
    this.pending = Buffer.alloc(0);
    this.delivery = null;
    this.closed = false;
  }

  connect() {
    return new Promise((resolve, reject) => {
      this.socket = net.connect(this.options.port, this.options.host);
      const fail = (error) => {
        this.closed = true;
        const problem = error || new Error('the connection was closed');
        this.waiting.splice(0).forEach((call) => call.reject(problem));
        reject(problem);
        if (this.onClose) this.onClose();
      };
      this.socket.on('error', fail);
      this.socket.on('close', () => fail());
      this.socket.on('data', (bytes) => this.read(bytes));
      this.socket.write(Buffer.from('AMQP\x00\x00\x09\x01', 'latin1'));
      this.open().then(resolve, reject);
    });
  }

  async open() {
    await this.expect(10, 10);
    const { user, password, vhost } = this.options;
    // Without the capability nobody would be told that a queue is gone.
    const capability = new Writer().short('consumer_cancel_notify').raw(Buffer.from('t')).u8(1).bytes();
    const table = new Writer().short('capabilities').raw(Buffer.from('F')).u32(capability.length).raw(capability).bytes();
    this.send(0, 10, 11, new Writer().u32(table.length).raw(table).short('PLAIN').long(`\0${user}\0${password}`).short('en_US'));
    await this.expect(10, 30);
    this.send(0, 10, 31, new Writer().u16(1).u32(FRAME_MAX).u16(0));
    await this.call(0, 10, 40, new Writer().short(vhost).short('').u8(0), 41);
    await this.call(1, 20, 10, new Writer().short(''), 11);
  }

  frame(type, channel, payload) {
    this.socket.write(new Writer().u8(type).u16(channel).u32(payload.length).raw(payload).u8(FRAME_END).bytes());
  }

  send(channel, classId, methodId, args) {
    this.frame(METHOD, channel, new Writer().u16(classId).u16(methodId).raw(args.bytes()).bytes());
  }

  expect(classId, methodId) {
    return new Promise((resolve, reject) => { this.waiting.push({ key: `${classId}.${methodId}`, resolve, reject }); });
  }

  call(channel, classId, methodId, args, answerId) {
    if (this.closed) return Promise.reject(new Error('the connection was closed'));
    const answer = this.expect(classId, answerId);
    this.send(channel, classId, methodId, args);
    return answer;
  }

  read(bytes) {
    this.pending = Buffer.concat([this.pending, bytes]);
    while (this.pending.length >= 7) {
      const length = this.pending.readUInt32BE(3);
      if (this.pending.length < length + 8) return;
      if (this.pending[length + 7] !== FRAME_END) throw new Error('a frame does not end where it should');
      this.take(this.pending[0], this.pending.subarray(7, 7 + length));
      this.pending = this.pending.subarray(length + 8);
    }
  }

  take(type, payload) {
    if (type === METHOD) this.takeMethod(payload);
    else if (type === HEADER) {
      this.delivery.size = Number(payload.readBigUInt64BE(4));
      this.delivery.properties = readProperties(payload);
      this.finish();
    } else if (type === BODY) {
      this.delivery.parts.push(Buffer.from(payload));
      this.delivery.length += payload.length;
      this.finish();
    } else if (type === HEARTBEAT) this.frame(HEARTBEAT, 0, Buffer.alloc(0));
  }

  takeMethod(payload) {
    const key = `${payload.readUInt16BE(0)}.${payload.readUInt16BE(2)}`;
    if (key === '60.60') {
      const skip = 4 + 1 + payload[4];
      this.delivery = { tag: payload.readBigUInt64BE(skip), redelivered: payload[skip + 8] !== 0, parts: [], length: 0 };
      return;
    }
    if (key === '60.30') {
      this.socket.destroy();
      return;
    }
    if (key === '10.50' || key === '20.40') {
      const length = payload[6];
      this.socket.destroy(new Error(`the server closed: ${payload.readUInt16BE(4)} ${payload.toString('utf8', 7, 7 + length)}`));
      return;
    }
    const at = this.waiting.findIndex((call) => call.key === key);
    if (at >= 0) this.waiting.splice(at, 1)[0].resolve(payload);
  }

  finish() {
    const { delivery } = this;
    if (!delivery.properties || delivery.length < delivery.size) return;
    this.delivery = null;
    this.onMessage({ tag: delivery.tag, redelivered: delivery.redelivered, properties: delivery.properties, body: Buffer.concat(delivery.parts) });
  }

  declareExchange(name) {
    return this.call(1, 40, 10, new Writer().u16(0).short(name).short('direct').u8(2).u32(0), 11);
  }

  declareQueue(name) {
    return this.call(1, 50, 10, new Writer().u16(0).short(name).u8(2).u32(0), 11);
  }

  bind(queue, exchange, key) {
    return this.call(1, 50, 20, new Writer().u16(0).short(queue).short(exchange).short(key).u8(0).u32(0), 21);
  }

  deleteQueue(name) {
    return this.call(1, 50, 40, new Writer().u16(0).short(name).u8(0), 41);
  }

  // How many messages wait in it.
  async count(name) {
    const payload = await this.call(1, 50, 10, new Writer().u16(0).short(name).u8(1).u32(0), 11);
    return payload.readUInt32BE(5 + payload[4]);
  }

  // One message at a time: the next one comes when the last one was acknowledged.
  async consume(queue, onMessage) {
    this.onMessage = onMessage;
    await this.call(1, 60, 10, new Writer().u32(0).u16(1).u8(0), 11);
    await this.call(1, 60, 20, new Writer().u16(0).short(queue).short('').u8(0).u32(0), 21);
  }

  acknowledge(tag) {
    if (!this.closed) this.send(1, 60, 80, new Writer().u64(tag).u8(0));
  }

  close() {
    this.closed = true;
    this.socket.destroy();
  }
}

module.exports = { Amqp };
