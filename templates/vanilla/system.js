'use strict';

const os = require('node:os');

const started = Date.now();

/** What is shown about the machine. @returns {SystemInfo} */
function system() {
  return {
    host: os.hostname(),
    system: `${os.type()} ${os.release()}`,
    cores: os.cpus().length,
    memory: os.totalmem(),
    uptime: Date.now() - started,
  };
}

module.exports = { system };
