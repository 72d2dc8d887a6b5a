/**
 * Modules of Node, loaded when they are needed: requests are no part of a start.
 */
import process from 'node:process';

/** @param {string} name @returns {any} */
export const builtin = (name) => process.getBuiltinModule(/** @type {any} */ (name));
