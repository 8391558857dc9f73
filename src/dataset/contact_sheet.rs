//! A contact sheet: many pictures of a dataset on one, to see at a glance what was recorded.

use super::BURST_LENGTH;
use super::error::DatasetError;
use super::layout::CONTACT_SHEET;
use super::reader::Dataset;
use super::whole_file::{encode_png, write_whole};
use crate::frame::{BYTES_PER_PIXEL, Frame, Size, read_picture, resize_bilinear};
use std::path::{Path, PathBuf};

/// Tiles beside each other: a burst fills a row.
const COLUMNS: u32 = BURST_LENGTH as u32;
/// Rows of single pictures, and below them rows of bursts, at most.
const FRAME_ROWS: usize = 10;
const BURST_ROWS: usize = 6;
/// Width of a tile in pixels; its height follows the first picture's aspect, within bounds.
const TILE_WIDTH_PX: u32 = 192;
const TILE_HEIGHTS_PX: std::ops::RangeInclusive<u32> = 64..=256;
/// Space around tiles, and between single pictures and bursts.
const GAP_PX: u32 = 4;
const SECTION_GAP_PX: u32 = 16;
/// The sheet's own colour, blue, green, red, unused.
const BACKGROUND: [u8; BYTES_PER_PIXEL] = [40, 36, 34, 255];

/// Writes single pictures and bursts, evenly chosen from all of them, as a PNG file; `None` writes it into the
/// dataset's folder. Damaged pictures leave their place empty. Gives the file's path.
///
/// # Errors
/// The file cannot be written.
pub fn write_contact_sheet(dataset: &Dataset, path: Option<&Path>) -> Result<PathBuf, DatasetError> {
    let path = path.map_or_else(|| dataset.path.join(CONTACT_SHEET), Path::to_owned);
    let sheet = draw(dataset);
    encode_png(&sheet)
        .and_then(|png| write_whole(&path, &png))
        .map_err(|error| DatasetError::writing(&path, &error))?;
    Ok(path)
}

fn draw(dataset: &Dataset) -> Frame {
    let frames = evenly(&dataset.frames, FRAME_ROWS * COLUMNS as usize);
    let bursts = evenly(&dataset.bursts, BURST_ROWS);
    let tile = tile_size(dataset);
    let frame_rows = (frames.len() as u32).div_ceil(COLUMNS);
    let rows = frame_rows + bursts.len() as u32;
    let section = if frames.is_empty() || bursts.is_empty() { 0 } else { SECTION_GAP_PX };
    let across = (tile.width + GAP_PX) * COLUMNS + GAP_PX;
    let mut sheet = Frame::new(Size::new(across, (tile.height + GAP_PX) * rows + GAP_PX + section));
    sheet.pixels.chunks_exact_mut(BYTES_PER_PIXEL).for_each(|pixel| pixel.copy_from_slice(&BACKGROUND));
    let place = |column: u32, row: u32, section: u32| {
        (GAP_PX + column * (tile.width + GAP_PX), GAP_PX + row * (tile.height + GAP_PX) + section)
    };
    for (index, path) in (0..).zip(frames) {
        paste(&mut sheet, path, tile, place(index % COLUMNS, index / COLUMNS, 0));
    }
    for (row, burst) in (frame_rows..).zip(bursts) {
        for (column, path) in (0..COLUMNS).zip(&burst.pictures) {
            paste(&mut sheet, path, tile, place(column, row, section));
        }
    }
    sheet
}

/// At most `count` of the items, spread over all of them.
fn evenly<T>(items: &[T], count: usize) -> Vec<&T> {
    let count = count.min(items.len());
    (0..count).map(|index| &items[index * items.len() / count]).collect()
}

fn tile_size(dataset: &Dataset) -> Size {
    let first = dataset.pictures().find_map(|path| image::image_dimensions(path).ok());
    let (width, height) = first.filter(|(width, height)| *width > 0 && *height > 0).unwrap_or((4, 3));
    let tile_height = (u64::from(TILE_WIDTH_PX) * u64::from(height) / u64::from(width)) as u32;
    Size::new(TILE_WIDTH_PX, tile_height.clamp(*TILE_HEIGHTS_PX.start(), *TILE_HEIGHTS_PX.end()))
}

