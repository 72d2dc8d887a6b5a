//! Resolution and loading of modules: the app's as Node does it, the shell's own under their own scheme, `electron` by a facade.

use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::HashMap;
use std::path::Path;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;

use base64::Engine as _;
use deno_ast::MediaType;
use deno_core::futures::FutureExt;
use deno_core::url::Url;
use deno_core::{
  FastString, ModuleLoadOptions, ModuleLoadReferrer, ModuleLoadResponse, ModuleLoader, ModuleSource, ModuleSourceCode, ModuleSpecifier,
  ModuleType, RequestedModuleType, ResolutionKind, SourceCodeCacheInfo,
};
use deno_error::JsErrorBox;
use deno_runtime::deno_node::NodeRequireLoader;
use deno_runtime::deno_permissions::PermissionsContainer;
use node_resolver::analyze::CjsAnalysisSourceProvider;
use node_resolver::errors::PackageJsonLoadError;
use node_resolver::{NodeResolutionKind, ResolutionMode};
use sys_traits::FsCanonicalize;

use super::code_cache::apps::{Form, Kind};
use super::failed_modules::FailedModules;
use super::services::Services;
use super::{archives, cjs, code_cache, embedded, loaded, stack_traces, typescript};

/// The module that stands for `electron` in ES modules of the main process.
const ELECTRON_URL: &str = "electron:electron";
/// Names under which apps import it.
const ELECTRON_NAMES: &[&str] = &["electron", "electron/main", "electron/common", "electron/renderer", "electron/utility"];

/// The module that stands for `original-fs` in ES modules.
const ORIGINAL_FS_URL: &str = "shell:///common/original-fs.js";

/// What the main module of a page's Node context, a `data:` URL, imports.
const PAGE_NODE_MAIN: &str = "shell:///page-node/main.js";

/// The names that `import { ... } from 'electron'` offers; `None` where there is no such module, as in worker threads.
pub type ElectronNames = Rc<RefCell<Option<Vec<String>>>>;

/// Modules that are in no file, such as what `-e` gives, by their addresses.
pub type InlineModules = Rc<RefCell<HashMap<Url, String>>>;

/// The loader of one worker. It is cheap to clone.
#[derive(Clone)]
pub(super) struct Loader {
  pub(super) services: Arc<Services>,
  electron: ElectronNames,
  inline: InlineModules,
  page_node: bool,
  failed: FailedModules,
}

impl Loader {
  pub(super) fn new(services: Arc<Services>, electron: ElectronNames) -> Self {
    Self { services, electron, inline: InlineModules::default(), page_node: false, failed: FailedModules::default() }
  }

  /// The same with modules that are in no file.
  pub(super) fn with_inline(self, inline: InlineModules) -> Self {
    Self { inline, ..self }
  }

  /// The same for the Node context of a page, whose main module is ours.
  pub(super) fn for_page_node(self) -> Self {
    Self { page_node: true, ..self }
  }

  pub(super) fn resolve_module(&self, specifier: &str, referrer: &str, kind: ResolutionKind) -> Result<Url, JsErrorBox> {
    // Who is started as the main module was named by the native side, never by an app.
    if matches!(kind, ResolutionKind::MainModule) {
      return Url::parse(specifier).map_err(JsErrorBox::from_err);
    }
    // `require` of an ES module names no referrer, only the file, and code of `-e` or of standard input is in the current folder.
    let referrer = Url::parse(referrer).or_else(|_| current_folder())?;
    match referrer.scheme() {
      embedded::SCHEME | "electron" if specifier.starts_with("shell:") || specifier.starts_with('.') => {
        return referrer.join(specifier).map_err(JsErrorBox::from_err);
      }
      // The shell's own modules resolve nothing by folders; they name what they take.
      embedded::SCHEME => return Url::parse(specifier).map_err(JsErrorBox::from_err),
      "data" if self.page_node && specifier == PAGE_NODE_MAIN => return Url::parse(specifier).map_err(JsErrorBox::from_err),
      _ => {}
    }
    if ELECTRON_NAMES.contains(&specifier) && self.electron.borrow().is_some() {
      return Url::parse(ELECTRON_URL).map_err(JsErrorBox::from_err);
    }
    if specifier == "original-fs" || specifier == "node:original-fs" {
      return Url::parse(ORIGINAL_FS_URL).map_err(JsErrorBox::from_err);
    }
    if let Ok(url) = Url::parse(specifier) {
      return match url.scheme() {
        "file" if matches!(kind, ResolutionKind::DynamicImport) => self.present(real(url), &referrer),
        "file" => Ok(real(url)),
        "node" | "data" | "blob" => Ok(url),
        _ if self.failed.failure(&url).is_some() => Ok(url),
        scheme => Err(JsErrorBox::from_err(UnsupportedScheme { scheme: scheme.into() })),
      };
    }
    let resolved = self.services.node_resolver.resolve(specifier, &referrer, ResolutionMode::Import, NodeResolutionKind::Execution);
    resolved.map_err(JsErrorBox::from_err)?.into_url().map(real).map_err(JsErrorBox::from_err)
  }

