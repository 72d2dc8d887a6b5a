// `Error.prepareStackTrace` for packages that look at their callers: V8's interface, made of the stacks that this engine writes.

const LINE = /^(.*?)@?((?:file:\/\/|\/|[\w-]+:)?[^@]*?)(?::(\d+))?(?::(\d+))?$/;

class CallSite {
  constructor(line) {
    const [, name, file, row, column] = LINE.exec(line) ?? [];
    Object.defineProperties(this, {
      _name: { value: name || null },
      _file: { value: file?.startsWith('file://') ? decodeURI(file.slice(7)) : file },
      _line: { value: row === undefined ? null : Number(row) },
      _column: { value: column === undefined ? null : Number(column) }
    });
  }
}

const answers = {
  getFileName: (site) => site._file,
  getScriptNameOrSourceURL: (site) => site._file,
  getLineNumber: (site) => site._line,
  getColumnNumber: (site) => site._column,
  getFunctionName: (site) => site._name,
  getMethodName: () => null,
  getTypeName: () => null,
  getThis: () => undefined,
  getFunction: () => undefined,
  getEvalOrigin: () => undefined,
  getPromiseIndex: () => null,
  isNative: (site) => site._file === '[native code]',
  isToplevel: () => true,
  isEval: () => false,
  isConstructor: () => false,
  isAsync: () => false,
  isPromiseAll: () => false,
  toString: (site) => (site._name === null ? `${site._file}:${site._line}:${site._column}` : `${site._name} (${site._file}:${site._line}:${site._column})`)
};
for (const [name, answer] of Object.entries(answers)) {
  Object.defineProperty(CallSite.prototype, name, {
    value() {
      return answer(this);
    },
    writable: true,
    configurable: true
  });
}

/** Lets `Error.captureStackTrace` heed `Error.prepareStackTrace`; of `new Error().stack` this engine tells nobody. */
export function installCallSites() {
  const original = Error.captureStackTrace;
  /** @param {any} target @param {any} below */
  Error.captureStackTrace = (target, below) => {
    original(target, below);
    if (typeof Error.prepareStackTrace !== 'function') return;
    /** @type {any[]} */
    const sites = String(target.stack).split('\n').filter((line) => line !== '').map((line) => new CallSite(line));
    Object.defineProperty(target, 'stack', { value: Error.prepareStackTrace(target, sites), writable: true, configurable: true });
  };
}
