//! What the tools that read each format have to say.

use std::os::unix::fs::PermissionsExt;
use std::sync::OnceLock;

use super::*;
use crate::shared;

const ALL: &str = "tar.gz,deb,rpm,appimage,pacman,exe,flatpak,snap";

/// The app with its bundles in `release`, made once for all tests.
fn bundled() -> &'static Path {
  static MADE: OnceLock<PathBuf> = OnceLock::new();
  MADE.get_or_init(|| {
    let folder = shared::folder();
    write_sample(&folder);
    succeeded(bundle(&folder, &["--target", ALL]));
    folder
  })
}

fn write_sample(folder: &Path) {
  let package = json!({
    "name": "@example/bundled-sample",
    "productName": "Bundled Sample",
    "version": "1.2.3-beta.4",
    "description": "Shows that bundles are whole.",
    "author": { "name": "Jane Doe", "email": "jane@example.com" },
    "license": "MIT",
    "homepage": "https://example.com/sample",
    "main": "main.js",
    "shell": {
      "appId": "com.example.BundledSample",
      "icon": "art/drawing.svg",
      "protocols": [{ "name": "Sample links", "schemes": ["bundled-sample"] }],
      "fileAssociations": [{ "ext": ["sample", "smpl"], "name": "Sample & Co", "mimeType": "application/x-bundled-sample" }, { "ext": "md", "mimeType": "text/markdown" }],
      "linux": {
        "category": "Office;Utility",
        "description": "A paragraph that says more than the line before it does.\n\nAnd a second one.",
        "executableArgs": ["--first", "two words"],
        "desktop": { "Keywords": "bundle;sample;" },
        "desktopActions": {
          "NewNote": { "Name": "New note", "Exec": "example-bundled-sample --new" },
          "Quit": { "Name": "Quit", "Exec": "example-bundled-sample --quit" },
        },
      },
      "deb": { "depends": ["libnotify4"], "afterInstall": "after-install.sh" },
      "rpm": { "depends": ["xdg-user-dirs"] },
    },
  });
  write(folder, "package.json", package.to_string());
  write(folder, "main.js", "console.log('main');");
  write(folder, "after-install.sh", "true after-install");
  write(
    folder,
    "art/drawing.svg",
    r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64"><circle cx="32" cy="32" r="30" fill="#4a7"/></svg>"##,
  );
  // A name that is longer than the oldest tar can hold.
  write(folder, &format!("{}/long.js", vec!["long-name"; 15].join("/")), "");
}

/// Unpacks a bundle into a new folder with this command, which gets the bundle's path last.
#[track_caller]
fn unpacked(command: &[&str], name: &str) -> TempDir {
  let folder = tempfile::tempdir().expect("a temporary folder");
  let path = bundled().join("release").join(name);
  let arguments = [&command[1..], &[path.to_str().expect("UTF-8")]].concat();
  run(command[0], &arguments, folder.path());
  folder
}

const DEB: &str = "example-bundled-sample_1.2.3-beta.4_amd64.deb";
const RPM: &str = "example-bundled-sample-1.2.3-beta.4-1.x86_64.rpm";
const PACMAN: &str = "example-bundled-sample-1.2.3-beta.4-x86_64.pkg.tar.zst";
const APP_IMAGE: &str = "example-bundled-sample-1.2.3-beta.4-x86_64.AppImage";
const EXE: &str = "example-bundled-sample-1.2.3-beta.4-x64";

/// The files that every package installs.
fn installed() -> Vec<String> {
  let id = "com.example.BundledSample";
  let mut files: Vec<_> =
    [16, 24, 32, 48, 64, 128, 256, 512].iter().map(|size| format!("usr/share/icons/hicolor/{size}x{size}/apps/{id}.png")).collect();
  let program = "usr/lib/example-bundled-sample";
  files.extend([
    "usr/bin/example-bundled-sample -> ../lib/example-bundled-sample/example-bundled-sample".into(),
    format!("{program}/LICENSE.shell"),
    format!("{program}/example-bundled-sample"),
    format!("{program}/resources/app.asar"),
    format!("usr/share/applications/{id}.desktop"),
    format!("usr/share/icons/hicolor/scalable/apps/{id}.svg"),
    format!("usr/share/metainfo/{id}.metainfo.xml"),
    format!("usr/share/mime/packages/{id}.xml"),
  ]);
  files.sort();
  files
}

#[test]
fn everything_is_there() {
  let expected = [
    "com.example.BundledSample.json",
    EXE,
    "example-bundled-sample-1.2.3-beta.4-x64.flatpak.tar.gz",
    "example-bundled-sample-1.2.3-beta.4-x64.snap.tar.gz",
    "example-bundled-sample-1.2.3-beta.4-x64.tar.gz",
    APP_IMAGE,
    PACMAN,
    RPM,
    DEB,
    "snapcraft.yaml",
  ];
  let mut expected = expected.map(String::from);
  expected.sort();
  assert_eq!(names(&bundled().join("release")), expected);
}

