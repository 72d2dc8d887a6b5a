//! Elsewhere nothing is checked but what all systems have in common.

use super::Check;

pub(super) fn checks() -> Vec<Check> {
  vec![Check::ok("system", format!("{} {}", std::env::consts::OS, std::env::consts::ARCH))]
}
