use super::*;

fn form(text: &str) -> FunctionForm {
  made(text).expect("a form")
}

fn made(text: &str) -> Result<FunctionForm, JsErrorBox> {
  let parsed = deno_ast::parse_module(ParseParams {
    specifier: Url::parse("file:///m.mjs").expect("valid"),
    text: text.into(),
    media_type: MediaType::Mjs,
    capture_tokens: false,
    scope_analysis: false,
    maybe_syntax: None,
  });
  of_module(parsed.expect("a module"))
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
fn an_await_before_the_end_of_its_line_is_refused() {
  // FIXME: it is sound; the parser takes it for a name.
  let refused = made("let a;\nconst b = await\n a;").expect_err("no form").to_string();
  assert!(refused.ends_with("at file:///m.mjs:2"), "{refused}");
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