#[test]
fn two_runs_give_the_same_bytes() {
  let [app, place] = [(); 2].map(|()| tempfile::tempdir().expect("a temporary folder"));
  write_sample(app.path());
  for (run, date) in [("one", "1000000000"), ("two", "1000000000"), ("later", "1000086400")] {
    let output = Command::new(env!("CARGO_BIN_EXE_shell"))
      .args(["bundle", "--runtime", RUNTIME, "--target", ALL, "--output"])
      .args([&place.path().join(run), app.path()])
      .env("SOURCE_DATE_EPOCH", date)
      .output();
    succeeded(output.expect("the shell starts"));
  }
  let bytes = |run: &str, name: &str| fs::read(place.path().join(run).join(name)).expect("an artefact");
  let made = names(&place.path().join("one"));
  assert_eq!(made.len(), 10, "{made:?}");
  for name in made {
    assert!(bytes("one", &name) == bytes("two", &name), "{name}");
    // The date is in all of them that have dates.
    let has_date = !name.ends_with(".json") && !name.ends_with(".yaml") && name != EXE;
    assert_eq!(bytes("one", &name) != bytes("later", &name), has_date, "{name}");
  }
  // Without the variable the app's newest file gives the date.
  let own = ["own", "again"].map(|run| {
    succeeded(bundle(app.path(), &["--target", "tar.gz", "--output", place.path().join(run).to_str().expect("UTF-8")]));
    bytes(run, "example-bundled-sample-1.2.3-beta.4-x64.tar.gz")
  });
  assert!(own[0] == own[1]);
}

#[test]
fn deb_is_what_debian_wants() {
  let release = bundled().join("release");
  let findings = Command::new("lintian").args(["--profile", "debian", "--allow-root", DEB]).current_dir(&release).output();
  let findings = findings.expect("lintian is installed");
  let text = String::from_utf8_lossy(&findings.stdout);
  assert!(!text.lines().any(|line| line.starts_with("E: ")), "{text}");
  let field = |name: &str| run("dpkg-deb", &["-f", DEB, name], &release).trim().to_owned();
  assert_eq!(field("Package"), "example-bundled-sample");
  assert_eq!(field("Version"), "1.2.3~beta.4");
  assert_eq!(field("Architecture"), "amd64");
  assert_eq!(field("Maintainer"), "Jane Doe <jane@example.com>");
  let depends = field("Depends");
  assert!(depends.starts_with("libc6 (>= 2."), "{depends}");
  assert!(depends.ends_with("libgtk-3-0 | libgtk-3-0t64, libwebkit2gtk-4.1-0, libnotify4"), "{depends}");
  let data = unpacked(&["ar", "x"], DEB);
  let filters = run("xz", &["--list", "--verbose", "--verbose", "data.tar.xz"], data.path());
  assert!(filters.contains("--x86 --lzma2"), "{filters}");
  let root = unpacked(&["sh", "-c", "dpkg-deb -R \"$0\" ."], DEB);
  run("md5sum", &["--check", "--quiet", "DEBIAN/md5sums"], root.path());
  let sums = fs::read_to_string(root.path().join("DEBIAN/md5sums")).expect("the sums");
  assert!(sums.lines().all(|line| !line.contains("DEBIAN/")) && !sums.contains("usr/bin/"), "{sums}");
  for script in ["postinst", "postrm"] {
    run("sh", &["-n", &format!("DEBIAN/{script}")], root.path());
  }
  assert!(fs::read_to_string(root.path().join("DEBIAN/postinst")).expect("the script").ends_with("\ntrue after-install\n"));
  fs::remove_dir_all(root.path().join("DEBIAN")).expect("removed");
  let files: Vec<_> =
    tree(root.path()).into_iter().filter(|path| !path.starts_with("usr/share/doc") && !path.starts_with("usr/share/lintian")).collect();
  assert_eq!(files, installed());
}

