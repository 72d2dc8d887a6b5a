// `util.inspect` and `util.format` of a page.

import { Buffer } from '../buffer.js';

const custom = Symbol.for('nodejs.util.inspect.custom');
const IDENTIFIER = /^[A-Za-z_$][\w$]*$/;
const tagOf = (value) => Object.prototype.toString.call(value).slice(8, -1);

function quote(text) {
  const mark = !text.includes("'") ? "'" : !text.includes('"') ? '"' : !text.includes('`') && !text.includes('${') ? '`' : "'";
  const escaped = JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"');
  return mark + (mark === "'" ? escaped.replaceAll("'", "\\'") : escaped) + mark;
}

function classOf(value) {
  for (let owner = value; owner !== null; owner = Object.getPrototypeOf(owner)) {
    const constructor = Object.getOwnPropertyDescriptor(owner, 'constructor')?.value;
    if (typeof constructor === 'function' && typeof constructor.name === 'string' && constructor.name !== '') return constructor.name;
  }
  return null;
}

function primitive(value) {
  switch (typeof value) {
    case 'string': return quote(value);
    case 'number': return Object.is(value, -0) ? '-0' : String(value);
    case 'bigint': return `${value}n`;
    default: return String(value);
  }
}

function keyText(key) {
  if (typeof key === 'symbol') return `[${String(key)}]`;
  return IDENTIFIER.test(key) ? key : quote(key);
}

// The opening and the entries of what is no plain object; null for one that is.
function slotsOf(value, tag, show, options) {
  switch (tag) {
    case 'Map': return [...value].slice(0, options.maxArrayLength).map(([key, item]) => `${show(key)} => ${show(item)}`);
    case 'Set': return [...value].slice(0, options.maxArrayLength).map((item) => show(item));
    case 'ArrayBuffer': return [`byteLength: ${value.byteLength}`];
    default: return null;
  }
}

/** @param {any} value @param {(item: any) => string} show @param {any} options */
function listOf(value, show, options) {
  const parts = [];
  const length = Math.min(value.length, options.maxArrayLength);
  for (let i = 0; i < length; i++) {
    if (i in value) {
      parts.push(show(value[i]));
      continue;
    }
    const start = i;
    while (i + 1 < length && !(i + 1 in value)) i++;
    const count = i - start + 1;
    parts.push(`<${count} empty item${count === 1 ? '' : 's'}>`);
  }
  if (value.length > length) parts.push(`... ${value.length - length} more item${value.length - length === 1 ? '' : 's'}`);
  return parts;
}

function wrap(prefix, open, parts, close, indent, options) {
  const start = prefix === '' ? open : `${prefix} ${open}`;
  if (parts.length === 0) return `${start}${close}`;
  const line = `${start} ${parts.join(', ')} ${close}`;
  if (options.compact !== false && !line.includes('\n') && line.length + indent <= Math.min(options.breakLength, 76)) return line;
  if (options.breakLength === Infinity && options.compact !== false) return line;
  const space = ' '.repeat(indent + 2);
  return `${start}\n${space}${parts.join(`,\n${space}`)}\n${' '.repeat(indent)}${close}`;
}

/** @param {any} value @param {any} state @param {number} depth @param {number} indent @returns {string} */
function inspectValue(value, state, depth, indent) {
  const { options } = state;
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null) {
    return typeof value === 'string' && depth === 0 && options.bare ? value : primitive(value);
  }
  if (options.customInspect && typeof value[custom] === 'function' && value[custom] !== inspect) {
    const left = options.depth === null ? null : options.depth - depth;
    const result = value[custom](left, { ...options, stylize: (text) => text }, inspect);
    if (result !== value) return typeof result === 'string' ? result.replaceAll('\n', `\n${' '.repeat(indent)}`) : inspectValue(result, state, depth, indent);
  }
  if (state.path.includes(value)) {
    if (!state.circular.has(value)) state.circular.set(value, state.circular.size + 1);
    return `[Circular *${state.circular.get(value)}]`;
  }
  const tag = tagOf(value);
  const name = classOf(value);
  /** @type {boolean} */
  const list = Array.isArray(value) || (ArrayBuffer.isView(value) && !(value instanceof DataView));
  let keys = options.showHidden ? Reflect.ownKeys(value) : Object.keys(value);
  if (!options.showHidden) keys.push(.../** @type {any[]} */ (Object.getOwnPropertySymbols(value).filter((key) => Object.prototype.propertyIsEnumerable.call(value, key))));
  if (list) keys = keys.filter((key) => typeof key === 'symbol' || !/^\d+$/.test(key));
  if (options.sorted) keys.sort(typeof options.sorted === 'function' ? options.sorted : undefined);

  let base = '';
  let prefix = name === 'Object' || name === null ? '' : name;
  if (name === null) prefix = '[Object: null prototype]';
  const own = Object.getOwnPropertyDescriptor(value, Symbol.toStringTag)?.value ?? (tag !== 'Object' && !list && typeof value !== 'function' ? tag : '');
  if (typeof value === 'function') {
    const isClass = /^class\b/.test(Function.prototype.toString.call(value));
    const kind = isClass ? 'class' : tag === 'Function' ? 'Function' : tag;
    base = isClass ? `[class ${value.name || '(anonymous)'}]` : `[${kind}${value.name ? `: ${value.name}` : ' (anonymous)'}]`;
  } else if (value instanceof Error) {
    keys = keys.filter((key) => key !== 'stack' && key !== 'message');
    const title = value.message ? `${value.name}: ${value.message}` : String(value.name);
    const stack = typeof value.stack === 'string' ? value.stack : '';
    base = stack === '' ? `[${title}]` : stack.startsWith(value.name) ? stack : `${title}\n${stack.replace(/^/gm, '    at ')}`;
    if (indent > 0) base = base.replaceAll('\n', `\n${' '.repeat(indent)}`);
    if (Object.hasOwn(value, 'cause') && !keys.includes('cause')) keys.push('[cause]');
  } else if (value instanceof RegExp) {
    base = String(value);
  } else if (value instanceof Date) {
    base = Number.isNaN(value.getTime()) ? 'Invalid Date' : value.toISOString();
  } else if (value instanceof Promise || value instanceof WeakMap || value instanceof WeakSet) {
    base = `${tag} { <unknown> }`;
  } else if (['Number', 'String', 'Boolean', 'BigInt', 'Symbol'].includes(tag) && typeof value.valueOf() !== 'object') {
    base = `[${tag}: ${primitive(value.valueOf())}]`;
    if (tag === 'String') keys = keys.filter((key) => typeof key === 'symbol' || !/^\d+$/.test(key));
  } else if (Buffer.isBuffer(value)) {
    const shown = Array.from(value.subarray(0, 50), (byte) => byte.toString(16).padStart(2, '0')).join(' ');
    return `<Buffer${shown === '' ? '' : ` ${shown}`}${value.length > 50 ? ` ... ${value.length - 50} more byte${value.length === 51 ? '' : 's'}` : ''}>`;
  }
  if (base !== '' && keys.length === 0) return base;
  if (options.depth !== null && depth > options.depth) return `[${prefix === '' ? (Array.isArray(value) ? 'Array' : 'Object') : prefix}]`;

  state.path.push(value);
  const show = (item) => inspectValue(item, state, depth + 1, indent + 2);
  const slots = slotsOf(value, tag, show, options);
  const parts = slots ?? (list ? listOf(value, show, options) : []);
  for (const key of keys) parts.push(property(value, key, show, options));
  state.path.pop();
  if (list) prefix = name === 'Array' ? '' : `${name}(${/** @type {any} */ (value).length})`;
  else if (slots !== null && tag !== 'ArrayBuffer') prefix = `${name}(${value.size})`;
  else if (own !== '' && own !== name && base === '') prefix = `${prefix || 'Object'} [${own}]`;
  if (base !== '') prefix = base;
  const text = list ? wrap(prefix, '[', parts, ']', indent, options) : wrap(prefix, '{', parts, '}', indent, options);
  return state.circular.has(value) ? `<ref *${state.circular.get(value)}> ${text}` : text;
}

