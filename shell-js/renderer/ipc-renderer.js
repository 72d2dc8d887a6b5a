// ipcRenderer.

import { EventEmitter } from './event-emitter.js';

function checkChannel(channel) {
  if (typeof channel !== 'string') {
    throw new TypeError(`Error processing argument at index 0, conversion failure from ${describe(channel)}`);
  }
}

function describe(value) {
  try {
    return String(value);
  } catch {
    return typeof value;
  }
}

/** @param {any} transport What transport.js makes. */
export function createIpcRenderer(transport) {
  class IpcRenderer extends EventEmitter {
    send(channel, ...args) {
      checkChannel(channel);
      transport.send(channel, args);
    }

    sendSync(channel, ...args) {
      checkChannel(channel);
      return transport.sendSync(channel, args);
    }

    async invoke(channel, ...args) {
      checkChannel(channel);
      return transport.invoke(channel, args);
    }

    // Outside of a webview, which there is none of, the main process gets it and has nobody to hand it to.
    sendToHost(channel, ...args) {
      checkChannel(channel);
      transport.sendToHost(channel, args);
    }

    postMessage(channel, message, transfer) {
      checkChannel(channel);
      transport.postMessage(channel, message, transfer);
    }
  }
  const ipcRenderer = new IpcRenderer();
  transport.setMessageListener((channel, args, ports) => {
    try {
      return ipcRenderer.emit(channel, { sender: ipcRenderer, ports }, ...args);
    } catch (error) {
      // Not reportError: that fires an event, which the page would see.
      console.error(`Uncaught ${error instanceof Error ? `${error}\n${error.stack}` : String(error)}`);
      return true;
    }
  });
  return ipcRenderer;
}
