// Values, texts and data bases. Each entry: what is done, and the function that does it and checks the result.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import path from 'node:path';
import { listen, require, temporary } from './helpers.mjs';

/** A server of Redis' protocol that knows a few commands. */
function redis() {
  const values = new Map();
  return listen((socket) => {
    // A character for each byte, as lengths count bytes.
    socket.setEncoding('latin1');
    let rest = '';
    socket.on('data', (bytes) => {
      rest += bytes;
      for (;;) {
        const found = /^\*(\d+)\r\n/u.exec(rest);
        if (!found) return;
        let at = found[0].length;
        const words = [];
        while (words.length < Number(found[1])) {
          const head = /^\$(\d+)\r\n/u.exec(rest.slice(at));
          if (!head || rest.length < at + head[0].length + Number(head[1]) + 2) return;
          at += head[0].length;
          words.push(rest.slice(at, at + Number(head[1])));
          at += Number(head[1]) + 2;
        }
        rest = rest.slice(at);
        const [command, key, value] = words;
        const bulk = (text) => (text === undefined ? '$-1\r\n' : Buffer.from(`$${text.length}\r\n${text}\r\n`, 'latin1'));
        switch (command.toLowerCase()) {
          case 'set': values.set(key, value); socket.write('+OK\r\n'); break;
          case 'get': socket.write(bulk(values.get(key))); break;
          case 'info': socket.write(bulk('redis_version:7.0.0\r\nloading:0\r\n')); break;
          case 'hello': socket.write("-ERR unknown command 'hello'\r\n"); break;
          default: socket.write('+OK\r\n');
        }
      }
    });
  });
}

