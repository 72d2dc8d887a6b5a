/**
 * Gives `console` Node's formatting: the runtime's own puts strings inside of objects into double quotes, and scripts that read an app's output
 * know them in single ones. Where the text goes stays the runtime's business.
 */
import process from 'node:process';
import { formatWithOptions, inspect } from 'node:util';

const METHODS = { log: 'stdout', info: 'stdout', debug: 'stdout', warn: 'stderr', error: 'stderr' };

/** @param {any} stream */
const hasColors = (stream) => Boolean(stream?.isTTY) && !('NO_COLOR' in process.env);

/** @type {any} */
const target = console;
for (const [name, stream] of Object.entries(METHODS)) {
  const write = target[name];
  const method = {
    [name](/** @type {any[]} */ ...args) {
      // A text alone is not looked at for what it could format.
      if (args.length === 1 && typeof args[0] === 'string') write.call(target, args[0]);
      else if (args.length === 0) write.call(target);
      else write.call(target, formatWithOptions({ colors: hasColors(process[stream]) }, ...args));
    },
  }[name];
  Object.defineProperty(target, name, { value: method, writable: true, enumerable: true, configurable: true });
}
Object.defineProperty(target, 'dir', {
  value: function dir(/** @type {any} */ value, /** @type {any} */ options) {
    target.log(inspect(value, { customInspect: false, colors: hasColors(process.stdout), ...options }));
  },
  writable: true,
  enumerable: true,
  configurable: true,
});
