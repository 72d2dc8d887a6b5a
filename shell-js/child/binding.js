/**
 * The door of a headless child to native code, like `main/binding.js`: it takes what the native side left in a global and deletes that.
 */

// Before any other line: whoever finds the door after us, the program included, must find nothing.
const door = globalThis.__shellChild;
delete globalThis.__shellChild;
const { op_electron_names, op_real_path, op_main_script, op_child_add_module, op_child_is_module, op_child_syntax_place, op_child_start, op_child_strip_types, runTicks: run } = door;

const { options, execArguments, script, arguments: rest, folderUrl, isUtility, breaks, debugPort } = op_child_start();

/**
 * What the child was started for.
 * @type {Readonly<{script: string | null, args: string[], execArguments: string[], folderUrl: string, isUtility: boolean, breaks: boolean, debugPort: number | null}>}
 */
export const start = Object.freeze({ script: script ?? null, args: [...rest], execArguments: [...execArguments], folderUrl, isUtility, breaks, debugPort: debugPort ?? null });

/** Whether a switch of the command line is on. @param {string} name @param {boolean} [standard] what it is when it was not given */
export const isOn = (name, standard = false) => options.switches[name] ?? standard;

/** All values of an option. @param {string} name @returns {string[]} */
export const valuesOf = (name) => [...(options.values[name] ?? [])];

/** The value that counts where there can be one. @param {string} name @returns {string | undefined} */
export const lastOf = (name) => valuesOf(name).at(-1);

/** Where the system finds a file that may be in an archive. @param {string} path @returns {string} */
export const realPath = (path) => op_real_path(path);

/** Names the main script that is loaded from now on, and says whether it stops at its first line; '' ends that. @param {string} file @param {boolean} breaks */
export const setMainScript = (file, breaks) => op_main_script(file, breaks);

/** Says which names `import { ... } from 'electron'` has. @param {string[]} names */
export const setElectronNames = (names) => op_electron_names(names);

/** Runs what `process.nextTick` was given, then the reactions of promises. @type {() => void} */
export const runTicks = run;

/** Puts a module under an address that no file has. @param {string} url @param {string} source */
export const addModule = (url, source) => op_child_add_module(url, source);

/** Whether code can only be an ES module. @param {string} source @param {boolean} typescript @returns {boolean} */
export const isModuleSource = (source, typescript) => op_child_is_module(source, typescript);

/** TypeScript as JavaScript. @param {string} source @returns {string} */
export const stripTypes = (source) => op_child_strip_types(source);

/**
 * Where a script could not be compiled.
 * @param {unknown} error
 * @returns {{name: string, line: number, source: string, start: number, end: number} | null}
 */
export const syntaxPlace = (error) => op_child_syntax_place(error);
