//! Everything about the scene that does not change with time.

use super::figures::Figures;
use super::light::LightGrid;
use super::sky::Sky;
use super::surfaces::Surfaces;
use super::weapon::Weapon;

/// All textures and the light; about 5 MB.
pub struct Materials {
    pub surfaces: Surfaces,
    pub figures: Figures,
    pub light: LightGrid,
    pub sky: Sky,
    pub weapon: Weapon,
}

impl Materials {
    /// Paints them.
    pub fn new(seed: u32) -> Self {
        Self {
            surfaces: Surfaces::new(seed),
            figures: Figures::new(seed),
            light: LightGrid::new(),
            sky: Sky::new(seed),
            weapon: Weapon::new(),
        }
    }
}
