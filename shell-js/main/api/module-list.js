/**
 * The modules of `require('electron')` in the main process, in Electron's order. A module or member that is not done yet refuses.
 */
import { peers } from '../object-registry.js';
import { completeClass, completeModule, mainModuleNames } from '../unimplemented.js';
import { app } from './app.js';
import { BaseWindow } from './base-window.js';
import { BrowserWindow } from './browser-window.js';
import { clipboard } from './clipboard.js';
import { ClipboardItem } from './clipboard-item.js';
import { dialog } from './dialog.js';
import { ipcMain } from './ipc-main.js';
import * as menu from './menu.js';
import { MenuItem } from './menu-item.js';
import { MessageChannelMain } from './message-channel.js';
import * as nativeImage from './native-image.js';
import { net } from './net.js';
import { screen } from './screen.js';
import { Session, session } from './session.js';
import { shell } from './shell.js';
import { UtilityProcess, utilityProcess } from './utility-process.js';
import { WebContents, webContents } from './web-contents.js';
import * as webFrameMain from './web-frame-main.js';

Object.assign(peers, { app, BaseWindow, BrowserWindow, menu, dialog, session, nativeImage, webFrameMain });

/** @type {Record<string, any>} */
const done = {
  app,
  // A class comes before the one it extends, so that what it lacks is refused under its own name.
  BrowserWindow,
  BaseWindow,
  clipboard,
  ClipboardItem,
  dialog,
  ipcMain,
  Menu: menu.Menu,
  MenuItem,
  MessageChannelMain,
  nativeImage: nativeImage.nativeImage,
  net,
  screen,
  session,
  shell,
  utilityProcess,
  webContents,
  webFrameMain: webFrameMain.webFrameMain,
};

/** Properties that instances get in their constructor. @type {Record<string, string[]>} */
const OWN_PROPERTIES = {
  app: ['commandLine'],
  MessageChannelMain: ['port1', 'port2'],
  Menu: ['items'],
  MenuItem: [
    ...['accelerator', 'accessibilityLabel', 'badge', 'checked', 'click', 'commandId', 'enabled', 'icon', 'id', 'label', 'menu', 'registerAccelerator', 'role'],
    ...['sharingItem', 'sublabel', 'submenu', 'toolTip', 'type', 'userAccelerator', 'visible', 'acceleratorWorksWhenHidden'],
  ],
};

for (const [name, value] of Object.entries(done)) completeModule(name, value, { own: OWN_PROPERTIES[name] });
completeClass('webContents', WebContents, ['ipc', 'navigationHistory']);
completeClass('session', Session);
completeClass('utilityProcess', UtilityProcess);

/** What `require('electron')` gives in the main process: each name with what loads it. @type {Record<string, {load: () => any}>} */
export const moduleList = Object.fromEntries(
  mainModuleNames.map((name) => {
    let value = done[name];
    // A module that only refuses is made when somebody asks for it: a start needs none of them.
    return [name, { load: () => (value ??= completeModule(name)) }];
  }),
);
