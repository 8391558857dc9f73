//! Dates of the Gregorian calendar, without time zones.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// A date and a time of day, UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DateTime {
    pub year: i64,
    /// `1..=12`
    pub month: i64,
    /// `1..=31`
    pub day: i64,
    pub hour: u64,
    pub minute: u64,
    pub second: u64,
}

impl DateTime {
    /// The time now; a clock before 1970 counts as 1970.
    pub fn now() -> Self {
        let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO);
        Self::from_unix(since_epoch.as_secs())
    }

    /// The time so many seconds after 1970-01-01 00:00.
    pub fn from_unix(seconds: u64) -> Self {
        let (year, month, day) = date((seconds / 86_400) as i64);
        Self { year, month, day, hour: seconds / 3600 % 24, minute: seconds / 60 % 60, second: seconds % 60 }
    }
}

/// Writes `2026-11-24T10:15:00Z`, as RFC 3339 has it.
impl std::fmt::Display for DateTime {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { year, month, day, hour, minute, second } = self;
        write!(f, "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
    }
}

/// Year, month and day of a number of days since 1970-01-01 in the Gregorian calendar, counted in eras of 400 years
/// that begin in March (the method of Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", 2014).
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
    fn writes_the_time_as_internet_dates_are_written() {
        assert_eq!(DateTime::from_unix(20_781 * 86_400 + 36_907).to_string(), "2026-11-24T10:15:07Z");
    }
}
