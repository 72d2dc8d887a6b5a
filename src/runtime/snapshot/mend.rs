// Faults of the runtime's own scripts, mended on their way into a snapshot.

/// A fault: the script, a place in it, and what stands there from now on. `{}` is the place itself.
type Fault = (&'static str, &'static str, &'static str);

/// The script that has the helpers of the others: the one with `reportError`.
const HELPER: &str = "ext:deno_web/02_event.js";
/// As in Node, what a program's callback throws is an uncaught exception, whoever has called it, and the layer goes on. Its native side says so by itself (uncaught.rs). `worded` gives a call of the
/// system Node's errors.
const HELPERS: &str = "function callGuarded(callback, receiver, ...values) {\n\
    try { return primordials.ReflectApply(callback, receiver, values); } catch (error) { reportError(error); }\n\
  }\n\
  function guarded(callback) {\n\
    return typeof callback !== \"function\" ? callback : function (...values) { return callGuarded(primordials.ReflectApply, undefined, callback, this, values); };\n\
  }\n\
  const thenGuarded = (promise, done, failed) => primordials.PromisePrototypeThen(promise, guarded(done), guarded(failed));\n\
  const worded = (work, syscall, paths) => (...values) => {\n\
    const fail = (error) => {\n\
      throw core.loadExtScript(\"ext:deno_node/internal/errors.ts\").denoErrorToNodeError(error, {\n\
        syscall, ...(paths > 0 && { path: values[0] }), ...(paths > 1 && { dest: values[1] }),\n\
      });\n\
    };\n\
    try {\n\
      const result = primordials.ReflectApply(work, undefined, values);\n\
      return core.isPromise(result) ? primordials.PromisePrototypeCatch(result, fail) : result;\n\
    } catch (error) { fail(error); }\n\
  };\n\
  {}";
/// What [`mend`] puts into these scripts, behind the line that names the bootstrap's objects.
const GUARD: &str = " const { callGuarded, guarded, thenGuarded, worded } = core.loadExtScript(\"ext:deno_web/02_event.js\");";
const BOOTSTRAP: &str = "const { core, primordials } = __bootstrap;";
const IMPORT: &str = "import { core, primordials } from \"ext:core/mod.js\";";
const GUARDED: [(&str, &str); 25] = [
  ("ext:deno_node/_fs/_fs_copy.ts", IMPORT),
  ("ext:deno_node/_fs/_fs_cp.ts", BOOTSTRAP),
  ("ext:deno_node/_fs/_fs_dir.ts", IMPORT),
  ("ext:deno_node/_fs/_fs_exists.ts", IMPORT),
  ("ext:deno_node/_fs/_fs_fstat.ts", BOOTSTRAP),
  ("ext:deno_node/_fs/_fs_glob.ts", IMPORT),
  ("ext:deno_node/_fs/_fs_lstat.ts", BOOTSTRAP),
  ("ext:deno_node/_fs/_fs_lutimes.ts", IMPORT),
  ("ext:deno_node/_fs/_fs_read.ts", IMPORT),
  ("ext:deno_node/_fs/_fs_readdir.ts", IMPORT),
  ("ext:deno_node/fs.ts", BOOTSTRAP),
  ("ext:deno_node/http2.ts", BOOTSTRAP),
  ("ext:deno_node/internal/child_process.ts", BOOTSTRAP),
  ("ext:deno_node/internal/crypto/_randomFill.mjs", BOOTSTRAP),
  ("ext:deno_node/internal/crypto/hkdf.ts", BOOTSTRAP),
  ("ext:deno_node/internal/crypto/keygen.ts", "const { core } = __bootstrap;"),
  ("ext:deno_node/internal/crypto/pbkdf2.ts", BOOTSTRAP),
  ("ext:deno_node/internal/crypto/random.ts", BOOTSTRAP),
  ("ext:deno_node/internal/crypto/scrypt.ts", BOOTSTRAP),
  ("ext:deno_node/internal/fs/streams.mjs", IMPORT),
  ("ext:deno_node/internal_binding/cares_wrap.ts", BOOTSTRAP),
  ("ext:deno_node/internal_binding/udp_wrap.ts", BOOTSTRAP),
  ("ext:deno_node/worker_threads.ts", "const { core, internals, primordials } = __bootstrap;"),
  ("ext:deno_os/40_signals.js", BOOTSTRAP),
  ("node:_http_server", IMPORT),
];

/// Scripts whose reactions to promises are callbacks. What a reaction throws is a rejection, which is another event, and some called the callback again, with its own error.
const REACTING: [&str; 16] = [
  "ext:deno_node/_fs/_fs_copy.ts",
  "ext:deno_node/_fs/_fs_cp.ts",
  "ext:deno_node/_fs/_fs_dir.ts",
  "ext:deno_node/_fs/_fs_exists.ts",
  "ext:deno_node/_fs/_fs_fstat.ts",
  "ext:deno_node/_fs/_fs_glob.ts",
  "ext:deno_node/_fs/_fs_lstat.ts",
  "ext:deno_node/_fs/_fs_lutimes.ts",
  "ext:deno_node/_fs/_fs_read.ts",
  "ext:deno_node/fs.ts",
  "ext:deno_node/internal/crypto/_randomFill.mjs",
  "ext:deno_node/internal/crypto/hkdf.ts",
  "ext:deno_node/internal/crypto/pbkdf2.ts",
  "ext:deno_node/internal/crypto/random.ts",
  "ext:deno_node/internal/crypto/scrypt.ts",
  "ext:deno_node/internal/fs/streams.mjs",
];
const REACTION: (&str, &str) = ("PromisePrototypeThen(", "thenGuarded(");

/// Calls whose errors were the runtime's own: the script, what is called, the name of the system's function in Node's errors, and how many of the arguments are paths.
const WORDED: [(&str, &str, &str, u8); 24] = [
  ("ext:deno_node/fs.ts", "Deno.chownSync", "chown", 1),
  ("ext:deno_node/fs.ts", "op_node_lchown", "lchown", 1),
  ("ext:deno_node/fs.ts", "op_node_lchown_sync", "lchown", 1),
  ("ext:deno_node/fs.ts", "Deno.utime", "utime", 1),
  ("ext:deno_node/fs.ts", "Deno.utimeSync", "utime", 1),
  ("ext:deno_node/fs.ts", "Deno.symlink", "symlink", 2),
  ("ext:deno_node/fs.ts", "Deno.symlinkSync", "symlink", 2),
  ("ext:deno_node/fs.ts", "op_node_fs_close", "close", 0),
  ("ext:deno_node/fs.ts", "op_node_fs_fchmod", "fchmod", 0),
  ("ext:deno_node/fs.ts", "op_node_fs_fchmod_sync", "fchmod", 0),
  ("ext:deno_node/fs.ts", "op_node_fs_fchown", "fchown", 0),
  ("ext:deno_node/fs.ts", "op_node_fs_fchown_sync", "fchown", 0),
  ("ext:deno_node/fs.ts", "op_node_fs_fdatasync", "fdatasync", 0),
  ("ext:deno_node/fs.ts", "op_node_fs_fdatasync_sync", "fdatasync", 0),
  ("ext:deno_node/fs.ts", "op_node_fs_fsync", "fsync", 0),
  ("ext:deno_node/fs.ts", "op_node_fs_fsync_sync", "fsync", 0),
  ("ext:deno_node/fs.ts", "op_node_fs_ftruncate", "ftruncate", 0),
  ("ext:deno_node/fs.ts", "op_node_fs_ftruncate_sync", "ftruncate", 0),
  ("ext:deno_node/fs.ts", "op_node_fs_futimes", "futime", 0),
  ("ext:deno_node/fs.ts", "op_node_fs_futimes_sync", "futime", 0),
  ("ext:deno_node/_fs/_fs_copy.ts", "Deno.copyFile", "copyfile", 2),
  ("ext:deno_node/_fs/_fs_copy.ts", "Deno.copyFileSync", "copyfile", 2),
  ("ext:deno_node/_fs/_fs_lutimes.ts", "op_node_lutimes", "lutime", 1),
  ("ext:deno_node/_fs/_fs_lutimes.ts", "op_node_lutimes_sync", "lutime", 1),
];

/// Other places that may be in a script more than once.
const EVERYWHERE: [Fault; 7] = [
  ("ext:deno_node/internal_binding/cares_wrap.ts", "req.oncomplete(", "callGuarded(req.oncomplete, req, "),
  ("ext:deno_node/fs.ts", "callback(error);", "callGuarded(callback, undefined, error);"),
  // What may be done with a file was asked of the link to it, and neither the user's groups counted nor that nothing is kept from the superuser.
  ("ext:deno_node/fs.ts", "info.uid === Deno.uid()", "(fileMode = permittedBits(info), false)"),
  // What is no path was taken for the name of a file.
  (
    "ext:deno_node/fs.ts",
    "const isRid = typeof pathOrRid === \"number\";",
    "if (typeof pathOrRid !== \"number\") pathOrRid = getValidatedPathToString(pathOrRid);\n{}",
  ),
  // Nothing more was heard of the file or the thread.
  ("ext:deno_node/fs.ts", "this.emit(\"change\"", "callGuarded(this.emit, this, \"change\""),
  ("ext:deno_node/internal/fs/streams.mjs", "this.push(", "callGuarded(this.push, this, "),
  ("ext:deno_node/worker_threads.ts", "this.emit(\"", "callGuarded(this.emit, this, \""),
];

/// Places that are in a script once.
const ONCE: [Fault; 34] = [
  (HELPER, "function reportError(error) {", HELPERS),
  (HELPER, "\n  reportError,", "\n  callGuarded, guarded, thenGuarded, worded,{}"),
  // A parent that ends with a message unread resets the channel. That has to be a disconnection, as in Node, or the child waits for ever.
  (
    "ext:deno_node/internal/child_process.ts",
    "if (isInterruptedError(err) || isChannelClosedError(err)) {",
    "if (isChannelClosedError(err) && target.connected) { target.disconnect(); return; }\n{}",
  ),
  // What a child has sent before it ended may be read after the news of its end, which would then overtake it, and with the channel that is closed at the end the rest would be lost. As in
  // Node, messages come first: the news waits for the end of the channel, or until nothing has come for 50 ms, because a program that the child has left behind may hold it.
  (
    "ext:deno_node/internal/child_process.ts",
    "const kControlDisconnect = Symbol(\"kControlDisconnect\");",
    "const receivedCounts = new WeakMap();\nconst loadTimers = core.createLazyLoader(\"node:timers\");\n{}",
  ),
  (
    "ext:deno_node/internal/child_process.ts",
    "nextTick(handleMessage, msg, undefined);",
    "receivedCounts.set(target, (receivedCounts.get(target) ?? 0) + 1);\n{}",
  ),
  (
    "ext:deno_node/internal/child_process.ts",
    "this.emit(\"exit\", this.exitCode, this.signalCode);",
    "for (let quiet = 0; this.connected && quiet < 50;) {\n\
       const before = receivedCounts.get(this);\n\
       await new Promise((resolve) => loadTimers().setTimeout(resolve, 1));\n\
       quiet = receivedCounts.get(this) === before ? quiet + 1 : 0;\n\
     }\n\
     if (receivedCounts.has(this)) await new Promise((resolve) => nextTick(resolve));\n\
     callGuarded(this.emit, this, \"exit\", this.exitCode, this.signalCode);",
  ),
  // What the system refused otherwise than for a name that is not there was kept back, and there was no result either.
  (
    "ext:deno_node/internal/child_process.ts",
    "const result = {};",
    "const result = { status: null, signal: null, output: null, pid: 0, stdout: null, stderr: null };\n\
     const spawnOrSay = (options) => {\n\
       try { return nodeSpawnSyncChild(options); } catch (err) {\n\
         result.error = codeMap.has(err.code) ? _createSpawnError(err.code, command, args, true) : err;\n\
         throw err;\n\
       }\n\
     };",
  ),
  ("ext:deno_node/internal/child_process.ts", "nodeSpawnSyncChild({", "spawnOrSay({"),
  ("ext:deno_node/internal/child_process.ts", "output.signal,", "null,"),
  ("ext:deno_node/internal/child_process.ts", "[kSigkillIssued] = false;", "connected = false;\n{}"),
  (
    "ext:deno_node/internal/child_process.ts",
    "this.#_handleError(e);",
    "if (e.syscall === undefined && codeMap.has(e.code)) e = _createSpawnError(e.code, command, ArrayPrototypeSlice(args, 1));\n\
     if (e.errno < 0) this.exitCode = e.errno;\n\
     {}",
  ),
  // Nothing more was heard of the child.
  ("ext:deno_node/internal/child_process.ts", "this.emit(\"spawn\");", "callGuarded(this.emit, this, \"spawn\");"),
  (
    "ext:deno_node/internal/child_process.ts",
    "child.emit(\"close\", child.exitCode, child.signalCode);",
    "callGuarded(child.emit, child, \"close\", child.exitCode, child.signalCode);",
  ),
  // What a listener for requests threw was taken for a fault of the request, and answered with 400.
  (
    "node:_http_server",
    "if (!state.keepAliveTimeoutSet) {",
    "if (parser.__lastException !== undefined) {\n\
       const error = parser.__lastException;\n\
       parser.__lastException = undefined;\n\
       callGuarded(() => { throw error; });\n\
       return;\n\
     }\n{}",
  ),
  (
    "ext:deno_node/internal/crypto/keygen.ts",
    "op_node_generate_secret_key_async(len).then((handle)=>{",
    "thenGuarded(op_node_generate_secret_key_async(len), (handle)=>{",
  ),
  (
    "ext:deno_node/internal/crypto/keygen.ts",
    "_generateKeyPair(type, options).then((res)=>",
    "thenGuarded(_generateKeyPair(type, options), (res)=>",
  ),
  ("ext:deno_node/_fs/_fs_readdir.ts", "callback(null, result);", "callGuarded(callback, undefined, null, result);"),
  ("ext:deno_node/_fs/_fs_readdir.ts", "callback(denoErrorToNodeError(", "callGuarded(callback, undefined, denoErrorToNodeError("),
  // Not `worded`: Node names an empty path, too, as the script itself does.
  (
    "ext:deno_node/fs.ts",
    "function access(path, mode, callback) {",
    "function accessFailed(err, path) {\n\
       throw ObjectPrototypeIsPrototypeOf(Deno.errors.NotFound.prototype, err) ? err : denoErrorToNodeError(err, { syscall: \"access\", path });\n\
     }\n\
     function permittedBits({ mode, uid, gid, isDirectory }) {\n\
       const own = Deno.uid();\n\
       if (own === 0) return isDirectory || (mode & 0o111) !== 0 ? 7 : 6;\n\
       if (own === uid) return mode >> 6;\n\
       return gid === Deno.gid() || primordials.ArrayPrototypeIncludes(lazyProcess().default.getgroups(), gid) ? mode >> 3 : mode;\n\
     }\n\
     {}",
  ),
  (
    "ext:deno_node/fs.ts",
    "Deno.lstat(path).then(",
    "thenGuarded(primordials.PromisePrototypeCatch(Deno.stat(path), (err)=>accessFailed(err, path)), ",
  ),
  (
    "ext:deno_node/fs.ts",
    "const info = Deno.lstatSync(path.toString());",
    "let info;\n try { info = Deno.statSync(path); } catch (err) { accessFailed(err, path); }",
  ),
  ("ext:deno_node/fs.ts", "Deno.chown(path, uid, gid).then(", "thenGuarded(worded(Deno.chown, \"chown\", 1)(path, uid, gid), "),
  (
    "ext:deno_node/fs.ts",
    "innerWrite(fd, buffer, offset, length, position).then(",
    "thenGuarded(innerWrite(fd, buffer, offset, length, position), ",
  ),
  (
    "ext:deno_node/fs.ts",
    "innerWrite(fd, buffer, 0, buffer.length, offset).then(",
    "thenGuarded(innerWrite(fd, buffer, 0, buffer.length, offset), ",
  ),
  ("ext:deno_node/fs.ts", "innerWritev(fd, buffers, position).then(", "thenGuarded(innerWritev(fd, buffers, position), "),
  // These errors were dropped.
  (
    "ext:deno_node/internal_binding/udp_wrap.ts",
    "this.onmessage(nread, this, buf, rinfo);",
    "if (nread < 0 || rinfo !== undefined) callGuarded(this.onmessage, this, nread, this, buf, rinfo);",
  ),
  ("ext:deno_node/internal_binding/udp_wrap.ts", "req.oncomplete(err, sent);", "callGuarded(req.oncomplete, req, err, sent);"),
  ("ext:deno_node/http2.ts", "handle.onread = onStreamRead;", "handle.onread = guarded(onStreamRead);"),
  (
    "ext:deno_node/http2.ts",
    "return reqAsync.runInAsyncScope(onStreamRead",
    "return callGuarded(reqAsync.runInAsyncScope, reqAsync, onStreamRead",
  ),
  (
    "ext:deno_node/http2.ts",
    "session.emit(\"remoteSettings\", session.remoteSettings);",
    "callGuarded(session.emit, session, \"remoteSettings\", session.remoteSettings);",
  ),
  // Nothing more was heard of the signal.
  ("ext:deno_os/40_signals.js", "listener();", "callGuarded(listener);"),
  // Callbacks come later, whatever is known at once.
  (
    "ext:deno_node/internal/crypto/scrypt.ts",
    "cb(null, Buffer.alloc(0));",
    "core.loadExtScript(\"ext:deno_node/_next_tick.ts\").nextTick(cb, null, Buffer.alloc(0));",
  ),
  (
    "ext:deno_node/internal/crypto/_randomInt.ts",
    "callback(null, result);",
    "core.loadExtScript(\"ext:deno_node/_next_tick.ts\").nextTick(callback, null, result);",
  ),
  (
    "ext:deno_node/fs.ts",
    "_opendirValidateFunction(callback);",
    "{}\nconst given = callback;\ncallback = (error, dir)=>lazyProcess().default.nextTick(given, error, dir);",
  ),
];

/// A script without its faults.
///
/// # Panics
/// A place is not there any more.
pub(crate) fn mend(specifier: &str, mut code: String) -> String {
  let own = |script: &&str| *script == specifier;
  let mut faults = Vec::new();
  faults.extend(REACTING.iter().filter(|script| own(script)).map(|_| (REACTION.0.to_owned(), REACTION.1.to_owned(), false)));
  for (_, call, name, paths) in WORDED.iter().filter(|(script, ..)| own(script)) {
    faults.push((format!("{call}("), format!("worded({call}, \"{name}\", {paths})("), false));
  }
  let mut add = |list: &[Fault], is_once| {
    faults
      .extend(list.iter().filter(|(script, ..)| own(script)).map(|&(_, place, instead)| (place.to_owned(), instead.to_owned(), is_once)));
  };
  add(&EVERYWHERE, false);
  add(&ONCE, true);
  faults.extend(GUARDED.iter().filter(|(script, _)| own(script)).map(|&(_, place)| (place.to_owned(), format!("{{}}{GUARD}"), true)));
  for (place, instead, is_once) in faults {
    let count = code.matches(&place).count();
    let is_there = if is_once { count == 1 } else { count > 0 };
    assert!(is_there, "{specifier} has changed: {place:?} is there {count} times. Is it still to be mended?");
    code = code.replace(&place, &instead.replace("{}", &place));
  }
  code
}
