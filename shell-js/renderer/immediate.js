// setImmediate and clearImmediate for preloads.

let last = 0;
const waiting = new Map();
const channel = new MessageChannel();
channel.port1.onmessage = ({ data }) => {
  const run = waiting.get(data);
  waiting.delete(data);
  run?.();
};

export function setImmediate(callback, ...args) {
  if (typeof callback !== 'function') throw new TypeError('The "callback" argument must be of type function.');
  const id = ++last;
  waiting.set(id, () => callback(...args));
  // A message comes without the delay that nested timers get.
  channel.port2.postMessage(id);
  return id;
}

export function clearImmediate(id) {
  waiting.delete(id);
}
