//! Names in modules, and how they are written.

use deno_ast::swc::ast;
use deno_ast::swc::ecma_visit::{Visit, VisitWith};
use deno_error::JsErrorBox;

/// The name by which others know something.
pub(super) fn name_of(name: &ast::ModuleExportName) -> String {
  name.atom().to_string()
}

/// `object.name`, whatever the name is.
pub(super) fn member(object: &str, name: &str) -> String {
  let is_plain = !name.is_empty() && name.chars().all(|character| character.is_ascii_alphanumeric() || matches!(character, '_' | '$'));
  if is_plain && !name.starts_with(|first: char| first.is_ascii_digit()) {
    format!("{object}.{name}")
  } else {
    format!("{object}[{}]", quoted(name))
  }
}

/// A text as JavaScript writes it.
pub(super) fn quoted(text: &str) -> String {
  serde_json::Value::from(text).to_string()
}

/// The `type` of import attributes; others there are not.
pub(super) fn attribute_type(with: Option<&ast::ObjectLit>) -> Result<Option<String>, JsErrorBox> {
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
pub(super) fn declared_names(declaration: &ast::Decl) -> Vec<String> {
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
