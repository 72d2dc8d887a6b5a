import os from 'node:os';

import type { SystemInfo } from '../shared/api';

/** A size in bytes as people write it. */
export function gigabytes(bytes: number): string {
  return `${(bytes / 2 ** 30).toFixed(1)} GB`;
}

export function system(): SystemInfo {
  return {
    platform: `${os.type()} ${process.arch}`,
    electron: process.versions.electron ?? '',
    node: process.versions.node,
    cores: os.cpus().length,
    memory: gigabytes(os.totalmem()),
  };
}
