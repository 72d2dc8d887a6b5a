/**
 * `original-fs` for ES modules: `node:fs` to which archives are files. It is made in archives.js.
 */
import { Module } from 'node:module';

/** @type {any} */
const { _load: load } = Module;
const original = load('original-fs', null, false);

export default original;
export const {
  access, accessSync, appendFile, appendFileSync, chmod, chmodSync, chown, chownSync, close, closeSync, constants, copyFile, copyFileSync, cp,
  cpSync, createReadStream, createWriteStream, Dir, Dirent, exists, existsSync, fchmod, fchmodSync, fchown, fchownSync, fdatasync, fdatasyncSync,
  fstat, fstatSync, fsync, fsyncSync, ftruncate, ftruncateSync, futimes, futimesSync, glob, globSync, lchown, lchownSync, link, linkSync, lstat,
  lstatSync, lutimes, lutimesSync, mkdir, mkdirSync, mkdtemp, mkdtempSync, open, openAsBlob, openSync, opendir, opendirSync, promises, read,
  readdir, readdirSync, readFile, readFileSync, readlink, readlinkSync, ReadStream, readSync, readv, readvSync, realpath, realpathSync, rename,
  renameSync, rm, rmdir, rmdirSync, rmSync, stat, statfs, statfsSync, Stats, statSync, symlink, symlinkSync, truncate, truncateSync, unlink,
  unlinkSync, unwatchFile, utimes, utimesSync, watch, watchFile, write, writeFile, writeFileSync, WriteStream, writeSync, writev, writevSync,
} = original;
