//! An `ffmpeg` that writes into a file what should go to a video device, and is the real one otherwise.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

/// A device that exists everywhere and may be written.
pub const DEVICE: &str = "/dev/null";

/// Puts the program into a folder and gives the `PATH` that finds it first. What would go to the device goes into
/// `camera.yuv` there, as `yuv420p`, and its arguments into `camera.txt`.
pub fn camera_path(folder: &Path) -> String {
    let script = "#!/bin/bash\n\
        here=$(dirname \"$0\")\n\
        export PATH=${PATH#\"$here\":}\n\
        case \" $* \" in\n\
        *\" -f v4l2 \"*)\n\
            echo \"$*\" >\"$here/camera.txt\"\n\
            exec ffmpeg \"${@:1:$#-5}\" -y -f rawvideo -pix_fmt yuv420p \"$here/camera.yuv\" ;;\n\
        *) exec ffmpeg \"$@\" ;;\n\
        esac\n";
    put(folder, script)
}

/// As [`camera_path`], where the device refuses every picture.
pub fn broken_camera_path(folder: &Path) -> String {
    put(folder, "#!/bin/sh\nhead -c 1000 >/dev/null\necho 'ioctl(VIDIOC_G_FMT): Invalid argument' >&2\nexit 1\n")
}

fn put(folder: &Path, script: &str) -> String {
    let programs: PathBuf = folder.join("programs");
    std::fs::create_dir_all(&programs).unwrap();
    let program = programs.join("ffmpeg");
    std::fs::write(&program, script).unwrap();
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
    format!("{}:{}", programs.display(), std::env::var("PATH").unwrap_or_default())
}

/// What a camera of this size has shown: of each picture the luma and the two colour differences of its middle.
pub fn shown(folder: &Path, width: usize, height: usize) -> Vec<[u8; 3]> {
    let bytes = std::fs::read(folder.join("programs/camera.yuv")).unwrap_or_default();
    let luma = width * height;
    let at = (height / 2) * width + width / 2;
    let at_quarter = (height / 4) * (width / 2) + width / 4;
    bytes
        .chunks_exact(luma + luma / 2)
        .map(|picture| [picture[at], picture[luma + at_quarter], picture[luma + luma / 4 + at_quarter]])
        .collect()
}

/// A colour as cameras give it: BT.601, limited range (ITU-R BT.601-7, item 2.5).
pub fn camera_colour([red, green, blue]: [u8; 3]) -> [u8; 3] {
    let [red, green, blue] = [red, green, blue].map(|value| f64::from(value) / 255.0);
    let luma = 0.299 * red + 0.587 * green + 0.114 * blue;
    let code = |value: f64| value.round() as u8;
    [code(16.0 + 219.0 * luma), code(128.0 + 224.0 * (blue - luma) / 1.772), code(128.0 + 224.0 * (red - luma) / 1.402)]
}

/// Whether two colours are the same but for rounding.
pub fn is_near(one: [u8; 3], other: [u8; 3]) -> bool {
    one.iter().zip(other).all(|(one, other)| one.abs_diff(other) <= 3)
}
