//! Modules as functions, for an engine that nobody can tell where modules come from: the page's.
//!
//! The text is edited where it has module syntax and left alone everywhere else, so that lines, and with them the places in stack traces, stay.
//! An ES module becomes a generator whose first step makes its exports known and whose second runs it: between the two a module of the
//! same cycle can call its functions already, as it could in a real module. Exports are getters and imports are read where they are used,
//! so both are live. An `await` of its top level becomes a `yield`, which gives what is waited for to whoever runs it: an asynchronous generator would
//! begin later than a real module. `shell-js/renderer/node/es-modules.js` links and runs what comes out.

mod names;
#[cfg(test)]
mod tests;

use std::collections::{HashMap, HashSet};

use deno_ast::swc::ast;
use deno_ast::swc::common::{BytePos, Span, Spanned};
use deno_ast::swc::ecma_visit::{Visit, VisitWith};
use deno_ast::{MediaType, ParseParams, ParsedSource, StartSourcePos};
use deno_core::url::Url;
use deno_error::JsErrorBox;
use names::{attribute_type, declared_names, member, name_of, quoted};
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
  if let Some(position) = editor.bare_await {
    let before = &editor.text[..editor.at(position)];
    let line = before.matches('\n').count() + 1;
    let text =
      format!("An await of the top level must stand in one line with the begin of what it waits for, at {}:{line}", parsed.specifier());
    return Err(JsErrorBox::new("SyntaxError", text));
  }
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
  /// An `await` before the end of a line, which the parser takes for a name.
  bare_await: Option<BytePos>,
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
      bare_await: None,
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
    if name.sym == "await" {
      self.bare_await = Some(name.span.lo);
    }
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
