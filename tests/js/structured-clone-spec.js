'use strict';

// What Electron's IPC keeps, changes and refuses: each row is sent from the main process to a page and from a page to the main process, so that
// both engines encode it and both decode it. Rows are text, because either side makes its own values.

const { BrowserWindow, ipcMain } = require('electron');
const assert = require('node:assert');
const { closeAllWindows } = require('./helpers');
const { openWithPreload } = require('./lane-helpers');

const REFUSED = 'An object could not be cloned.';
// Without the engine's help no script can tell a proxy.
const PORTABLE = process.env.SHELL_RENDERER_LANE === 'portable';

// Name, a value, and what must hold for what arrives (`v`).
const KEPT = [
  ['undefined', 'undefined', 'v === undefined'],
  ['null', 'null', 'v === null'],
  ['-0', '-0', 'Object.is(v, -0)'],
  ['NaN', 'NaN', 'Number.isNaN(v)'],
  ['infinities', '[Infinity, -Infinity]', 'v[0] === Infinity && v[1] === -Infinity'],
  ['whole numbers around each size', '[0, 191, 192, 255, 256, -1, 2 ** 31 - 1, 2 ** 31, -(2 ** 31), 2 ** 53]', "v.join() === '0,191,192,255,256,-1,2147483647,2147483648,-2147483648,9007199254740992'"],
  ['long lists of numbers', 'Array.from({ length: 50 }, (_, i) => i / 7)', 'v.length === 50 && v.every((x, i) => x === i / 7)'],
  ['lists of numbers with -0', '[-0, 1, 2, 3, 4, 5, 6, 7, NaN]', 'Object.is(v[0], -0) && Number.isNaN(v[8])'],
  ['long lists of numbers that another item ends', "[...Array.from({ length: 20_000 }, (_, i) => i / 7), 'end']", "v.length === 20_001 && v[20_000] === 'end' && v.slice(0, -1).every((x, i) => x === i / 7)"],
  ['many deep lists', 'Array.from({ length: 400 }, (_, n) => { let v = n / 3; for (let i = 0; i < 60; i++) v = [v, i / 3]; return v; })', 'v.length === 400 && v.every((x, n) => { for (let i = 59; i >= 0; i--) { if (x[1] !== i / 3) return false; x = x[0]; } return x === n / 3; })'],
  ['objects with the keys of the one before, and with one more or less', '[{ a: 1, b: 2 }, { a: 1, b: 2 }, { a: 3, b: 4, c: 5 }, { a: 6 }, { a: 1, b: 2 }, { b: 1, a: 2 }, {}, { a: 7, b: 8 }]', 'JSON.stringify(v) === \'[{"a":1,"b":2},{"a":1,"b":2},{"a":3,"b":4,"c":5},{"a":6},{"a":1,"b":2},{"b":1,"a":2},{},{"a":7,"b":8}]\''],
  ['what objects inherit, which is left out', '[{ a: 1, b: 2 }, { a: 1, b: 2 }, Object.create({ b: 2 }, { a: { value: 1, enumerable: true } })]', 'Object.keys(v[1]).length === 2 && Object.keys(v[2]).join() === "a"'],
  ['bigint', '[0n, -1n, 2n ** 64n, -(2n ** 200n)]', 'v[0] === 0n && v[1] === -1n && v[2] === 2n ** 64n && v[3] === -(2n ** 200n)'],
  ['lone surrogates', "['\\ud800', 'a\\udc00'.repeat(900)]", "v[0] === '\\ud800' && v[1] === 'a\\udc00'.repeat(900)"],
  ['NUL, BOM and quotes', "['\\0', '\\ufeffx', '\"\\\\', '\\u2028']", "v[0] === '\\0' && v[1] === '\\ufeffx' && v[2] === '\"\\\\' && v[3] === '\\u2028'"],
  ['Date', 'new Date(8.64e15)', 'v instanceof Date && v.getTime() === 8.64e15'],
  ['an invalid Date', 'new Date(NaN)', 'v instanceof Date && Number.isNaN(v.getTime())'],
  ['RegExp', '/a(?<n>b)[/]\\n/dgimsuy', "v instanceof RegExp && v.source === 'a(?<n>b)[/]\\\\n' && v.flags === 'dgimsuy' && v.lastIndex === 0"],
  ['Map', 'new Map([[{ k: 1 }, new Map([[NaN, -0]])], ["s", undefined]])', "v instanceof Map && v.size === 2 && [...v][0][0].k === 1 && [...v][0][1].has(NaN) && v.has('s')"],
  ['Set', "new Set([1, 'a', undefined, { x: 1 }])", "v instanceof Set && v.size === 4 && [...v][3].x === 1 && v.has(undefined)"],
  ['holes of short arrays', '[1, , 3]', 'v.length === 3 && !(1 in v) && v[2] === 3'],
  ['undefined in arrays is no hole', '[undefined]', '0 in v && v[0] === undefined'],
  ['sparse arrays', '(() => { const a = []; a[4e9] = 1; a.x = 2; return a; })()', 'v.length === 4000000001 && v[4e9] === 1 && Object.keys(v).length === 2 && v.x === 2'],
  ['long empty arrays', 'new Array(30_000_000)', 'v.length === 30_000_000 && Object.keys(v).length === 0'],
  ['further properties of long arrays', "Object.assign(Array.from({ length: 50 }, () => 'a'), { extra: 2 })", "v.length === 50 && v[49] === 'a' && v.extra === 2"],
  ['further properties of arrays', "Object.assign(['a'], { extra: 2 })", "v.length === 1 && v[0] === 'a' && v.extra === 2"],
  ['boxed primitives', "[Object(1), Object('s'), Object(false), Object(5n)]", "v.every((x) => typeof x === 'object') && v[0] instanceof Number && v[1] == 's' && v[2].valueOf() === false && v[3] == 5n"],
  ['ArrayBuffer', 'Uint8Array.from([1, 2, 3]).buffer', 'v instanceof ArrayBuffer && new Uint8Array(v).join() === "1,2,3"'],
  ['every typed array', '[Int8Array, Uint8Array, Uint8ClampedArray, Int16Array, Uint16Array, Int32Array, Uint32Array, Float32Array, Float64Array].map((C) => C.from([1, 2]))',
    "v.map((x) => x.constructor.name + x.join('')).join() === 'Int8Array12,Uint8Array12,Uint8ClampedArray12,Int16Array12,Uint16Array12,Int32Array12,Uint32Array12,Float32Array12,Float64Array12'"],
  ['typed arrays of bigints', '[BigInt64Array.of(-5n), BigUint64Array.of(2n ** 63n)]', 'v[0] instanceof BigInt64Array && v[0][0] === -5n && v[1][0] === 2n ** 63n'],
  ['DataView', 'new DataView(Uint8Array.from([1, 2, 3, 4]).buffer, 1, 2)', 'v instanceof DataView && v.byteOffset === 1 && v.byteLength === 2 && v.getUint8(0) === 2 && v.buffer.byteLength === 4'],
  ['the buffer behind a part of it', 'new Uint16Array(new ArrayBuffer(100), 10, 5)', 'v.length === 5 && v.byteOffset === 10 && v.buffer.byteLength === 100'],
  ['one buffer under two views', '(() => { const b = new ArrayBuffer(8); return [new Uint8Array(b), new Float64Array(b), b]; })()', 'v[0].buffer === v[1].buffer && v[2] === v[0].buffer'],
  ['undefined in objects', '({ a: undefined })', "'a' in v && v.a === undefined"],
  ['the order of keys', "({ b: 1, a: 2, 10: 3, 9: 4, '': 5 })", "Object.keys(v).join() === '9,10,b,a,'"],
  ['objects of the same shape', '[{ a: 1, b: 2 }, { a: 3, b: 4 }, { b: 5, a: 6 }]', "JSON.stringify(v) === '[{\"a\":1,\"b\":2},{\"a\":3,\"b\":4},{\"b\":5,\"a\":6}]'"],
  ['many keys', 'Object.fromEntries(Array.from({ length: 500 }, (_, i) => [`k${i}`, i]))', 'Object.keys(v).length === 500 && v.k499 === 499'],
  ['long keys', "({ ['k'.repeat(2000)]: 1 })", "v['k'.repeat(2000)] === 1"],
  ['__proto__ as an own key', 'JSON.parse(\'{"__proto__": {"polluted": 1}}\')', "Object.hasOwn(v, '__proto__') && v.polluted === undefined && Object.getPrototypeOf(v) === Object.prototype"],
  ['names that every object has', "({ constructor: 1, toString: 2, hasOwnProperty: 3 })", 'v.constructor === 1 && v.toString === 2 && v.hasOwnProperty === 3'],
  ['toJSON as data', "({ toJSON: 'text', when: new Date(5) })", "v.toJSON === 'text' && v.when.getTime() === 5"],
  ['cycles', '(() => { const o = { list: [] }; o.self = o; o.list.push(o, o.list); o.map = new Map([[o, o.list]]); return o; })()', 'v.self === v && v.list[0] === v && v.list[1] === v.list && v.map.get(v) === v.list'],
  ['identity', '(() => { const d = new Date(1), e = new Error("x"); return [d, d, e, { e }]; })()', 'v[0] === v[1] && v[2] === v[3].e'],
  ['errors of built-in types', '[Error, EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError].map((E) => new E("m"))',
    "v.every((e) => e instanceof Error && e.message === 'm' && typeof e.stack === 'string' && !Object.keys(e).length) && v.map((e) => e.constructor.name).join() === 'Error,EvalError,RangeError,ReferenceError,SyntaxError,TypeError,URIError'"],
  ['the cause of an error', 'new Error("outer", { cause: { why: new TypeError("inner") } })', "v.cause.why instanceof TypeError && v.cause.why.message === 'inner'"],
  ['nesting of 5,000', '(() => { let a = []; for (let i = 0; i < 5000; i++) a = i % 2 ? [a] : { a }; return a; })()', '(() => { let n = 0; for (let a = v; Array.isArray(a) ? a.length : true; a = Array.isArray(a) ? a[0] : a.a) n++; return n === 5000; })()'],
  ['cycles below a deep nesting', '(() => { const top = {}; let at = top; for (let i = 0; i < 300; i++) at = at.next = { top }; at.map = new Map([[at, top]]); at.set = new Set([at, top]); return top; })()',
    '(() => { let at = v; for (let i = 0; i < 300; i++) { at = at.next; if (at.top !== v) return false; } return at.map.get(at) === v && at.set.has(v) && [...at.set][0] === at; })()'],
];

