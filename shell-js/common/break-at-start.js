/**
 * Has the first script of CommonJS stop at its beginning, as a debugger wants it that was asked for by `--inspect-brk`.
 */
import { Module as NodeModule } from 'node:module';

/** With the members that Node does not document. @type {any} */
const Module = NodeModule;

/** Stops at the first line, which keeps its place. @param {string} source */
export const stopping = (source) => (source.startsWith('#!') ? `debugger;//${source}` : `debugger;${source}`);

/** The next file that is compiled is the main script. */
export function breakAtStart() {
  const compile = Module.prototype._compile;
  Module.prototype._compile = function (/** @type {string} */ source, /** @type {any[]} */ ...rest) {
    Module.prototype._compile = compile;
    return compile.call(this, stopping(source), ...rest);
  };
}
