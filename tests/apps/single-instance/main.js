'use strict';

const { app } = require('electron');

const say = (event, fields = {}) => console.log(JSON.stringify({ event, ...fields }));

app.setPath('userData', process.env.APP_USER_DATA);
if (app.requestSingleInstanceLock({ from: process.argv.slice(2), when: new Date(0) })) {
  app.on('second-instance', (_event, argv, cwd, data) => {
    say('second-instance', { argv: argv.slice(2), hasArgument: argv.includes('hello'), cwd, from: data.from, isDate: data.when instanceof Date });
    app.quit();
  });
  app.whenReady().then(() => say('first', { has: app.hasSingleInstanceLock() }));
} else {
  say('second');
  app.quit();
}