const CHANGED = [
  ['a class instance becomes its own enumerable data', '(() => { class C { a = 1; #p = 2; get g() { return this.#p; } m() {} } return new C(); })()', "Object.getPrototypeOf(v) === Object.prototype && Object.keys(v).join() === 'a' && v.a === 1"],
  ['a getter becomes its value', '({ get x() { return 5; } })', "v.x === 5 && 'value' in Object.getOwnPropertyDescriptor(v, 'x')"],
  ['what is not enumerable is left out', "Object.defineProperty({ a: 1 }, 'b', { value: 2 })", "Object.getOwnPropertyNames(v).join() === 'a'"],
  ['no prototype becomes a plain object', "Object.assign(Object.create(null), { a: 1 })", 'Object.getPrototypeOf(v) === Object.prototype && v.a === 1'],
  ['inherited data is left out', 'Object.assign(Object.create({ inherited: 1 }), { a: 1 })', 'v.inherited === undefined && v.a === 1'],
  ['symbol keys are left out', "({ a: 1, [Symbol('s')]: 2 })", 'Reflect.ownKeys(v).length === 1'],
  ['frozen becomes ordinary', 'Object.freeze({ a: Object.freeze([1]) })', 'Object.isExtensible(v) && Object.isExtensible(v.a) && (v.a[0] = 2) === 2'],
  ['a Buffer becomes a Uint8Array', "Buffer.from('hello')", "v.constructor === Uint8Array && String.fromCharCode(...v) === 'hello'"],
  ['an own class of errors becomes Error', '(() => { class MyError extends Error { name = "MyError"; } return Object.assign(new MyError("m"), { code: "E" }); })()', "v.constructor === Error && v.name === 'Error' && v.message === 'm' && !('code' in v)"],
  ['AggregateError becomes Error', "new AggregateError([new Error('a')], 'm')", "v.constructor === Error && v.message === 'm' && !('errors' in v)"],
  ['lastIndex is forgotten', '(() => { const r = /a/g; r.lastIndex = 3; return r; })()', 'v.lastIndex === 0'],
  ['functions of an array-like tag say nothing', "({ [Symbol.toStringTag]: 'Promise', a: 1 })", 'v.a === 1'],
];

