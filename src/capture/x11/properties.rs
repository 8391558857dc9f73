//! Reads who a window belongs to.

use super::display::{Display, DisplayLost, answer};
use super::facts::{Facts, LONGEST_PROPERTY_WORDS, Shown, words};
use crate::capture::{WindowInfo, WindowState};
use x11rb::protocol::xproto::{AtomEnum, ConnectionExt as _, GetPropertyReply};

/// The class of our own windows, in lower case.
const OUR_CLASS: &str = "impasto";

/// A window, and whether it is one that a person would capture.
pub struct Described {
    pub info: WindowInfo,
    /// It belongs to this program or to another Impasto.
    pub is_ours: bool,
    /// The desktop's background, or a panel.
    pub is_furniture: bool,
    pub has_picture: bool,
}

impl Described {
    /// Reads all that is known of a window; `None` where it does not exist.
    pub fn read(display: &Display, window: u32) -> Result<Option<Self>, DisplayLost> {
        let Some(facts) = Facts::read(display, window)? else { return Ok(None) };
        let (connection, atoms) = (&display.connection, &display.atoms);
        let property =
            |name: u32, kind: AtomEnum| connection.get_property(false, window, name, kind, 0, LONGEST_PROPERTY_WORDS);
        let net_name = property(atoms._NET_WM_NAME, AtomEnum::ANY)?;
        let name = property(AtomEnum::WM_NAME.into(), AtomEnum::ANY)?;
        let class = property(AtomEnum::WM_CLASS.into(), AtomEnum::STRING)?;
        let pid = property(atoms._NET_WM_PID, AtomEnum::CARDINAL)?;
        let types = property(atoms._NET_WM_WINDOW_TYPE, AtomEnum::ATOM)?;
        let net_name = text(answer(net_name.reply())?);
        let name = text(answer(name.reply())?);
        let class = class_of(answer(class.reply())?);
        let pid = words(answer(pid.reply())?).first().copied().filter(|&pid| pid != 0);
        let types = words(answer(types.reply())?);

        let is_ours = pid == Some(std::process::id()) || class.to_lowercase() == OUR_CLASS;
        let furniture = [atoms._NET_WM_WINDOW_TYPE_DESKTOP, atoms._NET_WM_WINDOW_TYPE_DOCK];
        let application = if class.is_empty() { pid.and_then(executable_name).unwrap_or_default() } else { class };
        let state = match facts.shown {
            Shown::Visible => WindowState::Visible,
            Shown::Minimized => WindowState::Minimized,
            Shown::Shaded | Shown::Hidden => WindowState::Hidden,
        };
        let title = if net_name.is_empty() { name } else { net_name };
        let info = WindowInfo { id: window, title, application, pid, size: facts.size, state };
        let is_furniture = types.iter().any(|kind| furniture.contains(kind));
        Ok(Some(Self { info, is_ours, is_furniture, has_picture: facts.has_picture }))
    }
}

/// The class of `WM_CLASS`, which holds an instance and a class, each ended by a zero (ICCCM 4.1.2.5).
fn class_of(reply: Option<GetPropertyReply>) -> String {
    let bytes = reply.map(|reply| reply.value).unwrap_or_default();
    let mut parts = bytes.split(|&byte| byte == 0).filter(|part| !part.is_empty());
    let instance = parts.next().unwrap_or_default();
    readable(parts.next().unwrap_or(instance))
}

fn text(reply: Option<GetPropertyReply>) -> String {
    readable(&reply.filter(|reply| reply.format == 8).map(|reply| reply.value).unwrap_or_default())
}

/// UTF-8, else Latin-1, which is what properties of type STRING hold; without characters that would upset a terminal.
fn readable(bytes: &[u8]) -> String {
    let text =
        std::str::from_utf8(bytes).map_or_else(|_| bytes.iter().map(|&byte| char::from(byte)).collect(), str::to_owned);
    let line: String = text.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect();
    line.trim().to_owned()
}

/// The file name of the program that a process runs; `None` where it has ended or belongs to another user.
fn executable_name(pid: u32) -> Option<String> {
    let path = std::fs::read_link(format!("/proc/{pid}/exe")).ok()?;
    let name = path.file_name()?.to_string_lossy().into_owned();
    Some(name.trim_end_matches(" (deleted)").to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_latin_1_where_a_title_is_not_utf_8() {
        assert_eq!(readable(b"caf\xe9"), "café");
        assert_eq!(readable("café".as_bytes()), "café");
    }

    #[test]
    fn keeps_control_characters_out_of_titles() {
        assert_eq!(readable(b"one\ntwo\x1b[31m\0"), "one two [31m");
    }
}
