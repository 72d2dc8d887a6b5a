/**
 * Gives the app the module `electron`.
 */
import { installElectron } from '../common/electron-module.js';
import { moduleList } from './api/module-list.js';
import { setElectronNames } from './binding.js';

installElectron(moduleList);
setElectronNames(Object.keys(moduleList));
