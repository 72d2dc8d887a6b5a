'use strict';

// What stores of settings do in a page: ask the main process, at once.
const { ipcRenderer } = require('electron');
const { EventEmitter } = require('events');

class Settings extends EventEmitter {
  get(name) {
    return ipcRenderer.sendSync('settings-get')[name];
  }

  set(name, value) {
    ipcRenderer.send('settings-set', { ...ipcRenderer.sendSync('settings-get'), [name]: value });
    this.emit('change', name, value);
  }
}
module.exports = new Settings();
