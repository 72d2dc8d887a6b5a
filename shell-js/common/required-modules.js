/**
 * What is different about `require`: `node:original-fs`, and what an ES module that is required throws. The runtime makes a new error of that, with the text
 * of the thrown one; here the thrown value takes its place again. The native side evaluates this function, a classic script, in every worker before any module.
 */
() => {
  const { op_set_format_exception_callback } = globalThis.__shellNative;
  // It is the last that takes from it: whoever looks after us must find nothing.
  delete globalThis.__shellNative;
  /** @type {any} */
  const Module = globalThis.process.getBuiltinModule('module');

  /** How many modules are being required, each by the one before. */
  let depth = 0;
  /** What was made into text meanwhile, with the beginning of that text: the thrown value first, then its causes. @type {{ value: any, head: string }[]} */
  const told = [];
  // The bound keeps a program from filling memory while its main script runs.
  const MAX_TOLD = 64;

  const withoutUncaught = (/** @type {string} */ text) => text.replace(/^Uncaught ?/, '');

  /** @param {any} value @param {string | null} text */
  const headOf = (value, text) => {
    if (typeof text === 'string') return withoutUncaught(text);
    try {
      const { name = 'Error', message = '' } = value;
      return name === '' || message === '' ? `${name}${message}` : `${name}: ${message}`;
    } catch {
      // A getter of the program's own that throws.
      return undefined;
    }
  };

  // The runtime asks this function for the text of each value that it is about to make an error of.
  const format = op_set_format_exception_callback((/** @type {any} */ value) => {
    const text = format(value);
    if (depth > 0 && told.length < MAX_TOLD) {
      const head = headOf(value, text);
      if (head !== undefined) told.push({ value, head });
    }
    return text;
  });

  /** Whether one value is among the causes of another. @param {any} value @param {any} of */
  const isCause = (value, of) => {
    try {
      for (let depth = 0; depth < MAX_TOLD && typeof of === 'object' && of !== null; depth += 1) {
        if (of.cause === value || (Array.isArray(of.errors) && of.errors.includes(value))) return true;
        of = of.cause;
      }
    } catch {
      // A getter of the program's own that throws.
    }
    return false;
  };

  /** What the runtime was told of last, without what it was told of only as a cause. */
  const lastTold = () => {
    let last = told.at(-1);
    for (const entry of told.toReversed()) if (last !== undefined && isCause(last.value, entry.value)) last = entry;
    return last;
  };

  /** What the runtime has made this error of, as its text tells. @param {Error} error */
  const toldAs = (error) => {
    const text = `${withoutUncaught(String(error.message))}\n`;
    /** @type {{ value: any, head: string } | undefined} */
    let found;
    // It goes on with the places in the program.
    for (const entry of told) if (text.startsWith(`${entry.head}\n`) && entry.head.length > (found?.head.length ?? -1)) found = entry;
    return found;
  };

  /** The value that was thrown, for the error that the runtime has made of it; anything else as it is. @param {any} error */
  const thrown = (error) => {
    // For a name that it does not know, as that of an error class of the program's own, the runtime makes nothing at all.
    const found = error === undefined ? lastTold() : error instanceof Error ? toldAs(error) : undefined;
    told.length = 0;
    if (found !== undefined) return found.value;
    if (error instanceof Error && /^Cannot require\(\) ES Module .* in a cycle\.$/.test(error.message) && !('code' in error)) {
      Object.assign(error, { code: 'ERR_REQUIRE_CYCLE_MODULE', stack: String(error.stack).replace(/^Error/, 'Error [ERR_REQUIRE_CYCLE_MODULE]') });
    }
    return error;
  };

  const load = Module._load;
  Module._load = function (/** @type {string} */ request, /** @type {any[]} */ ...rest) {
    depth += 1;
    try {
      return load.call(this, request === 'node:original-fs' ? 'original-fs' : request, ...rest);
    } catch (error) {
      throw thrown(error);
    } finally {
      depth -= 1;
      if (depth === 0) told.length = 0;
    }
  };
}
