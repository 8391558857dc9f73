//! What is remembered: files that are read leniently and written carefully.

mod profiles;
mod reading;
mod writing;
