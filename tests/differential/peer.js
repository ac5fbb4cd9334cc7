// The peer: runs cases on the WebAssembly engine of Node.js. The protocol is
// that of engine_process.h, the transcript that of case.h.
'use strict';
const fs = require('fs');
const readline = require('readline');
const zlib = require('zlib');

// V8's messages, by the classes of slipway_engine.cc.
const TRAP_CLASSES = [
  [/^unreachable/, 'unreachable'],
  [/memory access out of bounds/, 'memory'],
  [/unaligned/, 'memory'],
  [/table index is out of bounds|table access out of bounds|element segment out of bounds|table\.\w+.*out of bounds/, 'table'],
  [/null function|signature mismatch/, 'signature'],
  [/dereferencing a null pointer|rethrowing null value/, 'null'],
  [/divide by zero|remainder by zero/, 'division'],
  [/divide result unrepresentable|unrepresentable in integer range/, 'range'],
  [/Atomics\.wait cannot be called/, 'wait'],
];

const objects = Array.from({length: 8}, (_, number) => ({number}));
const host = {
  ref: number => number < 0 ? null : objects[number],
  id: object => object === null ? -1 : object.number,
};

function classOf(error) {
  if (error instanceof WebAssembly.Exception) return 'exception';
  if (error instanceof RangeError && /call stack/.test(error.message)) {
    return 'stack';
  }
  if (error instanceof WebAssembly.RuntimeError) {
    for (const [pattern, name] of TRAP_CLASSES) {
      if (pattern.test(error.message)) return name;
    }
  }
  return `unknown: ${error}`;
}

function format(value) {
  return typeof value === 'bigint' ? `${value}n` : `${value}`;
}

function call(exports, line) {
  const [name, ...words] = line.split(' ');
  const values = words.map(
      word => word.endsWith('n') ? BigInt(word.slice(0, -1)) : Number(word));
  try {
    const result = exports[name](...values);
    const results =
        result === undefined ? [] : Array.isArray(result) ? result : [result];
    return [line, '=', ...results.map(format)].join(' ');
  } catch (error) {
    return `${line} ! ${classOf(error)}`;
  }
}

function describe(memory, name, marks) {
  const bytes = Buffer.from(new Uint8Array(memory.buffer));
  if (marks) {
    const last = bytes.lastIndexOf(1);
    return `${name} marks ${bytes.subarray(0, last + 1).join('')}`;
  }
  const crc = (zlib.crc32(bytes) >>> 0).toString(16).padStart(8, '0');
  return `${name} = ${bytes.length} ${crc}`;
}

function run(file, memories, marks, calls) {
  let exports;
  try {
    const module = new WebAssembly.Module(fs.readFileSync(file));
    exports = new WebAssembly.Instance(module, {host}).exports;
  } catch (error) {
    return [`! instantiation: ${classOf(error)}`];
  }
  const lines = calls.map(line => call(exports, line));
  for (let i = 0; i < memories; ++i) {
    const name = `m${i}`;
    lines.push(describe(exports[name], name, marks && i === memories - 1));
  }
  return lines;
}

let request = null;
readline.createInterface({input: process.stdin}).on('line', line => {
  const [word, ...rest] = line.split(' ');
  if (word === 'run') {
    request = {
      file: rest[0],
      memories: Number(rest[1]),
      marks: rest[2] === '1',
      calls: [],
    };
  } else if (word === 'call') {
    request.calls.push(rest.join(' '));
  } else {
    const lines =
        run(request.file, request.memories, request.marks, request.calls);
    fs.writeSync(1, [...lines, 'end', ''].join('\n'));
    globalThis.gc();  // gives back the address space of the memories
  }
});
