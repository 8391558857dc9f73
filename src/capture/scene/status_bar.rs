//! The status bar: health, armor, ammunition, score and the hero's face, with a title and a clock on top.

use super::font::{LETTER_ADVANCE, LETTER_WIDTH, letter};
use super::weapon::SECONDS_PER_SHOT;
use crate::frame::{BYTES_PER_PIXEL, Size};
use std::time::Duration;

/// Height of the bar in bar units; a unit is one pixel for every 240 rows of the picture.
const BAR_UNITS: u32 = 32;
/// Smaller pictures have no bar: it would not be readable.
const SMALLEST: Size = Size::new(230, 120);

const METAL: [u8; 3] = [66, 62, 74];
const PANEL: [u8; 3] = [26, 22, 34];
const LABEL: [u8; 3] = [208, 176, 112];
const SHADOW: [u8; 3] = [12, 8, 16];
const RED: [u8; 3] = [255, 66, 48];
const GREEN: [u8; 3] = [112, 232, 84];
const BLUE: [u8; 3] = [92, 176, 255];
const YELLOW: [u8; 3] = [255, 216, 74];
const WHITE: [u8; 3] = [248, 244, 230];

/// Rows of the picture that the bar covers.
pub fn bar_height(size: Size) -> u32 {
    if is_shown(size) { BAR_UNITS * unit(size) } else { 0 }
}

fn is_shown(size: Size) -> bool {
    size.width >= SMALLEST.width && size.height >= SMALLEST.height
}

fn unit(size: Size) -> u32 {
    (size.height / 240).min(size.width / SMALLEST.width).max(1)
}

/// Paints the bar into `pixels`, a picture of the given size; the pixels that it covers become opaque.
pub fn paint(time: Duration, size: Size, pixels: &mut [u8]) {
    if !is_shown(size) {
        return;
    }
    let unit = unit(size);
    let mut canvas = Canvas { pixels, size, unit };
    let (columns, rows) = (size.width / unit, size.height / unit);
    let (width, top) = (columns as i32, rows as i32 - BAR_UNITS as i32);
    let seconds = time.as_secs_f64();
    canvas.rectangle(0, top, width + 1, BAR_UNITS as i32 + 1, METAL);
    canvas.rectangle(0, top, width + 1, 1, [124, 116, 132]);
    canvas.rectangle(0, top + 1, width + 1, 1, [92, 86, 100]);
    canvas.rectangle(0, top + BAR_UNITS as i32 - 1, width + 1, 2, [38, 34, 44]);

    let middle = width / 2;
    let health = 100 - ((seconds * 2.3) as u64 % 63) as u32;
    let armor = 40 + ((seconds / 2.0) as u64 * 7 % 60) as u32;
    let ammunition = 50 - ((seconds / SECONDS_PER_SHOT) as u64 % 50) as u32;
    let score = 1_250 + (seconds / 0.8) as u64 * 50;
    let health_colour = if health > 50 { GREEN } else { RED };
    canvas.gauge(4, top + 4, "HEALTH", health, health_colour);
    canvas.gauge(58, top + 4, "ARMOR", armor, BLUE);
    canvas.face(middle - 13, top + 3, health, seconds);
    canvas.panel(middle + 17, top + 4, 36, 24);
    canvas.text(middle + 20, top + 5, 1, b"AMMO", LABEL);
    canvas.text(middle + 23, top + 13, 2, &digits::<2>(u64::from(ammunition)), YELLOW);
    canvas.panel(width - 58, top + 4, 54, 24);
    canvas.text(width - 55, top + 5, 1, b"SCORE", LABEL);
    canvas.text(width - 54, top + 17, 1, &digits::<8>(score), WHITE);

    canvas.shadowed(5, 5, b"E1M3: THE EMBER HALL", LABEL);
    let clock = (seconds as u64).min(5999);
    let (minutes, rest) = (digits::<2>(clock / 60), digits::<2>(clock % 60));
    let clock = [minutes[0], minutes[1], b':', rest[0], rest[1]];
    canvas.shadowed(width - 5 - clock.len() as i32 * LETTER_ADVANCE as i32, 5, &clock, WHITE);
    // The crosshair, in the middle of the world's part of the picture.
    let centre = rows as i32 / 2;
    for (x, y, long, high) in [(-5, 0, 3, 1), (3, 0, 3, 1), (0, -5, 1, 3), (0, 3, 1, 3)] {
        canvas.rectangle(middle + x, centre + y, long, high, [196, 255, 150]);
    }
}

/// The last `N` digits of a number.
fn digits<const N: usize>(number: u64) -> [u8; N] {
    let mut rest = number;
    let mut text = [b'0'; N];
    for digit in text.iter_mut().rev() {
        *digit = b'0' + (rest % 10) as u8;
        rest /= 10;
    }
    text
}

