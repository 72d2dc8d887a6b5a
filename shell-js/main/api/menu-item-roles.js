// What an item with a role is called, which key it has, and what it does.

import process from 'node:process';

import { allWebContents, app, focusedWebContents, session } from '../lookup.js';

const isMac = process.platform === 'darwin';
const isWindows = process.platform === 'win32';

/** The page that a DevTools page inspects, or the page itself: reloading DevTools means reloading what they show. */
const inspected = (contents) => allWebContents().find((other) => other.devToolsWebContents === contents) ?? contents;

const spellCheckSession = (contents) => contents?.session ?? session().defaultSession;

/**
 * @typedef {object} Role
 * @property {string} label
 * @property {string} [accelerator]
 * @property {boolean} [registerAccelerator] false: the key belongs to the web view, the menu only shows it
 * @property {boolean} [checked] present: the item is a checkbox whose state is this
 * @property {() => void} [onApp]
 * @property {(window: any) => void} [onWindow]
 * @property {(contents: any) => void} [onContents]
 * @property {boolean} [alsoOnMac] the action is ours on macOS too, where the system carries out the other roles
 * @property {object[]} [submenu]
 */

/** @type {Record<string, Role>} */
const ROLES = {
  __proto__: null,
  about: {
    get label() {
      return isMac || isWindows ? `About ${app().name}` : 'About';
    },
    onApp: isMac ? undefined : () => app().showAboutPanel(),
  },
  close: {
    label: isMac ? 'Close Window' : 'Close',
    accelerator: 'CommandOrControl+W',
    onWindow: (window) => {
      // The item is greyed out in Electron when the window cannot be closed.
      if (window.isClosable()) window.close();
    },
  },
  copy: { label: 'Copy', accelerator: 'CommandOrControl+C', registerAccelerator: false, onContents: (contents) => contents.copy() },
  cut: { label: 'Cut', accelerator: 'CommandOrControl+X', registerAccelerator: false, onContents: (contents) => contents.cut() },
  delete: { label: 'Delete', onContents: (contents) => contents.delete() },
  forcereload: {
    label: 'Force Reload',
    accelerator: 'Shift+CmdOrCtrl+R',
    alsoOnMac: true,
    onContents: (contents) => inspected(contents).reloadIgnoringCache(),
  },
  front: { label: 'Bring All to Front' },
  help: { label: 'Help' },
  hide: {
    get label() {
      return `Hide ${app().name}`;
    },
    accelerator: 'Command+H',
  },
  hideothers: { label: 'Hide Others', accelerator: 'Command+Alt+H' },
  minimize: {
    label: 'Minimize',
    accelerator: 'CommandOrControl+M',
    onWindow: (window) => {
      if (window.isMinimizable()) window.minimize();
    },
  },
  paste: { label: 'Paste', accelerator: 'CommandOrControl+V', registerAccelerator: false, onContents: (contents) => contents.paste() },
  pasteandmatchstyle: {
    label: 'Paste and Match Style',
    accelerator: isMac ? 'Cmd+Option+Shift+V' : 'Shift+CommandOrControl+V',
    registerAccelerator: false,
    onContents: (contents) => contents.pasteAndMatchStyle(),
  },
  quit: {
    get label() {
      if (isMac) return `Quit ${app().name}`;
      return isWindows ? 'Exit' : 'Quit';
    },
    accelerator: isWindows ? undefined : 'CommandOrControl+Q',
    onApp: () => app().quit(),
  },
  redo: {
    label: 'Redo',
    accelerator: isWindows ? 'Control+Y' : 'Shift+CommandOrControl+Z',
    onContents: (contents) => contents.redo(),
  },
  reload: { label: 'Reload', accelerator: 'CmdOrCtrl+R', alsoOnMac: true, onContents: (contents) => inspected(contents).reload() },
  resetzoom: {
    label: 'Actual Size',
    accelerator: 'CommandOrControl+0',
    alsoOnMac: true,
    onContents: (contents) => {
      contents.zoomLevel = 0;
    },
  },
  selectall: { label: 'Select All', accelerator: 'CommandOrControl+A', onContents: (contents) => contents.selectAll() },
  services: { label: 'Services' },
  recentdocuments: { label: 'Open Recent' },
  clearrecentdocuments: { label: 'Clear Menu' },
  showsubstitutions: { label: 'Show Substitutions' },
  togglesmartquotes: { label: 'Smart Quotes' },
  togglesmartdashes: { label: 'Smart Dashes' },
  toggletextreplacement: { label: 'Text Replacement' },
  startspeaking: { label: 'Start Speaking' },
  stopspeaking: { label: 'Stop Speaking' },
  toggledevtools: {
    label: 'Toggle Developer Tools',
    accelerator: isMac ? 'Alt+Command+I' : 'Ctrl+Shift+I',
    alsoOnMac: true,
    onContents: (contents) => inspected(contents).toggleDevTools(),
  },
  togglefullscreen: {
    label: 'Toggle Full Screen',
    accelerator: isMac ? 'Control+Command+F' : 'F11',
    onWindow: (window) => {
      if (window.isFullScreenable()) window.setFullScreen(!window.isFullScreen());
    },
  },
  undo: { label: 'Undo', accelerator: 'CommandOrControl+Z', onContents: (contents) => contents.undo() },
  unhide: { label: 'Show All' },
  window: { label: 'Window' },
  zoom: { label: 'Zoom' },
  zoomin: {
    label: 'Zoom In',
    accelerator: 'CommandOrControl+Plus',
    alsoOnMac: true,
    onContents: (contents) => {
      contents.zoomLevel += 0.5;
    },
  },
  zoomout: {
    label: 'Zoom Out',
    accelerator: 'CommandOrControl+-',
    alsoOnMac: true,
    onContents: (contents) => {
      contents.zoomLevel -= 0.5;
    },
  },
  togglespellchecker: {
    label: 'Check Spelling While Typing',
    get checked() {
      return spellCheckSession(focusedWebContents()).spellCheckerEnabled;
    },
    alsoOnMac: true,
    onContents: (contents) => {
      const checking = spellCheckSession(contents);
      checking.spellCheckerEnabled = !checking.spellCheckerEnabled;
    },
  },
  appmenu: {
    get label() {
      return app().name;
    },
    submenu: [
      { role: 'about' },
      { type: 'separator' },
      { role: 'services' },
      { type: 'separator' },
      { role: 'hide' },
      { role: 'hideOthers' },
      { role: 'unhide' },
      { type: 'separator' },
      { role: 'quit' },
    ],
  },
  filemenu: { label: 'File', submenu: [{ role: isMac ? 'close' : 'quit' }] },
  editmenu: {
    label: 'Edit',
    submenu: [
      ...[{ role: 'undo' }, { role: 'redo' }, { type: 'separator' }, { role: 'cut' }, { role: 'copy' }, { role: 'paste' }],
      ...(isMac ? [{ role: 'pasteAndMatchStyle' }] : []),
      { role: 'delete' },
      ...(isMac ? [] : [{ type: 'separator' }]),
      { role: 'selectAll' },
      ...(isMac ? [{ type: 'separator' }, macSubstitutions(), macSpeech()] : []),
    ],
  },
  viewmenu: {
    label: 'View',
    submenu: [
      { role: 'reload' },
      { role: 'forceReload' },
      { role: 'toggleDevTools' },
      { type: 'separator' },
      { role: 'resetZoom' },
      { role: 'zoomIn' },
      { role: 'zoomOut' },
      { type: 'separator' },
      { role: 'togglefullscreen' },
    ],
  },
  windowmenu: {
    label: 'Window',
    submenu: [
      { role: 'minimize' },
      { role: 'zoom' },
      ...(isMac ? [{ type: 'separator' }, { role: 'front' }] : [{ role: 'close' }]),
    ],
  },
  sharemenu: { label: 'Share', submenu: [] },
};