const REFUSED_ROWS = [
  ['a function', '() => {}'],
  ['a function in an object', '({ f() {} })'],
  ['a class', 'class {}'],
  ['a symbol', "Symbol('s')"],
  ['a boxed symbol', "Object(Symbol('s'))"],
  ['a Promise', 'Promise.resolve()'],
  ['a WeakMap', 'new WeakMap()'],
  ['a WeakSet', 'new WeakSet()'],
  ['a WeakRef', 'new WeakRef({})'],
  ['a Proxy', 'new Proxy({ a: 1 }, {})'],
  ['a Proxy of an array', 'new Proxy([1], {})'],
  ['a Proxy of a long array', 'new Proxy(Array.from({ length: 99 }), {})'],
  ['a Proxy deep inside', '({ list: [1, new Map([[1, new Proxy({}, {})]])] })'],
  ['a revoked Proxy', '(() => { const { proxy, revoke } = Proxy.revocable({}, {}); revoke(); return proxy; })()'],
  ['a generator', '(function* () {})()'],
  ['arguments', '(function () { return arguments; })(1)'],
  ['an iterator', '[].values()'],
  ['Intl.NumberFormat', 'new Intl.NumberFormat()'],
  ['Intl.DateTimeFormat', 'new Intl.DateTimeFormat()'],
  ['a detached buffer', '(() => { const b = new ArrayBuffer(8); structuredClone(b, { transfer: [b] }); return b; })()'],
  ['a Blob', "new Blob(['x'])"],
  ['a WebAssembly.Module', 'new WebAssembly.Module(Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0))'],
  ['a getter that throws', "({ get x() { throw new Error('mine'); } })"],
];

