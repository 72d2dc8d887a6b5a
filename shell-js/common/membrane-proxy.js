// What stands for an object of the other side of a membrane.

import { packKey } from './membrane-keys.js';

const functionMembers = new Set(Reflect.ownKeys(Function.prototype));
functionMembers.delete('name');
functionMembers.delete('length');

// What would go over as a copy is no `this`: it is the module that a function was taken from, with all of its functions.
function isData(value) {
  if (typeof value !== 'object' || value === null) return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null || Array.isArray(value);
}

/**
 * @param {number} id The other side's number for it.
 * @param {boolean} callable
 * @param {any} shape What is known of it without asking: the methods of its class; of a function its name and its own keys.
 * @param {{request: (question: any[]) => any, packList: (values: any[]) => any[], records: WeakMap<any, any>}} membrane
 * @returns {any}
 */
export function makeProxy(id, callable, shape, membrane) {
  const { request, packList, records } = membrane;
  // What this side has put on it, or over it: symbols that the other side cannot know, accessors, the methods of a subclass.
  const own = new Map();
  let shadowed = null;
  let overlay = null;
  let prototype;
  let proxy = null;

  function stub(key) {
    let found = shape.stubs.get(key);
    if (found === undefined) {
      const packed = packKey(key);
      found = function (...args) {
        const record = records.get(this);
        if (record !== undefined) return request(['m', record.id, packed, packList(args)]);
        // Borrowed for another object.
        return Reflect.apply(request(['b', shape.id, packed]), this, args);
      };
      Object.defineProperty(found, 'name', { value: typeof key === 'string' ? key : `[${key.description}]`, configurable: true });
      shape.stubs.set(key, found);
    }
    return found;
  }

  // The nearest object of this side, above the other side's, that has the property.
  function overlayOf(key) {
    for (let owner = overlay; owner !== null && !records.has(owner); owner = Object.getPrototypeOf(owner)) {
      if (Object.hasOwn(owner, key) && key !== 'constructor') return owner;
    }
    return null;
  }

  function getFromFunction(key) {
    if (key === 'name') return shape.name;
    if (key === 'length') return shape.length;
    if (key === 'prototype' || shape.keys.has(key)) return request(['g', id, packKey(key)]);
    return functionMembers.has(key) ? Function.prototype[key] : undefined;
  }

  function ask(key) {
    const packed = packKey(key);
    return packed === undefined ? undefined : request(['g', id, packed]);
  }

  function describe(key) {
    if (own.has(key)) return { ...own.get(key), configurable: true };
    const packed = packKey(key);
    const found = packed === undefined ? undefined : request(['D', id, packed]);
    return found && { value: found[0], enumerable: found[1], writable: true, configurable: true };
  }

  const handler = {
    get(_target, key, receiver) {
      if (own.has(key)) {
        const descriptor = own.get(key);
        return descriptor.get ? Reflect.apply(descriptor.get, receiver, []) : descriptor.value;
      }
      if (overlay !== null) {
        const owner = overlayOf(key);
        if (owner !== null) return Reflect.get(owner, key, receiver);
        if (key === 'constructor') return overlay.constructor;
      }
      if (callable) return getFromFunction(key);
      const isMethod = typeof key === 'symbol' ? shape.symbols.has(key) : shape.methods.has(key);
      if (isMethod) {
        // Not by its name when it is asked for by `super`: that name may mean the subclass's method.
        if (receiver === proxy && !shadowed?.has(key)) return stub(key);
        return ask(key);
      }
      if (key === '__proto__') return handler.getPrototypeOf();
      // Without a question: promises and JSON look for these on everything.
      if (key === 'then' || key === 'toJSON') return undefined;
      if (typeof key === 'symbol') return packKey(key) !== undefined && Symbol.keyFor(key) !== undefined ? ask(key) : undefined;
      if (key !== 'constructor' && key in Object.prototype) return Object.prototype[key];
      return ask(key);
    },
    set(_target, key, value) {
      const accessor = own.get(key)?.set;
      if (accessor) {
        Reflect.apply(accessor, proxy, [value]);
        return true;
      }
      const owner = overlay === null ? null : overlayOf(key);
      const inherited = owner === null ? undefined : Reflect.getOwnPropertyDescriptor(owner, key);
      if (inherited?.set) {
        Reflect.apply(inherited.set, proxy, [value]);
        return true;
      }
      const packed = packKey(key);
      if (packed === undefined) {
        own.set(key, { value, writable: true, enumerable: true });
        return true;
      }
      request(['s', id, packed, ...packList([value])]);
      own.delete(key);
      if (callable) shape.keys.add(key);
      else if (shape.methods.has(key)) (shadowed ??= new Set()).add(key);
      return true;
    },
    has(_target, key) {
      if (own.has(key) || (overlay !== null && overlayOf(key) !== null)) return true;
      if (!callable && (typeof key === 'symbol' ? shape.symbols.has(key) : shape.methods.has(key))) return true;
      const packed = packKey(key);
      return packed !== undefined && request(['h', id, packed]);
    },
    deleteProperty(_target, key) {
      own.delete(key);
      const packed = packKey(key);
      return packed === undefined || request(['d', id, packed]);
    },
    ownKeys() {
      const keys = new Set([...request(['k', id]), ...own.keys()]);
      // What the engine insists on for a function's proxy.
      if (callable) keys.add('prototype');
      return [...keys];
    },
    getOwnPropertyDescriptor(target, key) {
      if (callable && key === 'prototype') return { ...Reflect.getOwnPropertyDescriptor(target, key), value: getFromFunction(key) };
      return describe(key);
    },
    defineProperty(_target, key, descriptor) {
      if (descriptor.get || descriptor.set || packKey(key) === undefined) own.set(key, { enumerable: false, ...descriptor });
      else handler.set(_target, key, descriptor.value);
      return true;
    },
    getPrototypeOf() {
      if (overlay !== null) return overlay;
      if (callable) return Function.prototype;
      prototype ??= request(['p', id]);
      return prototype;
    },
    setPrototypeOf(_target, value) {
      overlay = value;
      return true;
    },
    preventExtensions: () => false,
    apply(_target, receiver, args) {
      const [self, ...rest] = packList([isData(receiver) ? undefined : receiver, ...args]);
      return request(['c', id, self, rest]);
    },
    construct(_target, args, newTarget) {
      const made = request(['n', id, packList(args)]);
      if (newTarget !== proxy && records.has(made)) adopt(made, newTarget.prototype);
      return made;
    }
  };

  // An instance of a class of this side that extends one of the other side: there, too, its methods are the subclass's.
  function adopt(made, subclass) {
    const seen = new Set(['constructor']);
    for (let owner = subclass; owner !== null && !records.has(owner); owner = Object.getPrototypeOf(owner)) {
      for (const key of Object.getOwnPropertyNames(owner)) {
        const { value } = Reflect.getOwnPropertyDescriptor(owner, key);
        if (typeof value === 'function' && !seen.has(key)) made[key] = value;
        seen.add(key);
      }
    }
    Object.setPrototypeOf(made, subclass);
  }

  const target = callable ? function () {} : {};
  proxy = new Proxy(target, handler);
  return proxy;
}
