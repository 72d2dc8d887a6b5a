/**
 * Programs out of archives: Electron starts them by `execFile` and `execFileSync`.
 */
import process from 'node:process';

/** A path that leads into an archive. */
export const IN_ARCHIVE = /\.asar[\\/]/i;

/**
 * Has programs that lie in archives found. Only an app that is in one itself needs it, and pays for loading the module.
 * @param {(path: string) => string} realPath
 */
export function execFromArchives(realPath) {
  /** @type {any} */
  const childProcess = process.getBuiltinModule('child_process');
  const locate = (/** @type {any} */ file) => {
    if (typeof file !== 'string' || !IN_ARCHIVE.test(file)) return file;
    try {
      return realPath(file);
    } catch {
      // The system says what is wrong with it.
      return file;
    }
  };
  const fromArchives = (/** @type {any} */ work) => {
    const wrapped = { [work.name]: (/** @type {any} */ file, /** @type {any[]} */ ...rest) => work(locate(file), ...rest) }[work.name];
    for (const key of Object.getOwnPropertySymbols(work)) {
      // What `util.promisify` takes in its place.
      if (typeof work[key] === 'function') Object.defineProperty(wrapped, key, { value: fromArchives(work[key]), configurable: true });
    }
    return wrapped;
  };
  for (const name of ['execFile', 'execFileSync']) childProcess[name] = fromArchives(childProcess[name]);
}