#[test]
fn desktop_files_are_valid() {
  let root = unpacked(&["sh", "-c", "dpkg-deb -x \"$0\" ."], DEB);
  let share = root.path().join("usr/share");
  run("desktop-file-validate", &["applications/com.example.BundledSample.desktop"], &share);
  let entry = fs::read_to_string(share.join("applications/com.example.BundledSample.desktop")).expect("the entry");
  for line in [
    "Name=Bundled Sample",
    "Exec=example-bundled-sample --first \"two words\" %U",
    "Icon=com.example.BundledSample",
    "StartupWMClass=com.example.BundledSample",
    "Categories=Office;Utility;",
    "MimeType=application/x-bundled-sample;text/markdown;x-scheme-handler/bundled-sample;",
    "Keywords=bundle;sample;",
    "Actions=NewNote;Quit;",
    "[Desktop Action NewNote]",
    "Exec=example-bundled-sample --new",
  ] {
    assert!(entry.lines().any(|other| other == line), "{line} is missing in:\n{entry}");
  }
  run("appstreamcli", &["validate", "--no-net", "metainfo/com.example.BundledSample.metainfo.xml"], &share);
  // The system's own tool reads the types, and finds them afterwards.
  run("update-mime-database", &["mime"], &share);
  let globs = fs::read_to_string(share.join("mime/globs2")).expect("the patterns");
  assert!(
    globs.contains(":application/x-bundled-sample:*.sample\n") && globs.contains(":application/x-bundled-sample:*.smpl\n"),
    "{globs}"
  );
  assert!(!globs.contains("markdown"), "{globs}");
  let sizes = run("identify", &["-format", "%wx%h %[channels] ", "icons/hicolor/48x48/apps/com.example.BundledSample.png"], &share);
  assert!(sizes.starts_with("48x48 srgba"), "{sizes}");
}

#[test]
fn rpm_is_what_rpm_wants() {
  let release = bundled().join("release");
  let sums = run("rpm", &["-Kv", RPM], &release);
  assert!(sums.contains("Payload SHA256 digest: OK") && !sums.contains("BAD"), "{sums}");
  let requires = run("rpm", &["-qp", "--requires", RPM], &release);
  for name in ["libwebkit2gtk-4.1.so.0()(64bit)", "libgtk-3.so.0()(64bit)", "libc.so.6()(64bit)", "xdg-user-dirs"] {
    assert!(requires.lines().any(|line| line == name), "{name} is missing in {requires}");
  }
  assert!(requires.lines().any(|line| line.starts_with("libc.so.6(GLIBC_2.") && line.ends_with(")(64bit)")), "{requires}");
  let fields = run("rpm", &["-qp", "--queryformat", "%{NAME} %{VERSION}-%{RELEASE} %{ARCH} %{LICENSE} %{URL}", RPM], &release);
  assert_eq!(fields, "example-bundled-sample 1.2.3~beta.4-1 x86_64 MIT https://example.com/sample");
  // A signature is the publisher's to make.
  let findings = Command::new("rpmlint").arg(RPM).current_dir(&release).output().expect("rpmlint is installed");
  let text = String::from_utf8_lossy(&findings.stdout);
  let errors: Vec<_> = text.lines().filter(|line| line.contains(": E: ") && !line.ends_with("E: no-signature")).collect();
  assert!(errors.is_empty() && text.contains("packages and 0 specfiles checked"), "{text}");
  let root = unpacked(&["bsdtar", "-xf"], RPM);
  assert_eq!(tree(root.path()), installed());
}

#[test]
fn pacman_package_lists_what_it_has() {
  let root = unpacked(&["bsdtar", "-xf"], PACMAN);
  let list = run("sh", &["-c", "gzip -dc .MTREE"], root.path());
  let mut listed = 0;
  for line in list.lines().filter(|line| line.contains("sha256digest=")) {
    let (name, sum) = (line.split(' ').next().expect("a name"), line.rsplit('=').next().expect("a sum"));
    assert!(run("sha256sum", &[name], root.path()).starts_with(sum), "{line}");
    listed += 1;
  }
  // bsdtar reads the list too.
  assert!(run("bsdtar", &["-tf", ".MTREE"], root.path()).contains("./usr/bin/example-bundled-sample\n"));
  let information = fs::read_to_string(root.path().join(".PKGINFO")).expect("the information");
  for line in ["pkgname = example-bundled-sample", "pkgver = 1.2.3_beta.4-1", "arch = x86_64", "depend = webkit2gtk-4.1", "license = MIT"] {
    assert!(information.lines().any(|other| other == line), "{line} is missing in:\n{information}");
  }
  run("sh", &["-c", ". ./.INSTALL && type post_install post_upgrade post_remove"], root.path());
  let own = [".INSTALL", ".MTREE", ".PKGINFO"];
  let files: Vec<_> = tree(root.path()).into_iter().filter(|name| !own.contains(&name.as_str())).collect();
  assert_eq!(files, installed());
  let links = files.iter().filter(|name| name.contains(" -> ")).count();
  assert_eq!(listed, files.len() - links + 2, "{list}");
  let first = run("bsdtar", &["-tf", bundled().join("release").join(PACMAN).to_str().expect("UTF-8")], root.path());
  assert!(first.starts_with(".INSTALL\n.MTREE\n.PKGINFO\n"), "{first}");
}

