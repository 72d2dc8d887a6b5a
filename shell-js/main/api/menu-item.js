// One item of a menu.

import process from 'node:process';

import { parseAccelerator } from '../../common/accelerator.js';
import { menuChanged } from '../menu-bridge.js';
import { Menu } from './menu.js';
import * as roles from './menu-item-roles.js';

const TYPES = ['normal', 'separator', 'submenu', 'checkbox', 'radio', 'header', 'palette'];
const BADGE_TYPES = ['alerts', 'updates', 'new-items', 'none'];

let lastCommandId = 0;

/** The items of the radio group of each radio item that is in a menu. @type {WeakMap<MenuItem, any[]>} */
const radioGroups = new WeakMap();
/** Values of the live properties. @type {WeakMap<MenuItem, Record<string, any>>} */
const values = new WeakMap();

function checkBadge(badge) {
  if (badge == null) return;
  if (typeof badge !== 'object') throw new TypeError('badge must be a MenuItemBadge object');
  const type = badge.type ?? 'none';
  if (!BADGE_TYPES.includes(type)) {
    throw new TypeError(`Invalid badge type '${type}': must be one of ${BADGE_TYPES.join(', ')}`);
  }
  if (type === 'none') {
    if (typeof badge.content !== 'string') throw new TypeError("badge.content must be a string when badge.type is 'none'");
    if (badge.count != null) throw new TypeError("badge.count cannot be used when badge.type is 'none'");
    return;
  }
  if (!Number.isInteger(badge.count) || badge.count < 0) {
    throw new TypeError(`badge.count must be a non-negative integer when badge.type is '${type}'`);
  }
  if (badge.content != null) throw new TypeError("badge.content can only be used when badge.type is 'none'");
}

/** Makes a property that nobody can change, with the value that the options gave or else `fallback`. */
function fix(item, name, fallback = null) {
  Object.defineProperty(item, name, { configurable: false, enumerable: true, writable: false, value: item[name] ?? fallback });
}

/** Makes a property whose changes reach the menus on the screen. */
function live(item, name, fallback = null) {
  values.get(item)[name] = item[name] ?? fallback;
  Object.defineProperty(item, name, {
    configurable: true,
    enumerable: true,
    get: () => values.get(item)[name],
    set: (value) => {
      const group = name === 'checked' ? radioGroups.get(item) : undefined;
      // Whatever is assigned to a radio item selects it: a group always has exactly one selected item.
      if (group) select(item, group);
      else values.get(item)[name] = value;
      if (item.menu) menuChanged(item.menu);
    },
  });
}

function select(item, group) {
  for (const other of group) values.get(other).checked = other === item;
}

export class MenuItem {
  /** @param {Record<string, any>} options */
  constructor(options) {
    /** What apps add to items, and what `fix` and `live` define, is unknown to the type checker. @type {any} */
    const item = this;
    // What the app adds of its own stays on the item; what the prototype chain already names cannot be replaced by options.
    for (const key in options) {
      if (!(key in item)) item[key] = options[key];
    }
    if (typeof item.role === 'string' || item.role instanceof String) item.role = item.role.toLowerCase();

    item.submenu ||= roles.defaultSubmenu(item.role);
    if (item.submenu != null && item.submenu.constructor !== Menu) item.submenu = Menu.buildFromTemplate(item.submenu);
    if (item.type == null && item.submenu != null) item.type = 'submenu';
    if (item.type === 'submenu' && item.submenu == null) throw new Error('Invalid submenu');

    fix(item, 'type', roles.defaultType(item.role));
    fix(item, 'role');
    fix(item, 'accelerator', roles.defaultAccelerator(item.role) ?? null);
    fix(item, 'submenu');

    values.set(item, {});
    live(item, 'icon');
    live(item, 'label', roles.defaultLabel(item.role));
    live(item, 'accessibilityLabel', '');
    live(item, 'sublabel', '');
    live(item, 'toolTip', '');
    live(item, 'enabled', true);
    live(item, 'visible', true);
    live(item, 'checked', false);
    live(item, 'acceleratorWorksWhenHidden', true);
    live(item, 'registerAccelerator', roles.registersAccelerator(item.role));
    if (process.platform === 'darwin') addBadge(item, options.badge);

    if (!TYPES.includes(item.type)) throw new Error(`Unknown menu item type: ${item.type}`);
    warnOfAccelerator(item);

    lastCommandId += 1;
    Object.defineProperty(item, 'commandId', { enumerable: true, value: lastCommandId });
    // Only macOS lets users assign keys to menu items.
    Object.defineProperty(item, 'userAccelerator', { enumerable: true, get: () => null });

    const { click } = options;
    /** @type {(event: object, focusedWindow?: any, focusedWebContents?: any) => void} */
    item.click = (event, focusedWindow, focusedWebContents) => {
      const isSwitch = item.type === 'checkbox' || item.type === 'radio';
      // The mark changes before the app is called, so that the app reads the new state.
      if (isSwitch && !roles.hasOwnCheckMark(item.role)) item.checked = !item.checked;
      if (roles.execute(item.role, focusedWindow, focusedWebContents)) return;
      if (typeof click === 'function') click(item, focusedWindow, event);
      else if (typeof item.selector === 'string' && process.platform === 'darwin') Menu.sendActionToFirstResponder?.(item.selector);
    };
  }
}

function addBadge(item, initial) {
  checkBadge(initial);
  let badge = initial ?? undefined;
  Object.defineProperty(item, 'badge', {
    enumerable: true,
    get: () => badge,
    set: (value) => {
      checkBadge(value);
      badge = value ?? undefined;
      if (item.menu) menuChanged(item.menu);
    },
  });
}

/** An accelerator that names no key is dropped with a warning: the item still works by the pointer. */
function warnOfAccelerator(item) {
  if (typeof item.accelerator !== 'string') return;
  const parsed = parseAccelerator(item.accelerator, process.platform);
  if ('error' in parsed) console.warn(`menu item "${item.label}": ${parsed.error}`);
}

// The rest is for `menu.js` and `menu-bridge.js`.

/** The mark as it is to be shown. */
export function shownMark(item) {
  if (!roles.hasOwnCheckMark(item.role)) return Boolean(item.checked);
  try {
    return Boolean(roles.checkMark(item.role));
  } catch {
    // The state belongs to a part that refuses here (the spell checker); a menu must be shown all the same.
    return false;
  }
}

/** Puts a radio item that was added to a menu into its group. */
export function joinRadioGroup(item, groupId, group) {
  if (item.groupId == null) Object.defineProperty(item, 'groupId', { enumerable: true, value: groupId });
  group.push(item);
  radioGroups.set(item, group);
}

/** Selects the first item of each group of `items` in which none is selected. */
export function completeRadioGroups(items) {
  for (const item of items) {
    const group = radioGroups.get(item);
    if (group && !group.some((other) => other.checked)) values.get(group[0]).checked = true;
  }
}

/** Tells an item which menu it is in; the first menu stays. */
export function bindToMenu(item, menu) {
  if (item.menu == null) Object.defineProperty(item, 'menu', { configurable: false, enumerable: true, writable: false, value: menu });
}

export default MenuItem;
