//! What the person was told.

use super::panel::NoticeView;
use std::time::Instant;

/// Notices that are kept: older ones make room.
const CAPACITY: usize = 8;

/// The latest notices, oldest first. The same text is kept once.
#[derive(Default)]
pub struct Notices {
    kept: Vec<(String, Instant)>,
    /// The last one that was not shown over the painting yet.
    fresh: Option<String>,
}

impl Notices {
    /// Adds a notice.
    pub fn add(&mut self, text: impl Into<String>) {
        let text = text.into();
        tracing::info!("{text}");
        self.kept.retain(|(known, _)| *known != text);
        if self.kept.len() == CAPACITY {
            self.kept.remove(0);
        }
        self.kept.push((text.clone(), Instant::now()));
        self.fresh = Some(text);
    }

    /// The last notice, once.
    pub fn take_fresh(&mut self) -> Option<String> {
        self.fresh.take()
    }

    /// The notices as the panel shows them.
    pub fn view(&self) -> Vec<NoticeView> {
        self.kept.iter().map(|(text, at)| NoticeView { text: text.clone(), age: at.elapsed() }).collect()
    }

    /// The texts alone, oldest first.
    pub fn texts(&self) -> impl Iterator<Item = &String> {
        self.kept.iter().map(|(text, _)| text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_the_latest_and_each_once() {
        let mut notices = Notices::default();
        for number in 0..CAPACITY + 2 {
            notices.add(format!("notice {number}"));
        }
        notices.add("notice 5");
        let texts: Vec<_> = notices.texts().cloned().collect();
        assert_eq!(texts.len(), CAPACITY);
        assert_eq!(texts[0], "notice 2");
        assert_eq!(texts[CAPACITY - 1], "notice 5");
    }
}
