/**
 * From what an app passes to a window's constructor to what the UI thread is told, with Electron's defaults.
 */
import { peers } from '../object-registry.js';
import { formatColor, parseColor } from './color.js';

const isInt = (/** @type {any} */ value) => Number.isInteger(value);

/** @param {any} value @param {number} fallback */
const int = (value, fallback) => (isInt(value) ? value : fallback);

/** @param {any} value @param {boolean} fallback */
const flag = (value, fallback) => (value === undefined || value === null ? fallback : Boolean(value));

/** Freedesktop types that Electron's `type` option has on Linux. */
const WINDOW_TYPES = ['desktop', 'dock', 'toolbar', 'splash', 'notification'];

/** @param {any} value @param {number} least */
const limit = (value, least) => (isInt(value) && value > least ? value : 0);

/**
 * A picture from a path or a NativeImage. As Electron's constructor does, it warns about an icon that cannot be read instead of failing.
 * @param {any} icon
 * @param {boolean} strict
 */
export function iconPicture(icon, strict) {
  if (icon === undefined || icon === null) return null;
  try {
    return peers.nativeImage.toPicture(peers.nativeImage.imageFrom(icon));
  } catch (error) {
    if (strict) throw error;
    console.warn(`Failed to load the icon of a window: ${/** @type {Error} */ (error).message}`);
    return null;
  }
}

/**
 * A window's state as far as the JS side is the one who decides it: the getters of these need no question to the UI thread.
 * @typedef {{
 *   title: string, resizable: boolean, movable: boolean, minimizable: boolean, maximizable: boolean, closable: boolean,
 *   focusable: boolean, fullscreenable: boolean, enabled: boolean, alwaysOnTop: boolean, kiosk: boolean, skipTaskbar: boolean,
 *   hasShadow: boolean, opacity: number, backgroundColor: string, autoHideMenuBar: boolean, visibleOnAllWorkspaces: boolean,
 *   minSize: {width: number, height: number}, maxSize: {width: number, height: number}, modal: boolean,
 * }} WindowModel
 */

/**
 * Resolves constructor options.
 * @param {any} options
 * @returns {{command: any, model: WindowModel, show: boolean}} what to send, what to remember, and whether to show the window at once
 */
export function resolveWindowOptions(options) {
  const transparent = flag(options.transparent, false);
  const framed = flag(options.frame, true) && (options.titleBarStyle === undefined || options.titleBarStyle === 'default');
  const placed = isInt(options.x) && isInt(options.y);
  const backgroundColor =
    typeof options.backgroundColor === 'string' ? parseColor(options.backgroundColor) : transparent ? { r: 0, g: 0, b: 0, a: 0 } : null;
  const parent = options.parent ?? null;
  const fullscreen = options.fullscreen === true;
  /** @type {WindowModel} */
  const model = {
    title: typeof options.title === 'string' ? options.title : peers.app.getName(),
    resizable: flag(options.resizable, true),
    movable: flag(options.movable, true),
    minimizable: flag(options.minimizable, true),
    maximizable: flag(options.maximizable, true),
    closable: flag(options.closable, true),
    focusable: flag(options.focusable, true),
    fullscreenable: flag(options.fullscreenable, true),
    enabled: true,
    alwaysOnTop: flag(options.alwaysOnTop, false),
    kiosk: flag(options.kiosk, false),
    skipTaskbar: flag(options.skipTaskbar, false),
    hasShadow: flag(options.hasShadow, true),
    opacity: typeof options.opacity === 'number' ? Math.min(1, Math.max(0, options.opacity)) : 1,
    backgroundColor: formatColor(backgroundColor ?? { r: 255, g: 255, b: 255, a: 255 }),
    autoHideMenuBar: flag(options.autoHideMenuBar, false),
    visibleOnAllWorkspaces: false,
    minSize: { width: limit(options.minWidth, 0), height: limit(options.minHeight, 0) },
    maxSize: { width: limit(options.maxWidth, 0), height: limit(options.maxHeight, 0) },
    modal: parent !== null && flag(options.modal, false),
  };
  const command = {
    title: model.title,
    width: Math.max(1, int(options.width, 800)),
    height: Math.max(1, int(options.height, 600)),
    x: placed ? options.x : null,
    y: placed ? options.y : null,
    useContentSize: flag(options.useContentSize, false),
    // Electron's documentation promises the middle of the screen to windows without a place.
    center: !placed,
    minSize: model.minSize,
    maxSize: model.maxSize,
    resizable: model.resizable,
    movable: model.movable,
    minimizable: model.minimizable,
    maximizable: model.maximizable,
    closable: model.closable,
    focusable: model.focusable,
    alwaysOnTop: model.alwaysOnTop,
    fullscreen,
    fullscreenable: model.fullscreenable,
    kiosk: model.kiosk,
    skipTaskbar: model.skipTaskbar,
    frame: framed,
    transparent,
    hasShadow: model.hasShadow,
    opacity: typeof options.opacity === 'number' ? model.opacity : null,
    backgroundColor,
    parent: parent === null ? null : parent.id,
    modal: model.modal,
    icon: iconPicture(options.icon, false),
    autoHideMenuBar: model.autoHideMenuBar,
    windowType: WINDOW_TYPES.includes(options.type) ? options.type : null,
  };
  return { command, model, show: flag(options.show, true) };
}
