// The menu of an app that sets none.

import process from 'node:process';

import { Menu } from './api/menu.js';

let replaced = false;

/** Notes that the app has chosen its menu, `null` included. */
export function defaultMenuReplaced() {
  replaced = true;
}

/** Sets the default menu unless the app has set one; called when the app is about to be ready. */
export function setDefaultApplicationMenu() {
  if (replaced) return;
  const roles = ['fileMenu', 'editMenu', 'viewMenu', 'windowMenu'];
  if (process.platform === 'darwin') roles.unshift('appMenu');
  Menu.setApplicationMenu(Menu.buildFromTemplate(roles.map((role) => ({ role }))));
}
