//! Modules as functions, for an engine that nobody can tell where modules come from: the page's.
//!
//! The text is edited where it has module syntax and left alone everywhere else, so that lines, and with them the places in stack traces, stay.
//! An ES module becomes a generator whose first step makes its exports known and whose second runs it: between the two a module of the
//! same cycle can call its functions already, as it could in a real module. Exports are getters and imports are read where they are used,
//! so both are live. An `await` of its top level becomes a `yield`, which gives what is waited for to whoever runs it: an asynchronous generator would
//! begin later than a real module. `shell-js/renderer/node/es-modules.js` links and runs what comes out.

use std::collections::{HashMap, HashSet};

use deno_ast::swc::ast;
use deno_ast::swc::common::{BytePos, Span, Spanned};
use deno_ast::swc::ecma_visit::{Visit, VisitWith};
use deno_ast::{MediaType, ParseParams, ParsedSource, StartSourcePos};
use deno_core::url::Url;
use deno_error::JsErrorBox;
use serde::Serialize;

/// A module as a function, and what it wants of others.
#[derive(Debug, Default, Serialize)]
pub struct FunctionForm {
  /// An expression whose value is a function of the loader's globals, which gives the generator function.
  pub code: String,
  /// The modules that it names, in the order of their evaluation.
  pub requests: Vec<ModuleRequest>,
  /// Names that other modules must have: the number of the request and the name.
  pub imports: Vec<(usize, String)>,
  /// Names of its own.
  pub exports: Vec<String>,
  /// Names of others that it passes on: its own name for one, the number of the request and the name there, `*` for all in one object.
  pub indirect: Vec<(String, usize, String)>,
  /// Requests all of whose names it passes on.
  pub stars: Vec<usize>,
  /// Whether it waits for something on its top level.
  pub awaits: bool,
  /// Whether it is an asynchronous generator: loops that wait have no other form.
  pub asynchronous: bool,
}

/// A module that is named by another, and the `type` of its import attributes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ModuleRequest {
  pub specifier: String,
  pub kind: Option<String>,
}

/// The function form of a parsed ES module.
pub(super) fn of_module(parsed: ParsedSource) -> Result<FunctionForm, JsErrorBox> {
  let parsed = parsed.into_with_scope_analysis();
  let mut editor = Editor::new(&parsed);
  let program = parsed.program();
  let ast::Program::Module(module) = &*program else {
    return Err(JsErrorBox::generic("the text is no ES module"));
  };
  for item in &module.body {
    if let ast::ModuleItem::ModuleDecl(ast::ModuleDecl::Import(import)) = item {
      editor.import(import)?;
    }
  }
  editor.module_items(&module.body)?;
  Ok(editor.finish_module())
}

/// A script in which `import()` is a call of a function, and the name of that function; `None` where there is nothing to replace. A text that cannot be
/// parsed is left to the engine, whose message is the better one.
pub(super) fn of_script(specifier: &Url, text: &str) -> Option<(String, String)> {
  // The word alone is enough to look closer.
  if !text.contains("import") {
    return None;
  }
  // A function, as it will be: it may return.
  let wrapped = format!("(function () {{{text}\n}})");
  let parsed = deno_ast::parse_script(ParseParams {
    specifier: specifier.clone(),
    text: wrapped.into(),
    media_type: MediaType::Cjs,
    capture_tokens: false,
    scope_analysis: false,
    maybe_syntax: None,
  })
  .ok()?;
  let mut editor = Editor::new(&parsed);
  parsed.program().visit_with(&mut editor);
  if editor.edits.is_empty() {
    return None;
  }
  let edited = editor.apply();
  let name = format!("{}_import", editor.prefix);
  let inner = edited.strip_prefix("(function () {")?.strip_suffix("\n})")?;
  Some((inner.to_owned(), name))
}

/// Reads a text and collects what to change in it.
struct Editor<'a> {
  text: &'a str,
  /// Names that begin like this are nobody else's.
  prefix: String,
  /// Where, until where, and what stands there instead.
  edits: Vec<(usize, usize, String)>,
  /// The edits of what waits on the top level.
  waits: Vec<(usize, usize, String)>,
  form: FunctionForm,
  /// What an imported name stands for.
  bindings: HashMap<ast::Id, String>,
  /// The imported names again, for those that are passed on: the number of the request and the name there.
  sources: HashMap<ast::Id, (usize, String)>,
  /// Its own names: the exported one and the local one.
  locals: Vec<(String, String)>,
  /// Functions around the place that is looked at.
  depth: usize,
  names_default: bool,
  default_end: Option<(usize, usize, String)>,
  /// Where statements begin that follow others in a list.
  starts: HashSet<BytePos>,
}