/// Draws a picture into the middle of its tile, with its aspect kept.
fn paste(sheet: &mut Frame, path: &Path, tile: Size, (left, top): (u32, u32)) {
    let picture = match read_picture(path) {
        Ok(picture) if picture.size.area() > 0 => picture,
        Ok(_) => return,
        Err(error) => {
            tracing::warn!("{error}");
            return;
        }
    };
    let by_height = picture.size.with_height(tile.height);
    let size = if by_height.width <= tile.width {
        by_height
    } else {
        let height = u64::from(tile.width) * u64::from(picture.size.height) / u64::from(picture.size.width);
        Size::new(tile.width, (height as u32).clamp(1, tile.height))
    };
    let mut small = Frame::new(size);
    resize_bilinear(&picture, &mut small);
    let (left, top) = (left + (tile.width - size.width) / 2, top + (tile.height - size.height) / 2);
    let row_bytes = size.width as usize * BYTES_PER_PIXEL;
    let stride = sheet.size.width as usize * BYTES_PER_PIXEL;
    for (row, pixels) in small.pixels.chunks_exact(row_bytes).enumerate() {
        let start = (top as usize + row) * stride + left as usize * BYTES_PER_PIXEL;
        sheet.pixels[start..start + row_bytes].copy_from_slice(pixels);
    }
}

#[cfg(test)]
mod tests {
    use super::super::reader::open;
    use super::*;
    use crate::frame::write_picture;

    fn colour_at(sheet: &Frame, x: u32, y: u32) -> [u8; 3] {
        let start = (y * sheet.size.width + x) as usize * BYTES_PER_PIXEL;
        [sheet.pixels[start], sheet.pixels[start + 1], sheet.pixels[start + 2]]
    }

    #[test]
    fn pictures_of_any_aspect_stand_in_the_middle_of_their_tiles_and_damaged_ones_leave_them_empty() {
        let folder = tempfile::tempdir().unwrap();
        for (name, size) in [("a", Size::new(40, 30)), ("b", Size::new(30, 300)), ("c", Size::new(300, 30))] {
            let mut frame = Frame::new(size);
            frame.pixels.fill(200);
            write_picture(&folder.path().join(name).with_extension("png"), &frame).unwrap();
        }
        std::fs::write(folder.path().join("d.png"), "Dear picture").unwrap();
        let sheet = draw(&open(folder.path()).unwrap());
        let (tile_width, tile_height) = (TILE_WIDTH_PX + GAP_PX, 144 + GAP_PX);
        assert_eq!(sheet.size, Size::new(COLUMNS * tile_width + GAP_PX, tile_height + GAP_PX));
        let middle = |column: u32| (column * tile_width + GAP_PX + TILE_WIDTH_PX / 2, GAP_PX + 72);
        for column in 0..3 {
            let (x, y) = middle(column);
            assert_eq!(colour_at(&sheet, x, y), [200; 3], "tile {column}");
        }
        let (x, y) = middle(3);
        let background = [BACKGROUND[0], BACKGROUND[1], BACKGROUND[2]];
        assert_eq!(colour_at(&sheet, x, y), background);
        assert_eq!(colour_at(&sheet, GAP_PX + 1, GAP_PX + 1), [200; 3], "the first picture fills its tile");
        assert_eq!(colour_at(&sheet, tile_width + GAP_PX + 1, GAP_PX + 1), background, "a narrow one does not");
    }

    #[test]
    fn samples_are_spread_over_all() {
        let items: Vec<u32> = (0..100).collect();
        assert_eq!(evenly(&items, 4), [&0, &25, &50, &75]);
        assert_eq!(evenly(&items[..2], 4), [&0, &1]);
        assert!(evenly(&items[..0], 4).is_empty());
    }
}