const MAIN_ONLY_REFUSED = [
  ['a SharedArrayBuffer', 'new SharedArrayBuffer(1)'],
  ['a view of a SharedArrayBuffer', 'new Uint8Array(new SharedArrayBuffer(1))'],
];

const DOM_REFUSED = [
  ['document.location', 'document.location'],
  ['document', 'document'],
  ['window', 'window'],
  ['an element', "document.createElement('p')"],
  ['a File', "new File(['x'], 'name')"],
  ['an ImageBitmap', 'bitmap'],
  ['a DOMMatrix', 'new DOMMatrix()'],
  ['a URL', "new URL('https://example.org/')"],
  ['an Event', "new Event('x')"],
  ['a MessagePort', 'new MessageChannel().port1'],
  ['an element deep inside', '({ list: [new Map([[1, document.body]])] })'],
];

const preload = () => {
  const { ipcRenderer } = require('electron');
  let bitmap;
  const evaluate = (code, v) => new Function('v', 'bitmap', 'Buffer', `return (${code});`)(v, bitmap, Buffer);
  ipcRenderer.on('receive', (_event, check, value) => {
    try {
      ipcRenderer.send('received', evaluate(check, value) === true);
    } catch (error) {
      ipcRenderer.send('received', String(error));
    }
  });
  ipcRenderer.on('give', (_event, code) => {
    try {
      ipcRenderer.send('given', evaluate(code));
    } catch (error) {
      ipcRenderer.send('refused', String(error));
    }
  });
  ipcRenderer.on('fetch', async () => {
    try {
      ipcRenderer.send('fetched', await ipcRenderer.invoke('fetch'));
    } catch (error) {
      ipcRenderer.send('refused', String(error));
    }
  });
  ipcRenderer.on('prepare', async () => {
    const canvas = document.createElement('canvas');
    canvas.width = canvas.height = 1;
    bitmap = await createImageBitmap(canvas);
    ipcRenderer.send('prepared');
  });
};

