//! Where painted pictures go: checks before the work, and writing that never leaves half a picture.

use crate::frame::{Frame, has_picture_ending, write_picture};
use anyhow::{Context, bail};
use std::path::Path;

/// Makes the output folder for a folder of pictures.
///
/// # Errors
/// The output is a file, is the input, or cannot be made.
pub fn prepare_folder(input: &Path, output: &Path) -> anyhow::Result<()> {
    if output.exists() && !output.is_dir() {
        bail!("the input is a folder, so the output must be one too, but this is a file: {}", output.display());
    }
    refuse_input(input, output)?;
    std::fs::create_dir_all(output).with_context(|| format!("cannot make the folder {}", output.display()))
}

/// Checks the output for one picture.
///
/// # Errors
/// The output is a folder, is the input, names no picture format, or has no folder to be in.
pub fn check_picture(input: &Path, output: &Path) -> anyhow::Result<()> {
    check_file(input, output)?;
    if !has_picture_ending(output) {
        bail!("the input is a picture, so the output must end in .png, .jpg, .webp or .bmp: {}", output.display());
    }
    Ok(())
}

/// Checks the output for a video.
///
/// # Errors
/// The output is a folder, is the input, does not end in `.mp4`, or has no folder to be in.
pub fn check_video(input: &Path, output: &Path) -> anyhow::Result<()> {
    check_file(input, output)?;
    if !output.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("mp4")) {
        bail!("the input is a video, so the output must end in .mp4: {}", output.display());
    }
    Ok(())
}

fn check_file(input: &Path, output: &Path) -> anyhow::Result<()> {
    if output.is_dir() {
        bail!("the input is a file, so the output must be one too, but this is a folder: {}", output.display());
    }
    if !folder_of(output).is_dir() {
        bail!("the folder for the output does not exist, make it first: {}", folder_of(output).display());
    }
    refuse_input(input, output)
}

fn refuse_input(input: &Path, output: &Path) -> anyhow::Result<()> {
    if is_same(input, output) {
        bail!("the output is the input itself, which is never overwritten, choose another: {}", output.display());
    }
    Ok(())
}

/// Whether two paths lead to the same file or folder, through links too.
fn is_same(a: &Path, b: &Path) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        if let (Ok(a), Ok(b)) = (a.metadata(), b.metadata()) {
            return (a.dev(), a.ino()) == (b.dev(), b.ino());
        }
    }
    matches!((a.canonicalize(), b.canonicalize()), (Ok(a), Ok(b)) if a == b)
}

/// The folder that a file is in.
fn folder_of(file: &Path) -> &Path {
    match file.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

/// Writes a picture beside `path` and then puts it in its place, so that there is the whole picture or none. Where
/// `path` is a link, the link is replaced, and not what it leads to.
///
/// # Errors
/// The folder cannot be written to, or the disk is full.
pub fn write_whole(path: &Path, picture: &Frame) -> anyhow::Result<()> {
    let suffix = path.extension().map(|ending| format!(".{}", ending.to_string_lossy())).unwrap_or_default();
    let mut builder = tempfile::Builder::new();
    builder.prefix(".impasto-").suffix(&suffix);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        // Like any new file, rather than for this user alone; the system takes away what the user's mask forbids.
        builder.permissions(std::fs::Permissions::from_mode(0o666));
    }
    let cannot_write = || format!("cannot write the picture {}", path.display());
    let file = builder.tempfile_in(folder_of(path)).with_context(cannot_write)?.into_temp_path();
    write_picture(&file, picture)?;
    file.persist(path).with_context(cannot_write)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::{Size, read_picture};

    #[test]
    fn kinds_that_do_not_fit_and_the_input_itself_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        let (input, inner) = (folder.path().join("in.png"), folder.path().join("inner"));
        std::fs::write(&input, b"").unwrap();
        std::fs::create_dir(&inner).unwrap();
        let said = |checked: anyhow::Result<()>| checked.unwrap_err().to_string();
        assert!(said(check_picture(&input, &inner)).contains("this is a folder"));
        assert!(said(check_picture(&input, &folder.path().join("out.gif"))).contains(".png"));
        assert!(said(check_picture(&input, &folder.path().join("none/out.png"))).contains("does not exist"));
        assert!(said(check_picture(&input, &inner.join("../in.png"))).contains("input itself"));
        assert!(said(check_video(&input, &folder.path().join("out.mkv"))).contains(".mp4"));
        assert!(said(prepare_folder(&inner, &input)).contains("this is a file"));
        assert!(said(prepare_folder(&inner, &inner.join("."))).contains("input itself"));
        assert!(check_picture(&input, &folder.path().join("out.JPG")).is_ok());
        let deep = folder.path().join("a/b");
        assert!(prepare_folder(&inner, &deep).is_ok() && deep.is_dir());
    }

    #[cfg(unix)]
    #[test]
    fn a_picture_replaces_a_link_and_not_what_it_leads_to() {
        use std::os::unix::fs::{PermissionsExt, symlink};
        let folder = tempfile::tempdir().unwrap();
        let (input, link) = (folder.path().join("in.png"), folder.path().join("link.png"));
        std::fs::write(&input, b"precious").unwrap();
        symlink(&input, &link).unwrap();
        assert!(check_picture(&input, &link).is_err());
        write_whole(&link, &Frame::new(Size::new(3, 2))).unwrap();
        assert_eq!(std::fs::read(&input).unwrap(), b"precious");
        assert_eq!(read_picture(&link).unwrap().size, Size::new(3, 2));
        assert_ne!(std::fs::metadata(&link).unwrap().permissions().mode() & 0o044, 0, "others may read it");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 2, "nothing else is left");
    }
}
