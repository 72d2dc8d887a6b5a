/**
 * The options of `webContents.printToPDF`, checked, as the UI thread takes them.
 */
import process from 'node:process';

/** Inches. @type {Record<string, [number, number]>} */
const PAPERS = {
  letter: [8.5, 11],
  legal: [8.5, 14],
  tabloid: [11, 17],
  ledger: [17, 11],
  a0: [33.1, 46.8],
  a1: [23.4, 33.1],
  a2: [16.54, 23.4],
  a3: [11.7, 16.54],
  a4: [8.27, 11.7],
  a5: [5.83, 8.27],
  a6: [4.13, 5.83],
};
const DEFAULT_MARGIN = 0.4;

/** @param {any} pageSize @returns {[number, number]} */
function paperOf(pageSize) {
  if (typeof pageSize === 'string') {
    const paper = PAPERS[pageSize.toLowerCase()];
    if (paper === undefined) throw new Error(`Invalid pageSize ${pageSize}`);
    return paper;
  }
  if (typeof pageSize !== 'object') throw new TypeError('pageSize must be a string or an object');
  const { width, height } = pageSize;
  if (typeof width !== 'number' || typeof height !== 'number') throw new TypeError('width and height properties are required for pageSize');
  return [width, height];
}

/**
 * Pages as in `1-3, 5, 7-`, counted from 1.
 * @param {string} text
 * @returns {Array<[number, number]>}
 */
function pagesOf(text) {
  if (text.trim() === '') return [];
  return text.split(',').map((part) => {
    const found = /^\s*(\d*)\s*(-?)\s*(\d*)\s*$/.exec(part);
    const [first, dash, last] = found === null ? ['', '', ''] : found.slice(1);
    if (first === '' && last === '') throw new Error('Page range syntax error');
    const from = first === '' ? 1 : Number(first);
    const to = dash === '' ? from : last === '' ? 0x7fffffff : Number(last);
    if (from < 1 || to < from) throw new Error('Page range is invalid (start > end)');
    return [Math.min(from, 0x7fffffff) - 1, Math.min(to, 0x7fffffff) - 1];
  });
}

/** @param {any} options */
export function pdfOptions(options) {
  /** @type {(holder: any, key: string, otherwise: any, name?: string) => any} */
  const take = (holder, key, otherwise, name = key) => {
    const value = holder[key] ?? otherwise;
    if (typeof value !== typeof otherwise) throw new TypeError(`${name} must be a ${typeof otherwise}`);
    return value;
  };
  const margins = take(options, 'margins', {});
  const [width, height] = paperOf(options.pageSize ?? 'letter');
  const fits = (/** @type {string} */ side, /** @type {number} */ length) => margins[side] === undefined || margins[side] <= length;
  if (!fits('top', height) || !fits('bottom', height) || !fits('left', width) || !fits('right', width)) {
    throw new Error('margins must be less than or equal to pageSize');
  }
  const scale = take(options, 'scale', 1);
  if (!(scale >= 0.1 && scale <= 2)) throw new Error('scale must be between 0.1 and 2');
  for (const key of ['displayHeaderFooter', 'preferCSSPageSize', 'generateTaggedPDF', 'generateDocumentOutline']) {
    if (take(options, key, false)) throw new Error(`webContents.printToPDF with ${key} is not implemented on ${process.platform} yet`);
  }
  for (const key of ['headerTemplate', 'footerTemplate']) take(options, key, '');
  return {
    landscape: take(options, 'landscape', false),
    backgrounds: take(options, 'printBackground', false),
    scale,
    width,
    height,
    margins: ['top', 'right', 'bottom', 'left'].map((side) => Math.max(take(margins, side, DEFAULT_MARGIN, `margins.${side}`), 0)),
    pages: pagesOf(take(options, 'pageRanges', '')),
  };
}
