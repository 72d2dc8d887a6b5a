/**
 * `screen`: monitors and the pointer, as the UI thread tells them at each call.
 */
import { EventEmitter } from 'node:events';

import { callSync } from '../binding.js';
import { peers } from '../object-registry.js';
import { check, conversionError, rectangle } from './arguments.js';

/** @typedef {{x: number, y: number, width: number, height: number}} Rectangle */

/** @param {any} display what the bridge tells of a monitor */
function toDisplay(display) {
  const { id, label, bounds, workArea, scaleFactor, rotation, displayFrequency, primary } = display;
  return {
    id,
    label,
    bounds: { ...bounds },
    workArea: { ...workArea },
    size: { width: bounds.width, height: bounds.height },
    workAreaSize: { width: workArea.width, height: workArea.height },
    scaleFactor,
    rotation,
    displayFrequency,
    nativeOrigin: { x: bounds.x * scaleFactor, y: bounds.y * scaleFactor },
    internal: false,
    detected: true,
    monochrome: false,
    accelerometerSupport: 'unknown',
    touchSupport: 'unknown',
    colorDepth: 24,
    depthPerComponent: 8,
    colorSpace: '',
    maximumCursorSize: { width: 0, height: 0 },
    _primary: primary,
  };
}

function displays() {
  if (!peers.app.isReady()) throw new Error("The 'screen' module can't be used before the app 'ready' event");
  return callSync({ type: 'displays' }).map(toDisplay);
}

/** @param {any} display */
function shown(display) {
  const { _primary, ...rest } = display;
  return rest;
}

/** @param {Rectangle} a @param {Rectangle} b */
function overlap(a, b) {
  const width = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x);
  const height = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y);
  return width > 0 && height > 0 ? width * height : 0;
}

/** @param {{x: number, y: number}} point @param {Rectangle} area */
function distance({ x, y }, area) {
  const dx = Math.max(area.x - x, 0, x - (area.x + area.width - 1));
  const dy = Math.max(area.y - y, 0, y - (area.y + area.height - 1));
  return dx * dx + dy * dy;
}

/** @template T @param {T[]} list @param {(item: T) => number} cost */
const least = (list, cost) => list.reduce((best, item) => (cost(item) < cost(best) ? item : best));

class Screen extends EventEmitter {
  getAllDisplays() {
    return displays().map(shown);
  }

  getPrimaryDisplay() {
    const all = displays();
    return shown(all.find((display) => display._primary) ?? all[0]);
  }

  /** @returns {{x: number, y: number}} */
  getCursorScreenPoint() {
    displays();
    return { ...callSync({ type: 'cursorPosition' }) };
  }

  /** @param {{x: number, y: number}} point */
  getDisplayNearestPoint(point) {
    check(arguments, 'object');
    if (!Number.isFinite(point.x) || !Number.isFinite(point.y)) throw conversionError(0, point);
    return shown(least(displays(), (display) => distance(point, display.bounds)));
  }

  /** @param {Rectangle} _rect */
  getDisplayMatching(_rect) {
    const area = rectangle(arguments, 0);
    const all = displays();
    if (all.some((display) => overlap(area, display.bounds) > 0)) return shown(least(all, (display) => -overlap(area, display.bounds)));
    return this.getDisplayNearestPoint({ x: area.x + Math.floor(area.width / 2), y: area.y + Math.floor(area.height / 2) });
  }
}

export const screen = new Screen();