describe('structured clone', () => {
  /** @type {Electron.BrowserWindow} */
  let window;
  const evaluate = (code, v) => new Function('v', 'Buffer', `return (${code});`)(v, Buffer);

  /** What the page says next on one of these channels. @param {...string} channels @returns {Promise<{channel: string, value: any}>} */
  const answer = (...channels) =>
    new Promise((resolve) => {
      const listeners = channels.map((channel) => {
        const listener = (_event, value) => {
          channels.forEach((name, i) => ipcMain.removeListener(name, listeners[i]));
          resolve({ channel, value });
        };
        ipcMain.on(channel, listener);
        return listener;
      });
    });

  before(async () => {
    window = await openWithPreload({ preload });
    const prepared = answer('prepared');
    window.webContents.send('prepare');
    await prepared;
  });
  after(closeAllWindows);

  describe('from the main process to a page', () => {
    for (const [name, code, check] of [...KEPT, ...CHANGED]) {
      it(`${KEPT.some((row) => row[0] === name) ? 'keeps ' : ''}${name}`, async () => {
        const received = answer('received');
        window.webContents.send('receive', check, evaluate(code));
        assert.strictEqual((await received).value, true);
      });
    }
    it('writes the whole buffer behind a Buffer', async () => {
      const pooled = Buffer.from('hello');
      const received = answer('received');
      window.webContents.send('receive', `v.buffer.byteLength === ${pooled.buffer.byteLength} && v.byteOffset === ${pooled.byteOffset}`, pooled);
      assert.strictEqual((await received).value, true);
    });
    it("makes {} of Node's URL", async () => {
      const received = answer('received');
      window.webContents.send('receive', 'Object.getPrototypeOf(v) === Object.prototype && Object.keys(v).length === 0', new URL('https://example.org/'));
      assert.strictEqual((await received).value, true);
    });
    for (const [name, code] of [...REFUSED_ROWS, ...MAIN_ONLY_REFUSED]) {
      it(`refuses ${name}`, async () => {
        ipcMain.handleOnce('fetch', () => ({ value: evaluate(code) }));
        const refused = answer('refused', 'fetched');
        window.webContents.send('fetch');
        assert.deepStrictEqual(await refused, { channel: 'refused', value: `Error: Error invoking remote method 'fetch': Error: ${REFUSED}` });
      });
    }
  });

  describe('from a page to the main process', () => {
    for (const [name, code, check] of [...KEPT, ...CHANGED]) {
      it(`${KEPT.some((row) => row[0] === name) ? 'keeps ' : ''}${name}`, async () => {
        const given = answer('given', 'refused');
        window.webContents.send('give', code);
        const { channel, value } = await given;
        assert.strictEqual(channel, 'given', value);
        assert.ok(evaluate(check, value));
      });
    }
    for (const [name, code] of [...REFUSED_ROWS, ...DOM_REFUSED]) {
      if (PORTABLE && name.startsWith('a Proxy')) continue;
      it(`refuses ${name}`, async () => {
        const refused = answer('refused', 'given');
        window.webContents.send('give', code);
        assert.deepStrictEqual(await refused, { channel: 'refused', value: `Error: ${REFUSED}` });
      });
    }
  });

  it('keeps identity and cycles across the arguments of one message', async () => {
    const shared = { name: 'shared' };
    const list = [shared];
    list.push(list);
    const received = new Promise((resolve) => ipcMain.once('given', (_event, ...args) => resolve(args)));
    const other = await openWithPreload({
      preload: "const { ipcRenderer } = require('electron'); ipcRenderer.on('args', (event, ...args) => ipcRenderer.send('given', args[0] === args[1][0], ...args));",
    });
    other.webContents.send('args', shared, list, shared);
    const [same, first, second, third] = await received;
    assert.ok(same && first === third && second[0] === first && second[1] === second);
  });

  it('gives null for what the other engine cannot read', async () => {
    // Longer than any bigint of JavaScriptCore.
    ipcMain.handleOnce('fetch', () => 1n << 2_000_000n);
    const answered = answer('fetched', 'refused');
    window.webContents.send('fetch');
    assert.deepStrictEqual(await answered, { channel: 'fetched', value: null });
  });

  it('refuses DOM objects as results of executeJavaScript', async () => {
    await assert.rejects(window.webContents.executeJavaScript('({ at: document.location })'), { message: REFUSED });
    assert.strictEqual(BrowserWindow.getAllWindows().includes(window), true);
  });
});
