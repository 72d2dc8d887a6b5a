/**
 * The only door to native code. It takes the operations that the native side left in a global, deletes that global, and gives each
 * operation a name and a shape. Everything else of the shell's JavaScript imports from here.
 *
 * Nothing of it can be called while modules are evaluated: that may happen when the snapshot is made (src/runtime/snapshot).
 */

/** @type {Record<string, Function>} */
let ops = {};

/**
 * What the app was started with.
 * @type {Readonly<{
 *   appPath: string, mainPath: string, packageJson: Record<string, any>, argv: string[], execPath: string, isPackaged: boolean,
 *   resourcesPath: string, defaultApp: boolean, version: string, shellVersion: string, platform: string, dev: boolean, devChannel: string | null,
 *   portableLane: boolean, breaks: boolean,
 * }>}
 */
export const host = /** @type {any} */ ({});

/** Takes the operations. Whoever finds the door after us, an app included, must find nothing. */
export function openBinding() {
  ops = globalThis.__shellDoor.ops;
  delete globalThis.__shellDoor;
  Object.freeze(Object.assign(host, ordinary(ops.op_host())));
}

/**
 * The same data as ordinary objects: those of the native side have no prototype, which apps would see.
 * @param {any} value
 * @returns {any}
 */
function ordinary(value) {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return value;
  if (Array.isArray(value)) return value.map(ordinary);
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, ordinary(member)]));
}

/**
 * Sends a command to the UI thread without waiting for it.
 * @param {{type: string} & Record<string, any>} command  a `UiCommand`
 * @returns {boolean}  false when the UI thread has ended
 */
export const send = (command) => ops.op_ui_send(command);

/**
 * Sends a command and resolves with its answer; rejects with the UI's message.
 * @param {{type: string} & Record<string, any>} command
 * @returns {Promise<any>}
 */
export const call = async (command) => ordinary(await ops.op_ui_call(command));

/**
 * Sends a command and blocks until it is answered.
 * @param {{type: string} & Record<string, any>} command
 * @returns {any}
 */
export const callSync = (command) => ordinary(ops.op_ui_call_sync(command));

/**
 * Resolves with the news since the last call. Only the event pump calls it.
 * @returns {Promise<{events: {type: string}[], frames: LaneFrame[]}>}
 *
 * @typedef {{webContents: number, connection: number, kind: number, id: number, document: number, frame: number, data: Uint8Array}} LaneFrame
 */
export async function nextEvents() {
  const { events, frames } = await ops.op_next_events();
  for (let i = 0; i < frames.length; i++) {
    const [webContents, connection, kind, id, document, frame, data] = frames[i];
    frames[i] = { webContents, connection, kind, id, document, frame, data };
  }
  return { events: events.map(ordinary), frames };
}

/**
 * Queues a frame to a page.
 * @param {number} connection
 * @param {number} kind
 * @param {number} id
 * @param {number} document
 * @param {number} frame
 * @param {Uint8Array} data
 * @returns {boolean}  false when the connection is gone
 */
export const laneSend = (connection, kind, id, document, frame, data) => ops.op_lane_send(connection, kind, id, document, frame, data);

/** @returns {(...objects: object[]) => boolean} tells whether one of them is a Proxy; the operation itself, because a function around it would copy the objects twice */
export const proxyFinder = () => /** @type {any} */ (ops.op_any_proxy);

/** @param {any[]} array @returns {boolean} whether it has enumerable properties besides its items */
export const hasNamedProperties = (array) => ops.op_has_named_properties(array);

/** Ends a connection, for a page that does not keep to the protocol. @param {number} connection */
export const laneClose = (connection) => ops.op_lane_close(connection);

/**
 * Takes a worker of a page in.
 * @param {number} connection of the portable lane
 * @returns {{number: number, token: string} | null} null when the page has too many
 */
export const laneOpenWorker = (connection) => ordinary(ops.op_lane_open_worker(connection));

/** Forgets a worker. @param {number} connection @param {number} number */
export const laneCloseWorker = (connection, number) => ops.op_lane_close_worker(connection, number);

/** @param {number} connection @returns {number} the process id of the web process behind it, 0 when unknown */
export const lanePeer = (connection) => ops.op_lane_peer(connection);

/**
 * The indices by which the page's windows lead from the main frame to another one.
 * @param {number} connection @param {number} frame @returns {number[] | null} null where only the engine knows
 */
export const lanePlace = (connection, frame) => ops.op_lane_place(connection, frame);

/**
 * Opens a way for frames of a document past this thread, to the worker that is started under a name which nobody can guess.
 * @param {number} connection
 * @param {number} document
 * @param {number} frame
 * @param {string} name
 */
export const pageNodeOpen = (connection, document, frame, name) => ops.op_page_node_open(connection, document, frame, name);

/**
 * Puts a frame on that way that came here before it was open.
 * @param {number} connection
 * @param {number} document
 * @param {number} kind
 * @param {number} id
 * @param {Uint8Array} data
 */
export const pageNodePush = (connection, document, kind, id, data) => ops.op_page_node_push(connection, document, kind, id, data);

/**
 * Ends it.
 * @param {number} connection
 * @param {number} document
 * @param {string} name
 * @returns {number}  the question that the document waits for an answer to, 0 for none
 */
export const pageNodeClose = (connection, document, name) => ops.op_page_node_close(connection, document, name);

