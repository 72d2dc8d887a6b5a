/**
 * Gives the app the module `electron`.
 */
import { installElectron } from '../common/electron-module.js';
import { moduleList } from './api/module-list.js';
import { setElectronNames } from './binding.js';

/** From now on `require('electron')` and `import ... from 'electron'` find it. */
export function giveElectron() {
  installElectron(moduleList);
  setElectronNames(Object.keys(moduleList));
}