  /// A file that is there, or a module that is in none.
  fn present(&self, url: Url, referrer: &Url) -> Result<Url, JsErrorBox> {
    let Ok(path) = url.to_file_path() else { return Ok(url) };
    if self.failed.is_asked_for(&url) || archives::is_file(&path) || archives::is_dir(&path) || self.inline.borrow().contains_key(&url) {
      return Ok(url);
    }
    let referrer = referrer.to_file_path().map_or_else(|()| referrer.to_string(), |path| path.display().to_string());
    Err(JsErrorBox::from_err(NotFound { path: path.display().to_string(), from: format!(" imported from {referrer}") }))
  }

  /// A module that was loaded, or one that throws what kept it from being.
  fn answer(
    &self,
    specifier: &Url,
    requested: &RequestedModuleType,
    loaded: Result<ModuleSource, JsErrorBox>,
  ) -> Result<ModuleSource, JsErrorBox> {
    match loaded {
      // Where something else than a script is asked for, a script would be the next error.
      Err(error) if matches!(requested, RequestedModuleType::None) => {
        Ok(text_module(ModuleType::JavaScript, self.failed.loaded(specifier, error)?, specifier))
      }
      loaded => loaded,
    }
  }

  fn load_own(&self, specifier: &Url) -> Result<ModuleSource, JsErrorBox> {
    let path = specifier.path().trim_start_matches('/');
    let source = embedded::source(path).ok_or_else(|| JsErrorBox::generic(format!("{specifier} does not exist")))?;
    let code = match source {
      Cow::Borrowed(text) => FastString::from_static(text),
      Cow::Owned(text) => text.into(),
    };
    let compiled = compiled(specifier, code.as_str());
    Ok(ModuleSource::new(ModuleType::JavaScript, ModuleSourceCode::String(code), specifier, compiled))
  }

  /// The module `electron`: its names are exports, so that an ES module can import them.
  fn load_electron(&self, specifier: &Url) -> Result<ModuleSource, JsErrorBox> {
    let mut code = String::from("import { electron } from 'shell:///common/electron-module.js';\nexport default electron;\n");
    for name in self.electron.borrow().iter().flatten() {
      code.push_str(&format!("export const {name} = electron.{name};\n"));
    }
    Ok(ModuleSource::new(ModuleType::JavaScript, ModuleSourceCode::String(code.into()), specifier, None))
  }

  async fn load_file(self, specifier: Url, referrer: Option<String>, requested: RequestedModuleType) -> Result<ModuleSource, JsErrorBox> {
    let path = specifier.to_file_path().map_err(|()| JsErrorBox::type_error(format!("{specifier} names no file")))?;
    loaded::note(&path);
    let bytes = archives::read(&path).map_err(|error| not_loaded(&specifier, &path, referrer.as_deref(), &error))?;
    let media_type = MediaType::from_specifier(&specifier);
    match (&requested, media_type) {
      (RequestedModuleType::Text, _) => return Ok(bytes_module(ModuleType::Text, bytes, &specifier)),
      (RequestedModuleType::Bytes, _) => return Ok(bytes_module(ModuleType::Bytes, bytes, &specifier)),
      (_, MediaType::Wasm) => return Ok(bytes_module(ModuleType::Wasm, bytes, &specifier)),
      (_, MediaType::Css | MediaType::Html | MediaType::Markdown | MediaType::Sql | MediaType::SourceMap | MediaType::Unknown) => {
        // A file without any extension is what its package says.
        if let Some(extension) = path.extension() {
          let extension = format!(".{}", extension.to_string_lossy());
          return Err(JsErrorBox::from_err(UnknownExtension { extension, path: path.display().to_string() }));
        }
      }
      (RequestedModuleType::None, MediaType::Json) => return Err(JsErrorBox::from_err(AttributeMissing { url: specifier.to_string() })),
      (_, MediaType::Json) => return Ok(text_module(ModuleType::Json, into_text(bytes), &specifier)),
      _ => {}
    }
    let source = typescript::to_javascript(&specifier, media_type, into_text(bytes))?;
    let main_script = &self.services.main_script;
    let source = main_script.mark(&path, source);
    if !NodeRequireLoader::is_maybe_cjs(&self, &specifier).map_err(JsErrorBox::from_err)? {
      return Ok(app_module(main_script.mark_module(&path, &source).unwrap_or(source), &specifier));
    }
    // What nothing declares, and is one by its syntax.
    let module = main_script.mark_module(&path, &source).filter(|_| super::is_module(&source, super::SourceKind::JavaScript));
    if let Some(module) = module {
      return Ok(app_module(module, &specifier));
    }
    let translated = self
      .services
      .translator
      .translate_cjs_to_esm_with_source_provider(&specifier, Some(Cow::Owned(source)), Some(&Sources))
      .await
      .map_err(JsErrorBox::from_err)?
      .into_owned();
    Ok(app_module(translated, &specifier))
  }
}

