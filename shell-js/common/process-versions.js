/**
 * Puts Electron's version into `process.versions` of a headless child or a worker thread, and takes out what only the runtime below has.
 * The native side calls this function, a classic script, with the version.
 */
(electron) => {
  /** @type {Record<string, string | undefined>} */
  const versions = { ...process.versions, electron };
  delete versions.deno;
  delete versions.typescript;
  Object.defineProperty(process, 'versions', { value: Object.freeze(versions), enumerable: true, configurable: true });
};
