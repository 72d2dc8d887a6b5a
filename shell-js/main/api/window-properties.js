/**
 * The properties of a window: pairs of a setter and a getter, and the accessor properties that Electron has for most of them.
 */
import { check, conversionError, rectangle } from './arguments.js';
import { formatColor, parseColor } from './color.js';
import { emitNative } from './event.js';
import { defineAccessors, defineMethods } from './members.js';
import { iconPicture } from './window-options.js';

/** What the bridge answers has no prototype; apps get plain objects. @param {any} rect */
const rectangleOf = ({ x, y, width, height }) => ({ x, y, width, height });

/** Geometry. Lengths are integers in device-independent pixels. @type {Record<string, any>} */
const geometry = {
  getBounds() {
    return rectangleOf(this._state().bounds);
  },

  /** @param {any} bounds any part of a rectangle; what it leaves out stays */
  setBounds(bounds) {
    if (arguments.length === 0) throw new TypeError('Insufficient number of arguments.');
    if (typeof bounds !== 'object' || bounds === null) throw conversionError(0, bounds);
    this._set('bounds', rectangle([{ ...this.getBounds(), ...bounds }], 0));
  },

  getContentBounds() {
    return rectangleOf(this._state().contentBounds);
  },

  /** @param {any} _bounds */
  setContentBounds(_bounds) {
    this._set('contentBounds', rectangle(arguments, 0));
  },

  getNormalBounds() {
    return rectangleOf(this._state().normalBounds);
  },

  getSize() {
    const { width, height } = this._state().bounds;
    return [width, height];
  },

  /** @param {number} width @param {number} height */
  setSize(width, height) {
    check(arguments, 'int', 'int');
    const { x, y } = this._state().bounds;
    this._set('bounds', { x, y, width, height });
  },

  getContentSize() {
    const { width, height } = this._state().contentBounds;
    return [width, height];
  },

  /** @param {number} width @param {number} height */
  setContentSize(width, height) {
    check(arguments, 'int', 'int');
    const { x, y } = this._state().contentBounds;
    this._set('contentBounds', { x, y, width, height });
  },

  getPosition() {
    const { x, y } = this._state().bounds;
    return [x, y];
  },

  /** @param {number} x @param {number} y */
  setPosition(x, y) {
    check(arguments, 'int', 'int');
    const { width, height } = this._state().bounds;
    this._set('bounds', { x, y, width, height });
  },

  getMinimumSize() {
    return [this._model.minSize.width, this._model.minSize.height];
  },

  /** @param {number} width @param {number} height */
  setMinimumSize(width, height) {
    check(arguments, 'int', 'int');
    this._model.minSize = { width: Math.max(0, width), height: Math.max(0, height) };
    this._set('minSize', this._model.minSize);
  },

  getMaximumSize() {
    return [this._model.maxSize.width, this._model.maxSize.height];
  },

  /** @param {number} width @param {number} height */
  setMaximumSize(width, height) {
    check(arguments, 'int', 'int');
    this._model.maxSize = { width: Math.max(0, width), height: Math.max(0, height) };
    this._set('maxSize', this._model.maxSize);
  },

  /**
   * @param {number} aspectRatio
   * @param {any} [extraSize] part of the window that the ratio does not count; only macOS has it
   */
  setAspectRatio(aspectRatio, extraSize) {
    check(arguments, 'number');
    void extraSize;
    this._set('aspectRatio', Number.isFinite(aspectRatio) && aspectRatio > 0 ? aspectRatio : 0);
  },
};

