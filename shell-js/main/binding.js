/**
 * The only door to native code. It takes the operations that the native side left in a global, deletes that global, and gives each
 * operation a name and a shape. Everything else of the shell's JavaScript imports from here.
 */

// Before any other line: whoever finds the door after us, an app included, must find nothing.
const door = globalThis.__shellDoor;
delete globalThis.__shellDoor;
const {
  op_any_proxy,
  op_electron_names,
  op_end_process,
  op_explain_syntax,
  op_has_named_properties,
  op_host,
  op_image_crop,
  op_image_decode,
  op_image_encode_jpeg,
  op_image_encode_png,
  op_image_resize,
  op_lane_close,
  op_lane_peer,
  op_lane_place,
  op_lane_send,
  op_locale,
  op_next_events,
  op_open_with_system,
  op_page_node_close,
  op_page_node_open,
  op_page_node_push,
  op_path,
  op_preferred_languages,
  op_real_path,
  op_renderer_modules,
  op_run_reactions,
  op_set_uncaught_handler,
  op_single_instance_release,
  op_single_instance_request,
  op_stop_in,
  op_ui_call,
  op_ui_call_sync,
  op_ui_send,
} = door.ops;

/**
 * What the app was started with.
 * @type {Readonly<{
 *   appPath: string, mainPath: string, packageJson: Record<string, any>, argv: string[], execPath: string, isPackaged: boolean,
 *   resourcesPath: string, defaultApp: boolean, version: string, shellVersion: string, platform: string, dev: boolean, portableLane: boolean, breaks: boolean,
 * }>}
 */
export const host = Object.freeze(ordinary(op_host()));

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
export const send = (command) => op_ui_send(command);

/**
 * Sends a command and resolves with its answer; rejects with the UI's message.
 * @param {{type: string} & Record<string, any>} command
 * @returns {Promise<any>}
 */
export const call = async (command) => ordinary(await op_ui_call(command));

/**
 * Sends a command and blocks until it is answered.
 * @param {{type: string} & Record<string, any>} command
 * @returns {any}
 */
export const callSync = (command) => ordinary(op_ui_call_sync(command));

/**
 * Resolves with the news since the last call. Only the event pump calls it.
 * @returns {Promise<{events: {type: string}[], frames: LaneFrame[]}>}
 *
 * @typedef {{webContents: number, connection: number, kind: number, id: number, document: number, frame: number, data: Uint8Array}} LaneFrame
 */
export async function nextEvents() {
  const { events, frames } = await op_next_events();
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
export const laneSend = (connection, kind, id, document, frame, data) => op_lane_send(connection, kind, id, document, frame, data);

/** @param {object[]} objects @param {number} from @returns {boolean} whether one of them is a Proxy, from an index on */
export const anyProxy = (objects, from) => op_any_proxy(objects, from);

/** @param {any[]} array @returns {boolean} whether it has enumerable properties besides its items */
export const hasNamedProperties = (array) => op_has_named_properties(array);

/** Ends a connection, for a page that does not keep to the protocol. @param {number} connection */
export const laneClose = (connection) => op_lane_close(connection);

/** @param {number} connection @returns {number} the process id of the web process behind it, 0 when unknown */
export const lanePeer = (connection) => op_lane_peer(connection);

/**
 * The indices by which the page's windows lead from the main frame to another one.
 * @param {number} connection @param {number} frame @returns {number[] | null} null where only the engine knows
 */
export const lanePlace = (connection, frame) => op_lane_place(connection, frame);

/**
 * Opens a way for frames of a document past this thread, to the worker that is started under a name which nobody can guess.
 * @param {number} connection
 * @param {number} document
 * @param {number} frame
 * @param {string} name
 */
export const pageNodeOpen = (connection, document, frame, name) => op_page_node_open(connection, document, frame, name);

/**
 * Puts a frame on that way that came here before it was open.
 * @param {number} connection
 * @param {number} document
 * @param {number} kind
 * @param {number} id
 * @param {Uint8Array} data
 */
export const pageNodePush = (connection, document, kind, id, data) => op_page_node_push(connection, document, kind, id, data);

/**
 * Ends it.
 * @param {number} connection
 * @param {number} document
 * @param {string} name
 * @returns {number}  the question that the document waits for an answer to, 0 for none
 */
export const pageNodeClose = (connection, document, name) => op_page_node_close(connection, document, name);

/**
 * @param {string[]} files the shell's own files, such as `common/serialize.js`, in an order in which each comes after what it imports
 * @returns {string} statements that fill an object `modules`, by the last parts of their paths
 */
export const rendererModules = (files) => op_renderer_modules(files);

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
  op_end_process(code & 0xff);
  throw new Error('the process has ended');
}