impl<'a> Editor<'a> {
  fn new(parsed: &'a ParsedSource) -> Self {
    let text: &str = parsed.text();
    let mut prefix = String::from("__shell");
    while text.contains(&prefix) {
      prefix.push('_');
    }
    Self {
      text,
      prefix,
      edits: Vec::new(),
      waits: Vec::new(),
      form: FunctionForm::default(),
      bindings: HashMap::new(),
      sources: HashMap::new(),
      locals: Vec::new(),
      depth: 0,
      names_default: false,
      default_end: None,
      starts: HashSet::new(),
    }
  }

  fn at(&self, position: BytePos) -> usize {
    position.0.saturating_sub(StartSourcePos::START_SOURCE_POS.as_byte_pos().0) as usize
  }

  fn replace(&mut self, span: Span, with: impl Into<String>) {
    self.edits.push((self.at(span.lo), self.at(span.hi), with.into()));
  }

  /// Takes a statement out and leaves its lines.
  fn remove(&mut self, span: Span) {
    let lines = self.text.get(self.at(span.lo)..self.at(span.hi)).map_or(0, |text| text.matches('\n').count());
    self.replace(span, format!(";{}", "\n".repeat(lines)));
  }

  fn request(&mut self, source: &ast::Str, with: Option<&ast::ObjectLit>) -> Result<usize, JsErrorBox> {
    let request = ModuleRequest { specifier: source.value.to_string_lossy().into_owned(), kind: attribute_type(with)? };
    let found = self.form.requests.iter().position(|other| *other == request);
    Ok(found.unwrap_or_else(|| {
      self.form.requests.push(request);
      self.form.requests.len() - 1
    }))
  }

  fn import(&mut self, import: &ast::ImportDecl) -> Result<(), JsErrorBox> {
    if import.phase != ast::ImportPhase::Evaluation {
      return Err(JsErrorBox::new("SyntaxError", "import defer and import source are not supported in preloads"));
    }
    let request = self.request(&import.src, import.with.as_deref())?;
    let namespace = format!("{}_{request}", self.prefix);
    for specifier in &import.specifiers {
      let (local, name) = match specifier {
        ast::ImportSpecifier::Named(named) => (&named.local, named.imported.as_ref().map_or_else(|| named.local.sym.to_string(), name_of)),
        ast::ImportSpecifier::Default(default) => (&default.local, "default".to_owned()),
        ast::ImportSpecifier::Namespace(star) => (&star.local, "*".to_owned()),
      };
      let stands_for = if name == "*" { namespace.clone() } else { member(&namespace, &name) };
      if name != "*" {
        self.form.imports.push((request, name.clone()));
      }
      self.bindings.insert(local.to_id(), stands_for);
      self.sources.insert(local.to_id(), (request, name));
    }
    self.remove(import.span);
    Ok(())
  }

  fn module_items(&mut self, items: &[ast::ModuleItem]) -> Result<(), JsErrorBox> {
    for item in items {
      match item {
        ast::ModuleItem::Stmt(statement) => {
          self.note_start(statement);
          statement.visit_with(self);
        }
        ast::ModuleItem::ModuleDecl(declaration) => self.declaration(declaration)?,
      }
    }
    Ok(())
  }