function property(value, key, show, options) {
  if (key === '[cause]') return `[cause]: ${show(value.cause)}`;
  const descriptor = Object.getOwnPropertyDescriptor(value, key) ?? { value: undefined, enumerable: true };
  const name = descriptor.enumerable ? keyText(key) : `[${String(key)}]`;
  if (descriptor.get === undefined && descriptor.set === undefined) return `${name}: ${show(descriptor.value)}`;
  if (options.getters && descriptor.get) return `${name}: [Getter] ${show(value[key])}`;
  return `${name}: [${descriptor.get ? (descriptor.set ? 'Getter/Setter' : 'Getter') : 'Setter'}]`;
}

/** @type {any} */
export const inspect = function inspect(value, options, ...legacy) {
  const given = typeof options === 'object' && options !== null ? options : { showHidden: options === true, ...(legacy[0] === undefined ? {} : { depth: legacy[0] }) };
  const complete = { ...inspect.defaultOptions, ...given };
  if (complete.depth === Infinity) complete.depth = null;
  if (complete.maxArrayLength === null) complete.maxArrayLength = Infinity;
  return inspectValue(value, { options: complete, path: [], circular: new Map() }, 0, 0);
};
inspect.custom = custom;
inspect.defaultOptions = {
  showHidden: false, depth: 2, colors: false, customInspect: true, showProxy: false, maxArrayLength: 100, maxStringLength: 10000, breakLength: 128,
  compact: 3, sorted: false, getters: false, numericSeparator: false
};

/** @param {any} options @param {any[]} args */
export function formatWithOptions(options, ...args) {
  if (typeof args[0] !== 'string') return args.map((arg) => (typeof arg === 'string' ? arg : inspect(arg, options))).join(' ');
  let next = 1;
  const text = args[0].replace(/%[sdifjoOc%]/g, (mark) => {
    if (mark === '%%') return args.length > 1 ? '%' : mark;
    if (next >= args.length) return mark;
    const arg = args[next++];
    switch (mark) {
      case '%s':
        if (typeof arg === 'bigint') return `${arg}n`;
        if (typeof arg !== 'object' || arg === null) return Object.is(arg, -0) ? '-0' : String(arg);
        if (arg instanceof Error || Object.hasOwn(arg, 'toString')) return String(arg);
        return inspect(arg, { ...options, depth: 0 });
      case '%d': return typeof arg === 'bigint' ? `${arg}n` : typeof arg === 'object' ? 'NaN' : String(Number(arg));
      case '%i': return typeof arg === 'bigint' ? `${arg}n` : typeof arg === 'object' ? 'NaN' : String(Number.parseInt(arg, 10));
      case '%f': return String(Number.parseFloat(arg));
      case '%j':
        try {
          return JSON.stringify(arg);
        } catch {
          return '[Circular]';
        }
      case '%o': return inspect(arg, { ...options, showHidden: true, depth: 4 });
      case '%O': return inspect(arg, options);
      default: return '';
    }
  });
  return [text, ...args.slice(next).map((arg) => (typeof arg === 'string' ? arg : inspect(arg, options)))].join(' ');
}

export const format = (...args) => formatWithOptions({}, ...args);
