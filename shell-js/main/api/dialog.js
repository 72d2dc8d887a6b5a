// File dialogs and message boxes.

import process from 'node:process';

import { call, callSync, send } from '../binding.js';
import { app, isWindow } from '../lookup.js';
import { nativeText } from '../native-text.js';
import { nextId, windows } from '../object-registry.js';
import { refusal } from '../unimplemented.js';
import { conversionError } from './arguments.js';
import { imageFrom, toPicture } from './native-image.js';

const MESSAGE_BOX_TYPES = ['none', 'info', 'warning', 'error', 'question'];

function requireReady() {
  if (!app().isReady()) throw new Error('dialog module can only be used after app is ready');
}

/** @param {unknown} value @param {string} what begins the error's text */
function requireString(value, what) {
  if (typeof value !== 'string') throw new TypeError(`${what} must be a string`);
}

/**
 * The window may be left out.
 *
 * @param {any} first a window, `null`, `undefined` or the options
 * @param {any} second
 */
function splitArguments(first, second) {
  const withWindow = !first || isWindow(first);
  const window = withWindow && first && windows.has(first.id) ? first.id : null;
  return { window, options: withWindow ? second : first };
}

function filtersOf(filters) {
  if (!Array.isArray(filters)) throw conversionError(0, filters);
  return filters.map((filter) => {
    if (filter === null || typeof filter !== 'object') throw conversionError(0, filter);
    const { name = '', extensions = [] } = filter;
    if (typeof name !== 'string' || !Array.isArray(extensions)) throw conversionError(0, filter);
    return { name: nativeText(name), extensions: extensions.map(nativeText) };
  });
}

/** What open and save dialogs have in common. */
function fileDialog(kind, { buttonLabel = '', defaultPath = '', filters = [], message = '', title = '' }, properties) {
  requireString(title, 'Title');
  requireString(buttonLabel, 'Button label');
  requireString(defaultPath, 'Default path');
  requireString(message, 'Message');
  return {
    kind,
    title: title ? nativeText(title) : null,
    defaultPath: defaultPath ? nativeText(defaultPath) : null,
    buttonLabel: buttonLabel ? nativeText(buttonLabel) : null,
    filters: filtersOf(filters),
    showHiddenFiles: properties.includes('showHiddenFiles'),
    showOverwriteConfirmation: properties.includes('showOverwriteConfirmation'),
    createDirectory: properties.includes('createDirectory'),
  };
}

function openCommand(first, second) {
  requireReady();
  const { window, options } = splitArguments(first, second);
  const settings = options ?? { title: 'Open' };
  const { properties = ['openFile'] } = settings;
  if (!Array.isArray(properties)) throw new TypeError('Properties must be an array');
  // Only macOS has a dialog for both files and folders; elsewhere folders win.
  const what = properties.includes('openDirectory') ? ['openDirectory', 'openDirectories'] : ['openFile', 'openFiles'];
  const kind = what[properties.includes('multiSelections') ? 1 : 0];
  return { type: 'dialogFile', window, dialog: fileDialog(kind, settings, properties) };
}

function saveCommand(first, second) {
  requireReady();
  const { window, options } = splitArguments(first, second);
  const settings = options ?? { title: 'Save' };
  const { properties = [], nameFieldLabel = '' } = settings;
  requireString(nameFieldLabel, 'Name field label');
  const list = Array.isArray(properties) ? properties : [];
  return { type: 'dialogFile', window, dialog: fileDialog('save', settings, list) };
}

/** "&" marks access keys in apps, "_" in GTK; macOS has none. */
function accessKeys(label) {
  if (typeof label !== 'string') return label;
  if (process.platform === 'darwin') return label.replace(/&(&?)/g, '$1');
  if (process.platform !== 'linux') return label;
  return label.replaceAll('_', '__').replace(/&(.?)/g, (_, next) => (next === '&' ? '&' : `_${next}`));
}

/** The button that stands for closing the box without an answer. */
function cancelButton(buttons, defaultId) {
  const named = buttons.findIndex((label) => ['cancel', 'no'].includes(String(label).toLowerCase()));
  if (named >= 0) return named;
  return defaultId === 0 && buttons.length > 1 ? 1 : 0;
}

