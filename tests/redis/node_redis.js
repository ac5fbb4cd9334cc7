// node-redis against the server on 127.0.0.1:$REDIS_PORT, and the cluster on
// $REDIS_CLUSTER_PORT. Run by clients_test.py.
'use strict';

const assert = require('node:assert');
const {after, before, beforeEach, test} = require('node:test');
const {createClient, createCluster} = require('redis');

const address = (port) => ({socket: {host: '127.0.0.1', port: Number(port)}});
const connect = (options = {}) => {
  const client = createClient({...address(process.env.REDIS_PORT), ...options});
  client.on('error', () => {});  // what fails is seen by who waits for it
  return client.connect();
};

let client;
before(async () => { client = await connect(); });
beforeEach(() => client.flushAll());
after(() => client.close());

test('strings, numbers and expiry', async () => {
  assert.strictEqual(await client.set('key', 'värde'), 'OK');
  assert.strictEqual(await client.get('key'), 'värde');
  assert.strictEqual(await client.get('none'), null);
  assert.strictEqual(await client.incrBy('number', 41), 41);
  assert.strictEqual(await client.incrByFloat('number', 0.5), '41.5');
  await client.set('short', 'x', {PX: 20});
  await new Promise((resolve) => setTimeout(resolve, 60));
  assert.strictEqual(await client.exists('short'), 0);
});

test('a large binary value', async () => {
  const value = Buffer.alloc(8 << 20, '\x00\xff\r\n', 'latin1');
  const buffers = client.withTypeMapping({36: Buffer});  // bulk strings
  await client.set('large', value);
  assert.deepStrictEqual(await buffers.get('large'), value);
});

test('hashes, lists, sets and sorted sets', async () => {
  await client.hSet('hash', {a: '1', b: '2'});
  assert.deepStrictEqual({...await client.hGetAll('hash')}, {a: '1', b: '2'});
  await client.rPush('list', ['x', 'y', 'z']);
  assert.deepStrictEqual(await client.lRange('list', 0, -1), ['x', 'y', 'z']);
  await client.sAdd('set', ['p', 'q', 'p']);
  assert.deepStrictEqual((await client.sMembers('set')).sort(), ['p', 'q']);
  await client.zAdd('zset', [{score: 2, value: 'b'}, {score: 1, value: 'a'}]);
  assert.deepStrictEqual(await client.zRangeWithScores('zset', 0, -1),
                         [{value: 'a', score: 1}, {value: 'b', score: 2}]);
});

test('ten thousand commands at once', async () => {
  const numbers = [...Array(10000).keys()];
  await Promise.all(numbers.map((n) => client.set(`key:${n}`, String(n))));
  const values = await client.mGet(numbers.map((n) => `key:${n}`));
  assert.deepStrictEqual(values, numbers.map(String));
});

test('a scan finds every key', async () => {
  const names = [...Array(2000).keys()].map((n) => `scan:${n}`);
  await client.mSet(Object.fromEntries(names.map((name) => [name, '1'])));
  const found = new Set();
  for await (const keys of client.scanIterator({MATCH: 'scan:*', COUNT: 100})) {
    keys.forEach((key) => found.add(key));
  }
  assert.strictEqual(found.size, names.length);
});

test('transactions, and one that another client spoils', async () => {
  assert.deepStrictEqual(
      await client.multi().set('key', '1').incr('key').exec(), ['OK', 2]);
  const other = await connect();
  await other.watch('key');
  await client.set('key', '5');
  await assert.rejects(other.multi().incr('key').exec(), {name: /./});
  assert.strictEqual(await client.get('key'), '5');
  await other.close();
});

test('publish and subscribe', async () => {
  const subscriber = await connect();
  const messages = [];
  await subscriber.subscribe('news', (text) => messages.push(text));
  await subscriber.pSubscribe('n*', (text, channel) =>
      messages.push(`${channel}:${text}`));
  assert.strictEqual(await client.publish('news', 'hello'), 2);
  while (messages.length < 2) await new Promise(setImmediate);
  assert.deepStrictEqual(messages.sort(), ['hello', 'news:hello']);
  await subscriber.close();
});

