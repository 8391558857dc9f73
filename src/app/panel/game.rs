//! What is remembered for the game that is painted.

use super::widgets::{card, switch, text_button, weak};
use super::{PanelView, ProfileChange, Request};
use egui::Ui;

/// The card of the game's profile; nothing where it is not known whose window it is.
pub fn show(ui: &mut Ui, view: &PanelView, requests: &mut Vec<Request>) {
    let Some(application) = view.application else { return };
    let mut is_forgotten = false;
    card(
        ui,
        "This game",
        |ui| {
            if view.profile.is_some() {
                is_forgotten = text_button(ui, "Forget").on_hover_text("Paint it as everything else").clicked();
            }
        },
        |ui| {
            let attach = view.profile.is_some_and(|(_, profile)| profile.attach);
            if switch(ui, "Paint it by itself when it starts", attach) {
                requests.push(Request::ChangeProfile(ProfileChange::Attach(!attach)));
            }
            weak(
                ui,
                match view.profile {
                    Some((name, _)) => format!("Style, look and speed are remembered for {name}."),
                    None => format!("What you change while {application} is painted is remembered for it."),
                },
            );
        },
    );
    if is_forgotten {
        requests.push(Request::ChangeProfile(ProfileChange::Forget));
    }
}
