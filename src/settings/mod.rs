//! What is remembered between runs: typed TOML in the platform's configuration folder, and the folders themselves.
