// Packages with native code that is prebuilt. Each entry: what is done, and the function that does it and checks the result.

import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { require, temporary, until } from './helpers.mjs';

export default {
  sharp: ['draws, scales and reads pixels', async () => {
    const sharp = require('sharp');
    const png = await sharp({ create: { width: 64, height: 32, channels: 3, background: '#f00' } }).resize(16).png().toBuffer();
    const { data, info } = await sharp(png).raw().toBuffer({ resolveWithObject: true });
    assert.deepEqual([info.width, info.height, [...data.subarray(0, 3)]], [16, 8, [255, 0, 0]]);
  }],
  argon2: ['hashes on another thread and verifies', async () => {
    const argon2 = require('argon2');
    const hash = await argon2.hash('secret', { memoryCost: 1024, timeCost: 2 });
    assert.deepEqual([await argon2.verify(hash, 'secret'), await argon2.verify(hash, 'other')], [true, false]);
  }],
  '@lydell/node-pty': ['runs a program in a terminal', async () => {
    const pty = require('@lydell/node-pty');
    const terminal = pty.spawn('sh', ['-c', 'tty; stty size; read line; echo "got $line"'], { cols: 91, rows: 17 });
    let text = '';
    terminal.onData((data) => { text += data; });
    const ended = new Promise((resolve) => terminal.onExit(resolve));
    await until(() => text.includes('17 91'));
    terminal.write('word\r');
    assert.equal((await ended).exitCode, 0);
    await until(() => text.includes('got word'));
    assert.match(text, /\/dev\/pts\/\d+/u);
  }],
  serialport: ['lists ports, fails on a missing one, and echoes on a mock', async () => {
    const { SerialPort, SerialPortMock } = require('serialport');
    // The list comes from a program that not every system has.
    const ports = await SerialPort.list().catch((error) => error.code);
    assert.ok(Array.isArray(ports) || ports === 'ENOENT');
    const error = await new Promise((resolve) => new SerialPort({ path: '/dev/no-such-port', baudRate: 9600 }, resolve));
    assert.match(error.message, /No such file/u);
    SerialPortMock.binding.createPort('/dev/mock', { echo: true, record: true });
    const port = new SerialPortMock({ path: '/dev/mock', baudRate: 9600 });
    const data = new Promise((resolve) => port.on('data', (bytes) => String(bytes).includes('ping') && resolve()));
    port.on('open', () => port.write('ping'));
    await data;
    await new Promise((resolve) => port.close(resolve));
  }],
  usb: ['lists devices, or says that the system has no bus', async () => {
    const { usb } = require('usb');
    const devices = await usb.getDevices().catch((error) => error.message);
    assert.ok(Array.isArray(devices) || /bus\/usb\/devices\/ not found/u.test(devices), devices);
  }],
  lightningcss: ['minifies', async () => {
    const { transform } = require('lightningcss');
    assert.equal(String(transform({ filename: 'a.css', code: Buffer.from('a { color: #ff0000; & b { margin: 0px } }'), minify: true, targets: { chrome: 80 << 16 } }).code), 'a{color:red}a b{margin:0}');
  }],
  '@parcel/watcher': ['tells of a new file, from another thread', async () => {
    const watcher = require('@parcel/watcher');
    const folder = fs.realpathSync(temporary());
    const heard = [];
    const subscription = await watcher.subscribe(folder, (_error, events) => heard.push(...events));
    fs.writeFileSync(path.join(folder, 'a'), '');
    await until(() => heard.some(({ type, path: file }) => type === 'create' && file === path.join(folder, 'a')));
    await subscription.unsubscribe();
  }],
};
