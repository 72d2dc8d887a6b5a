//! What all workers of the process share: module resolution as Node does it, permissions, stores.

use std::borrow::Cow;
use std::sync::Arc;

use deno_core::{CompiledWasmModuleStore, SharedArrayBufferStore};
use deno_resolver::cjs::IsCjsResolutionMode;
use deno_resolver::npm::{
  ByonmNpmResolverCreateOptions, CreateInNpmPkgCheckerOptions, DenoInNpmPackageChecker, NpmResolver, NpmResolverCreateOptions,
};
use deno_runtime::FeatureChecker;
use deno_runtime::deno_fs::FileSystem;
use deno_runtime::deno_inspector_server::MainInspectorSessionChannel;
use deno_runtime::deno_node::{NodeExtInitServices, NodeRequireLoaderRc};
use deno_runtime::deno_permissions::PermissionsContainer;
use deno_runtime::deno_web::{BlobStore, InMemoryBroadcastChannel};
use deno_runtime::permissions::RuntimePermissionDescriptorParser;
use node_resolver::analyze::{CjsModuleExportAnalyzer, NodeCodeTranslator, NodeCodeTranslatorMode};
use node_resolver::cache::NodeResolutionSys;
use node_resolver::{
  DenoIsBuiltInNodeModuleChecker, NodeConditionOptions, NodeResolverOptions, PackageJsonResolver, PackageJsonThreadLocalCache,
};
use sys_traits::impls::RealSys;

use super::archives::{ArchiveFs, Sys};
use super::cjs::CodeAnalyzer;
use super::main_script::MainScript;
use crate::ops::page_node::PageNodes;

pub(super) type NodeResolver = deno_runtime::deno_node::NodeResolver<DenoInNpmPackageChecker, NpmResolver<Sys>, Sys>;
pub(super) type CjsTracker = deno_resolver::cjs::CjsTracker<DenoInNpmPackageChecker, Sys>;
type ExportAnalyzer = CjsModuleExportAnalyzer<CodeAnalyzer, DenoInNpmPackageChecker, DenoIsBuiltInNodeModuleChecker, NpmResolver<Sys>, Sys>;
type Translator = NodeCodeTranslator<CodeAnalyzer, DenoInNpmPackageChecker, DenoIsBuiltInNodeModuleChecker, NpmResolver<Sys>, Sys>;

/// Features of the runtime crates that apps need. Without `unsafe-proto`, `__proto__` is missing and npm packages break.
const FEATURES: &[&str] = &["unsafe-proto", "node-globals"];

/// Shared by the main worker and every worker thread.
pub(super) struct Services {
  pub node_resolver: Arc<NodeResolver>,
  pub package_json: Arc<PackageJsonResolver<Sys>>,
  pub cjs_tracker: Arc<CjsTracker>,
  pub exports: Arc<ExportAnalyzer>,
  pub translator: Translator,
  pub file_system: Arc<dyn FileSystem>,
  pub blobs: Arc<BlobStore>,
  pub broadcast: InMemoryBroadcastChannel,
  pub shared_buffers: SharedArrayBufferStore,
  pub wasm_modules: CompiledWasmModuleStore,
  pub features: Arc<FeatureChecker>,
  pub permissions: PermissionsContainer,
  pub inspector: MainInspectorSessionChannel,
  /// The main script that is being loaded.
  pub main_script: MainScript,
  /// Node contexts of pages whose threads have not started yet.
  pub page_nodes: PageNodes,
}

impl Services {
  /// Builds the services. `conditions` are those of the user, for the conditional exports of packages.
  pub(super) fn new(conditions: &[String]) -> Arc<Self> {
    let sys = Sys::default();
    let package_json = Arc::new(PackageJsonResolver::new(sys.clone(), Some(Arc::new(PackageJsonThreadLocalCache))));
    let resolution_sys = NodeResolutionSys::new(sys.clone(), None);
    let in_package = DenoInNpmPackageChecker::new(CreateInNpmPkgCheckerOptions::Byonm);
    let packages = NpmResolver::<Sys>::new::<Sys>(NpmResolverCreateOptions::Byonm(ByonmNpmResolverCreateOptions {
      root_node_modules_dir: None,
      search_stop_dir: None,
      sys: resolution_sys.clone(),
      pkg_json_resolver: package_json.clone(),
    }));
    let names = |list: &[&'static str]| list.iter().map(|name| Cow::Borrowed(*name)).collect();
    let node_resolver = Arc::new(NodeResolver::new(
      in_package.clone(),
      DenoIsBuiltInNodeModuleChecker,
      packages.clone(),
      package_json.clone(),
      resolution_sys,
      NodeResolverOptions {
        // Electron's conditions. Never "deno": packages would then expect that program's interfaces.
        conditions: NodeConditionOptions {
          conditions: conditions.iter().map(|name| Cow::Owned(name.clone())).collect(),
          import_conditions_override: Some(names(&["electron", "node", "import", "module-sync"])),
          require_conditions_override: Some(names(&["electron", "node", "require", "module-sync"])),
        },
        ..Default::default()
      },
    ));
    let cjs_tracker =
      Arc::new(CjsTracker::new(in_package.clone(), package_json.clone(), IsCjsResolutionMode::ImplicitTypeCommonJs, Vec::new()));
    let exports = Arc::new(CjsModuleExportAnalyzer::new(
      CodeAnalyzer { tracker: cjs_tracker.clone() },
      in_package,
      node_resolver.clone(),
      packages,
      package_json.clone(),
      sys.clone(),
    ));
    let mut features = FeatureChecker::default();
    for feature in FEATURES {
      features.enable_feature(feature);
    }
    Arc::new(Self {
      node_resolver,
      package_json,
      cjs_tracker,
      translator: NodeCodeTranslator::new(exports.clone(), NodeCodeTranslatorMode::ModuleLoader),
      exports,
      file_system: Arc::new(ArchiveFs),
      blobs: Arc::new(BlobStore::default()),
      broadcast: InMemoryBroadcastChannel::default(),
      shared_buffers: SharedArrayBufferStore::default(),
      wasm_modules: CompiledWasmModuleStore::default(),
      features: Arc::new(features),
      // An app has its user's rights, as every Electron app does.
      permissions: PermissionsContainer::allow_all(Arc::new(RuntimePermissionDescriptorParser::new(RealSys))),
      inspector: MainInspectorSessionChannel::new(),
      main_script: MainScript::default(),
      page_nodes: PageNodes::default(),
    })
  }

  /// What the Node layer of a worker on one thread gets; `loader` serves its `require`.
  pub(super) fn node(&self, loader: NodeRequireLoaderRc) -> NodeExtInitServices<DenoInNpmPackageChecker, NpmResolver<Sys>, Sys> {
    NodeExtInitServices {
      node_require_loader: loader,
      node_resolver: self.node_resolver.clone(),
      pkg_json_resolver: self.package_json.clone(),
      sys: Sys::default(),
    }
  }

  /// Numbers of the enabled features, as the bootstrap code takes them.
  pub(super) fn feature_ids(&self) -> Vec<i32> {
    deno_runtime::UNSTABLE_FEATURES.iter().filter(|feature| self.features.check(feature.name)).map(|feature| feature.id).collect()
  }
}
