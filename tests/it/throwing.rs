//! What listeners and callbacks throw, beside Node.

use crate::beside_node::case;

const PROGRAM: &str = include_str!("throwing-listeners.cjs");

#[track_caller]
fn check(group: &str) {
  case(&[("listeners.cjs", PROGRAM)]).check(&["listeners.cjs", group], 0, "lost: \nmore: \n");
}

#[test]
fn listeners_of_sockets() {
  check("net");
}

#[test]
fn listeners_of_requests() {
  check("http");
}

#[test]
fn listeners_of_encrypted_sockets() {
  check("tls");
}

#[test]
fn listeners_of_streams_of_http2() {
  check("http2");
}

#[test]
fn listeners_of_threads() {
  check("threads");
}

#[test]
fn listeners_of_processes() {
  check("processes");
}

#[test]
fn callbacks_of_files() {
  check("files");
}

#[test]
fn other_callbacks() {
  check("rest");
}

#[test]
fn a_server_that_throws_ends_the_program() {
  let server = "process.on('unhandledRejection', () => console.log('rejection'));
    const server = require('node:http').createServer(() => { throw new Error('thrown by the listener'); });
    server.listen(0, () => require('node:http').get({ port: server.address().port }).on('error', () => {}));
    setTimeout(() => process.exit(3), 10_000);";
  case(&[("server.cjs", server)]).check_fails(&["server.cjs"], 1, &["Error: thrown by the listener", "server.cjs:2"]);
}

#[test]
fn a_request_whose_listener_threw_has_no_answer() {
  let server = "process.on('uncaughtException', (error) => console.log(error.message));
    const http = require('node:http');
    const server = http.createServer((request, response) => {
      if (request.url === '/bad') throw new Error('bad');
      response.end('good');
    });
    const get = (path, answered) => http.get({ port: server.address().port, path, agent: new http.Agent() }, answered);
    server.listen(0, () => {
      get('/bad', (response) => console.log('answered with', response.statusCode));
      get('/good', (response) => console.log('answered with', response.statusCode));
      setTimeout(() => process.exit(), 1000);
    });";
  case(&[("server.cjs", server)]).check(&["server.cjs"], 0, "bad\nanswered with 200\n");
}