/** Runs the promise reactions that wait; to be called outside of them. */
export const runReactions = () => op_run_reactions();

/** Says which names `import { ... } from 'electron'` has. @param {string[]} names */
export const setElectronNames = (names) => op_electron_names(names);

/** Names the function that is called with the text of an exception which reached the native side. @param {(text: string) => void} handler */
export const setUncaughtHandler = (handler) => op_set_uncaught_handler(handler);

/**
 * Where and why a script cannot be parsed, as `path:line:column: reason`; null when it can be.
 * @param {string} path
 * @returns {string | null}
 */
export const explainSyntax = (path) => op_explain_syntax(path);

/** Where the system finds a file that may be in an archive. @param {string} path @returns {string} */
export const realPath = (path) => op_real_path(path);

/** Has a script stop at its first line when it is loaded; '' ends that. @param {string} file */
export const stopIn = (file) => op_stop_in(file);

/** The user's locale as a language tag. @returns {string} */
export const systemLocale = () => op_locale();

/** The user's languages, the most wanted first. @returns {string[]} */
export const preferredLanguages = () => op_preferred_languages();

/**
 * A folder of the user: `home appData cache temp desktop documents downloads music pictures videos`; null for other names.
 * @param {string} name
 * @returns {string | null}
 */
export const systemPath = (name) => op_path(name);

/**
 * Takes the single-instance lock of a user data folder, which is made if need be. True also when it is held already. When another
 * process holds it, that process gets a `secondInstance` event (`{argv, cwd, data}`) and the answer is false. Throws when the folder
 * cannot be made.
 * @param {string} userData
 * @param {string[]} argv
 * @param {string} cwd
 * @param {Uint8Array} data  bytes of the codec, empty for none
 * @returns {boolean}
 */
export const requestSingleInstanceLock = (userData, argv, cwd, data) => op_single_instance_request(userData, argv, cwd, data);

/** Gives the lock back, if it is held. */
export const releaseSingleInstanceLock = () => op_single_instance_release();

/**
 * Opens a path or an address with the desktop's program for it. Rejects with what went wrong.
 * @param {string} target
 * @returns {Promise<void>}
 */
export const openWithSystem = (target) => op_open_with_system(target);

/**
 * Decodes a PNG or JPEG file; null for anything else.
 * @param {Uint8Array} bytes
 * @returns {{width: number, height: number, rgba: Uint8Array} | null}
 */
export function imageDecode(bytes) {
  const out = op_image_decode(bytes);
  if (out.length === 0) return null;
  const head = new DataView(out.buffer, out.byteOffset, 8);
  return { width: head.getUint32(0, true), height: head.getUint32(4, true), rgba: out.subarray(8) };
}

/** @param {Uint8Array} rgba @param {number} width @param {number} height @returns {Uint8Array} a PNG file */
export const imageEncodePng = (rgba, width, height) => op_image_encode_png(rgba, width, height);

/** @param {Uint8Array} rgba @param {number} width @param {number} height @param {number} quality 0 to 100 @returns {Uint8Array} a JPEG file */
export const imageEncodeJpeg = (rgba, width, height, quality) => op_image_encode_jpeg(rgba, width, height, quality);

/**
 * Scales pixels. `quality` is `good`, `better` or `best`.
 * @param {Uint8Array} rgba @param {number} width @param {number} height
 * @param {number} newWidth @param {number} newHeight @param {string} quality
 * @returns {Uint8Array}
 */
export const imageResize = (rgba, width, height, newWidth, newHeight, quality) =>
  op_image_resize(rgba, width, height, newWidth, newHeight, quality);

/**
 * Cuts a rectangle out; what lies outside of the picture is left away.
 * @param {Uint8Array} rgba @param {number} width @param {number} height
 * @param {number} x @param {number} y @param {number} cropWidth @param {number} cropHeight
 * @returns {Uint8Array}
 */
export const imageCrop = (rgba, width, height, x, y, cropWidth, cropHeight) =>
  op_image_crop(rgba, width, height, x, y, cropWidth, cropHeight);
