/**
 * `app.commandLine`: the switches the app was started with and those it adds.
 */
import { host } from '../binding.js';

/** What `switches` gave. @type {Map<string, string> | null} */
let known = null;

/** Arguments that are switches, by name without the dashes. @returns {Map<string, string>} */
function switches() {
  if (known !== null) return known;
  known = new Map();
  for (const argument of host.argv) {
    // As in Chromium, what follows `--` is no switch.
    if (argument === '--') break;
    const found = /^--?([^=]+)(?:=(.*))?$/s.exec(argument);
    if (found !== null) known.set(found[1].toLowerCase(), found[2] ?? '');
  }
  return known;
}

const nameOf = (/** @type {any} */ name) => String(name).toLowerCase();

/** Arguments that the app added for processes it starts. @type {string[]} */
export const addedArguments = [];

/** The engine of the page takes no switches; those that the shell itself reads are in docs/api.md. */
export const commandLine = {
  /** @param {string} name */
  hasSwitch(name) {
    return switches().has(nameOf(name));
  },

  /** @param {string} name */
  getSwitchValue(name) {
    return switches().get(nameOf(name)) ?? '';
  },

  /** @param {string} name @param {string} [value] */
  appendSwitch(name, value) {
    switches().set(nameOf(name), value === undefined ? '' : String(value));
  },

  /** @param {string} value */
  appendArgument(value) {
    addedArguments.push(String(value));
  },

  /** @param {string} name */
  removeSwitch(name) {
    switches().delete(nameOf(name));
  },
};