/// A file that nothing says how to load.
#[derive(Debug, thiserror::Error, deno_error::JsError)]
#[class(type)]
#[property("code" = "ERR_UNKNOWN_FILE_EXTENSION")]
#[error("Unknown file extension \"{extension}\" for {path}")]
struct UnknownExtension {
  extension: String,
  path: String,
}

/// A file that is not there.
#[derive(Debug, thiserror::Error, deno_error::JsError)]
#[class(generic)]
#[property("code" = "ERR_MODULE_NOT_FOUND")]
#[error("Cannot find module '{path}'{from}")]
struct NotFound {
  path: String,
  from: String,
}

#[derive(Debug, thiserror::Error, deno_error::JsError)]
#[class(type)]
#[property("code" = "ERR_UNSUPPORTED_DIR_IMPORT")]
#[error("Directory import '{path}' is not supported resolving ES modules{from}")]
struct DirectoryImport {
  path: String,
  from: String,
}

#[derive(Debug, thiserror::Error, deno_error::JsError)]
#[class(generic)]
#[property("code" = "ERR_UNSUPPORTED_ESM_URL_SCHEME")]
#[error("Only URLs with a scheme in: file, data, and node are supported by the default ESM loader. Received protocol '{scheme}:'")]
struct UnsupportedScheme {
  scheme: String,
}

#[derive(Debug, thiserror::Error, deno_error::JsError)]
#[class(generic)]
#[property("code" = "ERR_UNKNOWN_BUILTIN_MODULE")]
#[error("No such built-in module: {name}")]
struct UnknownBuiltIn {
  name: String,
}

/// JSON that is imported like a script.
#[derive(Debug, thiserror::Error, deno_error::JsError)]
#[class(type)]
#[property("code" = "ERR_IMPORT_ATTRIBUTE_MISSING")]
#[error("Module \"{url}\" needs an import attribute of \"type: json\"")]
struct AttributeMissing {
  url: String,
}

/// What a `data:` URL holds that is no module.
#[derive(Debug, thiserror::Error, deno_error::JsError)]
#[class(range)]
#[property("code" = "ERR_UNKNOWN_MODULE_FORMAT")]
#[error("Unknown module format: {format} for URL {url}")]
struct UnknownFormat {
  format: String,
  url: String,
}

/// The address of the file itself where links lead to it: by whatever name, it is one module.
fn real(url: Url) -> Url {
  let Ok(path) = url.to_file_path() else { return url };
  match archives::Sys::default().fs_canonicalize(&path) {
    Ok(found) if found != path => {
      let Ok(mut real) = Url::from_file_path(&found) else { return url };
      real.set_query(url.query());
      real.set_fragment(url.fragment());
      real
    }
    // What is not there is said by whoever loads it.
    _ => url,
  }
}

fn current_folder() -> Result<Url, JsErrorBox> {
  let folder = std::env::current_dir().map_err(JsErrorBox::from_err)?;
  Url::from_directory_path(&folder).map_err(|()| JsErrorBox::generic(format!("{} is no folder with an address", folder.display())))
}

/// V8's compiled form of a module that comes with the executable. Without data it tells the runtime to hand the form over once it is made.
fn compiled(specifier: &Url, source: &str) -> Option<SourceCodeCacheInfo> {
  let specifier = specifier.as_str();
  if !code_cache::covers(specifier) {
    return None;
  }
  let hash = code_cache::source_hash(specifier, source);
  Some(SourceCodeCacheInfo { hash, data: code_cache::get(specifier, hash) })
}

/// Sources of the modules that a CommonJS module re-exports.
pub(super) struct Sources;

impl CjsAnalysisSourceProvider for Sources {
  fn load_source<'a>(&'a self, specifier: &Url) -> Option<Cow<'a, str>> {
    source_text(specifier).map(Cow::Owned)
  }
}

