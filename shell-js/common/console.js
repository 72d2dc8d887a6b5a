/**
 * Gives `console` Node's formatting: the runtime's own puts strings inside of objects into double quotes, and scripts that read a program's output
 * know them in single ones. Where the text goes, and how groups are indented, stays the runtime's business. The native side evaluates this
 * function, a classic script, in every worker before any module.
 */
() => {
  const METHODS = { log: 'stdout', info: 'stdout', debug: 'stdout', warn: 'stderr', error: 'stderr' };
  const { process } = globalThis;
  // Loaded when something has to be formatted: many programs print nothing but text.
  const util = () => process.getBuiltinModule('util');

  /** @param {any} stream */
  const hasColors = (stream) => Boolean(stream?.isTTY) && !('NO_COLOR' in process.env);

  /** @type {any} */
  const target = console;
  const define = (/** @type {string} */ name, /** @type {Function} */ value) => {
    Object.defineProperty(target, name, { value, writable: true, enumerable: true, configurable: true });
  };
  for (const [name, stream] of Object.entries(METHODS)) {
    const write = target[name];
    const method = {
      [name](/** @type {any[]} */ ...args) {
        // A text alone is not looked at for what it could format.
        if (args.length === 1 && typeof args[0] === 'string') write.call(target, args[0]);
        else if (args.length === 0) write.call(target);
        // The text as an argument: percent signs in it mean nothing any more.
        else write.call(target, '%s', util().formatWithOptions({ colors: hasColors(process[stream]) }, ...args));
      },
    }[name];
    define(name, method);
  }
  // As methods, which are no constructors.
  const others = {
    dir(/** @type {any} */ value, /** @type {any} */ options) {
      target.log(util().inspect(value, { customInspect: false, colors: hasColors(process.stdout), ...options }));
    },
    table(/** @type {any} */ data, /** @type {any} */ columns) {
      // Node's own table, caught on its way to a stream.
      const { Console } = process.getBuiltinModule('console');
      let text = '';
      const stdout = /** @type {any} */ ({ write: (/** @type {string} */ part) => { text += part; } });
      new Console({ stdout, ignoreErrors: false }).table(data, columns);
      target.log('%s', text.replace(/\n$/, ''));
    },
  };
  for (const [name, method] of Object.entries(others)) define(name, method);
}
