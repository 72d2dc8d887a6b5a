// Makes shell-js/main/api-members.js, the table of Electron's members that the shell refuses what it lacks from, and that
// docs/api.md and its test are made of.
//
//     node scripts/make-api-members.mjs <api.json>
//
// `api.json` lists Electron's API as its type declarations have it. Only names, kinds and platforms are taken. The result is
// committed, so that neither building nor running needs `api.json`.

import { readFileSync, writeFileSync } from 'node:fs';

const [source] = process.argv.slice(2);
if (!source) {
  console.error('usage: node scripts/make-api-members.mjs <api.json>');
  process.exit(1);
}
const api = JSON.parse(readFileSync(source, 'utf8'));

const PLATFORMS = { macOS: 'darwin', MAS: 'darwin', Windows: 'win32', Linux: 'linux' };
const KINDS = { class: 'class', object: 'object', 'class-object (static side)': 'static' };

// Members that the documentation gives to other platforms but that Electron has everywhere: elsewhere a call has no effect, and a
// question has a fixed answer. Read in Electron 45's list of bound members. `undefined` stands for "returns nothing".
const WINDOW_INERT = {
  closeFilePreview: undefined,
  getRepresentedFilename: '',
  isDocumentEdited: false,
  isSimpleFullScreen: false,
  isTabletMode: false,
  previewFile: undefined,
  setBackgroundMaterial: undefined,
  setDocumentEdited: undefined,
  setOverlayIcon: undefined,
  setRepresentedFilename: undefined,
  setSheetOffset: undefined,
  setSimpleFullScreen: undefined,
  setThumbarButtons: false,
  setVibrancy: undefined,
};
const INERT = {
  BaseWindow: WINDOW_INERT,
  BrowserWindow: WINDOW_INERT,
  webContents: { showDefinitionForSelection: undefined },
};
// Members that the documentation gives to other platforms but that Electron has and carries out everywhere.
const WINDOW_EVERYWHERE = [
  'isClosable', 'isContentProtected', 'isFocusable', 'isMaximizable', 'isMinimizable', 'isMovable', 'setClosable',
  'setContentProtection', 'setFocusable', 'setMaximizable', 'setMinimizable', 'setMovable', 'setOpacity', 'setSkipTaskbar',
  'closable', 'focusable', 'maximizable', 'minimizable', 'movable',
];
const EVERYWHERE = {
  BaseWindow: WINDOW_EVERYWHERE,
  BrowserWindow: WINDOW_EVERYWHERE,
  app: [
    'addRecentDocument', 'clearRecentDocuments', 'getAccessibilitySupportFeatures', 'getBadgeCount', 'getLoginItemSettings',
    'getRecentDocuments', 'isAccessibilitySupportEnabled', 'setAccessibilitySupportEnabled', 'setAccessibilitySupportFeatures',
    'setLoginItemSettings', 'accessibilitySupportEnabled',
  ],
  nativeImage: ['createFromNamedImage', 'createMenuSymbol', 'getNativeHandle', 'isMacTemplateImage'],
  nativeTheme: ['inForcedColorsMode', 'shouldUseDarkColorsForSystemIntegratedUI', 'shouldUseHighContrastColors', 'shouldUseInvertedColorScheme'],
  powerMonitor: ['getCurrentThermalState'],
  Menu: ['setHighlightColors'],
  MenuItem: ['accessibilityLabel', 'toolTip', 'userAccelerator', 'registerAccelerator'],
  Tray: [
    'closeContextMenu', 'displayBalloon', 'focus', 'getBounds', 'getGUID', 'getIgnoreDoubleClickEvents', 'getTitle',
    'popUpContextMenu', 'removeBalloon', 'setIgnoreDoubleClickEvents', 'setPressedImage', 'setTitle',
  ],
};

const unique = (list) => [...new Set(list)];

/** `"name"`, or `["name", platforms]`, or `["name", platforms, { elsewhere }]` for inert members. */
function member(owner, { name, platforms }) {
  if (!platforms || EVERYWHERE[owner]?.includes(name)) return name;
  const list = unique(platforms.map((platform) => PLATFORMS[platform])).join();
  const inert = INERT[owner];
  if (!inert || !Object.hasOwn(inert, name)) return [name, list];
  return [name, list, inert[name] === undefined ? {} : { value: inert[name] }];
}

function entry(owner, description, kind) {
  const result = { kind, processes: description.processes?.join() ?? 'main' };
  if (description.typeName && description.typeName !== owner) result.type = description.typeName;
  const parent = description.extends?.find((name) => !/EventEmitter$/.test(name));
  if (parent) result.extends = parent;
  if (description.extends?.some((name) => /EventEmitter$/.test(name))) result.emitter = true;
  for (const list of ['methods', 'staticMethods', 'properties', 'staticProperties', 'events']) {
    const members = (description[list] ?? []).map((item) => member(owner, item));
    if (members.length > 0) result[list] = members;
  }
  return result;
}

const lists = api.runtimeModuleLists.lists;
const main = [...lists['common (added to main and unsandboxed renderer)'], ...lists.main];
const modules = {};
for (const [name, description] of Object.entries(api.modules)) modules[name] = entry(name, description, KINDS[description.exportKind]);
const classes = {};
for (const [name, description] of Object.entries(api.nonExportedClasses)) classes[name] = entry(name, description, 'class');
// What Electron adds to Node's object; in renderers it has less and more, of which the table does not tell.
classes.process = entry('process', api.processAugmentation['NodeJS.Process'], 'object');

const lines = (object) =>
  Object.entries(object)
    .map(([key, value]) => `    ${JSON.stringify(key)}: ${JSON.stringify(value)}`)
    .join(',\n');
const out = `{
  "generatedFrom": ${JSON.stringify(api.generatedFrom)},
  "mainModules": ${JSON.stringify(main)},
  "modules": {
${lines(modules)}
  },
  "classes": {
${lines(classes)}
  }
}
`;
const target = new URL('../shell-js/main/api-members.js', import.meta.url);
writeFileSync(target, `// Made by scripts/make-api-members.mjs; not to be edited.\nexport default ${out.trimEnd()};\n`);
