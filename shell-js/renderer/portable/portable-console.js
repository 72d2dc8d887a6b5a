// Messages of a world's console, where the engine tells nobody of them: its functions are wrapped. The wrappers are proxies, so that they look
// like what they wrap as far as a script can see.

import { getterOf, uncurry } from '../../common/codec-format.js';

/** The engine's numbers of the levels. */
const LEVELS = { __proto__: null, log: 1, info: 0, warn: 2, error: 3, debug: 4 };
const { apply } = Reflect;
const ErrorCtor = Error;
const StringOf = String;
/** @type {any} */
const ProxyCtor = Proxy;
const indexOf = uncurry(String.prototype.indexOf);
const lastIndexOf = uncurry(String.prototype.lastIndexOf);
const slice = uncurry(String.prototype.slice);
const addListener = uncurry(EventTarget.prototype.addEventListener);
const pageGlobal = globalThis;
/** @type {any} */
const { ErrorEvent: ErrorEventCtor, PromiseRejectionEvent: RejectionEventCtor } = globalThis;
const errorMessage = getterOf(ErrorEventCtor.prototype, 'message');
const errorFile = getterOf(ErrorEventCtor.prototype, 'filename');
const errorLine = getterOf(ErrorEventCtor.prototype, 'lineno');
const rejectionReason = getterOf(RejectionEventCtor.prototype, 'reason');

/** Whether a place in a stack is in a script that every document has. */
export function isOurs(place) {
  return place === '' || indexOf(place, 'user-script:') === 0 || indexOf(place, '[native code]') === 0;
}

function textOf(value) {
  try {
    return typeof value === 'symbol' ? StringOf(value) : `${value}`;
  } catch {
    return '[object Object]';
  }
}

// Where the call stands: the first line of the stack that is not of a script of ours.
function placeOf() {
  const { stack } = new ErrorCtor();
  let rest = typeof stack === 'string' ? `${stack}\n` : '';
  for (;;) {
    const end = indexOf(rest, '\n');
    if (end < 0) return { source: '', line: 0 };
    const entry = slice(rest, indexOf(rest, '@') + 1, end);
    rest = slice(rest, end + 1);
    const column = lastIndexOf(entry, ':');
    const line = lastIndexOf(entry, ':', column - 1);
    if (line <= 0 || isOurs(entry)) continue;
    return { source: slice(entry, 0, line), line: +slice(entry, line + 1, column) || 0 };
  }
}

/** @param {(level: number, line: number, message: string, source: string) => void} tell */
export function watchConsole(tell) {
  const wrap = (name) => {
    const level = LEVELS[name];
    console[name] = new ProxyCtor(console[name], {
      __proto__: null,
      apply(target, receiver, args) {
        try {
          let message = '';
          for (let i = 0; i < args.length; i++) message += (i === 0 ? '' : ' ') + textOf(args[i]);
          const { source, line } = placeOf();
          tell(level, line, message, source);
        } catch {
          // The page is on its way out.
        }
        return apply(target, receiver, args);
      }
    });
  };
  wrap('log');
  wrap('info');
  wrap('warn');
  wrap('error');
  wrap('debug');
}

/** The page's errors that nobody catches. @param {(level: number, line: number, message: string, source: string) => void} tell */
export function watchErrors(tell) {
  addListener(pageGlobal, 'error', (event) => {
    try {
      tell(3, errorLine(event), errorMessage(event), errorFile(event));
    } catch {
      // A failed image, say, is no error of a script.
    }
  });
  addListener(pageGlobal, 'unhandledrejection', (event) => {
    try {
      tell(3, 0, `Unhandled Promise Rejection: ${StringOf(rejectionReason(event))}`, '');
    } catch {
      // Its reason may be anything.
    }
  });
}
