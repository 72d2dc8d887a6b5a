// The engine's message ports, by functions that were taken before anything could change them.

import { bufferLength, getOwnPropertyDescriptor, getterOf, probe, reflectApply, uncurry } from '../common/codec-format.js';

const { defineProperty } = Reflect;
const ChannelCtor = MessageChannel;
const MessageEventCtor = MessageEvent;
const EventCtor = Event;
const PortPrototype = MessagePort.prototype;
const firstOf = getterOf(ChannelCtor.prototype, 'port1');
const secondOf = getterOf(ChannelCtor.prototype, 'port2');
const handlerOf = getterOf(PortPrototype, 'onmessage');
const windowClone = structuredClone;
const clone = (value, options) => reflectApply(windowClone, globalThis, [value, options]);

export const portPrototype = PortPrototype;
export const nativeChannel = ChannelCtor;
export const nativePost = PortPrototype.postMessage;
export const nativeStart = uncurry(PortPrototype.start);
export const nativeClose = uncurry(PortPrototype.close);
export const nativeListen = uncurry(EventTarget.prototype.addEventListener);
export const nativeDispatch = uncurry(EventTarget.prototype.dispatchEvent);
export const nativeOnMessage = getOwnPropertyDescriptor(PortPrototype, 'onmessage');
export const dataOf = getterOf(MessageEventCtor.prototype, 'data');
export const sourceOf = getterOf(MessageEventCtor.prototype, 'source');
export const portsOf = getterOf(MessageEventCtor.prototype, 'ports');
const isTrustedOf = (event) => event.isTrusted;

/** @returns {[MessagePort, MessagePort]} */
export function newChannel() {
  const channel = new ChannelCtor();
  return [firstOf(channel), secondOf(channel)];
}

export const isPort = (value) => typeof value === 'object' && value !== null && probe(handlerOf, value) !== undefined;

export const isBuffer = (value) => typeof value === 'object' && value !== null && probe(bufferLength, value) !== undefined;

/** Whether the engine made an event itself. */
export const isNative = (event) => isTrustedOf(event);

/**
 * What has become of a port. Nothing says so, but its own transfer through itself is refused as long as it is of use, and without an effect:
 * a port that was sent away ignores everything.
 * @returns {'usable' | 'sent' | 'closed'}
 */
export function stateOf(port) {
  try {
    reflectApply(nativePost, port, [undefined, [port]]);
    return 'sent';
  } catch (error) {
    return error.message === 'MessagePort is detached' ? 'closed' : 'usable';
  }
}

/** Takes a port away from whoever knows it: what it was is another port now, at once. */
export const takeAway = (port) => clone(port, { transfer: [port] });

/** Detaches buffers that were copied, as a transfer does. Throws when one is detached already. */
export function detachBuffers(buffers) {
  if (buffers.length > 0) clone(0, { transfer: buffers });
}

export function messageEvent(data, ports) {
  const event = new MessageEventCtor('message', { data, ports });
  // The constructor takes it for a member that is not there.
  if (data === undefined) defineProperty(event, 'data', { value: undefined, enumerable: true, configurable: true });
  return event;
}

export const closeEvent = () => new EventCtor('close');
