// Names all scripts of the snapshot whose text is not what was compiled: V8 reads the text of a function when it is called for the first time. Run as a Node and as an app.
const { Session } = require('node:inspector');
const process = require('node:process');
const { setImmediate, setTimeout } = require('node:timers');

const session = new Session();
session.connect();
const scripts = [];
session.on('Debugger.scriptParsed', ({ params }) => scripts.push(params));
session.post('Debugger.enable', () => {
  for (const { scriptId, url } of scripts) {
    session.post('Debugger.getScriptSource', { scriptId }, (error, found) => {
      if (error || found.scriptSource.includes('\0')) console.log('broken:', url);
    });
  }
  const count = (/** @type {string} */ folder) => scripts.filter(({ url }) => url.startsWith(folder)).length;
  // In one of the shell's own snapshots are its modules, in the other those of the main process are not.
  setImmediate(() => console.log(count('ext:deno_node/') > 50, count('shell:///main/') > 50));
  if (process.type === 'browser') setTimeout(() => require('electron').app.exit(0), 100);
});