/// The text of a module's file.
pub(super) fn source_text(specifier: &Url) -> Option<String> {
  archives::read(&specifier.to_file_path().ok()?).ok().map(into_text)
}

fn into_text(bytes: Vec<u8>) -> String {
  let text = String::from_utf8(bytes).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned());
  match text.strip_prefix('\u{feff}') {
    Some(rest) => rest.to_owned(),
    None => text,
  }
}

fn text_module(kind: ModuleType, text: String, specifier: &Url) -> ModuleSource {
  ModuleSource::new(kind, ModuleSourceCode::String(text.into()), specifier, None)
}

/// A module of the app, with its compiled form if that is kept.
fn app_module(text: String, specifier: &Url) -> ModuleSource {
  let asked = code_cache::apps::look_up(Kind::Module, Form::Utf8, text.as_bytes());
  let compiled = asked.map(|asked| SourceCodeCacheInfo { hash: asked.key, data: asked.code.map(Cow::Owned) });
  ModuleSource::new(ModuleType::JavaScript, ModuleSourceCode::String(text.into()), specifier, compiled)
}

fn bytes_module(kind: ModuleType, bytes: Vec<u8>, specifier: &Url) -> ModuleSource {
  ModuleSource::new(kind, ModuleSourceCode::Bytes(bytes.into_boxed_slice().into()), specifier, None)
}

fn not_loaded(specifier: &Url, path: &Path, referrer: Option<&str>, error: &std::io::Error) -> JsErrorBox {
  let from = referrer.map(|referrer| format!(" imported from {referrer}")).unwrap_or_default();
  if archives::is_dir(path) {
    return JsErrorBox::from_err(DirectoryImport { path: path.display().to_string(), from });
  }
  if error.kind() == std::io::ErrorKind::NotFound {
    return JsErrorBox::from_err(NotFound { path: path.display().to_string(), from });
  }
  JsErrorBox::generic(format!("Cannot load {specifier}{from}: {error}"))
}

/// Media type, with its parameters, and content of a `data:` URL without its scheme.
pub(super) fn data_content(text: &str) -> Result<(&str, Vec<u8>), JsErrorBox> {
  let (head, body) = text.split_once(',').ok_or_else(|| JsErrorBox::type_error("The data URL has no comma"))?;
  let mut bytes: Vec<u8> = percent_encoding::percent_decode_str(body).collect();
  let Some(media_type) = head.strip_suffix(";base64") else { return Ok((head, bytes)) };
  bytes.retain(|byte| !byte.is_ascii_whitespace());
  let decoded = base64::engine::general_purpose::STANDARD.decode(&bytes);
  Ok((media_type, decoded.map_err(|error| JsErrorBox::type_error(error.to_string()))?))
}

/// The module in a `data:` URL.
fn load_data(specifier: &Url, requested: &RequestedModuleType) -> Result<ModuleSource, JsErrorBox> {
  // What would be a query elsewhere belongs to the content.
  let (media_type, bytes) = data_content(&specifier[deno_core::url::Position::BeforePath..deno_core::url::Position::AfterQuery])?;
  match media_type.split(';').next().unwrap_or_default() {
    "text/javascript" | "application/javascript" => Ok(text_module(ModuleType::JavaScript, into_text(bytes), specifier)),
    "application/json" if matches!(requested, RequestedModuleType::None) => {
      Err(JsErrorBox::from_err(AttributeMissing { url: specifier.to_string() }))
    }
    "application/json" => Ok(text_module(ModuleType::Json, into_text(bytes), specifier)),
    "application/wasm" => Ok(bytes_module(ModuleType::Wasm, bytes, specifier)),
    format => Err(JsErrorBox::from_err(UnknownFormat { format: format.into(), url: specifier.to_string() })),
  }
}

impl ModuleLoader for Loader {
  fn resolve(&self, specifier: &str, referrer: &str, kind: ResolutionKind) -> Result<ModuleSpecifier, JsErrorBox> {
    let resolved = self.resolve_module(specifier, referrer, kind);
    if matches!(kind, ResolutionKind::DynamicImport) { self.failed.resolved(resolved) } else { resolved }
  }

