// The way of menus to the screen and of clicks back.
//
// A menu gets a native id when it is first shown; its submenus travel inside it. Changes of items are collected and each menu that
// is on the screen is sent once per turn of the event loop, whole: a menu is small, and the native side compares it with what it shows.

import process from 'node:process';

import { parseAccelerator } from '../common/accelerator.js';
import { completeRadioGroups, shownMark } from './api/menu-item.js';
import { imageFrom, toPicture } from './api/native-image.js';
import { emitNative, reportUncaught } from './api/event.js';
import { call, send } from './binding.js';
import { focusedWebContents, focusedWindow, windowOf } from './lookup.js';
import { nativeText } from './native-text.js';
import { nextId, windows } from './object-registry.js';
import { onUiEvent } from './ui-dispatch.js';

/** How many pop-ups stay alive after they were closed: the click arrives after the closing. */
const CLOSED_POPUPS_KEPT = 8;

/** @type {WeakMap<object, number>} */
const ids = new WeakMap();
/** @type {Map<number, WeakRef<any>>} */
const menus = new Map();
/** Menu bars by window. @type {Map<number, any>} */
const bars = new Map();
/** Open pop-ups with their windows. @type {Set<{ menu: any, window: number }>} */
const popups = new Set();
/** @type {any[]} */
const closedPopups = [];
/** Menus that hold a submenu. @type {WeakMap<object, Set<any>>} */
const holders = new WeakMap();
/** Shown menus that changed. @type {Set<any>} */
const changed = new Set();

const dropped = new FinalizationRegistry((id) => {
  menus.delete(id);
  send({ type: 'menuDrop', menu: id });
});

function idOf(menu) {
  let id = ids.get(menu);
  if (id === undefined) {
    id = nextId('menu');
    ids.set(menu, id);
    menus.set(id, new WeakRef(menu));
    dropped.register(menu, id);
    sendMenu(menu);
  } else if (changed.delete(menu)) {
    sendMenu(menu);
  }
  return id;
}

const KINDS = { __proto__: null, separator: 'separator', submenu: 'submenu', palette: 'submenu', checkbox: 'checkbox', radio: 'radio' };

function entryOf(item, above) {
  return {
    id: item.commandId,
    kind: KINDS[item.type] ?? 'normal',
    label: nativeText(item.label),
    sublabel: item.sublabel ? nativeText(item.sublabel) : null,
    toolTip: item.toolTip ? nativeText(item.toolTip) : null,
    enabled: Boolean(item.enabled),
    visible: Boolean(item.visible),
    checked: shownMark(item),
    accelerator: acceleratorOf(item),
    registerAccelerator: Boolean(item.registerAccelerator),
    acceleratorWorksWhenHidden: Boolean(item.acceleratorWorksWhenHidden),
    icon: item.icon ? iconOf(item) : null,
    // A menu that holds itself would never end.
    submenu: item.submenu && !above.includes(item.submenu) ? entriesOf(item.submenu, above) : [],
  };
}

/** The accelerator as the native side reads it; what names no key was warned of when the item was made. */
function acceleratorOf({ accelerator }) {
  if (typeof accelerator !== 'string') return null;
  const parsed = parseAccelerator(accelerator, process.platform);
  return 'text' in parsed ? parsed.text : null;
}

function entriesOf(menu, above) {
  completeRadioGroups(menu.items);
  return menu.items.map((item) => entryOf(item, [...above, menu]));
}

function iconOf(item) {
  try {
    return toPicture(imageFrom(item.icon));
  } catch (error) {
    console.warn(`menu item "${item.label}": ${error.message}`);
    return null;
  }
}

/** Shows `menu` in the bar of the application, which only macOS has; `null` empties it. @param {any} menu */
export function showAsApplicationMenu(menu) {
  send({ type: 'menuSetApplication', menu: menu === null ? null : idOf(menu) });
}

function sendMenu(menu) {
  send({ type: 'menuSet', menu: ids.get(menu), entries: entriesOf(menu, []) });
}

