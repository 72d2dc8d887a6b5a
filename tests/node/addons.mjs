/**
 * Compiles the native addons that Node's tests need, as far as they are made of Node-API alone.
 */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

/**
 * Names and sources in a `binding.gyp`, which is Python's notation.
 * @param {string} text
 * @returns {{name: string, sources: string[]}[]}
 */
function targetsOf(text) {
  const parts = text.replaceAll(/#.*$/gm, '').split(/['"]target_name['"]\s*:/).slice(1);
  return parts.flatMap((part) => {
    const name = /^\s*['"]([^'"]+)['"]/.exec(part)?.[1];
    const list = /['"]sources['"]\s*:\s*\[([^\]]*)\]/.exec(part)?.[1] ?? '';
    const sources = [...list.matchAll(/['"]([^'"]+\.(?:c|cc|cpp))['"]/g)].map((match) => match[1]);
    const defines = [...(/['"]defines['"]\s*:\s*\[([^\]]*)\]/.exec(part)?.[1] ?? '').matchAll(/['"]([^'"]+)['"]/g)].map((match) => `-D${match[1]}`);
    return name === undefined || sources.length === 0 ? [] : [{ name, sources, defines }];
  });
}

/**
 * @param {string} root the folder of the tests, beside which Node's own sources lie
 * @param {string[]} tests
 * @returns {Map<string, string>} folders whose addons cannot be compiled, with the reason
 */
export function buildAddons(root, tests) {
  const headers = path.join(root, '../src');
  const faults = new Map();
  for (const folder of new Set(tests.filter((name) => name.includes('-api/')).map((name) => path.dirname(name)))) {
    const place = path.join(root, folder);
    const description = path.join(place, 'binding.gyp');
    if (!fs.existsSync(description)) continue;
    if (!fs.existsSync(path.join(headers, 'node_api.h'))) {
      faults.set(folder, `no ${path.join(headers, 'node_api.h')}`);
      continue;
    }
    const output = path.join(place, 'build/Release');
    fs.mkdirSync(output, { recursive: true });
    for (const { name, sources, defines } of targetsOf(fs.readFileSync(description, 'utf8'))) {
      const addon = path.join(output, `${name}.node`);
      if (fs.existsSync(addon)) continue;
      const language = sources.every((source) => source.endsWith('.c')) ? 'cc' : 'c++';
      const args = ['-shared', '-fPIC', '-w', ...defines, `-DNODE_GYP_MODULE_NAME=${name}`, `-I${headers}`, `-I${path.join(headers, '../deps/uv/include')}`];
      const { status, stderr } = spawnSync(language, [...args, ...sources, '-o', addon], { cwd: place, encoding: 'utf8' });
      if (status !== 0) faults.set(folder, `its addon cannot be compiled: ${/error: .*/.exec(stderr)?.[0] ?? stderr.split('\n')[0]}`);
    }
  }
  return faults;
}
