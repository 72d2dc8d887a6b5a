/**
 * What a new document is given by the app: its preload scripts and the settings that shape its world.
 */
import path from 'node:path';
import process from 'node:process';

import { host } from '../binding.js';
import { peers } from '../object-registry.js';
import { builtin } from '../builtin.js';

/**
 * The preload scripts of a new document: the session's, in the order of their registration, then the web contents' own. They
 * are read anew for each document, so that a reload shows an edited preload. A script that cannot be read is told by `preload-error`.
 * @param {any} contents
 * @param {{url: string, origin: string, creator: string}} document
 * @returns {Array<{path: string, source: string}>}
 */
export function preloadSources(contents, document) {
  const paths = contents.session._preloadScripts.pathsFor(document);
  const own = contents._preferences.preload;
  if (typeof own === 'string' && own !== '') {
    if (path.isAbsolute(own)) paths.push(own);
    else console.error('preload script must have absolute path.');
  }
  const sources = [];
  for (const file of paths) {
    try {
      sources.push({ path: file, source: builtin.fs.readFileSync(file, 'utf8') });
    } catch (error) {
      console.error(`Unable to load preload script: ${file}`);
      console.error(error);
      contents._emit('preload-error', undefined, file, error);
    }
  }
  return sources;
}

/** Whether a preload of the web contents may be an ES module, as far as that is known when it is made. @param {any} contents */
export function mayHaveModules(contents) {
  const { preload, sandbox } = contents._preferences;
  if (sandbox) return false;
  return [preload, ...contents.session._preloadScripts.paths()].some((file) => typeof file === 'string' && /\.(?:m[jt]s|ts)$/.test(file));
}

/**
 * @param {any} contents
 * @returns {any} what the renderer's bundle needs to know before the first script of the page
 */
export function rendererConfig(contents) {
  const preferences = contents._preferences;
  return {
    contextIsolation: Boolean(preferences.contextIsolation),
    sandbox: Boolean(preferences.sandbox),
    nodeIntegration: Boolean(preferences.nodeIntegration),
    nodeIntegrationInSubFrames: Boolean(preferences.nodeIntegrationInSubFrames),
    additionalArguments: Array.isArray(preferences.additionalArguments) ? preferences.additionalArguments.map(String) : [],
    appPath: peers.app.getAppPath(),
    appName: peers.app.getName(),
    isPackaged: Boolean(host.isPackaged),
    execPath: process.execPath,
    resourcesPath: host.resourcesPath,
  };
}
