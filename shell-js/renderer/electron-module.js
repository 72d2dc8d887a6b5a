// What `require('electron')` gives a sandboxed preload.

const NOT_DONE = ['crashReporter', 'nativeImage', 'webUtils'];

export function createElectronModule(members) {
  const electron = { ...members };
  for (const name of NOT_DONE) {
    // A module and not a value is missing: an error at its first use names the member that was wanted.
    const refusing = new Proxy({}, {
      get(_target, key) {
        if (typeof key === 'symbol') return undefined;
        throw new Error(`${name}.${key} is not implemented on linux yet`);
      }
    });
    Object.defineProperty(electron, name, { enumerable: true, value: refusing });
  }
  return electron;
}
