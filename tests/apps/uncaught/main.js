'use strict';

const { app } = require('electron');

const say = (event, fields = {}) => console.log(JSON.stringify({ event, ...fields }));

process.on('uncaughtException', (error) => say('uncaught', { message: error.message }));
process.on('unhandledRejection', (reason) => say('unhandled', { message: reason.message }));

app.whenReady().then(() => {
  setTimeout(() => {
    throw new Error('thrown in a timer');
  }, 10);
  setTimeout(() => Promise.reject(new Error('rejected in a timer')), 50);
  setTimeout(() => {
    say('alive');
    app.quit();
  }, 300);
});
app.on('quit', (_event, code) => say('quit', { code }));
