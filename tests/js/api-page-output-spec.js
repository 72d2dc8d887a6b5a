'use strict';

// Searching a page, saving and printing it.

const { BrowserWindow } = require('electron');
const assert = require('node:assert');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { closeAllWindows, once, openPage, serve, waitUntil } = require('./helpers');

describe('what is taken from a page', () => {
  afterEach(closeAllWindows);

  describe('findInPage', () => {
    const html = '<p>Needle in a haystack</p><p>another needle</p><p>one more NEEDLE</p>';

    /** @param {Electron.WebContents} contents @param {string} text @param {any} [options] */
    async function find(contents, text, options) {
      const found = once(contents, 'found-in-page');
      const request = contents.findInPage(text, options);
      const [, result] = await found;
      assert.strictEqual(result.requestId, request);
      assert.strictEqual(result.finalUpdate, true);
      return result;
    }

    it('counts, and goes from place to place', async () => {
      const { webContents: contents } = await openPage(html);
      const first = await find(contents, 'needle', { findNext: true });
      assert.deepStrictEqual([first.matches, first.activeMatchOrdinal], [3, 1]);
      const second = await find(contents, 'needle');
      assert.deepStrictEqual([second.matches, second.activeMatchOrdinal], [3, 2]);
      assert(second.selectionArea.y > first.selectionArea.y && second.selectionArea.width > 0);
      assert.strictEqual((await find(contents, 'needle')).activeMatchOrdinal, 3);
      assert.strictEqual((await find(contents, 'needle')).activeMatchOrdinal, 1);
      assert.strictEqual((await find(contents, 'needle', { forward: false })).activeMatchOrdinal, 3);
      assert.strictEqual(await contents.executeJavaScript('String(getSelection())'), 'NEEDLE');
    });

    it('respects case, and finds nothing', async () => {
      const { webContents: contents } = await openPage(html);
      assert.strictEqual((await find(contents, 'needle', { findNext: true, matchCase: true })).matches, 1);
      const none = await find(contents, 'pin', { findNext: true });
      assert.deepStrictEqual([none.matches, none.activeMatchOrdinal, none.selectionArea], [0, 0, { x: 0, y: 0, width: 0, height: 0 }]);
    });

    it('ends with or without a selection', async () => {
      const { webContents: contents } = await openPage(`${html}<a href="#there">link needle</a>`);
      const selection = () => contents.executeJavaScript('String(getSelection())');
      await find(contents, 'haystack', { findNext: true });
      contents.stopFindInPage('keepSelection');
      assert.strictEqual(await selection(), 'haystack');
      await find(contents, 'another', { findNext: true });
      contents.stopFindInPage('clearSelection');
      await waitUntil(async () => (await selection()) === '');
      await find(contents, 'link', { findNext: true });
      const moved = once(contents, 'did-navigate-in-page');
      contents.stopFindInPage('activateSelection');
      assert.match((await moved)[1], /#there$/);
    });

    it('wants a text and a known end', async () => {
      const { webContents: contents } = await openPage(html);
      assert.throws(() => contents.findInPage(''), /^Error: Must provide a non-empty search content$/);
      assert.throws(() => contents.stopFindInPage(/** @type {any} */ ('forget')), TypeError);
    });
  });

  describe('savePage', () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'shell-save-'));
    after(() => fs.rmSync(folder, { recursive: true, force: true }));

    it('writes the HTML alone or all of it', async () => {
      const html = '<!doctype html><title>kept</title><img src="/picture.svg"><p>t\u00e4xt';
      const server = await serve((request, response) => {
        if (request.url === '/picture.svg') response.writeHead(200, { 'content-type': 'image/svg+xml' }).end('<svg xmlns="http://www.w3.org/2000/svg"/>');
        else response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(html);
      });
      const { webContents: contents } = new BrowserWindow({ show: false });
      await contents.loadURL(server.url);
      const plain = path.join(folder, 'page.html');
      await contents.savePage(plain, 'HTMLOnly');
      assert.strictEqual(fs.readFileSync(plain, 'utf8'), html);
      const whole = path.join(folder, 'page.mhtml');
      await contents.savePage(whole, 'MHTML');
      const text = fs.readFileSync(whole, 'utf8');
      assert.match(text, /^MIME-Version: 1\.0/m);
      assert.match(text, /picture\.svg/);
      await server.close();
    });

    it('refuses what cannot be written', async () => {
      const { webContents: contents } = await openPage('text');
      await assert.rejects(contents.savePage('page.html', 'HTMLOnly'), /^Error: Path must be absolute$/);
      await assert.rejects(contents.savePage(path.join(folder, 'none', 'page.html'), 'HTMLOnly'), /^Error: Failed to save the page$/);
      await assert.rejects(contents.savePage(path.join(folder, 'page'), 'HTMLComplete'), /is not implemented/);
    });
  });

  describe('printToPDF', () => {
    /** Width and height in points, and the number of pages. @param {Buffer} pdf */
    function inspect(pdf) {
      const text = pdf.toString('latin1');
      assert.strictEqual(text.slice(0, 5), '%PDF-');
      const box = /\/MediaBox\s*\[\s*0\s+0\s+([\d.]+)\s+([\d.]+)/.exec(text) ?? assert.fail('no page');
      const count = Math.max(...[...text.matchAll(/\/Count\s+(\d+)/g)].map((found) => Number(found[1])));
      return { width: Math.round(Number(box[1])), height: Math.round(Number(box[2])), count };
    }

    it('gives the pages', async () => {
      const { webContents: contents } = await openPage('<div style="break-after: page">one</div><div style="break-after: page">two</div><div>three</div>');
      const pdf = await contents.printToPDF({});
      assert(Buffer.isBuffer(pdf));
      assert.deepStrictEqual(inspect(pdf), { width: 612, height: 792, count: 3 });
      const [landscape, part] = await Promise.all([
        contents.printToPDF({ landscape: true, pageSize: 'A4', margins: { top: 0, bottom: 0, left: 0, right: 0 } }),
        contents.printToPDF({ pageRanges: '2-3', pageSize: { width: 4, height: 6 } }),
      ]);
      const { width, height } = inspect(landscape);
      assert(width > height && Math.abs(width - 842) < 3 && Math.abs(height - 595) < 3, `${width} x ${height}`);
      assert.deepStrictEqual(inspect(part), { width: 288, height: 432, count: 2 });
    });

    it('prints backgrounds when asked', async () => {
      const { webContents: contents } = await openPage('<body style="background: rgb(12, 200, 100); height: 90vh">');
      const [without, with_] = [await contents.printToPDF({}), await contents.printToPDF({ printBackground: true })];
      assert.notStrictEqual(without.length, with_.length);
    });

    it('refuses what is none of its options', async () => {
      const { webContents: contents } = await openPage('text');
      const print = (options) => contents.printToPDF(/** @type {any} */ (options));
      await assert.rejects(print({ landscape: 'yes' }), /^TypeError: landscape must be a boolean$/);
      await assert.rejects(print({ pageSize: 'B9' }), /^Error: Invalid pageSize B9$/);
      await assert.rejects(print({ pageSize: {} }), /^TypeError: width and height properties are required for pageSize$/);
      await assert.rejects(print({ margins: { top: 12 } }), /^Error: margins must be less than or equal to pageSize$/);
      await assert.rejects(print({ margins: { top: 'x' } }), Error);
      await assert.rejects(print({ pageRanges: '3-1' }), Error);
      await assert.rejects(print({ displayHeaderFooter: true }), /is not implemented/);
    });
  });
});
