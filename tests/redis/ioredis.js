// ioredis against the server on 127.0.0.1:$REDIS_PORT, and the cluster on
// $REDIS_CLUSTER_PORT. Run by clients_test.py.
'use strict';

const assert = require('node:assert');
const {after, before, beforeEach, test} = require('node:test');
const {Cluster, Redis} = require('ioredis');

const connect = (options = {}) => {
  const client = new Redis(
      {host: '127.0.0.1', port: Number(process.env.REDIS_PORT), ...options});
  client.on('error', () => {});  // what fails is seen by who waits for it
  return client;
};

let client;
before(() => { client = connect(); });
beforeEach(() => client.flushall());
after(() => client.quit());

test('strings, numbers and buffers', async () => {
  assert.strictEqual(await client.set('key', 'värde', 'EX', 100), 'OK');
  assert.strictEqual(await client.get('key'), 'värde');
  assert.strictEqual(await client.ttl('key'), 100);
  assert.strictEqual(await client.incrbyfloat('number', '3.0e3'), '3000');
  const value = Buffer.alloc(4 << 20, '\x00\xff\r\n', 'latin1');
  await client.set('large', value);
  assert.deepStrictEqual(await client.getBuffer('large'), value);
});

test('containers', async () => {
  await client.hset('hash', {a: 1, b: 2});
  assert.deepStrictEqual(await client.hgetall('hash'), {a: '1', b: '2'});
  await client.rpush('list', 'x', 'y', 'z');
  assert.deepStrictEqual(await client.lrange('list', 0, -1), ['x', 'y', 'z']);
  await client.zadd('zset', 2, 'b', 1, 'a');
  assert.deepStrictEqual(await client.zrange('zset', 0, -1), ['a', 'b']);
  await client.sadd('set', 'p', 'q');
  assert.deepStrictEqual((await client.smembers('set')).sort(), ['p', 'q']);
});

test('a pipeline of ten thousand', async () => {
  const pipeline = client.pipeline();
  for (let n = 0; n < 10000; ++n) pipeline.set(`key:${n}`, n).get(`key:${n}`);
  const replies = await pipeline.exec();
  assert.strictEqual(replies.length, 20000);
  replies.forEach(([error, reply], n) => {
    assert.strictEqual(error, null);
    assert.strictEqual(reply, n % 2 ? String((n - 1) / 2) : 'OK');
  });
});

test('commands pipelined by the client', async () => {
  const eager = connect({enableAutoPipelining: true});
  const replies = await Promise.all(
      [...Array(1000).keys()].map((n) => eager.hincrby('hash', `f${n % 7}`, n)));
  assert.strictEqual(replies.length, 1000);
  const sums = await client.hvals('hash');
  assert.strictEqual(sums.map(Number).reduce((a, b) => a + b), 499500);
  await eager.quit();
});

test('transactions', async () => {
  assert.deepStrictEqual(
      await client.multi().set('key', 1).incr('key').exec(),
      [[null, 'OK'], [null, 2]]);
  const other = connect();
  await other.watch('key');
  await client.set('key', 5);
  assert.strictEqual(await other.multi().incr('key').exec(), null);
  await other.quit();
});

test('publish and subscribe', async () => {
  const subscriber = connect();
  const messages = [];
  subscriber.on('message', (channel, text) => messages.push([channel, text]));
  await subscriber.subscribe('news', 'weather');
  for (let n = 0; n < 100; ++n) await client.publish('news', String(n));
  while (messages.length < 100) await new Promise(setImmediate);
  assert.deepStrictEqual(messages[99], ['news', '99']);
  await subscriber.quit();
});

test('events of keys', async () => {
  const subscriber = connect();
  await client.config('SET', 'notify-keyspace-events', 'KEA');
  const seen = new Promise((resolve) => subscriber.on(
      'pmessage', (pattern, channel, name) => resolve([channel, name])));
  await subscriber.psubscribe('__keyevent@0__:expired');
  await client.set('short', 'x', 'PX', 10);
  assert.deepStrictEqual(await seen, ['__keyevent@0__:expired', 'short']);
  await client.config('SET', 'notify-keyspace-events', '');
  await subscriber.quit();
});

test('blocked clients are woken', async () => {
  const others = [connect(), connect(), connect()];
  const waiting = others.map((other) => other.brpop('queue', 30));
  await new Promise((resolve) => setTimeout(resolve, 100));
  await client.lpush('queue', 'a', 'b', 'c');
  const jobs = (await Promise.all(waiting)).map(([, job]) => job);
  assert.deepStrictEqual(jobs.sort(), ['a', 'b', 'c']);
  await Promise.all(others.map((other) => other.quit()));
});

test('commands that are scripts', async () => {
  client.defineCommand('addTo', {
    numberOfKeys: 1,
    lua: 'return redis.call("INCRBY", KEYS[1], ARGV[1])',
  });
  assert.strictEqual(await client.addTo('number', 40), 40);
  await client.script('FLUSH');
  assert.strictEqual(await client.addTo('number', 2), 42);
});

test('scans as streams', async () => {
  const pipeline = client.pipeline();
  for (let n = 0; n < 3000; ++n) pipeline.set(`scan:${n}`, n);
  await pipeline.exec();
  const found = new Set();
  for await (const keys of client.scanStream({match: 'scan:*', count: 200})) {
    keys.forEach((key) => found.add(key));
  }
  assert.strictEqual(found.size, 3000);
});

test('streams', async () => {
  const id = await client.xadd('stream', '*', 'field', 'value');
  const [[, [[found, fields]]]] = await client.xread('STREAMS', 'stream', '0');
  assert.strictEqual(found, id);
  assert.deepStrictEqual(fields, ['field', 'value']);
});

test('a client that was thrown out comes back', async () => {
  const other = connect();
  const id = await other.client('ID');
  await client.client('KILL', 'ID', id);
  assert.strictEqual(await other.set('key', 'again'), 'OK');
  assert.notStrictEqual(await other.client('ID'), id);
  await other.quit();
});

test('what another client does is seen', async () => {
  const monitor = await client.monitor();
  const seen = new Promise((resolve) => monitor.on(
      'monitor', (time, words) => words[0] === 'set' && resolve(words)));
  await client.set('key', 'value');
  assert.deepStrictEqual(await seen, ['set', 'key', 'value']);
  monitor.disconnect();
});

test('errors are errors', async () => {
  await client.set('key', 'text');
  await assert.rejects(client.incr('key'), /not an integer/);
  await assert.rejects(client.call('NOSUCH'), /unknown command/);
});

test('a cluster', async () => {
  const cluster = new Cluster(
      [{host: '127.0.0.1', port: Number(process.env.REDIS_CLUSTER_PORT)}]);
  const names = [...Array(200).keys()].map((n) => `key:${n}`);
  await Promise.all(names.map((name) => cluster.set(name, name)));
  const values = await Promise.all(names.map((name) => cluster.get(name)));
  assert.deepStrictEqual(values, names);
  await cluster.quit();
});
