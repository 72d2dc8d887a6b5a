/**
 * The lines around a place in a script, as people look for a fault.
 */
import { builtin } from './builtin.js';

/** How many lines stand before and after the one that counts. */
const AROUND = 2;

/** A longer line is generated code, which nobody wants to see. */
const LONGEST = 300;

/**
 * @param {string} path
 * @param {number} line  from 1
 * @param {number} column  from 1
 * @returns {string} lines that end with a line break each, nothing when the file has no such place
 */
export function codeFrame(path, line, column) {
  let lines;
  try {
    lines = String(builtin.fs.readFileSync(path)).replace(/\r?\n$/, '').split(/\r?\n/);
  } catch {
    return '';
  }
  const first = Math.max(line - AROUND, 1);
  const shown = lines.slice(first - 1, line + AROUND);
  if (!(line >= 1 && line <= lines.length) || shown.some((text) => text.length > LONGEST)) return '';
  const width = String(first + shown.length - 1).length;
  let frame = '';
  shown.forEach((text, index) => {
    const number = first + index;
    frame += `${number === line ? '>' : ' '} ${String(number).padStart(width)} | ${text}\n`;
    // Tabs stay tabs, so that the mark stands below its letter.
    if (number === line) frame += `  ${' '.repeat(width)} | ${text.slice(0, column - 1).replace(/[^\t]/g, ' ')}^\n`;
  });
  return frame;
}