  fn declaration(&mut self, declaration: &ast::ModuleDecl) -> Result<(), JsErrorBox> {
    match declaration {
      ast::ModuleDecl::Import(_) => {}
      ast::ModuleDecl::ExportDecl(export) => {
        for name in declared_names(&export.decl) {
          self.own(&name, &name);
        }
        self.replace(export.span.with_hi(export.decl.span_lo()), "");
        export.decl.visit_with(self);
      }
      ast::ModuleDecl::ExportNamed(export) => {
        match &export.src {
          Some(source) => self.pass_on(export, source)?,
          None => self.export_list(export),
        }
        self.remove(export.span);
      }
      ast::ModuleDecl::ExportAll(export) => {
        let request = self.request(&export.src, export.with.as_deref())?;
        self.form.stars.push(request);
        self.remove(export.span);
      }
      ast::ModuleDecl::ExportDefaultDecl(export) => self.default_declaration(export),
      ast::ModuleDecl::ExportDefaultExpr(export) => {
        self.default_expression(export.span.with_hi(export.expr.span().lo), export.expr.span().hi);
        export.expr.visit_with(self);
      }
      ast::ModuleDecl::TsImportEquals(_) | ast::ModuleDecl::TsExportAssignment(_) | ast::ModuleDecl::TsNamespaceExport(_) => {
        return Err(JsErrorBox::new("SyntaxError", "TypeScript's own module syntax is not supported in preloads"));
      }
    }
    Ok(())
  }

  fn own(&mut self, exported: &str, local: &str) {
    self.form.exports.push(exported.to_owned());
    self.locals.push((exported.to_owned(), local.to_owned()));
  }

  fn pass_on(&mut self, export: &ast::NamedExport, source: &ast::Str) -> Result<(), JsErrorBox> {
    let request = self.request(source, export.with.as_deref())?;
    for specifier in &export.specifiers {
      let (exported, name) = match specifier {
        ast::ExportSpecifier::Namespace(star) => (name_of(&star.name), "*".to_owned()),
        ast::ExportSpecifier::Named(named) => {
          let name = name_of(&named.orig);
          (named.exported.as_ref().map_or_else(|| name.clone(), name_of), name)
        }
        ast::ExportSpecifier::Default(default) => (default.exported.sym.to_string(), "default".to_owned()),
      };
      self.form.indirect.push((exported, request, name));
    }
    Ok(())
  }

  fn export_list(&mut self, export: &ast::NamedExport) {
    for specifier in &export.specifiers {
      let ast::ExportSpecifier::Named(named) = specifier else { continue };
      let ast::ModuleExportName::Ident(local) = &named.orig else { continue };
      let exported = named.exported.as_ref().map_or_else(|| local.sym.to_string(), name_of);
      match self.sources.get(&local.to_id()).cloned() {
        Some((request, name)) => self.form.indirect.push((exported, request, name)),
        None => self.own(&exported, &local.sym),
      }
    }
  }

  fn default_declaration(&mut self, export: &ast::ExportDefaultDecl) {
    match &export.decl {
      ast::DefaultDecl::Fn(function) => {
        let keyword = export.span.with_hi(function.span().lo);
        self.replace(keyword, "");
        match &function.ident {
          Some(name) => self.own("default", &name.sym),
          None => {
            // It is hoisted like any other, so it needs a name.
            let name = format!("{}_default", self.prefix);
            let at = self.parameters_of(self.at(function.span().lo));
            self.edits.push((at, at, format!(" {name}")));
            self.own("default", &name);
            self.names_default = true;
          }
        }
        function.function.visit_with(self);
      }
      ast::DefaultDecl::Class(class) => {
        match &class.ident {
          Some(name) => {
            self.own("default", &name.sym);
            self.replace(export.span.with_hi(class.span().lo), "");
          }
          None => self.default_expression(export.span.with_hi(class.span().lo), class.span().hi),
        }
        class.class.visit_with(self);
      }
      ast::DefaultDecl::TsInterfaceDecl(_) => self.remove(export.span),
    }
  }

  /// A key names what has no name of its own, as `export default` does.
  fn default_expression(&mut self, head: Span, end: BytePos) {
    let name = format!("{}_default", self.prefix);
    self.replace(head, format!("const {name} = ({{ default: "));
    let end = self.at(end);
    // After all that ends at the same place.
    self.default_end = Some((end, end, " }).default;".to_owned()));
    self.own("default", &name);
  }

  /// Where the parameters of a function begin whose text begins at `from`.
  fn parameters_of(&self, from: usize) -> usize {
    let mut rest = &self.text[from..];
    while let Some(character) = rest.chars().next() {
      let skipped = match character {
        '(' => break,
        '/' if rest.starts_with("/*") => rest.find("*/").map_or(rest.len(), |end| end + 2),
        '/' if rest.starts_with("//") => rest.find('\n').unwrap_or(rest.len()),
        other => other.len_utf8(),
      };
      rest = &rest[skipped..];
    }
    self.text.len() - rest.len()
  }