/**
 * Shows a message box.
 *
 * @param {boolean} sync
 */
function messageBox(sync, first, second) {
  requireReady();
  const { window, options } = splitArguments(first, second);
  const {
    buttons: given = [],
    checkboxLabel = '',
    checkboxChecked: checked,
    defaultId = -1,
    detail = '',
    icon = null,
    message = '',
    noLink = false,
    normalizeAccessKeys,
    signal,
    title = '',
    type = 'none',
    cancelId: givenCancelId,
  } = options ?? {};

  if (!MESSAGE_BOX_TYPES.includes(type)) throw new TypeError('Invalid message box type');
  if (!Array.isArray(given)) throw new TypeError('Buttons must be an array');
  const buttons = normalizeAccessKeys ? given.map(accessKeys) : given;
  requireString(title, 'Title');
  if (typeof noLink !== 'boolean') throw new TypeError('noLink must be a boolean');
  requireString(message, 'Message');
  requireString(detail, 'Detail');
  requireString(checkboxLabel, 'checkboxLabel');
  const checkboxChecked = Boolean(checked);
  if (checkboxChecked && !checkboxLabel) throw new Error('checkboxChecked requires that checkboxLabel also be passed');
  if (!buttons.every((label) => typeof label === 'string')) throw conversionError(0, buttons);
  const cancelId = givenCancelId ?? cancelButton(buttons, defaultId);
  if (!Number.isInteger(cancelId)) throw conversionError(0, cancelId);

  if (signal?.aborted) return Promise.resolve({ cancelId, checkboxChecked });

  const request = nextId('dialog');
  const picture = icon === null ? null : toPicture(imageFrom(icon));
  const command = {
    type: 'dialogMessage',
    window,
    request,
    messageBox: {
      kind: type,
      title: nativeText(title),
      message: nativeText(message),
      detail: nativeText(detail),
      // A box without a button could not be answered.
      buttons: buttons.length > 0 ? buttons.map(nativeText) : ['OK'],
      defaultId: Number.isInteger(defaultId) ? defaultId : -1,
      cancelId,
      noLink,
      checkboxLabel: nativeText(checkboxLabel),
      checkboxChecked,
      icon: picture,
    },
  };
  if (sync) return callSync(command).response;

  const answer = call(command).then(({ response, checkboxChecked: nowChecked }) => ({ response, checkboxChecked: nowChecked }));
  if (!signal) return answer;
  const abort = () => send({ type: 'dialogClose', request });
  signal.addEventListener('abort', abort, { once: true });
  return answer.finally(() => signal.removeEventListener('abort', abort));
}

export const dialog = {
  showOpenDialog(windowOrOptions, options) {
    // Wrong options are thrown at once, as in Electron, not by the promise.
    return call(openCommand(windowOrOptions, options)).then((filePaths) => ({ canceled: filePaths.length === 0, filePaths }));
  },

  showOpenDialogSync(windowOrOptions, options) {
    const filePaths = callSync(openCommand(windowOrOptions, options));
    return filePaths.length === 0 ? undefined : filePaths;
  },

  showSaveDialog(windowOrOptions, options) {
    const answer = call(saveCommand(windowOrOptions, options));
    return answer.then(([filePath]) => ({ canceled: filePath === undefined, filePath: filePath ?? '' }));
  },

  showSaveDialogSync: (windowOrOptions, options) => callSync(saveCommand(windowOrOptions, options))[0] ?? '',

  showMessageBox: (windowOrOptions, options) => messageBox(false, windowOrOptions, options),

  showMessageBoxSync: (windowOrOptions, options) => messageBox(true, windowOrOptions, options),

  /** @param {string} title @param {string} content */
  showErrorBox(title, content) {
    if (typeof title !== 'string') throw conversionError(0, title);
    if (typeof content !== 'string') throw conversionError(1, content);
    if (!app().isReady()) {
      // No toolkit yet: the terminal is the only place to say it.
      process.stderr.write(`${title}\n${content}\n`);
      return;
    }
    messageBox(true, null, { type: 'error', title: 'Error', message: title, detail: content });
  },

  showCertificateTrustDialog: refusal('dialog.showCertificateTrustDialog'),
};

export default dialog;
