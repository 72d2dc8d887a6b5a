// What Electron's renderer modules have and ours lack: functions that say so.

/**
 * A function that refuses. The mark on it is how docs/api.md tells refusing members from those that work.
 * @param {string} member `module.member`
 * @returns {() => never}
 */
export function refusal(member) {
  const refuse = () => {
    throw new Error(`${member} is not implemented on linux yet`);
  };
  Object.defineProperty(refuse, Symbol.for('shell.refuses'), { value: true });
  return refuse;
}

/**
 * Gives an object a refusing function for each name.
 * @param {any} target
 * @param {string} owner the module's name
 * @param {string[]} names
 */
export function refuseAll(target, owner, names) {
  for (const name of names) target[name] = refusal(`${owner}.${name}`);
  return target;
}
