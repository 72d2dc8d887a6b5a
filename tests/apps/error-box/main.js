'use strict';

const { app } = require('electron');

const say = (event, fields = {}) => console.log(JSON.stringify({ event, ...fields }));

app.whenReady().then(() => {
  setInterval(() => say('alive'), 200);
  setTimeout(() => {
    throw new Error('nobody catches this');
  }, 100);
});
