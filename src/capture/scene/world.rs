//! The map: cells of one unit a side, with walls, floors and ceilings, and the ray that finds a wall.

use super::surfaces::Surface;

/// Height of every wall in cells; covered cells have their ceiling there.
pub const WALL_HEIGHT: f32 = 1.5;

/// `B` brick, `S` mossy stone, `W` timber and `T` banner are walls. Floors: `.` flagstones and `~` lava under a vault,
/// `,` planks under timber, and in the open `g` grass, `o` pale flagstones and `=` lava. The border is all walls.
const MAP: [&str; 15] = [
    "BBBBTBBTBBTBBBBBSSSSSTSSSSTSSSSS",
    "B..............BSggggggggggggggS",
    "B..............BSggggggggggggggS",
    "B...T.~~~~.T...BSggggggggggTgggS",
    "T.....~~~~.....TTggggooooooggggT",
    "B.....~~~~.....BSggggo====oggggS",
    "B...T......T...BTggggo====oggggT",
    "B..............BSggggooooooggggS",
    "T..............TSggTgggggggTgggS",
    "B..............BSggggggggggggggS",
    "BBBBTBB..BBTBBBBSSSTSSSooSSTSSSS",
    "WWWWWWW,,WWWWWWWWWWWWWW,,WWWWWWW",
    "W,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,W",
    "W,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,W",
    "WWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWW",
];

/// Columns of the map.
pub const COLUMNS: i32 = 32;
/// Rows of the map.
pub const ROWS: i32 = MAP.len() as i32;

/// What stands or lies in a cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cell {
    Wall(Surface),
    /// `ceiling` is `None` under the open sky.
    Room {
        floor: Surface,
        ceiling: Option<Surface>,
    },
}

/// Where a ray meets a wall.
#[derive(Debug, Clone, Copy)]
pub struct WallHit {
    /// In lengths of the ray's direction.
    pub distance: f32,
    pub x: f32,
    pub y: f32,
    /// Across the wall, in `0.0..1.0`.
    pub u: f32,
    pub surface: Surface,
    /// Whether the wall's face runs along y.
    pub is_along_y: bool,
}

/// The map as cells, read once at compile time: every pixel of a floor looks here.
static CELLS: [Cell; (COLUMNS * ROWS) as usize] = read_map();

const fn read_map() -> [Cell; (COLUMNS * ROWS) as usize] {
    let mut cells = [Cell::Wall(Surface::Brick); (COLUMNS * ROWS) as usize];
    let mut index = 0;
    while index < cells.len() {
        let row = MAP[index / COLUMNS as usize].as_bytes();
        cells[index] = match row[index % COLUMNS as usize] {
            b'.' => room(Surface::Flagstones, Some(Surface::Vault)),
            b'~' => room(Surface::Lava, Some(Surface::Vault)),
            b',' => room(Surface::Planks, Some(Surface::Planks)),
            b'g' => room(Surface::Grass, None),
            b'o' => room(Surface::Courtyard, None),
            b'=' => room(Surface::Lava, None),
            b'S' => Cell::Wall(Surface::MossyStone),
            b'W' => Cell::Wall(Surface::Timber),
            b'T' => Cell::Wall(Surface::Banner),
            _ => Cell::Wall(Surface::Brick),
        };
        index += 1;
    }
    cells
}

const fn room(floor: Surface, ceiling: Option<Surface>) -> Cell {
    Cell::Room { floor, ceiling }
}

/// The cell at column `x` and row `y`; outside the map everything is wall.
#[inline]
pub fn cell(x: i32, y: i32) -> Cell {
    if (0..COLUMNS).contains(&x) && (0..ROWS).contains(&y) {
        CELLS[(y * COLUMNS + x) as usize]
    } else {
        Cell::Wall(Surface::Brick)
    }
}

/// Follows a ray from cell to cell to the first wall, as digital differential analysers do (Amanatides and Woo, "A Fast
/// Voxel Traversal Algorithm for Ray Tracing", 1987). The direction must not be zero.
pub fn cast(x: f32, y: f32, direction: [f32; 2]) -> WallHit {
    let [dx, dy] = direction;
    let (mut column, mut row) = (x.floor() as i32, y.floor() as i32);
    let (step_x, step_y) = (if dx < 0.0 { -1 } else { 1 }, if dy < 0.0 { -1 } else { 1 });
    let (per_column, per_row) = (1.0 / dx.abs().max(1e-9), 1.0 / dy.abs().max(1e-9));
    let first = |position: f32, delta: f32, per_cell: f32| {
        let inner = position - position.floor();
        (if delta < 0.0 { inner } else { 1.0 - inner }) * per_cell
    };
    let (mut next_x, mut next_y) = (first(x, dx, per_column), first(y, dy, per_row));
    loop {
        let is_along_y = next_x < next_y;
        let distance = if is_along_y { next_x } else { next_y };
        if is_along_y {
            column += step_x;
            next_x += per_column;
        } else {
            row += step_y;
            next_y += per_row;
        }
        if let Cell::Wall(surface) = cell(column, row) {
            let (hit_x, hit_y) = (x + distance * dx, y + distance * dy);
            let along = if is_along_y { hit_y } else { hit_x };
            return WallHit { distance, x: hit_x, y: hit_y, u: along - along.floor(), surface, is_along_y };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_a_closed_rectangle() {
        assert!(MAP.iter().all(|row| row.len() == COLUMNS as usize));
        for x in -1..=COLUMNS {
            for y in [0, ROWS - 1] {
                assert!(matches!(cell(x, y), Cell::Wall(_)));
            }
        }
        assert!((0..ROWS).all(|y| [0, COLUMNS - 1].iter().all(|&x| matches!(cell(x, y), Cell::Wall(_)))));
    }

    #[test]
    fn finds_the_wall_ahead() {
        let hit = cast(2.5, 1.25, [2.0, 0.0]);
        assert_eq!((hit.distance, hit.x, hit.u, hit.surface), (6.25, 15.0, 0.25, Surface::Brick));
        assert!(hit.is_along_y);
    }
}
