//! Names for new recordings.

use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

const LONGEST_NAME: usize = 40;

/// A new file name in `folder` for a recording of `what`, from the date and time (UTC):
/// `impasto-WHAT-2026-11-24-101500.mp4`. Where that exists, a number is added.
pub fn recording_path(folder: &Path, what: &str) -> PathBuf {
    let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO);
    let stem = stem(what, since_epoch.as_secs());
    let first = folder.join(format!("{stem}.mp4"));
    let others = (2..).map(|number: u32| folder.join(format!("{stem}-{number}.mp4")));
    std::iter::once(first.clone()).chain(others).find(|path| !path.exists()).unwrap_or(first)
}

fn stem(what: &str, seconds: u64) -> String {
    let (year, month, day) = date((seconds / 86_400) as i64);
    let (hour, minute, second) = (seconds / 3600 % 24, seconds / 60 % 60, seconds % 60);
    format!("impasto-{}-{year:04}-{month:02}-{day:02}-{hour:02}{minute:02}{second:02}", plain(what))
}

/// Letters and digits of a text, with single hyphens for everything between; never empty.
fn plain(what: &str) -> String {
    let mut name = String::new();
    for letter in what.chars() {
        if letter.is_alphanumeric() {
            name.push(letter);
        } else if !name.is_empty() && !name.ends_with('-') {
            name.push('-');
        }
        if name.chars().count() == LONGEST_NAME {
            break;
        }
    }
    let name = name.trim_end_matches('-');
    if name.is_empty() { "recording".to_owned() } else { name.to_owned() }
}

/// Year, month and day of a number of days since 1970-01-01 in the Gregorian calendar, counted in eras of 400 years that
/// begin in March (the method of Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", 2014).
fn date(days: i64) -> (i64, i64, i64) {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_days_across_leap_years() {
        assert_eq!(date(0), (1970, 1, 1));
        assert_eq!(date(11_016), (2000, 2, 29));
        assert_eq!(date(19_723), (2024, 1, 1));
        assert_eq!(date(20_781), (2026, 11, 24));
    }

    #[test]
    fn names_by_game_and_time() {
        assert_eq!(
            stem("Doom II: Hell/Earth..", 20_781 * 86_400 + 36_900),
            "impasto-Doom-II-Hell-Earth-2026-11-24-101500"
        );
        assert_eq!(plain("../../"), "recording");
        assert_eq!(plain(&"x".repeat(99)).len(), LONGEST_NAME);
    }
}
