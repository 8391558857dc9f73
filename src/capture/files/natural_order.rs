//! The order in which people number files: 2 before 10.

use std::cmp::Ordering;

/// Compares two names: runs of digits by their value, everything else letter by letter, regardless of case.
pub fn compare(a: &str, b: &str) -> Ordering {
    let (mut left, mut right) = (a, b);
    loop {
        let order = match (left.chars().next(), right.chars().next()) {
            // Names that differ only in case or in leading zeros still need one order.
            (None, None) => return a.cmp(b),
            (None, Some(_)) => return Ordering::Less,
            (Some(_), None) => return Ordering::Greater,
            (Some(x), Some(y)) if x.is_ascii_digit() && y.is_ascii_digit() => {
                let (number, other) = (take_digits(&mut left), take_digits(&mut right));
                number.len().cmp(&other.len()).then_with(|| number.cmp(other))
            }
            (Some(x), Some(y)) => {
                left = &left[x.len_utf8()..];
                right = &right[y.len_utf8()..];
                x.to_lowercase().cmp(y.to_lowercase())
            }
        };
        if order != Ordering::Equal {
            return order;
        }
    }
}

/// Takes the digits at the start, without leading zeros.
fn take_digits<'a>(text: &mut &'a str) -> &'a str {
    let end = text.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(text.len());
    let (digits, rest) = text.split_at(end);
    *text = rest;
    digits.trim_start_matches('0')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sorts_numbers_by_value() {
        let mut names = ["b1", "a10.png", "a2.png", "A3.png", "a02.png", "a", "a2b", "a99999999999999999999999"];
        names.sort_by(|a, b| compare(a, b));
        assert_eq!(names, ["a", "a02.png", "a2.png", "a2b", "A3.png", "a10.png", "a99999999999999999999999", "b1"]);
    }
}