test('a blocked client is woken', async () => {
  const other = await connect();
  const waiting = other.blPop('queue', 0);
  await client.lPush('queue', 'job');
  assert.deepStrictEqual({...await waiting}, {key: 'queue', element: 'job'});
  await other.close();
});

test('streams and consumer groups', async () => {
  await client.xGroupCreate('stream', 'group', '0', {MKSTREAM: true});
  const id = await client.xAdd('stream', '*', {field: 'value'});
  const [{messages}] = await client.xReadGroup(
      'group', 'me', {key: 'stream', id: '>'});
  assert.strictEqual(messages[0].id, id);
  assert.deepStrictEqual({...messages[0].message}, {field: 'value'});
  assert.strictEqual(await client.xAck('stream', 'group', id), 1);
});

test('scripts and functions', async () => {
  const sum = 'return redis.call("INCRBY", KEYS[1], ARGV[1] + ARGV[2])';
  const options = {keys: ['number'], arguments: ['2', '3']};
  assert.strictEqual(await client.eval(sum, options), 5);
  const digest = await client.scriptLoad(sum);
  assert.strictEqual(await client.evalSha(digest, options), 10);
  await assert.rejects(client.eval('return {err="MINE"}'), /MINE/);
  await client.functionLoad(`#!lua name=library
    redis.register_function('twice', function(keys, arguments)
      return arguments[1] * 2
    end)`, {REPLACE: true});
  assert.strictEqual(
      await client.fCall('twice', {keys: [], arguments: ['21']}), 42);
});

test('geography, bitmaps and HyperLogLog', async () => {
  await client.geoAdd('places', [
    {longitude: 13.361389, latitude: 38.115556, member: 'Palermo'},
    {longitude: 15.087269, latitude: 37.502669, member: 'Catania'},
  ]);
  const distance = Number(
      await client.geoDist('places', 'Palermo', 'Catania', 'km'));
  assert.ok(Math.abs(distance - 166.2742) < 0.01, String(distance));
  await client.setBit('bits', 1000, 1);
  assert.strictEqual(await client.bitCount('bits'), 1);
  await client.pfAdd('log', [...Array(1000).keys()].map(String));
  const count = await client.pfCount('log');
  assert.ok(Math.abs(count - 1000) < 30, String(count));
});

test('RESP2', async () => {
  const old = await connect({RESP: 2});
  await old.hSet('hash', 'field', 'value');
  assert.deepStrictEqual({...await old.hGetAll('hash')}, {field: 'value'});
  await old.close();
});

test('a client that was thrown out comes back', async () => {
  const other = await connect();
  const id = await other.clientId();
  await client.sendCommand(['CLIENT', 'KILL', 'ID', String(id)]);
  assert.strictEqual(await other.set('key', 'again'), 'OK');
  assert.notStrictEqual(await other.clientId(), id);
  await other.close();
});

test('a hundred clients at once', async () => {
  const clients = await Promise.all([...Array(100)].map(() => connect()));
  await Promise.all(clients.map((one) => one.incr('counter')));
  assert.strictEqual(await client.get('counter'), '100');
  await Promise.all(clients.map((one) => one.close()));
});

test('errors are errors', async () => {
  await client.set('key', 'text');
  await assert.rejects(client.incr('key'), /not an integer/);
  await assert.rejects(client.lPush('key', 'x'), /WRONGTYPE/);
});

test('a cluster', async () => {
  const cluster = await createCluster({
    rootNodes: [address(process.env.REDIS_CLUSTER_PORT)],
  }).connect();
  for (const name of ['a', 'b', 'c', '{tag}:1', '{tag}:2']) {
    assert.strictEqual(await cluster.set(name, name), 'OK');
    assert.strictEqual(await cluster.get(name), name);
  }
  await cluster.close();
});