function macSubstitutions() {
  const roles = ['toggleSmartQuotes', 'toggleSmartDashes', 'toggleTextReplacement'].map((role) => ({ role }));
  return { label: 'Substitutions', submenu: [{ role: 'showSubstitutions' }, { type: 'separator' }, ...roles] };
}

function macSpeech() {
  return { label: 'Speech', submenu: [{ role: 'startSpeaking' }, { role: 'stopSpeaking' }] };
}

/** Names of the roles, in lower case. */
export const roleNames = Object.keys(ROLES);

/**
 * The role called `name`, if there is one; roles that only macOS gives a meaning to have a label and nothing else.
 *
 * @param {unknown} name in lower case
 * @returns {Role | undefined}
 */
const find = (name) => (typeof name === 'string' ? ROLES[name] : undefined);

/** Whether the role decides the check mark, not the item. Does not read the state: that may ask a session. */
export const hasOwnCheckMark = (name) => {
  const role = find(name);
  return role !== undefined && Object.hasOwn(role, 'checked');
};

export const defaultType = (name) => (hasOwnCheckMark(name) ? 'checkbox' : 'normal');
export const defaultLabel = (name) => find(name)?.label ?? '';
export const defaultAccelerator = (name) => find(name)?.accelerator;
export const defaultSubmenu = (name) => find(name)?.submenu;
export const registersAccelerator = (name) => find(name)?.registerAccelerator ?? true;
export const checkMark = (name) => find(name)?.checked;

/**
 * Does what the role says.
 *
 * @returns {boolean} whether the role had something to do here; if not, the item's own `click` is called
 */
export function execute(name, window, contents) {
  const role = find(name);
  if (role === undefined || (isMac && !role.alsoOnMac)) return false;
  if (role.onApp) {
    role.onApp();
    return true;
  }
  if (role.onWindow && window != null) {
    role.onWindow(window);
    return true;
  }
  if (role.onContents && contents != null) {
    role.onContents(contents);
    return true;
  }
  return false;
}