export default {
  lodash: ['groups, merges and debounces', async () => {
    const _ = require('lodash');
    assert.deepEqual(_.groupBy([1, 2, 3], (n) => (n % 2 ? 'odd' : 'even')), { odd: [1, 3], even: [2] });
    assert.deepEqual(_.merge({ a: { b: 1 } }, { a: { c: 2 } }), { a: { b: 1, c: 2 } });
    assert.equal(await new Promise((resolve) => { const f = _.debounce(resolve, 5); f(1); f(2); }), 2);
  }],
  rxjs: ['maps, merges and collects streams', async () => {
    const { from, interval, lastValueFrom, mergeMap, take, toArray } = require('rxjs');
    assert.deepEqual(await lastValueFrom(from([1, 2]).pipe(mergeMap((n) => interval(1).pipe(take(n))), toArray())).then((all) => all.toSorted()), [0, 0, 1]);
  }],
  ramda: ['composes', async () => {
    const R = require('ramda');
    assert.equal(R.pipe(R.filter(R.lt(1)), R.map(R.multiply(2)), R.sum)([1, 2, 3]), 10);
  }],
  immutable: ['changes nested maps without changing them', async () => {
    const { fromJS, is } = require('immutable');
    const a = fromJS({ a: { b: [1] } });
    const b = a.updateIn(['a', 'b'], (list) => list.push(2));
    assert.deepEqual([a.toJS(), b.toJS(), is(a, b)], [{ a: { b: [1] } }, { a: { b: [1, 2] } }, false]);
  }],
  uuid: ['makes random and named identifiers', async () => {
    const { v4, v5, validate } = await import('uuid');
    assert.ok(validate(v4()) && v4() !== v4());
    assert.equal(v5('www.example.com', v5.DNS), '2ed6657d-e927-568b-95e1-2665a8aea6a2');
  }],
  nanoid: ['makes identifiers', async () => {
    const { nanoid, customAlphabet } = await import('nanoid');
    assert.match(nanoid(), /^[\w-]{21}$/u);
    assert.match(customAlphabet('ab', 8)(), /^[ab]{8}$/u);
  }],
  dayjs: ['computes in time zones', async () => {
    const dayjs = require('dayjs');
    dayjs.extend(require('dayjs/plugin/utc'));
    dayjs.extend(require('dayjs/plugin/timezone'));
    assert.equal(dayjs.utc('2024-07-01T12:00:00Z').tz('Europe/Berlin').add(1, 'day').format('YYYY-MM-DD HH:mm'), '2024-07-02 14:00');
  }],
  moment: ['formats in another language', async () => {
    const moment = require('moment');
    require('moment/locale/de');
    assert.equal(moment.utc('2024-03-05').locale('de').format('D. MMMM YYYY'), '5. März 2024');
  }],
  luxon: ['computes in time zones', async () => {
    const { DateTime } = require('luxon');
    assert.equal(DateTime.fromISO('2024-03-10T01:30', { zone: 'America/New_York' }).plus({ hours: 1 }).toISO(), '2024-03-10T03:30:00.000-04:00');
  }],
  'date-fns': ['formats in another language', async () => {
    const { format, differenceInCalendarDays } = require('date-fns');
    const { de } = require('date-fns/locale');
    assert.equal(format(new Date(2024, 2, 5), 'EEEE d. MMMM', { locale: de }), 'Dienstag 5. März');
    assert.equal(differenceInCalendarDays(new Date(2024, 2, 1), new Date(2024, 1, 1)), 29);
  }],
  ajv: ['compiles a schema and tells errors', async () => {
    const Ajv = require('ajv');
    const check = new Ajv().compile({ type: 'object', properties: { a: { type: 'integer' } }, required: ['a'] });
    assert.equal(check({ a: 1 }), true);
    assert.equal(check({ a: 'x' }), false);
    assert.equal(check.errors[0].instancePath, '/a');
  }],
  zod: ['parses and tells errors', async () => {
    const { z } = await import('zod');
    const schema = z.object({ a: z.coerce.number().int(), b: z.string().optional() });
    assert.deepEqual(schema.parse({ a: '4' }), { a: 4 });
    assert.deepEqual(schema.safeParse({ a: 'x' }).error.issues[0].path, ['a']);
  }],
  joi: ['validates', async () => {
    const Joi = require('joi');
    const schema = Joi.object({ a: Joi.number().min(3).required() });
    assert.equal(schema.validate({ a: '4' }).value.a, 4);
    assert.match(schema.validate({ a: 1 }).error.message, /greater than or equal to 3/u);
  }],
  yup: ['validates asynchronously', async () => {
    const yup = require('yup');
    await assert.rejects(yup.object({ a: yup.string().email() }).validate({ a: 'no' }), (error) => error.path === 'a');
  }],
  'js-yaml': ['loads and dumps', async () => {
    const yaml = await import('js-yaml');
    const { load, dump } = yaml.load ? yaml : yaml.default;
    assert.deepEqual(load('a: [1, &x {b: c}]\nd: *x\n'), { a: [1, { b: 'c' }], d: { b: 'c' } });
    assert.equal(dump({ a: [1] }), 'a:\n  - 1\n');
  }],
  toml: ['parses', async () => {
    const toml = await import('toml');
    const parse = toml.parse ?? toml.default.parse;
    assert.equal(parse('[a]\nb = [1, 2]\n').a.b[1], 2);
  }],
  ini: ['parses and writes', async () => {
    const ini = require('ini');
    assert.equal(ini.parse('a=1\n[s.t]\nb=c\n').s.t.b, 'c');
    assert.equal(ini.stringify({ s: { b: 'c' } }), '[s]\nb=c\n');
  }],
  dotenv: ['fills the environment', async () => {
    const file = path.join(temporary(), '.env');
    require('node:fs').writeFileSync(file, 'PACKAGES_A="x y"\n# no\nPACKAGES_B=\'$z\'\n');
    require('dotenv').config({ path: file, quiet: true });
    assert.deepEqual([process.env.PACKAGES_A, process.env.PACKAGES_B], ['x y', '$z']);
  }],
  'csv-parse': ['parses a stream', async () => {
    const { parse } = require('csv-parse');
    const parser = parse({ columns: true });
    parser.end('a,b\n1,"x\ny"\n');
    assert.deepEqual(await parser.toArray(), [{ a: '1', b: 'x\ny' }]);
  }],
  'csv-stringify': ['writes', async () => {
    const { stringify } = require('csv-stringify/sync');
    assert.equal(stringify([['a', 'b"c'], [1, 'd,e']]), 'a,"b""c"\n1,"d,e"\n');
  }],
  'fast-xml-parser': ['parses and builds', async () => {
    const { XMLBuilder, XMLParser } = require('fast-xml-parser');
    const tree = new XMLParser({ ignoreAttributes: false }).parse('<a b="1"><c>x</c><c>y</c></a>');
    assert.deepEqual(tree, { a: { '@_b': '1', c: ['x', 'y'] } });
    assert.equal(new XMLBuilder({ ignoreAttributes: false }).build(tree), '<a b="1"><c>x</c><c>y</c></a>');
  }],
  xml2js: ['parses', async () => {
    assert.deepEqual(await require('xml2js').parseStringPromise('<a><b c="d">e</b></a>'), { a: { b: [{ _: 'e', $: { c: 'd' } }] } });
  }],
  cheerio: ['selects and changes', async () => {
    const $ = require('cheerio').load('<ul><li class="a">1</li><li>2</li></ul>');
    $('li.a').text('3').after('<li>4</li>');
    assert.equal($('ul').html(), '<li class="a">3</li><li>4</li><li>2</li>');
  }],
  jsdom: ['runs a page\'s script', async () => {
    const { JSDOM } = require('jsdom');
    const { window } = new JSDOM('<p id="a"></p><script>document.querySelector("#a").textContent = [1, 2].map((n) => n * 2).join()</script>', { runScripts: 'dangerously' });
    assert.equal(window.document.getElementById('a').textContent, '2,4');
  }],
  marked: ['renders', async () => {
    const { marked } = await import('marked');
    assert.equal(marked.parse('# a\n\n- *b*\n'), '<h1>a</h1>\n<ul>\n<li><em>b</em></li>\n</ul>\n');
  }],
  handlebars: ['renders with a helper', async () => {
    const Handlebars = require('handlebars');
    Handlebars.registerHelper('up', (text) => text.toUpperCase());
    assert.equal(Handlebars.compile('{{#each list}}{{up this}};{{/each}}')({ list: ['a', 'b'] }), 'A;B;');
  }],
  ejs: ['renders asynchronously', async () => {
    const ejs = await import('ejs');
    const { render } = ejs.render ? ejs : ejs.default;
    assert.equal(await render('<% for (const x of list) { %><%= await x %>;<% } %>', { list: [Promise.resolve('<a>')] }, { async: true }), '&lt;a&gt;;');
  }],
  mustache: ['renders', async () => {
    assert.equal(require('mustache').render('{{#a}}{{b}}{{/a}}', { a: [{ b: 1 }, { b: '<' }] }), '1&lt;');
  }],
  semver: ['compares', async () => {
    const semver = require('semver');
    assert.ok(semver.satisfies('1.2.9', '^1.2.3 || >2') && !semver.satisfies('2.0.0-a', '>=1'));
    assert.equal(semver.inc('1.2.3', 'prerelease', 'beta'), '1.2.4-beta.0');
  }],
  'p-limit': ['runs two at a time', async () => {
    const { default: pLimit } = await import('p-limit');
    const limit = pLimit(2);
    let now = 0;
    let most = 0;
    await Promise.all([1, 2, 3, 4].map(() => limit(async () => { most = Math.max(most, (now += 1)); await new Promise((r) => setTimeout(r, 2)); now -= 1; })));
    assert.equal(most, 2);
  }],
  'p-queue': ['runs by priority', async () => {
    const { default: PQueue } = await import('p-queue');
    const queue = new PQueue({ concurrency: 1 });
    const order = [];
    queue.pause();
    void queue.add(() => order.push('a'));
    void queue.add(() => order.push('b'), { priority: 1 });
    queue.start();
    await queue.onIdle();
    assert.deepEqual(order, ['b', 'a']);
  }],
  async: ['runs tasks by what they need', async () => {
    const results = await require('async').auto({ a: async () => 1, b: ['a', async ({ a }) => a + 1] });
    assert.deepEqual(results, { a: 1, b: 2 });
  }],
  bluebird: ['promisifies, maps and cancels', async () => {
    const Promise = require('bluebird');
    const { readFileAsync } = Promise.promisifyAll(require('node:fs'));
    assert.match(String(await readFileAsync('package.json')), /"dependencies"/u);
    assert.deepEqual(await Promise.map([1, 2], (n) => Promise.delay(1).then(() => n * 2), { concurrency: 1 }), [2, 4]);
  }],
  eventemitter3: ['emits', async () => {
    const Emitter = require('eventemitter3');
    const emitter = new Emitter();
    const heard = [];
    emitter.once('a', (value) => heard.push(value));
    assert.deepEqual([emitter.emit('a', 1), emitter.emit('a', 2), heard], [true, false, [1]]);
  }],
  mitt: ['emits to listeners of everything', async () => {
    const { default: mitt } = await import('mitt');
    const emitter = mitt();
    const heard = [];
    emitter.on('*', (type, value) => heard.push([type, value]));
    emitter.emit('a', 1);
    assert.deepEqual(heard, [['a', 1]]);
  }],
  'lru-cache': ['drops what was not used', async () => {
    const { LRUCache } = require('lru-cache');
    const cache = new LRUCache({ max: 2 });
    for (const key of ['a', 'b']) cache.set(key, key);
    cache.get('a');
    cache.set('c', 'c');
    assert.deepEqual(['a', 'b', 'c'].map((key) => cache.has(key)), [true, false, true]);
  }],
  'iconv-lite': ['decodes and encodes', async () => {
    const iconv = require('iconv-lite');
    assert.equal(iconv.decode(Buffer.from([0x93, 0xfa, 0x96, 0x7b]), 'shift_jis'), '日本');
    assert.deepEqual([...iconv.encode('€', 'win1252')], [0x80]);
  }],
  i18next: ['translates with plurals', async () => {
    const { default: i18next } = await import('i18next');
    const t = await i18next.init({ lng: 'de', resources: { de: { translation: { n_one: '{{count}} Ding', n_other: '{{count}} Dinge' } } } });
    assert.deepEqual([t('n', { count: 1 }), t('n', { count: 3 })], ['1 Ding', '3 Dinge']);
  }],
  bcryptjs: ['hashes and compares', async () => {
    const bcrypt = require('bcryptjs');
    const hash = await bcrypt.hash('secret', 4);
    assert.deepEqual([await bcrypt.compare('secret', hash), await bcrypt.compare('other', hash)], [true, false]);
  }],
  'crypto-js': ['encrypts and hashes', async () => {
    const CryptoJS = require('crypto-js');
    assert.equal(CryptoJS.AES.decrypt(CryptoJS.AES.encrypt('text', 'k').toString(), 'k').toString(CryptoJS.enc.Utf8), 'text');
    assert.equal(CryptoJS.SHA1('abc').toString(), 'a9993e364706816aba3e25717850c26c9cd0d89d');
  }],
  tweetnacl: ['signs and opens boxes', async () => {
    const nacl = require('tweetnacl');
    const { publicKey, secretKey } = nacl.sign.keyPair();
    const message = new Uint8Array([1, 2, 3]);
    assert.deepEqual(nacl.sign.open(nacl.sign(message, secretKey), publicKey), message);
  }],
  'node-forge': ['makes a certificate that Node reads', async () => {
    const { pki } = require('node-forge');
    const keys = pki.rsa.generateKeyPair(1024);
    const certificate = pki.createCertificate();
    certificate.publicKey = keys.publicKey;
    certificate.setSubject([{ name: 'commonName', value: 'a' }]);
    certificate.setIssuer([{ name: 'commonName', value: 'a' }]);
    certificate.sign(keys.privateKey);
    assert.match(new (require('node:crypto').X509Certificate)(pki.certificateToPem(certificate)).subject, /CN=a/u);
  }],
  protobufjs: ['encodes and decodes by a definition', async () => {
    const protobuf = require('protobufjs');
    const Message = protobuf.parse('syntax = "proto3"; message M { repeated int32 a = 1; string b = 2; }').root.lookupType('M');
    const bytes = Message.encode({ a: [1, 300], b: 'x' }).finish();
    assert.deepEqual(Message.toObject(Message.decode(bytes)), { a: [1, 300], b: 'x' });
  }],
  '@msgpack/msgpack': ['encodes and decodes', async () => {
    const { decode, encode } = require('@msgpack/msgpack');
    const value = { a: [1, 'x', null], b: new Uint8Array([1]) };
    assert.deepEqual(decode(encode(value)), value);
  }],
  ioredis: ['sets and gets at a small server', async () => {
    const client = new (require('ioredis'))(await redis(), '127.0.0.1');
    await client.set('a', 'ü');
    assert.equal(await client.get('a'), 'ü');
    client.disconnect();
  }],
  redis: ['sets and gets at a small server', async () => {
    const client = require('redis').createClient({ socket: { host: '127.0.0.1', port: await redis() }, RESP: 2, disableClientInfo: true });
    await client.connect();
    await client.set('a', 'b');
    assert.deepEqual([await client.get('a'), await client.get('c')], ['b', null]);
    client.destroy();
  }],
  mongodb: ['reads and writes BSON, and says that there is no server', async () => {
    const { BSON, MongoClient, ObjectId } = require('mongodb');
    const id = new ObjectId();
    assert.ok(BSON.deserialize(BSON.serialize({ id })).id.equals(id));
    const client = new MongoClient('mongodb://127.0.0.1:1', { serverSelectionTimeoutMS: 200 });
    await assert.rejects(client.connect(), /ECONNREFUSED/u);
    await client.close();
  }],
  mysql2: ['asks its own server', async () => {
    const mysql = require('mysql2');
    const server = mysql.createServer();
    server.on('connection', (connection) => {
      connection.serverHandshake({ protocolVersion: 10, serverVersion: '8', connectionId: 1, statusFlags: 2, characterSet: 8, capabilityFlags: 0xffffff ^ 0x800 ^ 0x20 });
      connection.on('query', () => connection.writeTextResult([{ n: 42 }], [{ catalog: 'def', schema: '', table: '', orgTable: '', name: 'n', orgName: 'n', characterSet: 33, columnLength: 11, columnType: 3, flags: 0, decimals: 0 }]));
    });
    server.listen(0);
    await once(server._server, 'listening');
    const client = mysql.createConnection({ host: '127.0.0.1', port: server._server.address().port, user: 'u' });
    const [rows] = await client.promise().query('SELECT 42 AS n');
    assert.deepEqual(rows.map((row) => row.n), [42]);
    client.destroy();
    server.close();
  }],
  pg: ['quotes, parses values, and says that there is no server', async () => {
    const { Client, escapeIdentifier, types } = require('pg');
    assert.equal(escapeIdentifier('a"b'), '"a""b"');
    assert.deepEqual(types.getTypeParser(1007)('{1,2}'), [1, 2]);
    await assert.rejects(new Client({ host: '127.0.0.1', port: 1 }).connect(), (error) => error.code === 'ECONNREFUSED');
  }],
  'sql.js': ['creates a table and asks it', async () => {
    const SQL = await require('sql.js')();
    const base = new SQL.Database();
    base.run('CREATE TABLE t (a, b); INSERT INTO t VALUES (1, "x"), (2, "y")');
    assert.deepEqual(base.exec('SELECT sum(a), group_concat(b) FROM t')[0].values, [[3, 'x,y']]);
  }],
  libsql: ['creates a file and asks it', async () => {
    const Database = require('libsql');
    const base = new Database(path.join(temporary(), 'a.db'));
    base.exec('CREATE TABLE t (a INTEGER)');
    const insert = base.prepare('INSERT INTO t VALUES (?)');
    for (const n of [1, 2, 3]) insert.run(n);
    assert.equal(base.prepare('SELECT sum(a) AS s FROM t').get().s, 6);
    base.close();
  }],
  knex: ['builds queries', async () => {
    const knex = require('knex')({ client: 'pg' });
    assert.equal(knex('t').where({ a: 1 }).whereIn('b', [2, 3]).orderBy('c').toString(), 'select * from "t" where "a" = 1 and "b" in (2, 3) order by "c" asc');
  }],
  typeorm: ['stores and finds entities by sql.js', async () => {
    const { DataSource, EntitySchema } = require('typeorm');
    const User = new EntitySchema({ name: 'User', columns: { id: { type: Number, primary: true, generated: true }, name: { type: String } } });
    const source = await new DataSource({ type: 'sqljs', entities: [User], synchronize: true }).initialize();
    await source.getRepository(User).save([{ name: 'a' }, { name: 'b' }]);
    assert.equal((await source.getRepository(User).findOneBy({ name: 'b' })).id, 2);
    await source.destroy();
  }],
  '@prisma/client': ['composes SQL with its runtime, which needs no generated client', async () => {
    const { Decimal, join, sqltag } = require('@prisma/client/runtime/client');
    const query = sqltag`SELECT ${1} WHERE x IN (${join([2, 3])})`;
    assert.deepEqual([query.text, query.values], ['SELECT $1 WHERE x IN ($2,$3)', [1, 2, 3]]);
    assert.equal(new Decimal('0.1').plus('0.2').toString(), '0.3');
  }],
};