function sendChanged() {
  for (const menu of changed) sendMenu(menu);
  changed.clear();
}

/** Notes that an item of `menu` was added or changed. */
export function menuChanged(menu, seen = new Set()) {
  if (seen.has(menu)) return;
  seen.add(menu);
  if (ids.has(menu)) {
    if (changed.size === 0) queueMicrotask(sendChanged);
    changed.add(menu);
  }
  for (const holder of holders.get(menu) ?? []) menuChanged(holder, seen);
}

/** Notes that `menu` holds `submenu`. */
export function submenuAdded(submenu, menu) {
  if (!holders.has(submenu)) holders.set(submenu, new Set());
  holders.get(submenu).add(menu);
}

/** Shows `menu` as the menu bar of a window, or nothing. */
export function showInWindow(window, menu) {
  for (const id of bars.keys()) {
    if (!windows.has(id)) bars.delete(id);
  }
  if (menu) bars.set(window, menu);
  else bars.delete(window);
  send({ type: 'windowSetMenu', window, menu: menu ? idOf(menu) : null });
}

/** Opens a pop-up; -1 stands for "not given". */
export function openPopup(menu, window, { x, y, position }, whenClosed) {
  const popup = { menu, window };
  const given = (value) => (value < 0 ? null : value);
  popups.add(popup);
  const closed = () => {
    popups.delete(popup);
    closedPopups.push(menu);
    if (closedPopups.length > CLOSED_POPUPS_KEPT) closedPopups.shift();
    try {
      whenClosed();
    } catch (error) {
      reportUncaught(error);
    }
  };
  const command = { type: 'menuPopup', menu: idOf(menu), window, x: given(x), y: given(y), positioningItem: given(position) };
  // A window that went away meanwhile took the pop-up with it: that is closed, too.
  call(command).then(closed, closed);
}

/** Closes a menu's pop-ups, in one window or in all. */
export function closePopups(menu, window) {
  const open = [...popups].some((popup) => popup.menu === menu && (window === null || popup.window === window));
  if (open) send({ type: 'menuClosePopup', menu: ids.get(menu) });
}

function findItem(menu, commandId, seen = new Set()) {
  if (seen.has(menu)) return null;
  seen.add(menu);
  for (const item of menu.items) {
    if (item.commandId === commandId) return item;
    const found = item.submenu ? findItem(item.submenu, commandId, seen) : null;
    if (found) return found;
  }
  return null;
}

/** Registers a handler of events that concern a menu which is still alive. */
function onMenuEvent(type, handle) {
  onUiEvent(type, (event) => {
    const menu = menus.get(event.menu)?.deref();
    if (menu) handle(menu, event);
  });
}

onMenuEvent('menuItemClicked', clicked);
onMenuEvent('menuWillClose', (menu) => emitNative(menu, 'menu-will-close'));
onMenuEvent('menuWillShow', (menu) => {
  menu._menuWillShow();
  emitNative(menu, 'menu-will-show');
});

function clicked(menu, { item: commandId, window: windowId, modifiers }) {
  const item = findItem(menu, commandId);
  if (!item) return;
  // The window that the menu was opened from had the focus when the user opened it, even if the toolkit moved it to the menu since.
  const window = (windowId == null ? null : windowOf(windowId)) ?? focusedWindow();
  const contents = focusedWebContents() ?? window?.webContents;
  const keys = {
    shiftKey: modifiers.shift,
    ctrlKey: modifiers.ctrl,
    altKey: modifiers.alt,
    metaKey: modifiers.meta,
    triggeredByAccelerator: modifiers.triggeredByAccelerator,
  };
  try {
    item.click(keys, window ?? undefined, contents ?? undefined);
  } catch (error) {
    reportUncaught(error);
  }
  // The toolkit flips marks on its own. What counts is the item, so it is sent again, whether the app changed it or not.
  if (item.type === 'checkbox' || item.type === 'radio') menuChanged(item.menu ?? menu);
}