#[test]
fn app_image_is_a_program_and_a_file_system() {
  let release = bundled().join("release");
  let bytes = fs::read(release.join(APP_IMAGE)).expect("the AppImage");
  assert_eq!((&bytes[..4], &bytes[8..11]), (&b"\x7fELF"[..], &b"AI\x02"[..]));
  assert_ne!(fs::metadata(release.join(APP_IMAGE)).expect("the AppImage").permissions().mode() & 0o111, 0);
  let program = release.join(APP_IMAGE).to_str().expect("UTF-8").to_owned();
  let offset = run(&program, &["--appimage-offset"], &release).trim().to_owned();
  let about = run("unsquashfs", &["-s", "-o", &offset, APP_IMAGE], &release);
  assert!(about.contains("Compression zstd"), "{about}");
  let place = tempfile::tempdir().expect("a temporary folder");
  run(&program, &["--appimage-extract"], place.path());
  let root = place.path().join("squashfs-root");
  let top = names(&root);
  assert_eq!(top, [".DirIcon", "AppRun", "com.example.BundledSample.desktop", "com.example.BundledSample.png", "usr"]);
  assert_eq!(fs::read(root.join("AppRun")).expect("AppRun"), fs::read(RUNTIME).expect("the runtime"));
  assert!(fs::read_to_string(root.join("com.example.BundledSample.desktop")).expect("the entry").starts_with("[Desktop Entry]"));
  assert!(root.join("usr/lib/app/resources/app.asar").is_file() && root.join(".DirIcon").is_file());
  // It starts what is in it, here a program that only succeeds.
  // In a temporary folder of its own: it leaves there what it unpacked.
  run("env", &["TMPDIR=.", &program, "--appimage-extract-and-run"], place.path());
}

#[test]
fn single_file_ends_with_its_archive() {
  let release = bundled().join("release");
  let bytes = fs::read(release.join(EXE)).expect("the program");
  let (rest, end) = bytes.split_at(bytes.len() - 24);
  assert_eq!(&end[..14], b"shell:app.asar");
  let length = u64::from_le_bytes(end[16..].try_into().expect("eight bytes")) as usize;
  assert_eq!((rest.len() - length) % 4096, 0);
  let place = tempfile::tempdir().expect("a temporary folder");
  write(place.path(), "app.asar", &rest[rest.len() - length..]);
  let list = run(env!("CARGO_BIN_EXE_shell"), &["asar", "list", "--is-pack", "app.asar"], place.path());
  assert!(list.contains("pack   : /main.js") && !list.contains("unpack :"), "{list}");
  // The program in front is as it was.
  assert!(rest.starts_with(&fs::read(RUNTIME).expect("the runtime")));
  run(release.join(EXE).to_str().expect("UTF-8"), &[], place.path());
}

#[test]
fn flatpak_manifest_is_what_the_builder_reads() {
  let release = bundled().join("release");
  let shown = run("flatpak-builder", &["--show-manifest", "com.example.BundledSample.json"], &release);
  let manifest: Value = serde_json::from_str(&shown).expect("JSON");
  assert_eq!((&manifest["id"], &manifest["command"]), (&json!("com.example.BundledSample"), &json!("example-bundled-sample")));
  let source = manifest["modules"][0]["sources"][0]["path"].as_str().expect("a source");
  let root = unpacked(&["tar", "-xf"], source);
  // What the manifest's commands copy has the command, and names that Flatpak exports.
  let files = root.path().join("files");
  assert_eq!(fs::read_link(files.join("bin/example-bundled-sample")).expect("a link").to_str(), Some("../lib/app/example-bundled-sample"));
  assert!(files.join("share/applications/com.example.BundledSample.desktop").is_file());
}

#[test]
fn snap_names_what_it_is_made_of() {
  let release = bundled().join("release");
  let yaml = fs::read_to_string(release.join("snapcraft.yaml")).expect("the file");
  let python = "import json, sys, yaml; print(json.dumps(yaml.safe_load(open(sys.argv[1]))))";
  let snap: Value = serde_json::from_str(&run("python3", &["-c", python, "snapcraft.yaml"], &release)).unwrap_or_else(|_| panic!("{yaml}"));
  assert_eq!(
    (&snap["name"], &snap["version"], &snap["base"]),
    (&json!("example-bundled-sample"), &json!("1.2.3-beta.4"), &json!("core24"))
  );
  let source = snap["parts"]["example-bundled-sample"]["source"].as_str().expect("a source");
  let root = unpacked(&["tar", "-xf"], source);
  let app = &snap["apps"]["example-bundled-sample"];
  for name in ["command", "desktop"] {
    assert!(root.path().join("files").join(app[name].as_str().expect("a path")).is_file(), "{yaml}");
  }
}