  fn note_start(&mut self, statement: &ast::Stmt) {
    if let ast::Stmt::Expr(expression) = statement {
      self.starts.insert(expression.span.lo);
    }
  }

  /// A name that is called: what it stands for is a member of something, which must not become `this`.
  fn callee(&mut self, expression: &ast::Expr) {
    if let ast::Expr::Paren(inner) = expression {
      self.callee(&inner.expr);
    } else if let ast::Expr::Ident(name) = expression
      && let Some(stands_for) = self.bindings.get(&name.to_id())
    {
      // Without the semicolon a line that begins so would go on the one before.
      let separator = if self.starts.contains(&name.span.lo) { ";" } else { "" };
      let called = format!("{separator}(0, {stands_for})");
      self.replace(name.span, called);
    } else {
      expression.visit_with(self);
    }
  }

  fn note_asynchronous(&mut self, waits: bool) {
    let waits = waits && self.depth == 0;
    self.form.awaits |= waits;
    self.form.asynchronous |= waits;
  }

  fn inside(&mut self, visit: impl FnOnce(&mut Self)) {
    self.depth += 1;
    visit(self);
    self.depth -= 1;
  }

  fn apply(&mut self) -> String {
    self.edits.sort_by_key(|(from, to, _)| (*from, *to));
    let mut result = String::with_capacity(self.text.len() + 1024);
    let mut at = 0;
    for (from, to, with) in &self.edits {
      // Overlaps cannot be; if there were one, the first counts.
      if *from < at {
        continue;
      }
      result.push_str(&self.text[at..*from]);
      result.push_str(with);
      at = *to;
    }
    result.push_str(&self.text[at..]);
    result
  }

  fn finish_module(mut self) -> FunctionForm {
    if !self.form.asynchronous {
      self.edits.append(&mut self.waits);
    }
    self.edits.extend(self.default_end.take());
    let body = self.apply();
    let body = if body.starts_with("#!") { format!("//{body}") } else { body };
    let prefix = &self.prefix;
    let namespaces: String = (0..self.form.requests.len()).map(|index| format!(", {prefix}_{index}")).collect();
    let mut head = String::new();
    for (exported, local) in &self.locals {
      head.push_str(&format!("{prefix}_export({}, () => {local}); ", quoted(exported)));
    }
    if self.names_default {
      head.push_str(&format!("Object.defineProperty({prefix}_default, 'name', {{ value: 'default', configurable: true }}); "));
    }
    let keyword = if self.form.asynchronous { "async function*" } else { "function*" };
    let code = format!(
      "(function (process, global, Buffer, setImmediate, clearImmediate) {{ return {keyword} ({prefix}_import, {prefix}_meta, {prefix}_export{namespaces}) \
       {{ 'use strict'; {head}yield; {body}\n}}; }})"
    );
    FunctionForm { code, ..self.form }
  }
}

