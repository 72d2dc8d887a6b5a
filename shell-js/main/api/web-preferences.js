/**
 * `webPreferences`: defaults, what `window.open` may ask for, and what a window inherits from its opener.
 */
import process from 'node:process';


/** Preferences whose value asks for something that pages do not get yet. @type {Record<string, any>} */
const NOT_DONE = {
  webviewTag: true,
  offscreen: true,
};
const warned = new Set();

/** A page that lacks what its app asked for fails in places far from the cause, so the cause is told. @param {any} given */
function warnOfMissing(given) {
  for (const [key, value] of Object.entries(NOT_DONE)) {
    const asked = key === 'offscreen' ? Boolean(given[key]) : given[key] === value;
    if (!asked || warned.has(key)) continue;
    warned.add(key);
    console.warn(`webPreferences.${key} = ${value} is not implemented on ${process.platform} yet: the page does without it`);
  }
}

/**
 * @param {any} given
 * @param {boolean} [sandboxForced] the app wants every page in a sandbox
 * @returns {any} the app's object completed with Electron's defaults
 */
export function resolvePreferences(given, sandboxForced = false) {
  warnOfMissing(given);
  /** @type {any} */
  const preferences = {
    contextIsolation: true,
    nodeIntegration: false,
    nodeIntegrationInSubFrames: false,
    nodeIntegrationInWorker: false,
    webviewTag: false,
    javascript: true,
    images: true,
    webSecurity: true,
    devTools: true,
    zoomFactor: 1,
    additionalArguments: [],
    ...Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)),
  };
  preferences.sandbox ??= !(preferences.nodeIntegration || preferences.nodeIntegrationInWorker);
  if (sandboxForced) preferences.sandbox = true;
  return preferences;
}

const NUMBERS = new Set(['top', 'left', 'innerWidth', 'innerHeight', 'x', 'y', 'width', 'height', 'minWidth', 'maxWidth', 'minHeight', 'maxHeight', 'opacity']);

/** Web preferences that a page may choose for the window it opens. */
const OPEN_PREFERENCES = ['zoomFactor', 'nodeIntegration', 'javascript', 'contextIsolation', 'webviewTag'];

/** Window options that a page may choose; none of them touches files or the network. */
const OPEN_OPTIONS = new Set([
  ...NUMBERS,
  ...['show', 'center', 'useContentSize', 'frame', 'transparent', 'hasShadow', 'movable', 'closable', 'focusable', 'minimizable'],
  ...['maximizable', 'fullscreenable', 'alwaysOnTop', 'skipTaskbar', 'modal', 'acceptFirstMouse', 'autoHideMenuBar'],
  ...['enableLargerThanScreen', 'paintWhenInitiallyHidden', 'roundedCorners', 'thickFrame', 'disableAutoHideCursor'],
  ...['hiddenInMissionControl', 'title', 'backgroundColor', 'tabbingIdentifier', 'titleBarStyle', 'vibrancy', 'visualEffectState'],
  'backgroundMaterial',
]);

/** @param {string} key @param {string | undefined} value */
function featureValue(key, value) {
  if (NUMBERS.has(key)) return parseInt(value ?? '', 10);
  if (value === undefined || ['true', '1', 'yes'].includes(value)) return true;
  if (['false', '0', 'no'].includes(value)) return false;
  return value;
}

/**
 * Reads the features string of `window.open`.
 * @param {string} features
 * @returns {{options: Record<string, any>, webPreferences: Record<string, any>}}
 */
export function parseFeatures(features) {
  /** @type {Record<string, any>} */
  const options = {};
  /** @type {Record<string, any>} */
  const webPreferences = {};
  for (const feature of features.split(',')) {
    const [key, text] = feature.split('=').map((part) => part.trim());
    if (!key) continue;
    const value = featureValue(key, text);
    if (OPEN_PREFERENCES.includes(key)) webPreferences[key] = value;
    else if (OPEN_OPTIONS.has(key)) options[key] = value;
  }
  if (options.left !== undefined) options.x = options.left;
  if (options.top !== undefined) options.y = options.top;
  return { options, webPreferences };
}

/** The values that restrict a page, and which a page it opens cannot shed. @type {Record<string, boolean>} */
const RESTRICTIONS = {
  contextIsolation: true,
  javascript: false,
  nodeIntegration: false,
  nodeIntegrationInWorker: false,
  sandbox: true,
  webviewTag: false,
  nodeIntegrationInSubFrames: false,
};

/**
 * Preferences of an opened window: the page's wishes, below the opener's restrictions, below what the main process says.
 * @param {any} opener resolved preferences
 * @param {any} wished from the features string
 * @param {any} decided from the window-open handler
 */
export function inheritPreferences(opener, wished, decided) {
  const inherited = Object.fromEntries(Object.entries(RESTRICTIONS).filter(([key, value]) => opener[key] === value));
  return { ...wished, ...inherited, ...decided };
}
