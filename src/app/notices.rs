//! What the person was told.

use super::panel::NoticeView;
use std::time::{Duration, Instant};

/// Notices that are kept: older ones make room.
const CAPACITY: usize = 8;

/// Trouble is shown by the tray's icon for this long.
const TROUBLE_TIME: Duration = Duration::from_secs(12);

/// The latest notices, oldest first. The same text is kept once.
#[derive(Default)]
pub struct Notices {
    kept: Vec<Notice>,
    /// The last one that was not shown over the painting yet.
    fresh: Option<String>,
}

struct Notice {
    text: String,
    at: Instant,
    is_trouble: bool,
}

impl Notices {
    /// Tells that something went wrong, and what to do.
    pub fn add(&mut self, text: impl Into<String>) {
        self.push(text.into(), true);
    }

    /// Tells what was done.
    pub fn tell(&mut self, text: impl Into<String>) {
        self.push(text.into(), false);
    }

    fn push(&mut self, text: String, is_trouble: bool) {
        tracing::info!("{text}");
        self.kept.retain(|known| known.text != text);
        if self.kept.len() == CAPACITY {
            self.kept.remove(0);
        }
        self.fresh = Some(text.clone());
        self.kept.push(Notice { text, at: Instant::now(), is_trouble });
    }

    /// The last notice, once.
    pub fn take_fresh(&mut self) -> Option<String> {
        self.fresh.take()
    }

    /// What went wrong a moment ago.
    pub fn recent_trouble(&self) -> Option<String> {
        let recent = self.kept.iter().rev().find(|notice| notice.is_trouble)?;
        (recent.at.elapsed() < TROUBLE_TIME).then(|| recent.text.clone())
    }

    /// The notices as the panel shows them.
    pub fn view(&self) -> Vec<NoticeView> {
        self.kept.iter().map(|notice| NoticeView { text: notice.text.clone(), age: notice.at.elapsed() }).collect()
    }

    /// The texts alone, oldest first.
    pub fn texts(&self) -> impl Iterator<Item = &String> {
        self.kept.iter().map(|notice| &notice.text)
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
        assert_eq!(notices.take_fresh().as_deref(), Some("notice 5"));
        assert_eq!(notices.take_fresh(), None);
        notices.tell("all is well");
        assert_eq!(notices.recent_trouble().as_deref(), Some("notice 5"));
    }
}