impl Visit for Editor<'_> {
  fn visit_stmts(&mut self, statements: &[ast::Stmt]) {
    for statement in statements {
      self.note_start(statement);
      statement.visit_with(self);
    }
  }

  fn visit_ident(&mut self, name: &ast::Ident) {
    if let Some(stands_for) = self.bindings.get(&name.to_id()).cloned() {
      self.replace(name.span, stands_for);
    }
  }

  fn visit_prop(&mut self, property: &ast::Prop) {
    match property {
      ast::Prop::Shorthand(name) => {
        if let Some(stands_for) = self.bindings.get(&name.to_id()) {
          let whole = format!("{}: {stands_for}", name.sym);
          self.replace(name.span, whole);
        }
      }
      other => other.visit_children_with(self),
    }
  }

  fn visit_assign_pat_prop(&mut self, property: &ast::AssignPatProp) {
    if let Some(stands_for) = self.bindings.get(&property.key.to_id()) {
      let whole = format!("{}: {stands_for}", property.key.sym);
      self.replace(property.key.span, whole);
    }
    property.value.visit_with(self);
  }

  fn visit_call_expr(&mut self, call: &ast::CallExpr) {
    match &call.callee {
      ast::Callee::Import(import) => {
        let name = format!("{}_import", self.prefix);
        self.replace(import.span, name);
      }
      ast::Callee::Expr(callee) => self.callee(callee),
      ast::Callee::Super(_) => {}
    }
    call.args.visit_with(self);
  }

  fn visit_opt_call(&mut self, call: &ast::OptCall) {
    self.callee(&call.callee);
    call.args.visit_with(self);
  }

  fn visit_tagged_tpl(&mut self, template: &ast::TaggedTpl) {
    self.callee(&template.tag);
    template.tpl.visit_with(self);
  }

  fn visit_meta_prop_expr(&mut self, expression: &ast::MetaPropExpr) {
    if expression.kind == ast::MetaPropKind::ImportMeta {
      let name = format!("{}_meta", self.prefix);
      self.replace(expression.span, name);
    }
  }

  fn visit_await_expr(&mut self, expression: &ast::AwaitExpr) {
    if self.depth == 0 {
      self.form.awaits = true;
      let (from, end) = (self.at(expression.span.lo), self.at(expression.span.hi));
      let separator = if self.starts.contains(&expression.span.lo) { ";" } else { "" };
      self.waits.push((from, from + "await".len(), format!("{separator}(yield (")));
      self.waits.push((end, end, "))".to_owned()));
    }
    expression.visit_children_with(self);
  }

  fn visit_for_of_stmt(&mut self, statement: &ast::ForOfStmt) {
    self.note_asynchronous(statement.is_await);
    statement.visit_children_with(self);
  }

  fn visit_using_decl(&mut self, declaration: &ast::UsingDecl) {
    self.note_asynchronous(declaration.is_await);
    declaration.visit_children_with(self);
  }

  fn visit_function(&mut self, function: &ast::Function) {
    self.inside(|editor| function.visit_children_with(editor));
  }

  fn visit_arrow_expr(&mut self, function: &ast::ArrowExpr) {
    self.inside(|editor| function.visit_children_with(editor));
  }

  fn visit_constructor(&mut self, function: &ast::Constructor) {
    self.inside(|editor| function.visit_children_with(editor));
  }
}

fn name_of(name: &ast::ModuleExportName) -> String {
  name.atom().to_string()
}

/// `object.name`, whatever the name is.
fn member(object: &str, name: &str) -> String {
  let is_plain = !name.is_empty() && name.chars().all(|character| character.is_ascii_alphanumeric() || matches!(character, '_' | '$'));
  if is_plain && !name.starts_with(|first: char| first.is_ascii_digit()) {
    format!("{object}.{name}")
  } else {
    format!("{object}[{}]", quoted(name))
  }
}

fn quoted(text: &str) -> String {
  serde_json::Value::from(text).to_string()
}

fn attribute_type(with: Option<&ast::ObjectLit>) -> Result<Option<String>, JsErrorBox> {
  let mut kind = None;
  for property in with.iter().flat_map(|with| &with.props) {
    let (key, value) = match property {
      ast::PropOrSpread::Prop(property) => match &**property {
        ast::Prop::KeyValue(pair) => (pair.key.as_ident().map(|name| name.sym.to_string()), pair.value.as_lit()),
        _ => (None, None),
      },
      ast::PropOrSpread::Spread(_) => (None, None),
    };
    match (key.as_deref(), value) {
      (Some("type"), Some(ast::Lit::Str(value))) => kind = Some(value.value.to_string_lossy().into_owned()),
      (key, _) => {
        return Err(JsErrorBox::type_error(format!("Import attribute \"{}\" is not supported", key.unwrap_or_default())));
      }
    }
  }
  Ok(kind)
}

/// The names that a declaration makes.
fn declared_names(declaration: &ast::Decl) -> Vec<String> {
  #[derive(Default)]
  struct Names(Vec<String>);
  impl Visit for Names {
    fn visit_binding_ident(&mut self, name: &ast::BindingIdent) {
      self.0.push(name.sym.to_string());
    }
    fn visit_assign_pat_prop(&mut self, property: &ast::AssignPatProp) {
      self.0.push(property.key.sym.to_string());
    }
    // Defaults and computed keys declare nothing here.
    fn visit_expr(&mut self, _: &ast::Expr) {}
  }
  match declaration {
    ast::Decl::Class(class) => vec![class.ident.sym.to_string()],
    ast::Decl::Fn(function) => vec![function.ident.sym.to_string()],
    ast::Decl::Var(variables) => {
      let mut names = Names::default();
      for declarator in &variables.decls {
        declarator.name.visit_with(&mut names);
      }
      names.0
    }
    _ => Vec::new(),
  }
}

