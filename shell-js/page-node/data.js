/**
 * Instances of Node's classes that pages get as copies, with methods that work: what a listing of a folder makes by the thousand.
 */
import fs from 'node:fs';

const CLASSES = ['Stats', 'BigIntStats', 'Dirent', 'StatFs'];

/** What a directory entry is, as the names of its methods. */
const KINDS = ['isFile', 'isDirectory', 'isSymbolicLink', 'isFIFO', 'isSocket', 'isBlockDevice', 'isCharacterDevice'];

/** @param {any} value @returns {[string, object] | undefined} */
export function toData(value) {
  const name = value.constructor?.name;
  if (!CLASSES.includes(name)) return undefined;
  if (name === 'Dirent') {
    if (!(value instanceof fs.Dirent)) return undefined;
    return [name, { name: value.name, parentPath: value.parentPath, path: value.parentPath, kind: KINDS.find((kind) => value[kind]()) ?? '' }];
  }
  if (typeof value.isFile !== 'function') return name === 'StatFs' ? [name, { ...value }] : undefined;
  const fields = {};
  // Some are accessors of the prototype.
  for (const key of new Set([...Object.keys(value), 'atime', 'mtime', 'ctime', 'birthtime'])) {
    if (typeof value[key] !== 'function') fields[key] = value[key];
  }
  return [name, { fields, kind: KINDS.find((kind) => value[kind]()) ?? '' }];
}
