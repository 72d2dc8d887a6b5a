// Where a worker is, as its script sees it. The engine thinks that it is where the script is that makes Node; relative addresses are resolved here, by
// the app's.

/** @param {string} url The address of the app's script. */
export function placeWorker(url) {
  const scope = /** @type {any} */ (globalThis);
  // One of a `data:` address has no relative addresses.
  const resolve = (address) => {
    try {
      return new URL(address, url).href;
    } catch {
      return address;
    }
  };

  const parts = new URL(url);
  const names = ['href', 'protocol', 'host', 'hostname', 'port', 'pathname', 'search', 'hash'];
  const members = Object.fromEntries(names.map((name) => [name, { value: parts[name], enumerable: true }]));
  const location = Object.create(scope.WorkerLocation?.prototype ?? Object.prototype, {
    ...members,
    origin: { value: scope.origin, enumerable: true },
    toString: { value: () => parts.href }
  });
  Object.defineProperty(scope, 'location', { value: location, enumerable: true, configurable: true });

  /** Has the first argument of a function resolved. */
  function wrap(object, name, change) {
    const descriptor = Object.getOwnPropertyDescriptor(object, name);
    if (typeof descriptor?.value !== 'function') return;
    const value = new Proxy(descriptor.value, {
      apply: (target, receiver, given) => Reflect.apply(target, receiver, change(given)),
      construct: (target, given, newTarget) => Reflect.construct(target, change(given), newTarget === value ? target : newTarget)
    });
    Object.defineProperty(object, name, { ...descriptor, value });
  }
  // Where a member of the worker's global object is.
  const holderOf = (name) => {
    let at = scope;
    while (at !== null && !Object.hasOwn(at, name)) at = Object.getPrototypeOf(at);
    return at ?? scope;
  };
  const isAddress = (value) => typeof value === 'string' || value instanceof URL;
  const first = ([address, ...rest]) => [isAddress(address) ? resolve(address) : address, ...rest];
  wrap(holderOf('importScripts'), 'importScripts', (given) => given.map(resolve));
  for (const name of ['fetch', 'Request', 'EventSource', 'WebSocket']) wrap(holderOf(name), name, first);
  wrap(scope.XMLHttpRequest.prototype, 'open', ([method, address, ...rest]) => [method, resolve(address), ...rest]);
}