/** Everything else that is set and read. @type {Record<string, any>} */
const appearance = {
  getTitle() {
    return this._model.title;
  },

  /** @param {string} title */
  setTitle(title) {
    check(arguments, 'string');
    this._model.title = title;
    this._set('title', title);
  },

  isAlwaysOnTop() {
    return this._model.alwaysOnTop;
  },

  /** @param {boolean} flag */
  setAlwaysOnTop(flag) {
    check(arguments, 'boolean');
    const on = Boolean(flag);
    const changed = on !== this._model.alwaysOnTop;
    this._model.alwaysOnTop = on;
    this._set('alwaysOnTop', on);
    if (changed) emitNative(this, 'always-on-top-changed', on);
  },

  getOpacity() {
    return this._model.opacity;
  },

  /** @param {number} opacity */
  setOpacity(opacity) {
    check(arguments, 'number');
    this._model.opacity = Math.min(1, Math.max(0, opacity));
    this._set('opacity', this._model.opacity);
  },

  getBackgroundColor() {
    return this._model.backgroundColor;
  },

  /** @param {string} text */
  setBackgroundColor(text) {
    check(arguments, 'string');
    const color = parseColor(text);
    this._model.backgroundColor = formatColor(color);
    this._set('backgroundColor', color);
  },

  isEnabled() {
    return this._model.enabled;
  },

  /** @param {boolean} enable */
  setEnabled(enable) {
    check(arguments, 'boolean');
    this._model.enabled = Boolean(enable);
    this._set('enabled', this._model.enabled);
  },

  isKiosk() {
    return this._model.kiosk;
  },

  /** @param {boolean} flag */
  setKiosk(flag) {
    check(arguments, 'boolean');
    this._model.kiosk = Boolean(flag);
    this._set('kiosk', this._model.kiosk);
  },

  /** @param {boolean} skip */
  setSkipTaskbar(skip) {
    check(arguments, 'boolean');
    this._model.skipTaskbar = Boolean(skip);
    this._set('skipTaskbar', this._model.skipTaskbar);
  },

  hasShadow() {
    return this._model.hasShadow;
  },

  /** @param {boolean} hasShadow */
  setHasShadow(hasShadow) {
    check(arguments, 'boolean');
    this._model.hasShadow = Boolean(hasShadow);
    this._set('hasShadow', this._model.hasShadow);
  },

  /** @param {any} icon */
  setIcon(icon) {
    if (arguments.length === 0) throw new TypeError('Insufficient number of arguments.');
    const picture = iconPicture(icon, true);
    if (picture === null) throw conversionError(0, icon);
    this._set('icon', picture);
  },

  isMenuBarAutoHide() {
    return this._model.autoHideMenuBar;
  },

  /** @param {boolean} hide */
  setAutoHideMenuBar(hide) {
    check(arguments, 'boolean');
    this._model.autoHideMenuBar = Boolean(hide);
    this._set('autoHideMenuBar', this._model.autoHideMenuBar);
  },

  isMenuBarVisible() {
    return this._state().menuBarVisible;
  },

  /** @param {boolean} visible */
  setMenuBarVisibility(visible) {
    check(arguments, 'boolean');
    this._set('menuBarVisible', Boolean(visible));
  },

  isVisibleOnAllWorkspaces() {
    return this._model.visibleOnAllWorkspaces;
  },

  /** @param {boolean} visible */
  setVisibleOnAllWorkspaces(visible) {
    check(arguments, 'boolean');
    this._model.visibleOnAllWorkspaces = Boolean(visible);
    this._set('visibleOnAllWorkspaces', this._model.visibleOnAllWorkspaces);
  },

  /** @param {boolean} ignore */
  setIgnoreMouseEvents(ignore) {
    check(arguments, 'boolean');
    this._set('ignoreMouseEvents', Boolean(ignore));
  },
};

/** Flags that say what the user may do: `setResizable(flag)`, `isResizable()`. */
const permissions = {
  resizable: 'Resizable',
  movable: 'Movable',
  minimizable: 'Minimizable',
  maximizable: 'Maximizable',
  closable: 'Closable',
  focusable: 'Focusable',
  fullscreenable: 'FullScreenable',
};

/** Accessor properties with their getters and setters. @type {Record<string, [string, string]>} */
const accessors = {
  autoHideMenuBar: ['isMenuBarAutoHide', 'setAutoHideMenuBar'],
  closable: ['isClosable', 'setClosable'],
  focusable: ['isFocusable', 'setFocusable'],
  fullScreen: ['isFullScreen', 'setFullScreen'],
  fullScreenable: ['isFullScreenable', 'setFullScreenable'],
  kiosk: ['isKiosk', 'setKiosk'],
  maximizable: ['isMaximizable', 'setMaximizable'],
  menuBarVisible: ['isMenuBarVisible', 'setMenuBarVisibility'],
  minimizable: ['isMinimizable', 'setMinimizable'],
  movable: ['isMovable', 'setMovable'],
  resizable: ['isResizable', 'setResizable'],
  shadow: ['hasShadow', 'setHasShadow'],
  title: ['getTitle', 'setTitle'],
  visibleOnAllWorkspaces: ['isVisibleOnAllWorkspaces', 'setVisibleOnAllWorkspaces'],
};

/**
 * Puts the members on a window class's prototype.
 * @param {any} prototype
 */
export function installWindowProperties(prototype) {
  defineMethods(prototype, { ...geometry, ...appearance });
  for (const [property, suffix] of Object.entries(permissions)) {
    defineMethods(prototype, {
      /** @this {any} */
      [`is${suffix}`]: function () {
        return this._model[property];
      },
      /** @this {any} @param {boolean} flag */
      [`set${suffix}`]: function (flag) {
        check(arguments, 'boolean');
        this._model[property] = Boolean(flag);
        this._set(property, this._model[property]);
      },
    });
  }
  defineAccessors(prototype, accessors, { enumerable: false });
}
