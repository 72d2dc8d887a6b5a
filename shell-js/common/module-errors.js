/** Throws the error of a module that cannot be found or loaded, as Node's loader would. The native side writes the modules that call it. */

const CLASSES = { RangeError, ReferenceError, SyntaxError, TypeError, URIError };

/** @param {{ name: string, code: string | null, message: string }} failure */
export const fail = ({ name, code, message }) => {
  const Class = CLASSES[/** @type {keyof typeof CLASSES} */ (name)] ?? Error;
  const error = new Class(message);
  if (code !== null) {
    // The place is that of the loader, as in Node: nobody knows where in the program the import stands.
    const place = /\n {4}at .*/.exec(String(error.stack))?.[0] ?? '';
    Object.defineProperty(error, 'stack', { value: `${error.name} [${code}]: ${message}${place}`, writable: true, configurable: true });
    Object.assign(error, { code });
  }
  throw error;
};
