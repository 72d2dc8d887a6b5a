// One linter for all JavaScript of the project. Formatting is not its business.
import js from '@eslint/js';

const read = (...names) => Object.fromEntries(names.map((name) => [name, 'readonly']));

const timers = read('setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'queueMicrotask', 'console', 'structuredClone');
const web = read('URL', 'URLSearchParams', 'TextEncoder', 'TextDecoder', 'fetch', 'Request', 'Response', 'Headers', 'AbortController', 'AbortSignal', 'performance', 'Event', 'EventTarget', 'MessageChannel', 'MessageEvent', 'MessagePort', 'Blob', 'WebSocket', 'FinalizationRegistry', 'WeakRef');
const node = read('process', 'Buffer', 'global', 'setImmediate', 'clearImmediate', '__dirname', '__filename', 'require', 'module', 'exports');
const page = read('window', 'document', 'location', 'navigator', 'history', 'alert', 'CSS', 'atob', 'btoa', 'getComputedStyle', 'requestAnimationFrame', 'ErrorEvent');
const mocha = read('describe', 'it', 'before', 'after', 'beforeEach', 'afterEach');

export default [
  { ignores: ['**/node_modules/**', 'target/**', '**/public/**'] },
  js.configs.recommended,
  {
    languageOptions: { ecmaVersion: 'latest', globals: { ...timers, ...web } },
    rules: {
      'no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_', caughtErrors: 'none' }],
      'no-empty': ['error', { allowEmptyCatch: true }],
      // An error that an app sees has the shape that Electron gives it; a cause would be one more property.
      'preserve-caught-error': 'off',
      'no-var': 'error',
      'prefer-const': ['error', { destructuring: 'all' }],
      eqeqeq: ['error', 'always', { null: 'ignore' }],
    },
  },
  { files: ['shell-js/main/**/*.js', 'shell-js/common/**/*.js', 'shell-js/page-node/**/*.js'], languageOptions: { sourceType: 'module', globals: { ...node, Deno: 'readonly' } } },
  { files: ['shell-js/renderer/**/*.js'], languageOptions: { sourceType: 'module', globals: page } },
  {
    files: ['tests/**/*.js', 'templates/**/*.js', 'packaging/**/*.js', 'benches/**/*.js', 'scripts/**/*.js'],
    languageOptions: { sourceType: 'commonjs', globals: { ...node, ...page, ...mocha } },
  },
  // Specs hold functions that are sent to a page as text: what is defined there cannot be known here.
  { files: ['tests/js/**/*.js'], rules: { 'no-undef': 'off' } },
  { files: ['**/*.mjs'], languageOptions: { sourceType: 'module', globals: { ...node, ...page } } },
];
