'use strict';

const { app } = require('electron');

const say = (event, fields = {}) => console.log(JSON.stringify({ event, ...fields }));

// One after the other: timers of different lengths that are all late run in any order.
process.on('uncaughtException', (error) => {
  say('uncaught', { message: error.message });
  setTimeout(() => Promise.reject(new Error('rejected in a timer')), 10);
});
process.on('unhandledRejection', (reason) => {
  say('unhandled', { message: reason.message });
  setTimeout(() => {
    say('alive');
    app.quit();
  }, 10);
});

app.whenReady().then(() => {
  setTimeout(() => {
    throw new Error('thrown in a timer');
  }, 10);
});
app.on('quit', (_event, code) => say('quit', { code }));
