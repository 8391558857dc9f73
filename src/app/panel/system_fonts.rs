//! Letters that egui's own fonts lack, such as those of a Japanese title: from the system's fonts, which fontconfig
//! finds.

use egui::{FallbackRequest, FontData, FontInsert};
use std::process::{Command, Stdio};

/// A face's number within its file; fontconfig keeps the number of a variable font's instance above it.
const FACE_BITS: u32 = 0xFFFF;

/// A font that has a letter, where this is Linux and fontconfig knows one. egui asks once for each letter that it
/// lacks, on the main thread, and looks whether the font is one; asking takes some milliseconds.
pub fn system_font(request: &FallbackRequest<'_>) -> Option<FontInsert> {
    if !cfg!(target_os = "linux") {
        return None;
    }
    let letter = u32::from(request.cluster.chars().next()?);
    let mut question = Command::new("fc-match");
    question.args(["--format=%{file}\n%{index}", &format!("sans:charset={letter:x}:scalable=true")]);
    let answer = question.stdin(Stdio::null()).stderr(Stdio::null()).output().ok()?;
    let answer = String::from_utf8(answer.stdout).ok()?;
    let (file, index) = answer.split_once('\n')?;
    let mut data = FontData::from_owned(std::fs::read(file).ok()?);
    data.index = index.trim().parse::<u32>().ok()? & FACE_BITS;
    Some(FontInsert { name: format!("{file} {index}"), data, families: Vec::new() })
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::super::theme;
    use std::process::Command;

    #[test]
    fn letters_of_other_scripts_are_seen_where_the_system_has_a_font_for_them() {
        let context = egui::Context::default();
        theme::apply(&context);
        // No renderer takes the textures.
        context.run_ui(egui::RawInput::default(), |_| {}).textures_delta.clear();
        let has =
            |letter| context.fonts_mut(|fonts| fonts.has_glyph(&egui::FontId::proportional(theme::BODY_PT), letter));
        for letter in ['日', '한', 'א', 'ж', 'a'] {
            let known = Command::new("fc-list").arg(format!(":charset={:x}:scalable=true", u32::from(letter))).output();
            let is_known = known.is_ok_and(|known| !known.stdout.is_empty());
            assert!(has(letter) || !is_known, "{letter} is a box");
        }
        assert!(has('ж'), "it is in our own fonts");
    }
}
