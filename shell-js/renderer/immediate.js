// setImmediate and clearImmediate for preloads.

let last = 0;
const waiting = new Map();
/** Made when it is first used: most preloads never do. @type {MessagePort | null} */
let port = null;

function openPort() {
  const channel = new MessageChannel();
  channel.port1.onmessage = ({ data }) => {
    const run = waiting.get(data);
    waiting.delete(data);
    run?.();
  };
  return channel.port2;
}

export function setImmediate(callback, ...args) {
  if (typeof callback !== 'function') throw new TypeError('The "callback" argument must be of type function.');
  const id = ++last;
  waiting.set(id, () => callback(...args));
  // A message comes without the delay that nested timers get.
  port ??= openPort();
  port.postMessage(id);
  return id;
}

export function clearImmediate(id) {
  waiting.delete(id);
}