/// A picture that is drawn in bar units and clips at its edges.
struct Canvas<'a> {
    pixels: &'a mut [u8],
    size: Size,
    unit: u32,
}

impl Canvas<'_> {
    fn rectangle(&mut self, x: i32, y: i32, width: i32, height: i32, [red, green, blue]: [u8; 3]) {
        let edge = |place: i32, limit: u32| (place.max(0) as u32 * self.unit).min(limit) as usize;
        let (left, right) = (edge(x, self.size.width), edge(x + width, self.size.width));
        let (top, bottom) = (edge(y, self.size.height), edge(y + height, self.size.height));
        let stride = self.size.width as usize * BYTES_PER_PIXEL;
        for row in self.pixels.chunks_exact_mut(stride).take(bottom).skip(top) {
            for pixel in row[left * BYTES_PER_PIXEL..right.max(left) * BYTES_PER_PIXEL].chunks_exact_mut(4) {
                pixel.copy_from_slice(&[blue, green, red, 255]);
            }
        }
    }

    fn text(&mut self, x: i32, y: i32, scale: i32, text: &[u8], colour: [u8; 3]) {
        for (place, &byte) in text.iter().enumerate() {
            for (row, bits) in letter(byte).into_iter().enumerate() {
                for column in 0..LETTER_WIDTH as i32 {
                    if bits >> (LETTER_WIDTH as i32 - 1 - column) & 1 == 1 {
                        let left = x + scale * (place as i32 * LETTER_ADVANCE as i32 + column);
                        self.rectangle(left, y + scale * row as i32, scale, scale, colour);
                    }
                }
            }
        }
    }

    fn shadowed(&mut self, x: i32, y: i32, text: &[u8], colour: [u8; 3]) {
        for (dx, dy) in [(1, 0), (0, 1), (1, 1), (-1, 0), (0, -1)] {
            self.text(x + dx, y + dy, 1, text, SHADOW);
        }
        self.text(x, y, 1, text, colour);
    }

    fn panel(&mut self, x: i32, y: i32, width: i32, height: i32) {
        self.rectangle(x - 1, y - 1, width + 2, height + 2, [40, 36, 46]);
        self.rectangle(x, y + height, width + 1, 1, [112, 106, 120]);
        self.rectangle(x + width, y, 1, height + 1, [112, 106, 120]);
        self.rectangle(x, y, width, height, PANEL);
    }

    fn gauge(&mut self, x: i32, y: i32, label: &str, percent: u32, colour: [u8; 3]) {
        self.panel(x, y, 50, 24);
        self.text(x + 3, y + 2, 1, label.as_bytes(), LABEL);
        let number = digits::<3>(u64::from(percent));
        let text = if percent < 100 { &number[1..] } else { &number[..] };
        let length = 26 * percent.min(100) as i32 / 100;
        self.text(x + 48 - text.len() as i32 * LETTER_ADVANCE as i32, y + 14, 1, text, colour);
        self.rectangle(x + 3, y + 14, 26, 7, [58, 52, 66]);
        self.rectangle(x + 3, y + 14, length, 7, colour);
        self.rectangle(x + 3, y + 14, length, 2, colour.map(|channel| channel.saturating_add(70)));
        self.rectangle(x + 3, y + 20, length, 1, colour.map(|channel| channel / 2));
    }

    /// The hero looks left and right, and worse with less health.
    fn face(&mut self, x: i32, y: i32, health: u32, seconds: f64) {
        const HAIR: [u8; 3] = [98, 52, 24];
        const SKIN: [u8; 3] = [228, 164, 112];
        const SHADE: [u8; 3] = [178, 112, 74];
        self.panel(x, y, 26, 26);
        self.rectangle(x + 4, y + 3, 18, 8, HAIR);
        self.rectangle(x + 3, y + 6, 20, 6, HAIR);
        self.rectangle(x + 5, y + 8, 16, 15, SKIN);
        self.rectangle(x + 7, y + 23, 12, 2, SHADE);
        self.rectangle(x + 5, y + 8, 2, 13, SHADE);
        self.rectangle(x + 5, y + 9, 16, 2, [200, 44, 40]);
        self.rectangle(x + 12, y + 15, 2, 4, SHADE);
        let glance = [0, 1, 0, -1][(seconds / 1.2) as usize % 4];
        for eye in [8, 15] {
            self.rectangle(x + eye, y + 13, 4, 3, WHITE);
            self.rectangle(x + eye + 1 + glance, y + 13, 2, 3, [40, 90, 180]);
            self.rectangle(x + eye, y + 12, 4, 1, HAIR);
        }
        let grin = if health > 50 { WHITE } else { [96, 20, 24] };
        self.rectangle(x + 9, y + 20, 8, 2, grin);
        if health <= 70 {
            self.rectangle(x + 17, y + 17, 2, 5, [196, 20, 28]);
        }
    }
}
