// What the codec costs beside `JSON` with a text encoder, in the engine that this runs in.

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Objects with repeated keys, nested three deep, of about `size` bytes as JSON. */
function tree(size) {
  const rows = [];
  for (let length = 0, i = 0; length < size; i++) {
    const row = {
      id: i, name: `item number ${i}`, price: i * 1.25 + 0.1, active: i % 3 === 0, tags: ['red', `t${i % 50}`, 'a longer tag'], parent: null,
      position: { x: i % 640, y: (i * 7) % 480, label: `at ${i % 99}` }
    };
    length += JSON.stringify(row).length + 1;
    rows.push(row);
  }
  return { version: 3, kind: 'rows', rows };
}

const bytes = (length) => Uint8Array.from({ length }, (_, i) => i);
const json = { encode: (value) => encoder.encode(JSON.stringify(value)), decode: (data) => JSON.parse(decoder.decode(data)) };
// What any channel has to do with bytes: copy them in and copy them out.
const copy = { encode: (value) => value.slice(), decode: (data) => data.slice() };

const CASES = [
  ['small', () => ['channel', 1, 'two'], json],
  ['1 KB object', () => tree(900), json],
  ['100 KB tree', () => tree(100 << 10), json],
  ['1 MB tree', () => tree(1 << 20), json],
  ['10,000 numbers', () => Array.from({ length: 10_000 }, (_, i) => (i % 2 ? i : i / 7)), json],
  ['64 KB string', () => 'abcdefgh'.repeat(8 << 10), json],
  ['1 MB string', () => 'abcdefgh'.repeat(128 << 10), json],
  ['1 MB string, Latin-1', () => 'abcdefg\u00e9'.repeat(128 << 10), json],
  ['1 MB string, UTF-16', () => 'abcdefg\u4e2d'.repeat(128 << 10), json],
  ['1 MB bytes', () => bytes(1 << 20), copy],
  ['10 MB bytes', () => bytes(10 << 20), copy]
];

const now = () => performance.now();

/** Milliseconds for one call of `run`. Clocks of pages are coarse: calls are counted until 30 ms are over; the best of nine counts, because others use the machine too. */
function time(run) {
  const samples = [];
  for (let count = 1; samples.length < 9; ) {
    const start = now();
    for (let i = 0; i < count; i++) run();
    const passed = now() - start;
    if (passed < 30) count *= 2;
    else samples.push(passed / count);
  }
  return Math.min(...samples);
}

/**
 * @param {{serialize: (value: any) => Uint8Array, deserialize: (bytes: Uint8Array) => any}} codec
 * @param {string} [filter] part of the names of the cases
 */
export function measure({ serialize, deserialize }, filter = '') {
  return CASES.filter(([name]) => name.includes(filter)).map(([name, make, base]) => {
    const value = make();
    const own = serialize(value).slice();
    const other = base.encode(value);
    return {
      name, size: own.length, baseSize: other.length,
      encode: time(() => serialize(value)), baseEncode: time(() => base.encode(value)),
      decode: time(() => deserialize(own)), baseDecode: time(() => base.decode(other))
    };
  });
}
