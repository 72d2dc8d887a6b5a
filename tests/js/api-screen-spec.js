'use strict';

const { screen } = require('electron');
const assert = require('node:assert');

describe('screen', () => {
  it('tells monitors', () => {
    const displays = screen.getAllDisplays();
    assert(displays.length > 0);
    const primary = screen.getPrimaryDisplay();
    assert(displays.some(({ id }) => id === primary.id));
    assert(primary.bounds.width > 0 && primary.workArea.height > 0 && primary.scaleFactor > 0);
    assert.deepStrictEqual(primary.size, { width: primary.bounds.width, height: primary.bounds.height });
  });

  it('finds the monitor of a place', () => {
    const primary = screen.getPrimaryDisplay();
    const { x, y } = primary.bounds;
    assert.strictEqual(screen.getDisplayNearestPoint({ x: x + 5, y: y + 5 }).id, primary.id);
    assert.strictEqual(screen.getDisplayMatching({ x, y, width: 50, height: 50 }).id, primary.id);
    assert(screen.getDisplayNearestPoint({ x: -99999, y: 0 }).id > 0);
    assert.throws(() => screen.getDisplayMatching(/** @type {any} */ ({ x: 1 })), TypeError);
  });

  it('knows where the pointer is', () => {
    const { x, y } = screen.getCursorScreenPoint();
    assert(Number.isInteger(x) && Number.isInteger(y));
  });
});
