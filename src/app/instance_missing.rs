//! Where the system has no Unix sockets every start is a program of its own.

use super::app_event::Mailer;
use super::orders::Order;

/// What a start found.
pub enum Claim {
    First(FirstInstance),
    #[allow(dead_code, reason = "never made here")]
    HandedOver,
}

/// Every start is the first.
pub fn claim(_order: &Order) -> Result<Claim, String> {
    Ok(Claim::First(FirstInstance))
}

/// Hears nothing.
pub struct FirstInstance;

impl FirstInstance {
    pub fn listen(&mut self, _mailer: Mailer) -> std::io::Result<()> {
        Ok(())
    }
}
