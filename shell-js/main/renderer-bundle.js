/**
 * The scripts that are sent to pages, made out of module files: the one of the isolated world, the one of the page's world, and those of the portable
 * lane. `src/runtime/renderer_modules.rs` says what such a file may use; file names are unique.
 */
import { rendererModules } from './binding.js';

/** The codec, both ways. */
const CODEC = ['common/codec-format.js', 'common/deserialize.js', 'common/value-kinds.js', 'common/serialize.js'];

const RENDERER = [
  'common/lane-frames.js',
  ...CODEC,
  'renderer/event-emitter.js',
  'renderer/refusal.js',
  'common/port-payload.js',
  'renderer/port-natives.js',
  'renderer/port-watch.js',
  'renderer/port-handover.js',
  'renderer/message-ports.js',
  'renderer/transport.js',
  'renderer/ipc-renderer.js',
  'renderer/page-ports.js',
  'renderer/page-windows.js',
  'renderer/page-workers.js',
  'renderer/page-bridge.js',
  'renderer/worlds.js',
  'renderer/context-bridge.js',
  'renderer/scripts.js',
  'renderer/gestures.js',
  'renderer/web-frame.js',
  'renderer/process.js',
  'renderer/buffer.js',
  'renderer/immediate.js',
  'renderer/url-module.js',
  'renderer/native-image.js',
  'renderer/electron-module.js',
  'renderer/preload-loader.js',
  'renderer/window-open.js',
  'renderer/navigating-frame.js',
  'renderer/page-news.js',
  'renderer/receiver.js',
  'renderer/workers.js',
  'renderer/hold-page.js',
  'renderer/init.js',
];
/** Sent to documents with Node only; it uses the modules of the renderer's script. */
const NODE = [
  'common/membrane-keys.js',
  'common/membrane-proxy.js',
  'common/membrane.js',
  'renderer/node/node-buffer.js',
  'renderer/node/call-sites.js',
  'renderer/node/string-decoder.js',
  'renderer/node/querystring.js',
  'renderer/node/legacy-url.js',
  'renderer/node/path.js',
  'renderer/node/events.js',
  'renderer/node/inspect.js',
  'renderer/node/util.js',
  'renderer/node/assert.js',
  'renderer/node/timers.js',
  'renderer/node/stream-base.js',
  'renderer/node/stream-readable.js',
  'renderer/node/stream.js',
  'renderer/node/remote.js',
  'renderer/node/builtins.js',
  'renderer/node/es-modules.js',
  'renderer/node/module-loader.js',
  'renderer/node/node-process.js',
  'renderer/node/start.js',
];
const PAGE = ['common/codec-format.js', 'common/deserialize.js', 'renderer/page-ports.js', 'renderer/page-windows.js', 'renderer/page-workers.js', 'renderer/page-bridge.js'];

// The portable lane's scripts: of the isolated world, of the page's world, and of a page's world that has the renderer too; the two of sub-frames
// without preloads, and what such a frame is sent when a script is to run in it.
/** @param {...string} names */
const portableFiles = (...names) => names.map((name) => `renderer/portable/portable-${name}.js`);
const PORTABLE_SIDE = portableFiles('console', 'errors', 'tape', 'membrane', 'meet', 'guard', 'evaluate', 'page');
const PORTABLE_OWN = [...RENDERER, ...portableFiles('console', 'errors', 'link', 'news', 'tape', 'membrane', 'meet', 'guard', 'evaluate', 'worlds', 'own')];
const PORTABLE_PAGE = [...CODEC, 'renderer/page-ports.js', 'renderer/page-windows.js', 'renderer/page-workers.js', ...PORTABLE_SIDE];
const PORTABLE_SHARED = [...RENDERER, ...portableFiles('shared'), ...PORTABLE_SIDE];
const PORTABLE_FRAME = ['common/lane-frames.js', ...portableFiles('link', 'news', 'meet', 'frame')];
const PORTABLE_FRAME_PAGE = ['common/codec-format.js', ...portableFiles('console', 'evaluate', 'guard', 'meet', 'frame-page')];
const PORTABLE_ATTACHED = [...CODEC, ...portableFiles('attached')];

// The first script of a worker with Node.
const WORKER = [
  'common/lane-frames.js',
  ...CODEC,
  'renderer/event-emitter.js',
  'renderer/refusal.js',
  'renderer/page-workers.js',
  'renderer/process.js',
  'renderer/buffer.js',
  'renderer/immediate.js',
  'renderer/url-module.js',
  'renderer/preload-loader.js',
  'renderer/receiver.js',
  ...portableFiles('link'),
  ...NODE,
  'renderer/worker/worker-address.js',
  'renderer/worker/worker-start.js',
];

/** @param {string[]} files @param {string} result */
function assemble(files, result) {
  return `(() => {\n'use strict';\nconst modules = { __proto__: null };\nmodules['bundle.js'] = { bundled: modules };\n${rendererModules(files)}\nreturn ${result};\n})()`;
}

/** @type {string | null} */
let node = null;

/** @returns {string} a function of the renderer's modules, which gives what starts Node in a document */
export function nodeScript() {
  node ??= `((modules) => {\n'use strict';\n${rendererModules(NODE)}\nreturn modules['start.js'].startNode;\n})`;
  return node;
}

/** @type {string | null} */
let worker = null;

/** @param {object} config @returns {string} what a worker with Node runs before its own script */
export function workerScript(config) {
  worker ??= assemble(WORKER, "modules['worker-start.js'].startWorker");
  return `(${worker})(${JSON.stringify(config)});`;
}

/** @type {{renderer: Uint8Array, page: Uint8Array, attached: Uint8Array} | null} */
let scripts = null;

/** @returns {{renderer: Uint8Array, page: Uint8Array, attached: Uint8Array}} the scripts as UTF-8; `attached` in place of `page` where no preload runs */
export function rendererScripts() {
  const encoder = new TextEncoder();
  scripts ??= {
    renderer: encoder.encode(assemble(RENDERER, "modules['init.js'].start")),
    page: encoder.encode(assemble(PAGE, "modules['page-bridge.js'].pageSide")),
    attached: encoder.encode(assemble(['renderer/attached-bridge.js'], "modules['attached-bridge.js'].pageSide")),
  };
  return scripts;
}

/** @typedef {{own: string, page: string, shared: string, frame: string, framePage: string, attached: string}} PortableScripts expressions whose values are functions */
/** @type {PortableScripts | null} */
let portable = null;

/** @returns {PortableScripts} */
export function portableScripts() {
  portable ??= {
    own: assemble(PORTABLE_OWN, "modules['portable-own.js'].startOwn"),
    page: assemble(PORTABLE_PAGE, "modules['portable-page.js'].startPage"),
    shared: assemble(PORTABLE_SHARED, "(meeting) => modules['portable-page.js'].startPage(meeting, modules['portable-shared.js'].startShared)"),
    frame: assemble(PORTABLE_FRAME, "modules['portable-frame.js'].startFrame"),
    framePage: assemble(PORTABLE_FRAME_PAGE, "modules['portable-frame-page.js'].startFramePage"),
    attached: assemble(PORTABLE_ATTACHED, "modules['portable-attached.js'].attach"),
  };
  return portable;
}
