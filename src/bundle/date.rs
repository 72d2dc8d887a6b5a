//! Dates of packages, in the forms that their formats want.

/// A point in time, in seconds since 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Date(pub(super) u64);

const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const DAYS: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];

impl Date {
  /// Year, month and day of the Gregorian calendar.
  fn civil(self) -> (u64, usize, u64) {
    let mut days = self.0 / 86_400;
    let mut year = 1970;
    let is_leap = |year: u64| (year.is_multiple_of(4) && !year.is_multiple_of(100)) || year.is_multiple_of(400);
    loop {
      let length = if is_leap(year) { 366 } else { 365 };
      if days < length {
        break;
      }
      days -= length;
      year += 1;
    }
    let february = if is_leap(year) { 29 } else { 28 };
    let mut month = 0;
    for length in [31, february, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] {
      if days < length {
        break;
      }
      days -= length;
      month += 1;
    }
    (year, month, days + 1)
  }

  /// `2026-11-25`.
  pub(super) fn iso(self) -> String {
    let (year, month, day) = self.civil();
    format!("{year}-{:02}-{day:02}", month + 1)
  }

  /// `Wed, 25 Nov 2026 22:00:00 +0000`, as changelogs of Debian have it.
  pub(super) fn mail(self) -> String {
    let (year, month, day) = self.civil();
    let seconds = self.0 % 86_400;
    let weekday = DAYS[(self.0 / 86_400 % 7) as usize];
    let (hour, minute, second) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    format!("{weekday}, {day:02} {} {year} {hour:02}:{minute:02}:{second:02} +0000", MONTHS[month])
  }

  pub(super) fn year(self) -> u64 {
    self.civil().0
  }
}

#[cfg(test)]
mod tests {
  use super::*;

  #[test]
  fn dates_are_those_of_the_calendar() {
    for (seconds, iso, mail) in [
      (0, "1970-01-01", "Thu, 01 Jan 1970 00:00:00 +0000"),
      (951_782_400, "2000-02-29", "Tue, 29 Feb 2000 00:00:00 +0000"),
      (1_795_647_638, "2026-11-25", "Wed, 25 Nov 2026 23:00:38 +0000"),
      (4_107_542_399, "2100-02-28", "Sun, 28 Feb 2100 23:59:59 +0000"),
    ] {
      assert_eq!((Date(seconds).iso().as_str(), Date(seconds).mail().as_str()), (iso, mail));
    }
  }
}