#[cfg(test)]
mod tests {
  use super::*;

  fn form(text: &str) -> FunctionForm {
    let parsed = deno_ast::parse_module(ParseParams {
      specifier: Url::parse("file:///m.mjs").expect("valid"),
      text: text.into(),
      media_type: MediaType::Mjs,
      capture_tokens: false,
      scope_analysis: false,
      maybe_syntax: None,
    });
    of_module(parsed.expect("a module")).expect("a form")
  }

  /// What stands between the two steps' `yield` and the end.
  fn body(text: &str) -> String {
    let code = form(text).code;
    code.split_once("yield; ").and_then(|(_, body)| body.strip_suffix("\n}; })")).expect("a body").to_owned()
  }

  #[test]
  fn only_module_syntax_changes_and_lines_stay() {
    assert_eq!(body("let a = 1\n{ a }"), "let a = 1\n{ a }");
    assert_eq!(
      body("import {\n  b\n} from 'x';\nb.c; b()\nlet a\nb()"),
      ";\n\n\n__shell_0.b.c; ;(0, __shell_0.b)()\nlet a\n;(0, __shell_0.b)()"
    );
    assert_eq!(body("export const a = 1, { b: [c] } = {};"), "const a = 1, { b: [c] } = {};");
    assert_eq!(body("export { a as b }; const a = 1"), "; const a = 1");
    assert_eq!(body("export default function () {}"), "function  __shell_default() {}");
    assert_eq!(body("export default a"), "const __shell_default = ({ default: a }).default;");
    assert_eq!(body("import.meta.url; import('x')"), "__shell_meta.url; __shell_import('x')");
  }

  #[test]
  fn an_await_becomes_a_yield_unless_a_loop_waits() {
    assert_eq!(body("let a\nawait (\n a) + await b"), "let a\n;(yield ( (\n a))) + (yield ( b))");
    assert_eq!(body("export default await a"), "const __shell_default = ({ default: (yield ( a)) }).default;");
    assert!(form("await 1").awaits && !form("await 1").asynchronous);
    assert!(!form("async () => { await 1; for await (const a of b); }").awaits);
    let waiting = form("for await (const a of b) await a");
    assert!(waiting.awaits && waiting.asynchronous);
    assert!(waiting.code.contains("async function*") && waiting.code.contains("for await (const a of b) await a"));
  }

  #[test]
  fn names_of_others_are_told() {
    let form = form(
      "import a, { b as c } from 'x'; import * as d from 'y' with { type: 'json' }; export { c as e, d, f }; export * from 'x'; export { default as g, 'h i' as j } from 'z'; const f = 1;",
    );
    let requests: Vec<_> = form.requests.iter().map(|request| (request.specifier.as_str(), request.kind.as_deref())).collect();
    assert_eq!(requests, [("x", None), ("y", Some("json")), ("z", None)]);
    assert_eq!(form.imports, [(0, "default".to_owned()), (0, "b".to_owned())]);
    assert_eq!((form.exports.as_slice(), form.stars.as_slice()), (["f".to_owned()].as_slice(), [0].as_slice()));
    let indirect: Vec<_> = form.indirect.iter().map(|(exported, request, name)| (exported.as_str(), *request, name.as_str())).collect();
    assert_eq!(indirect, [("e", 0, "b"), ("d", 1, "*"), ("g", 2, "default"), ("j", 2, "h i")]);
  }

  #[test]
  fn its_own_names_are_nobody_elses() {
    assert!(body("import { a } from 'x'; let __shell_0; a").contains("__shell___0.a"));
  }

  #[test]
  fn only_import_calls_of_scripts_change() {
    let specifier = Url::parse("file:///m.cjs").expect("valid");
    let script = |text: &str| of_script(&specifier, text);
    assert_eq!(script("return 1 // import('x')"), None);
    assert_eq!(script("a.import('x'); 'import(1)'"), None);
    let expected = "const a = () => __shell_import(`x`)\nreturn a";
    assert_eq!(script("const a = () => import(`x`)\nreturn a"), Some((expected.to_owned(), "__shell_import".to_owned())));
    assert_eq!(script("this is no script import('x')"), None);
  }
}