  fn get_source_map(&self, script: &str) -> Option<Cow<'_, [u8]>> {
    stack_traces::source_map(script).map(Cow::Owned)
  }

  fn load_external_source_map(&self, address: &str) -> Option<Cow<'_, [u8]>> {
    stack_traces::external_source_map(address).map(Cow::Owned)
  }

  fn source_map_source_exists(&self, address: &str) -> Option<bool> {
    Some(stack_traces::is_source(address))
  }

  fn get_source_mapped_source_line(&self, address: &str, line: usize) -> Option<String> {
    stack_traces::source_line(address, line)
  }

  fn get_code_cache(&self, specifier: &ModuleSpecifier, source: &str) -> Option<SourceCodeCacheInfo> {
    compiled(specifier, source)
  }

  fn code_cache_ready(&self, specifier: ModuleSpecifier, hash: u64, data: &[u8]) -> Pin<Box<dyn Future<Output = ()>>> {
    if code_cache::covers(specifier.as_str()) {
      code_cache::put(specifier.as_str(), hash, data);
    } else if specifier.scheme() == "file" {
      code_cache::apps::put_module(hash, data);
    }
    std::future::ready(()).boxed_local()
  }

  /// Unlike an import it does not ask whether the file is there.
  fn import_meta_resolve(&self, specifier: &str, referrer: &str) -> Result<ModuleSpecifier, JsErrorBox> {
    let relative = ["./", "../", "/"].iter().any(|start| specifier.starts_with(start));
    match Url::parse(referrer) {
      Ok(referrer) if relative && referrer.scheme() == "file" => referrer.join(specifier).map_err(JsErrorBox::from_err),
      _ => self.resolve_module(specifier, referrer, ResolutionKind::DynamicImport),
    }
  }

  fn load(&self, specifier: &ModuleSpecifier, referrer: Option<&ModuleLoadReferrer>, options: ModuleLoadOptions) -> ModuleLoadResponse {
    let requested = options.requested_module_type.clone();
    if let Some(failure) = self.failed.failure(specifier) {
      return ModuleLoadResponse::Sync(match requested {
        RequestedModuleType::None => Ok(text_module(ModuleType::JavaScript, failure.source.clone(), specifier)),
        _ => Err(failure.error()),
      });
    }
    match specifier.scheme() {
      embedded::SCHEME => ModuleLoadResponse::Sync(self.load_own(specifier)),
      "electron" => ModuleLoadResponse::Sync(self.load_electron(specifier)),
      "data" => ModuleLoadResponse::Sync(self.answer(specifier, &requested, load_data(specifier, &requested))),
      "file" => {
        if let Some(source) = self.inline.borrow().get(specifier) {
          return ModuleLoadResponse::Sync(Ok(text_module(ModuleType::JavaScript, source.clone(), specifier)));
        }
        let referrer = referrer.map(|referrer| referrer.specifier.to_string());
        let loader = self.clone();
        let specifier = specifier.clone();
        let load = async move {
          let loaded = loader.clone().load_file(specifier.clone(), referrer, requested.clone()).await;
          loader.answer(&specifier, &requested, loaded)
        };
        ModuleLoadResponse::Async(load.boxed_local())
      }
      // The ones that there are never come here.
      "node" => {
        let unknown = Err(JsErrorBox::from_err(UnknownBuiltIn { name: specifier.to_string() }));
        ModuleLoadResponse::Sync(self.answer(specifier, &requested, unknown))
      }
      scheme => ModuleLoadResponse::Sync(Err(JsErrorBox::type_error(format!("Modules of the scheme '{scheme}:' cannot be loaded")))),
    }
  }
}

impl NodeRequireLoader for Loader {
  fn ensure_read_permission<'a>(&self, _permissions: &mut PermissionsContainer, path: Cow<'a, Path>) -> Result<Cow<'a, Path>, JsErrorBox> {
    Ok(path)
  }

  fn load_text_file_lossy(&self, path: &Path) -> Result<FastString, JsErrorBox> {
    loaded::note(path);
    let text = into_text(archives::read(path).map_err(JsErrorBox::from_err)?);
    let specifier = Url::from_file_path(path).map_err(|()| JsErrorBox::generic(format!("{} is not absolute", path.display())))?;
    let source = typescript::to_javascript(&specifier, MediaType::from_specifier(&specifier), text)?;
    Ok(self.services.main_script.mark(path, source).into())
  }

  fn is_maybe_cjs(&self, specifier: &Url) -> Result<bool, PackageJsonLoadError> {
    Ok(self.services.cjs_tracker.is_maybe_cjs(specifier, MediaType::from_specifier(specifier))? || cjs::is_alone(specifier))
  }

  fn is_maybe_cjs_from_require(&self, specifier: &Url) -> Result<bool, PackageJsonLoadError> {
    Ok(self.services.cjs_tracker.is_maybe_cjs_from_require(specifier, MediaType::from_specifier(specifier))? || cjs::is_alone(specifier))
  }
}
