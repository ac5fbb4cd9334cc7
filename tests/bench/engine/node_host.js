// Runs a guest's module on the WebAssembly engine of Node.js:
//   node node_host.js MODULE
// A host of the few calls that the kernels make; all others answer ENOSYS. See
// "The guest's ABI" in docs/design.md.
'use strict';
const fs = require('fs');

const PAGE = 65536n;
const MEMORY_PAGES = 16384n;  // 1 GiB, all of it there
const STACK_SIZE = 8n << 20n;
const ENOSYS = -38n;
const ENOMEM = -12n;

function readLeb(bytes, at) {
  let value = 0;
  for (let shift = 0;; shift += 7) {
    const byte = bytes[at.position++];
    value += (byte & 127) * 2 ** shift;
    if (byte < 128) return value;
  }
}

// V8 refuses a memory that may grow beyond 16 GiB. Writes the most that it takes
// over the maximum of the memory that is imported, in as many bytes.
function lowerMaximum(bytes) {
  const description = Buffer.from('\x03env\x06memory\x02');
  const at = {position: bytes.indexOf(description) + description.length + 1};
  readLeb(bytes, at);  // the minimum
  const start = at.position;
  readLeb(bytes, at);
  const last = at.position - 1;
  let rest = 262144;
  for (let i = start; i <= last; ++i, rest = rest >> 7) {
    bytes[i] = rest & 127 | (i < last ? 128 : 0);
  }
  return bytes;
}

const module_ =
    new WebAssembly.Module(lowerMaximum(fs.readFileSync(process.argv[2])));

// The first subsection of dylink.0 (WASM_DYLINK_MEM_INFO).
function memoryInfo() {
  const section = WebAssembly.Module.customSections(module_, 'dylink.0')[0];
  const bytes = new Uint8Array(section);
  const at = {position: 0};
  if (readLeb(bytes, at) !== 1) throw new Error('no WASM_DYLINK_MEM_INFO');
  readLeb(bytes, at);
  const [size, align, tableSize] =
      [readLeb(bytes, at), readLeb(bytes, at), readLeb(bytes, at)];
  return {size: BigInt(size), align: 1n << BigInt(align), tableSize};
}

const info = memoryInfo();
const memory = new WebAssembly.Memory(
    {initial: MEMORY_PAGES, maximum: MEMORY_PAGES, shared: true, address: 'i64'});
const bytes = new Uint8Array(memory.buffer);
const view = new DataView(memory.buffer);
const tableBase = 1n;
const table = new WebAssembly.Table({
  initial: tableBase + BigInt(info.tableSize),
  element: 'anyfunc',
  address: 'i64',
});

let next = PAGE;  // the lowest address not yet given away
function reserve(size, align) {
  const at = (next + align - 1n) / align * align;
  next = at + size;
  return at;
}
const memoryBase = reserve(info.size, info.align);
const stackTop = reserve(STACK_SIZE, PAGE) + STACK_SIZE;
const global = (value, mutable) =>
    new WebAssembly.Global({value: 'i64', mutable}, value);
const stackPointer = global(stackTop, true);

function write(fd, address, size) {
  const at = Number(address);
  fs.writeSync(Number(fd), Buffer.from(bytes.slice(at, at + Number(size))));
  return size;
}

function vectors(address, count, call) {
  let total = 0n;
  for (let i = 0n; i < count; ++i) {
    const at = Number(address + 16n * i);
    const size = view.getBigUint64(at + 8, true);
    if (size === 0n) continue;
    const done = call(view.getBigUint64(at, true), size);
    total += done;
    if (done < size) break;
  }
  return total;
}

function read(fd, address, size) {
  const buffer = Buffer.alloc(Number(size));
  const count = fs.readSync(Number(fd), buffer);
  bytes.set(buffer.subarray(0, count), Number(address));
  return BigInt(count);
}

function clock_gettime(clock, address) {
  const {user, system} = process.threadCpuUsage();
  const CLOCK_PROCESS_CPUTIME_ID = 2n;
  const time = clock === CLOCK_PROCESS_CPUTIME_ID ?
      BigInt(user + system) * 1000n :
      process.hrtime.bigint();
  view.setBigInt64(Number(address), time / 1000000000n, true);
  view.setBigInt64(Number(address) + 8, time % 1000000000n, true);
  return 0n;
}

// What is unmapped is given away again, zeroed, to a request of that size.
const unmapped = new Map();
function mmap(hint, size, protection, flags, fd) {
  if (BigInt.asIntN(32, fd) !== -1n) return ENOSYS;
  const reused = unmapped.get(size)?.pop();
  if (reused !== undefined) {
    bytes.fill(0, Number(reused), Number(reused + size));
    return reused;
  }
  if (next + size + PAGE > MEMORY_PAGES * PAGE) return ENOMEM;
  return reserve(size, PAGE);
}
function munmap(address, size) {
  if (!unmapped.has(size)) unmapped.set(size, []);
  unmapped.get(size).push(address);
  return 0n;
}

function exit(status) {
  process.exit(Number(status));
}

const calls = {
  read,
  write,
  readv: (fd, address, count) =>
      vectors(address, count, (at, size) => read(fd, at, size)),
  writev: (fd, address, count) =>
      vectors(address, count, (at, size) => write(fd, at, size)),
  clock_gettime,
  mmap,
  munmap,
  mprotect: () => 0n,
  madvise: () => 0n,
  exit,
  exit_group: exit,
};

function importObject() {
  const imports = {
    env: {
      memory,
      __indirect_function_table: table,
      __stack_pointer: stackPointer,
      __memory_base: global(memoryBase, false),
      __table_base: global(tableBase, false),
    },
    posix1: {},
  };
  for (const {module, name, kind} of WebAssembly.Module.imports(module_)) {
    if (module === 'posix1' && kind === 'function') {
      imports.posix1[name] = calls[name] ?? (() => ENOSYS);
    }
  }
  return imports;
}

// argc, argv, envp and auxv as the x86-64 kernel leaves them.
function pushArguments() {
  const name = Buffer.from('kernels\0');
  const text = stackTop - BigInt(name.length);
  bytes.set(name, Number(text));
  const AT_PAGESZ = 6n;
  const words = [1n, text, 0n, 0n, AT_PAGESZ, PAGE, 0n, 0n];
  const sp = (text - BigInt(8 * words.length)) / 16n * 16n;
  words.forEach(
      (word, i) => view.setBigUint64(Number(sp) + 8 * i, word, true));
  return sp;
}

const instance = new WebAssembly.Instance(module_, importObject());
const sp = pushArguments();
stackPointer.value = sp;
instance.exports.__wasm_apply_data_relocs?.();
instance.exports._start(sp);
