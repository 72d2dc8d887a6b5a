/**
 * `app.getAppMetrics`: what the processes of the app use, read from /proc.
 */
import process from 'node:process';
import { builtin } from '../builtin.js';

/** Clock ticks per second in /proc; the kernel's interface has it fixed on all platforms we run on. */
const TICKS = 100;

/** Processor time of each process at the previous call. @type {Map<number, {busy: number, at: number}>} */
const previous = new Map();

/** @param {number} pid @param {string} file */
function readProc(pid, file) {
  try {
    return builtin.fs.readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return '';
  }
}

/** @param {string} status @param {string} key */
const kilobytes = (status, key) => Number(new RegExp(`^${key}:\\s*(\\d+) kB$`, 'm').exec(status)?.[1] ?? 0);

/** Time since the start of the system at which the process began, and the processor time it has used, in seconds. @param {number} pid */
function times(pid) {
  // The second field is the program's name, which may hold anything, so fields are counted from its closing bracket.
  const fields = readProc(pid, 'stat').split(') ').pop()?.split(' ') ?? [];
  return { busy: (Number(fields[11]) + Number(fields[12])) / TICKS || 0, began: Number(fields[19]) / TICKS || 0 };
}

function uptime() {
  try {
    return parseFloat(builtin.fs.readFileSync('/proc/uptime', 'utf8'));
  } catch {
    return 0;
  }
}

/** @param {number} pid @param {'Browser' | 'Tab'} type */
function metric(pid, type) {
  const now = Date.now() / 1000;
  const { busy, began } = times(pid);
  const before = previous.get(pid);
  previous.set(pid, { busy, at: now });
  const elapsed = before ? now - before.at : 0;
  const status = readProc(pid, 'status');
  return {
    pid,
    type,
    creationTime: Date.now() - (uptime() - began) * 1000,
    cpu: {
      // As in Electron, the first call has nothing to compare with.
      percentCPUUsage: before && elapsed > 0 ? ((busy - before.busy) / elapsed) * 100 : 0,
      cumulativeCPUUsage: busy,
      idleWakeupsPerSecond: 0,
    },
    memory: { workingSetSize: kilobytes(status, 'VmRSS'), peakWorkingSetSize: kilobytes(status, 'VmHWM') },
  };
}

/** Of one process, for its own `process` object; `since` is what the call before gave. @param {number} pid @param {{busy: number, at: number} | null} since */
export function processUsage(pid, since) {
  const now = Date.now() / 1000;
  const { busy, began } = times(pid);
  const elapsed = since ? now - since.at : 0;
  const status = readProc(pid, 'status');
  return {
    busy,
    at: now,
    created: Date.now() - (uptime() - began) * 1000,
    percent: since && elapsed > 0 ? ((busy - since.busy) / elapsed / builtin.os.cpus().length) * 100 : 0,
    memory: {
      residentSet: kilobytes(status, 'VmRSS'),
      private: kilobytes(status, 'RssAnon'),
      shared: kilobytes(status, 'RssFile') + kilobytes(status, 'RssShmem'),
    },
  };
}

/** @param {any[]} contents web contents, whose processes may be shared */
export function processMetrics(contents) {
  const pids = new Set(contents.map((each) => each.getOSProcessId()).filter((pid) => pid > 0));
  return [metric(process.pid, 'Browser'), ...[...pids].map((pid) => metric(pid, 'Tab'))];
}
