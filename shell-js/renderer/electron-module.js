// What `require('electron')` gives a sandboxed preload.

import { refuseAll } from './refusal.js';

const NOT_DONE = {
  crashReporter: [
    'addExtraParameter', 'getLastCrashReport', 'getParameters', 'getUploadedReports', 'getUploadToServer', 'removeExtraParameter',
    'setUploadToServer', 'start'
  ],
  webUtils: ['getPathForFile']
};

/** @param {object} members The modules that there are. */
export function createElectronModule(members) {
  const electron = { ...members };
  for (const [name, methods] of Object.entries(NOT_DONE)) electron[name] = refuseAll({}, name, methods);
  return electron;
}