/**
 * @param {string[]} files the shell's own files, such as `common/serialize.js`, in an order in which each comes after what it imports
 * @returns {string} statements that fill an object `modules`, by the last parts of their paths
 */
export const rendererModules = (files) => ops.op_renderer_modules(files);

/**
 * Ends the process: emits `exit` on `process`, then the UI thread destroys the windows. It does not return, and nothing of the app's
 * JavaScript runs any more. Whoever emits Electron's `quit` does so before.
 * @param {number} [code]
 * @returns {never}
 */
export function exit(code = 0) {
  /** @type {any} */
  const { process } = globalThis;
  if (!process._exiting) {
    process._exiting = true;
    process.exitCode = code;
    try {
      process.emit('exit', code);
    } catch (error) {
      console.error(error);
    }
    // A listener may have chosen another code.
    code = Number(process.exitCode ?? code);
  }
  ops.op_end_process(code & 0xff);
  throw new Error('the process has ended');
}

/** Runs the promise reactions that wait; to be called outside of them. */
export const runReactions = () => ops.op_run_reactions();

/** Says which names `import { ... } from 'electron'` has. @param {string[]} names */
export const setElectronNames = (names) => ops.op_electron_names(names);

/** Names the function that is called with the text of an exception which reached the native side. @param {(text: string) => void} handler */
export const setUncaughtHandler = (handler) => ops.op_set_uncaught_handler(handler);

/**
 * Where and why a script cannot be parsed, as `path:line:column: reason`; null when it can be.
 * @param {string} path
 * @returns {string | null}
 */
export const explainSyntax = (path) => ops.op_explain_syntax(path);

/** Whether this process has loaded a script from this place; known only to apps that are being developed. @param {string} path @returns {boolean} */
export const isLoaded = (path) => ops.op_is_loaded(path);

/** Where the system finds a file that may be in an archive. @param {string} path @returns {string} */
export const realPath = (path) => ops.op_real_path(path);

/** Names the main script that is loaded from now on, and says whether it stops at its first line; '' ends that. @param {string} file @param {boolean} breaks */
export const setMainScript = (file, breaks) => ops.op_main_script(file, breaks);

/** The user's locale as a language tag. @returns {string} */
export const systemLocale = () => ops.op_locale();

/** The user's languages, the most wanted first. @returns {string[]} */
export const preferredLanguages = () => ops.op_preferred_languages();

/**
 * A folder of the user: `home appData cache temp desktop documents downloads music pictures videos`; null for other names.
 * @param {string} name
 * @returns {string | null}
 */
export const systemPath = (name) => ops.op_path(name);

/**
 * Takes the single-instance lock of a user data folder, which is made if need be. True also when it is held already. When another
 * process holds it, that process gets a `secondInstance` event (`{argv, cwd, data}`) and the answer is false. It is false too, and said on
 * standard error, when the folder cannot be made.
 * @param {string} userData
 * @param {string[]} argv
 * @param {string} cwd
 * @param {Uint8Array} data  bytes of the codec, empty for none
 * @returns {boolean}
 */
export const requestSingleInstanceLock = (userData, argv, cwd, data) => ops.op_single_instance_request(userData, argv, cwd, data);

/** Gives the lock back, if it is held. */
export const releaseSingleInstanceLock = () => ops.op_single_instance_release();

/**
 * Opens a path or an address with the desktop's program for it. Rejects with what went wrong.
 * @param {string} target
 * @returns {Promise<void>}
 */
export const openWithSystem = (target) => ops.op_open_with_system(target);

/**
 * Decodes a PNG or JPEG file; null for anything else.
 * @param {Uint8Array} bytes
 * @returns {{width: number, height: number, rgba: Uint8Array} | null}
 */
export function imageDecode(bytes) {
  const out = ops.op_image_decode(bytes);
  if (out.length === 0) return null;
  const head = new DataView(out.buffer, out.byteOffset, 8);
  return { width: head.getUint32(0, true), height: head.getUint32(4, true), rgba: out.subarray(8) };
}

/** @param {Uint8Array} rgba @param {number} width @param {number} height @returns {Uint8Array} a PNG file */
export const imageEncodePng = (rgba, width, height) => ops.op_image_encode_png(rgba, width, height);

/** @param {Uint8Array} rgba @param {number} width @param {number} height @param {number} quality 0 to 100 @returns {Uint8Array} a JPEG file */
export const imageEncodeJpeg = (rgba, width, height, quality) => ops.op_image_encode_jpeg(rgba, width, height, quality);

/**
 * Scales pixels. `quality` is `good`, `better` or `best`.
 * @param {Uint8Array} rgba @param {number} width @param {number} height
 * @param {number} newWidth @param {number} newHeight @param {string} quality
 * @returns {Uint8Array}
 */
export const imageResize = (rgba, width, height, newWidth, newHeight, quality) =>
  ops.op_image_resize(rgba, width, height, newWidth, newHeight, quality);

/**
 * Cuts a rectangle out; what lies outside of the picture is left away.
 * @param {Uint8Array} rgba @param {number} width @param {number} height
 * @param {number} x @param {number} y @param {number} cropWidth @param {number} cropHeight
 * @returns {Uint8Array}
 */
export const imageCrop = (rgba, width, height, x, y, cropWidth, cropHeight) =>
  ops.op_image_crop(rgba, width, height, x, y, cropWidth, cropHeight);
