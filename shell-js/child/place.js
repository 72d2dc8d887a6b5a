/**
 * Where an error was made, as Node shows it above the stack: the place, the line of the source, and marks below it.
 */
import process from 'node:process';
import { fileURLToPath } from 'node:url';

import { syntaxPlace } from './binding.js';

/** What is longer, a line of a minified bundle, is of no use to whoever reads it. */
const MAX_LINE = 4096;
const OWN = /^(?:shell|ext|node):/;

/** Sources that are in no file, by their names. @type {Map<string, string>} */
export const sources = new Map();

/** @param {string} name @returns {string} a path instead of its address */
const pathOf = (name) => (name.startsWith('file:') ? fileURLToPath(name) : name);

/** @param {string} name @param {number} line @returns {string | undefined} */
function lineOf(name, line) {
  try {
    const text = sources.get(name) ?? process.getBuiltinModule('fs').readFileSync(name, 'utf8');
    return text.split(/\r?\n/)[line - 1];
  } catch {
    return undefined;
  }
}

/** The first frame of the stack. @param {Error} error */
function framePlace(error) {
  const [, name, line, column] = /^ +at (?:.* \()?((?:file:\/\/)?[^\s()][^()]*?):(\d+):(\d+)\)?$/m.exec(String(error.stack)) ?? [];
  if (name === undefined) return null;
  const start = Number(column) - 1;
  return { name, line: Number(line), source: undefined, start, end: start + 1 };
}

/** @param {Error} error @returns {string | null} null when it is not known */
export function placeOf(error) {
  const place = (error instanceof SyntaxError ? syntaxPlace(error) : null) ?? framePlace(error);
  if (place === null || OWN.test(place.name)) return null;
  const name = pathOf(place.name);
  const source = place.source ?? lineOf(sources.has(place.name) ? place.name : name, place.line);
  if (source === undefined || source.length > MAX_LINE) return null;
  // Tabs stay, so that the marks stand where the source does.
  const indent = source.slice(0, place.start).replace(/[^\t]/g, ' ');
  return `${name}:${place.line}\n${source}\n${indent}${'^'.repeat(Math.max(1, Math.min(place.end, source.length) - place.start))}`;
}
