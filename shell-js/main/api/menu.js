// Menus: the application menu, menu bars of windows, and pop-ups.

import { EventEmitter } from 'node:events';
import process from 'node:process';

import { defaultMenuReplaced } from '../default-menu.js';
import { allWindows, focusedWindow, isWindow } from '../lookup.js';
import { closePopups, menuChanged, openPopup, showAsApplicationMenu, showInWindow, submenuAdded } from '../menu-bridge.js';
import { notImplemented } from '../unimplemented.js';
import { MenuItem, bindToMenu, completeRadioGroups, joinRadioGroup } from './menu-item.js';
import { foldSeparators, sortItems } from './menu-template.js';

/** @type {Menu | null} */
let applicationMenu = null;
let lastGroupId = 0;

/** Radio groups of each menu by their id. @type {WeakMap<Menu, Map<number, MenuItem[]>>} */
const groupsOf = new WeakMap();

export class Menu extends EventEmitter {
  constructor() {
    super();
    /** @type {any[]} */
    this.items = [];
    groupsOf.set(this, new Map());
  }

  /** @returns {Menu | null} */
  static getApplicationMenu() {
    return applicationMenu;
  }

  /** @param {Menu | null} menu */
  static setApplicationMenu(menu) {
    if (menu && menu.constructor !== Menu) throw new TypeError('Invalid menu');
    applicationMenu = menu ?? null;
    defaultMenuReplaced();
    if (process.platform === 'darwin') return showAsApplicationMenu(applicationMenu);
    for (const window of allWindows()) setWindowMenu(window, applicationMenu);
  }

  /** Colours of the highlighted item are the theme's, except on Windows. */
  static setHighlightColors() {
    if (process.platform === 'win32') throw notImplemented('Menu.setHighlightColors');
  }

  /** @param {any[]} template */
  static buildFromTemplate(template) {
    if (!Array.isArray(template)) throw new TypeError('Invalid template for Menu: Menu template must be an array');
    if (!template.every(isTemplateItem)) {
      throw new TypeError('Invalid template for MenuItem: must have at least one of label, role or type');
    }
    const menu = new Menu();
    for (const item of foldSeparators(sortItems(template))) menu.append(item instanceof MenuItem ? item : new MenuItem(item));
    return menu;
  }

  /**
   * Opens the menu in a window, the focused one unless the options name one.
   *
   * @param {{ window?: any, x?: number, y?: number, positioningItem?: number, callback?: () => void }} [options]
   */
  popup(options = {}) {
    if (options == null || typeof options !== 'object') throw new TypeError('Options must be an object');
    const number = (value) => (typeof value === 'number' && Number.isFinite(value) ? Math.trunc(value) : -1);
    const [x, y, position] = [options.x, options.y, options.positioningItem].map(number);
    const windows = allWindows();
    const window = windows.includes(options.window) ? options.window : (focusedWindow() ?? windows[0]);
    if (!window) throw new Error('Cannot open Menu without a BaseWindow present');
    const whenClosed = typeof options.callback === 'function' ? options.callback : () => {};
    openPopup(this, window.id, { x, y, position }, whenClosed);
    return { browserWindow: window, x, y, position };
  }

  /** @param {any} [window] without it the menu is closed wherever it is open */
  closePopup(window) {
    closePopups(this, isWindow(window) ? window.id : null);
  }

  /** @param {string} id @returns {MenuItem | null} */
  getMenuItemById(id) {
    const own = this.items.find((item) => item.id === id);
    if (own) return own;
    for (const item of this.items) {
      const found = item.submenu?.getMenuItemById(id);
      if (found) return found;
    }
    return null;
  }

  /** @param {MenuItem} item */
  append(item) {
    this.insert(this.items.length, item);
  }

  /** @param {number} position @param {any} item */
  insert(position, item) {
    if (!isMenuItem(item)) throw new TypeError('Invalid item');
    if (position < 0) throw new RangeError(`Position ${position} cannot be less than 0`);
    if (position > this.items.length) {
      throw new RangeError(`Position ${position} cannot be greater than the total MenuItem count`);
    }
    if (item.type === 'radio') {
      const groupId = groupAt(this.items, position);
      const groups = groupsOf.get(this);
      if (!groups.has(groupId)) groups.set(groupId, []);
      joinRadioGroup(item, groupId, groups.get(groupId));
    }
    bindToMenu(item, this);
    this.items.splice(position, 0, item);
    if (item.submenu) submenuAdded(item.submenu, this);
    menuChanged(this);
  }

  /** Each radio group shows one selected item. */
  _menuWillShow() {
    completeRadioGroups(this.items);
  }
}

// The method exists on macOS only, the name everywhere.
/** @type {((action: string) => void) | undefined} */
Menu.sendActionToFirstResponder =
  process.platform === 'darwin'
    ? () => {
        throw notImplemented('Menu.sendActionToFirstResponder');
      }
    : undefined;

/** @param {any} value @returns {boolean} */
const isMenuItem = (value) => value?.constructor === MenuItem;

function isTemplateItem(item) {
  if (item == null || typeof item !== 'object') return false;
  return Object.hasOwn(item, 'label') || Object.hasOwn(item, 'role') || item.type === 'separator';
}

/**
 * The radio group of an item that is inserted at `position`: that of the nearest radio item before it (after it, at the very top) on
 * this side of a separator, or a new one.
 */
function groupAt(items, position) {
  const neighbours = position > 0 ? items.slice(0, position).reverse() : items;
  for (const { type, groupId } of neighbours) {
    if (type === 'radio') return groupId;
    if (type === 'separator') break;
  }
  lastGroupId += 1;
  return lastGroupId;
}

/**
 * Shows `menu` as the window's menu bar; `null` takes the bar away.
 *
 * @param {{ id: number }} window
 * @param {Menu | null} menu
 */
export function setWindowMenu(window, menu) {
  if (menu !== null && menu?.constructor !== Menu) throw new TypeError('Invalid Menu');
  showInWindow(window.id, menu);
}

/** Gives a new window the application menu; called by the constructor of `BaseWindow`. */
export function attachApplicationMenu(window) {
  if (applicationMenu && process.platform !== 'darwin') setWindowMenu(window, applicationMenu);
}

export default Menu;
