/**
 * Puts the members of a class on its prototype that are kept in tables, in files of their own.
 */

/**
 * Methods are as those of a class are: writable and not enumerable.
 * @param {any} prototype
 * @param {Record<string, Function>} methods
 */
export function defineMethods(prototype, methods) {
  for (const [name, value] of Object.entries(methods)) {
    Object.defineProperty(prototype, name, { value, writable: true, configurable: true });
  }
}

/**
 * Accessor properties that call a getter and a setter of the object by their names, so that one that an app replaced is honoured.
 * @param {any} prototype
 * @param {Record<string, [string, string]>} accessors  name to the names of getter and setter
 * @param {{ enumerable: boolean }} options
 */
export function defineAccessors(prototype, accessors, { enumerable }) {
  for (const [name, [getter, setter]] of Object.entries(accessors)) {
    Object.defineProperty(prototype, name, {
      /** @this {any} */
      get() {
        return this[getter]();
      },
      /** @this {any} @param {any} value */
      set(value) {
        this[setter](value);
      },
      enumerable,
      configurable: true,
    });
  }
}
